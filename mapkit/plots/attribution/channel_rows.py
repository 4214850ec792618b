"""Rows of channels with a mark for every series: dots apart by shape, colour and height, each with its interval."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from mapkit.plots.names import fitted, width_of
from mapkit.plots.numbers import nice_ticks
from mapkit.plots.page import Heading, points_wide, say
from mapkit.plots.rows import COLUMN_GAP, WIDEST_NAMES, name_column, open_rows
from mapkit.plots.style import FADED, INK, LABEL, LIGHT, MARGIN, MARKERS, NOTE, PAGE_WIDTH, PAPER, QUIET, SERIES, SMALL

_STEP, _PADDING, _LINE, _SCALE, _MARK = 7.0, 13.0, 15.0, 20.0, 5.2


@dataclass(frozen=True)
class Mark:
    """One number of one series, with its interval; NaN where there is none."""

    series: int
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Row:
    """One channel; ``figures`` stands at the right of the scale."""

    name: str
    marks: Sequence[Mark]
    figures: str = ""
    quiet: bool = False


def draw_channels(
    ax: Axes | None,
    heading: Heading,
    rows: Sequence[Row],
    series: Sequence[str],
    *,
    write: Callable[[float], str],
    thin: bool = False,
) -> Axes:
    """Draw the rows along one scale from 0, with the series named above it; ``write`` says a number on the scale."""
    figures = max(width_of(row.figures, SMALL) for row in rows)
    names = name_column(max(width_of(fitted(row.name, WIDEST_NAMES)) for row in rows), figures + COLUMN_GAP)
    high = max(_STEP * (len(series) - 1), 0) + _PADDING
    lines = _lines(series, PAGE_WIDTH - 2 * MARGIN) if len(series) > 1 else []
    head = _LINE * len(lines) + (6 if lines else 0)
    top = _top(rows)
    height = head + high * len(rows) + _SCALE
    ax = open_rows(ax, heading, height=height, names=names, figures=figures + 2 * COLUMN_GAP, top=top)
    _legend(ax, lines)
    _grid(ax, top, head, height - _SCALE, write)
    for k, row in enumerate(rows):
        _draw_row(ax, row, head + high * k, high, names, top, faded=thin)
    return ax


def _top(rows: Sequence[Row]) -> float:
    """Return where the scale ends: at the longest whisker, unless it is much longer than the numbers are large."""
    values = [mark.value for row in rows for mark in row.marks if mark.value == mark.value]
    ends = [mark.high for row in rows for mark in row.marks if mark.high == mark.high]
    most = max(values, default=0.0)
    return max(min(max(ends, default=most), 2 * most), most) or 1.0


def _lines(series: Sequence[str], room: float) -> list[list[tuple[int, str, float]]]:
    """Return the names of the series in lines that fit: number, name, and how far from the left it stands."""
    lines, x = [list[tuple[int, str, float]]()], 0.0
    for k, name in enumerate(series):
        text = fitted(name, 150.0, SMALL)
        wide = width_of(text, SMALL) + 26
        if lines[-1] and x + wide > room:
            lines.append([])
            x = 0.0
        lines[-1].append((k, text, x))
        x += wide
    return lines


def _legend(ax: Axes, lines: Sequence[Sequence[tuple[int, str, float]]]) -> None:
    left, right = ax.get_xlim()
    per_point = (right - left) / points_wide(ax)
    for row, line in enumerate(lines):
        y = _LINE * (row + 0.5)
        for k, text, x in line:
            _dot(ax, left + (x + 5) * per_point, y, k)
            say(ax, left + (x + 13) * per_point, y, text, size=SMALL)


def _grid(ax: Axes, top: float, y_from: float, y_to: float, write: Callable[[float], str]) -> None:
    for tick in nice_ticks(top, 4):
        ax.plot([tick, tick], [y_from, y_to], color=LIGHT, lw=1, zorder=0)
        say(ax, tick, y_to, write(tick), dy=-10, size=NOTE, colour=QUIET, align="center")


def _draw_row(ax: Axes, row: Row, y: float, high: float, names: float, top: float, *, faded: bool) -> None:
    left, right = ax.get_xlim()
    middle = y + high / 2
    ax.plot([left, right], [y, y], color=LIGHT, lw=1, zorder=0)
    colour = QUIET if row.quiet else INK
    say(ax, 0, middle, fitted(row.name, names - COLUMN_GAP), at="row", size=LABEL, colour=colour)
    say(ax, top, middle, row.figures, dx=COLUMN_GAP, size=SMALL, colour=QUIET)
    alpha = FADED if faded else 1.0
    for mark in row.marks:
        if mark.value != mark.value:
            continue
        at = y + _PADDING / 2 + _STEP * mark.series if len(row.marks) > 1 else middle
        if mark.low == mark.low:
            ends = [max(mark.low, 0.0), min(mark.high, top)]
            ax.plot(ends, [at, at], color=SERIES[mark.series % len(SERIES)], lw=1.3, alpha=alpha, zorder=3)
        _dot(ax, mark.value, at, mark.series, hollow=mark.low != mark.low, alpha=alpha)


def _dot(ax: Axes, x: float, y: float, series: int, *, hollow: bool = False, alpha: float = 1.0) -> None:
    colour = SERIES[series % len(SERIES)]
    ax.plot(
        [x], [y], MARKERS[series % len(MARKERS)], color=PAPER if hollow else colour, markeredgecolor=colour,
        mew=1.0 if hollow else 0, markersize=_MARK, alpha=alpha, zorder=4, clip_on=False,
    )  # fmt: skip
