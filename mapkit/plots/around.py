"""Rows around a line: each a dot with its whisker, left or right of what would be no difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from matplotlib.axes import Axes

from mapkit.plots.names import fitted, width_of
from mapkit.plots.page import Heading, open_page, points_wide, say
from mapkit.plots.rows import COLUMN_GAP, WIDEST_NAMES, name_column, whisker
from mapkit.plots.style import FADED, INK, LABEL, LIGHT, MID, NOTE, QUIET, SMALL

_ROW, _HEAD, _SCALE, _BETWEEN = 16.0, 20.0, 18.0, 8.0
_AIR = 4.0


@dataclass(frozen=True)
class Mark:
    """One row. ``at``, ``low`` and ``high`` are places on the scale; a whisker that leaves it ends in an arrow."""

    name: str
    at: float
    low: float
    high: float
    colour: str
    figure: str
    remark: str = ""
    thin: bool = False


@dataclass(frozen=True)
class Section:
    """Rows under one name: ``ticks`` are places on the scale with their labels, the most wanted first."""

    name: str
    marks: Sequence[Mark]
    ticks: Sequence[tuple[float, str]] = field(default=())


def draw_around(
    ax: Axes | None, heading: Heading, sections: Sequence[Section], *, span: tuple[float, float] = (-1, 1)
) -> Axes:
    """Draw sections of marks around a vertical line at 0, on a scale that spans ``span``."""
    marks = [mark for section in sections for mark in section.marks]
    # A figure's number is bold and its interval is not, so it never takes more than this.
    columns = [max(width_of(mark.figure, SMALL, True) for mark in marks), max(width_of(m.remark, SMALL) for m in marks)]
    figures = columns[0] + COLUMN_GAP + (columns[1] + COLUMN_GAP if columns[1] else 0)
    names = name_column(max(width_of(fitted(mark.name, WIDEST_NAMES)) for mark in marks) + 8, figures)
    height = sum(
        (_HEAD if s.name else 0) + _ROW * len(s.marks) + (_SCALE if s.ticks else 0) + _BETWEEN for s in sections
    )
    ax = open_page(ax, heading, height=height)
    low, high = span
    per_point = (high - low) / max(points_wide(ax) - names - figures - 2 * _AIR, 40.0)
    ax.set_xlim(low - (names + _AIR) * per_point, high + (figures + _AIR) * per_point)
    ax.set_ylim(height, 0)
    y = 0.0
    for section in sections:
        if section.name:
            say(ax, 0, y + _HEAD / 2, fitted(section.name, points_wide(ax), LABEL, True), at="row", bold=True)
            y += _HEAD
        end = y + _ROW * len(section.marks)
        for at, label in _apart(section.ticks, per_point):
            ax.plot([at, at], [y, end], color=LIGHT, lw=1, zorder=0)
            say(ax, at, end, label, dy=-9, size=NOTE, colour=QUIET, align="center")
        ax.plot([0, 0], [y, end], color=MID, lw=1.2, zorder=0.5)
        for mark in section.marks:
            _row(ax, mark, y + _ROW / 2, (names, *columns), span)
            y += _ROW
        y = end + (_SCALE if section.ticks else 0) + _BETWEEN
    return ax


def _height(section: Section) -> float:
    return (_HEAD if section.name else 0) + _ROW * len(section.marks) + (_SCALE if section.ticks else 0) + _BETWEEN


def _apart(ticks: Sequence[tuple[float, str]], per_point: float) -> list[tuple[float, str]]:
    """Return the ticks whose labels have room beside those wanted more."""
    kept: list[tuple[float, str]] = []
    for at, label in ticks:
        room = [
            abs(at - other) / per_point - (width_of(label, NOTE) + width_of(text, NOTE)) / 2 for other, text in kept
        ]
        if all(gap > _AIR for gap in room):
            kept.append((at, label))
    return kept


def _row(ax: Axes, mark: Mark, y: float, widths: tuple[float, ...], span: tuple[float, float]) -> None:
    names, figure, remark = widths
    low, high = span
    alpha, ink = (FADED, QUIET) if mark.thin else (1.0, INK)
    say(ax, 0, y, fitted(mark.name, names - COLUMN_GAP - 8), at="row", dx=8, colour=ink)
    if mark.low == mark.low and mark.high == mark.high:
        whisker(ax, max(mark.low, low), min(mark.high, high), y, colour=mark.colour, alpha=alpha)
        for end, beyond, marker in ((low, mark.low < low, "<"), (high, mark.high > high, ">")):
            if beyond:
                ax.plot([end], [y], marker, color=mark.colour, ms=5, mew=0, alpha=alpha, zorder=3.5)
    if low <= mark.at <= high:
        ax.plot([mark.at], [y], "o", color=mark.colour, ms=6, mew=0, alpha=alpha, zorder=4)
    number, _, interval = mark.figure.partition(" ")
    say(ax, high, y, number, dx=_AIR + COLUMN_GAP, size=SMALL, colour=ink, bold=True)
    dx = _AIR + COLUMN_GAP + width_of(f"{number} ", SMALL, True)
    say(ax, high, y, interval, dx=dx, size=SMALL, colour=QUIET)
    if mark.remark:
        dx = _AIR + 2 * COLUMN_GAP + figure + remark
        say(ax, high, y, mark.remark, dx=dx, size=SMALL, colour=QUIET, align="right")
