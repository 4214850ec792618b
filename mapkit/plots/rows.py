"""Pages made of rows: names on the left, shares along one scale, numbers on the right.

The horizontal scale is the data's own; the vertical one counts points from the top, so that rows keep their height.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from mapkit.plots.names import fitted, width_of
from mapkit.plots.numbers import count, nice_ticks, percent
from mapkit.plots.page import Heading, open_page, points_wide, say
from mapkit.plots.style import FADED, INK, LABEL, LIGHT, MARGIN, NOTE, PAGE_WIDTH, PAPER, QUIET, SMALL, THIN_N

COLUMN_GAP = 12.0
WIDEST_NAMES = 170.0
_LEAST_SCALE = 70.0
_HEAD, _ROW, _BETWEEN, _SCALE = 19.0, 15.0, 9.0, 18.0


@dataclass(frozen=True)
class Dot:
    """One share with its interval: a row. ``n`` is the denominator; ``remark`` stands behind the number."""

    name: str
    share: float
    low: float
    high: float
    n: int
    colour: str
    marker: str = "o"
    remark: str = ""


@dataclass(frozen=True)
class Group:
    """Rows under one name."""

    name: str
    dots: Sequence[Dot]
    remark: str = ""


def name_column(widest: float, figures: float) -> float:
    """Return the width of the column for names: what they need, as long as a page leaves room for the scale."""
    room = PAGE_WIDTH - 2 * MARGIN - figures - _LEAST_SCALE
    return max(min(widest, WIDEST_NAMES, room - COLUMN_GAP), 40.0) + COLUMN_GAP


def open_rows(ax: Axes | None, heading: Heading, *, height: float, names: float, figures: float, top: float) -> Axes:
    """Return a page whose scale runs from 0 to ``top`` between a column for names and one for figures (in points)."""
    ax = open_page(ax, heading, height=height)
    per_point = top / max(points_wide(ax) - names - figures, 40.0)
    ax.set_xlim(-names * per_point, top + figures * per_point)
    ax.set_ylim(height, 0)
    return ax


def whisker(ax: Axes, low: float, high: float, y: float, *, colour: str = INK, alpha: float = 1.0) -> None:
    """Draw an interval with a pale edge, so that it is seen on a dark bar as on paper."""
    ax.plot([low, high], [y, y], color=PAPER, lw=3.4, solid_capstyle="butt", zorder=3)
    ax.plot([low, high], [y, y], color=colour, lw=1.4, alpha=alpha, zorder=3.1, marker="|", markersize=6, mew=1.4)


def scale(ax: Axes, top: float, y_from: float, y_to: float) -> None:
    """Draw light grid lines at round percentages, with their numbers below."""
    for tick in nice_ticks(top, 4):
        ax.plot([tick, tick], [y_from, y_to], color=LIGHT, lw=1, zorder=0)
        say(ax, tick, y_to, f"{100 * tick:.3g}%", dy=-9, size=NOTE, colour=QUIET, align="center")


def draw_groups(
    ax: Axes | None, heading: Heading, groups: Sequence[Group], *, span: tuple[float, float] | None = None
) -> Axes:
    """Draw groups of dots with whiskers along one scale that starts at 0; ``span`` is marked as a bar on the scale."""
    dots = [dot for group in groups for dot in group.dots]
    written = [(percent(dot.share, dot.low, dot.high), f"of {count(dot.n)}", dot.remark) for dot in dots]
    columns = [max(width_of(row[k], SMALL, k == 0) for row in written) for k in range(3)]
    figures = sum(columns) + COLUMN_GAP * (2 + bool(columns[2]))
    names = name_column(max(width_of(fitted(dot.name, WIDEST_NAMES)) for dot in dots) + 8, figures)
    top = max([dot.high for dot in dots if dot.high == dot.high] or [1.0])
    height = sum((_HEAD if group.name else 0) + _ROW * len(group.dots) + _BETWEEN for group in groups) + _SCALE
    ax = open_rows(ax, heading, height=height, names=names, figures=figures, top=top)
    scale(ax, top, 0, height - _SCALE)
    if span:
        ax.plot(span, [height - _SCALE] * 2, color=INK, lw=4, solid_capstyle="butt", zorder=2)
    y, room = 0.0, points_wide(ax)
    for group in groups:
        if group.name:
            _head(ax, group, y + _HEAD / 2, room)
            y += _HEAD
        for dot in group.dots:
            _row(ax, dot, y + _ROW / 2, names, columns, top)
            y += _ROW
        y += _BETWEEN
    return ax


def _head(ax: Axes, group: Group, y: float, room: float) -> None:
    # A group's name may run over the scale: nothing else stands in its line.
    name = fitted(group.name, room * 0.6, LABEL, bold=True)
    remark = fitted(group.remark, room * 0.4 - COLUMN_GAP, SMALL) if group.remark else ""
    for text, dx, size, colour, bold in (
        (name, 0, LABEL, INK, True),
        (remark, width_of(name, LABEL, True) + 8, SMALL, QUIET, False),
    ):
        if text:
            written = say(ax, 0, y, text, at="row", dx=dx, size=size, colour=colour, bold=bold)
            written.set_bbox({"facecolor": PAPER, "edgecolor": "none", "pad": 1})


def _row(ax: Axes, dot: Dot, y: float, names: float, columns: Sequence[float], top: float) -> None:
    alpha = FADED if dot.n < THIN_N else 1.0
    colour = QUIET if dot.n < THIN_N else INK
    say(ax, 0, y, fitted(dot.name, names - COLUMN_GAP - 8), at="row", dx=8, colour=colour)
    if dot.share == dot.share:
        whisker(ax, dot.low, dot.high, y, colour=dot.colour, alpha=alpha)
        ax.plot([dot.share], [y], dot.marker, color=dot.colour, markersize=6, alpha=alpha, zorder=4, mew=0)
    x = COLUMN_GAP
    share, _, interval = percent(dot.share, dot.low, dot.high).partition(" ")
    say(ax, top, y, share, dx=x, size=SMALL, colour=colour, bold=True)
    say(ax, top, y, interval, dx=x + width_of(f"{share} ", SMALL, True), size=SMALL, colour=QUIET)
    x += columns[0] + COLUMN_GAP
    say(ax, top, y, f"of {count(dot.n)}", dx=x + columns[1], size=SMALL, colour=QUIET, align="right")
    if dot.remark:
        say(ax, top, y, dot.remark, dx=x + columns[1] + COLUMN_GAP, size=SMALL, colour=QUIET)
