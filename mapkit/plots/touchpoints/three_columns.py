"""Rows of touchpoints with three small scales side by side, and a badge at the end."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from matplotlib.axes import Axes

from mapkit.plots.names import fitted, width_of
from mapkit.plots.page import Heading, open_page, points_wide, say
from mapkit.plots.rows import COLUMN_GAP, WIDEST_NAMES, whisker
from mapkit.plots.style import FADED, INK, LABEL, LIGHT, MID, NOTE, ORANGE, PAPER, QUIET, SMALL

_ROW, _HEAD, _SCALE = 16.0, 32.0, 18.0
_GAP, _END = 12.0, 14.0


@dataclass(frozen=True)
class Point:
    """One number with its interval; NaN is drawn as ``instead``, in small grey words."""

    at: float
    low: float
    high: float
    colour: str = MID
    instead: str = ""
    faded: bool = False


@dataclass(frozen=True)
class Column:
    """A scale: what it is, its span, its ticks with their labels, and where the line of no difference stands."""

    name: str
    unit: str
    span: tuple[float, float]
    ticks: Sequence[tuple[float, str]]
    line: float | None = None


@dataclass(frozen=True)
class Line:
    """A row: its name, a point for each column, and a badge of text and colour."""

    name: str
    points: Sequence[Point]
    badge: tuple[str, str] = ("", PAPER)


@dataclass(frozen=True)
class Board:
    """Columns and lines."""

    columns: Sequence[Column]
    lines: Sequence[Line] = field(default=())


def draw_board(ax: Axes | None, heading: Heading, board: Board) -> Axes:
    """Draw a board; its axes count points across and downwards."""
    badge = max((width_of(line.badge[0], NOTE, True) for line in board.lines), default=0.0)
    badge = badge + 14 + COLUMN_GAP if badge else 0.0
    names = min(max(width_of(fitted(line.name, WIDEST_NAMES)) for line in board.lines), WIDEST_NAMES) + COLUMN_GAP
    height = _HEAD + _ROW * len(board.lines) + _SCALE
    ax = open_page(ax, heading, height=height)
    wide = points_wide(ax)
    ax.set_xlim(0, wide)
    ax.set_ylim(height, 0)
    each = (wide - names - badge - (_GAP + _END) * len(board.columns)) / len(board.columns)
    starts = [names + _GAP + k * (each + _GAP + _END) for k in range(len(board.columns))]
    for start, column in zip(starts, board.columns, strict=True):
        _column(ax, column, start, each, height)
    for k, line in enumerate(board.lines):
        y = _HEAD + _ROW * (k + 0.5)
        say(ax, 0, y, fitted(line.name, names - COLUMN_GAP), size=LABEL)
        for start, column, point in zip(starts, board.columns, line.points, strict=True):
            _point(ax, column, point, (start, each, y))
        _badge(ax, line, wide - badge + COLUMN_GAP, y)
    return ax


def _column(ax: Axes, column: Column, start: float, each: float, height: float) -> None:
    say(ax, start, 8, fitted(column.name, each, SMALL, True), size=SMALL, bold=True)
    say(ax, start, 21, fitted(column.unit, each, NOTE), size=NOTE, colour=QUIET)
    place = _along(column, start, each)
    end = -math.inf
    for at, label in column.ticks:
        ax.plot([place(at)] * 2, [_HEAD, height - _SCALE], color=LIGHT, lw=1, zorder=0)
        half = width_of(label, NOTE) / 2
        if place(at) - half < end + 3:
            continue
        end = place(at) + half
        say(ax, place(at), height - _SCALE / 2, label, size=NOTE, colour=QUIET, align="center")
    if column.line is not None:
        ax.plot([place(column.line)] * 2, [_HEAD, height - _SCALE], color=MID, lw=1.2, zorder=0.5)


def _along(column: Column, start: float, each: float) -> Callable[[float], float]:
    low, high = column.span
    return lambda at: start + each * (min(max(at, low), high) - low) / (high - low)


def _point(ax: Axes, column: Column, point: Point, where: tuple[float, float, float]) -> None:
    start, each, y = where
    if point.at != point.at:
        said = say(ax, start, y, fitted(point.instead, each, NOTE), size=NOTE, colour=QUIET)
        said.set_bbox({"facecolor": PAPER, "edgecolor": "none", "pad": 1})
        return
    place, alpha = _along(column, start, each), FADED if point.faded else 1.0
    if point.low == point.low and point.high == point.high:
        whisker(ax, place(point.low), place(point.high), y, colour=point.colour, alpha=alpha)
    low, high = column.span
    beyond = ">" if point.at > high else "<" if point.at < low else "o"
    ax.plot([place(point.at)], [y], beyond, color=point.colour, ms=6, mew=0, alpha=alpha, zorder=4)


def readable_on(colour: str) -> str:
    """Return ink or paper, whichever can be read on a badge of that colour."""
    return INK if colour in (LIGHT, ORANGE) else PAPER


def _badge(ax: Axes, line: Line, x: float, y: float) -> None:
    text, colour = line.badge
    if text:
        written = say(ax, x + 5, y, text, size=NOTE, colour=readable_on(colour), bold=True)
        written.set_bbox({"facecolor": colour, "edgecolor": "none", "boxstyle": "round,pad=0.3"})
