"""Pages made of cells: a table whose colours say where the large numbers are, and whose texts say them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.patches import Rectangle

from mapkit.plots.names import fitted, width_of
from mapkit.plots.page import Heading, open_page, points_wide, say
from mapkit.plots.style import BLUE, INK, LABEL, LIGHT, NOTE, ORANGE, QUIET, SMALL

_HEAD, _LINE, _GAP, _WIDEST = 16.0, 12.0, 12.0, 150.0
_DEEPEST = 0.7  # ink stays readable upon it


@dataclass(frozen=True)
class Cell:
    """One cell: ``shade`` from -1 (orange) by 0 (paper) to 1 (blue); ``thin`` ones rest on few and stay pale."""

    text: str
    below: str = ""
    shade: float = 0.0
    thin: bool = False


@dataclass(frozen=True)
class Line:
    """One row of cells; a cell that is None is empty."""

    name: str
    cells: Sequence[Cell | None]


def draw_cells(
    ax: Axes | None,
    heading: Heading,
    columns: Sequence[Sequence[str]],
    lines: Sequence[Line],
    *,
    across: str = "",
    down: str = "",
) -> Axes:
    """Draw rows of cells; ``columns`` has the lines of each column's head, ``across`` and ``down`` name the ways."""
    deep = any(cell is not None and cell.below for line in lines for cell in line.cells)
    high = 30.0 if deep else 21.0
    head = max(len(column) for column in columns) * _LINE + 4
    names = max(width_of(fitted(each, _WIDEST), LABEL) for each in [down, *(line.name for line in lines)]) + _GAP
    top = head + (_HEAD if across else 0)
    height = top + high * len(lines)
    ax = open_page(ax, heading, height=height)
    wide = points_wide(ax)
    ax.set_xlim(0, wide)
    ax.set_ylim(height, 0)
    each = (wide - names) / len(columns)
    if across:
        say(ax, names + each * len(columns) / 2, _HEAD / 2, across, size=SMALL, colour=QUIET, align="center")
    if down:
        say(ax, 0, top - 8, fitted(down, names - _GAP, SMALL), size=SMALL, colour=QUIET)
    for k, column in enumerate(columns):
        _head(ax, column, names + each * (k + 0.5), top, each)
    for row, line in enumerate(lines):
        y = top + high * row
        say(ax, 0, y + high / 2, fitted(line.name, names - _GAP), colour=INK)
        for k, cell in enumerate(line.cells):
            _cell(ax, cell, (names + each * k, y), (each, high))
    return ax


def _head(ax: Axes, column: Sequence[str], x: float, top: float, room: float) -> None:
    for k, text in enumerate(column):
        y = top - 4 - _LINE * (len(column) - k - 0.5)
        first = k == 0
        size = SMALL if first else NOTE
        text = fitted(text, room - 4, size, first)
        say(ax, x, y, text, size=size, bold=first, colour=INK if first else QUIET, align="center")


def _cell(ax: Axes, cell: Cell | None, corner: tuple[float, float], size: tuple[float, float]) -> None:
    (x, y), (wide, high) = corner, size
    if cell is None:
        say(ax, x + wide / 2, y + high / 2, "–", size=SMALL, colour=QUIET, align="center")
        return
    shade = cell.shade * (0.35 if cell.thin else 1.0)
    colour = _mixed(BLUE if shade >= 0 else ORANGE, min(abs(shade), 1.0) * _DEEPEST)
    ax.add_patch(Rectangle((x + 1, y + 1), wide - 2, high - 2, facecolor=colour, edgecolor=LIGHT, lw=0.6, zorder=1))
    ink = QUIET if cell.thin else INK
    middle = y + high / 2
    say(ax, x + wide / 2, middle, fitted(cell.text, wide - 6, SMALL), size=SMALL, colour=ink, align="center",
        dy=5 if cell.below else 0)  # fmt: skip
    if cell.below:
        small = fitted(cell.below, wide - 6, NOTE)
        say(ax, x + wide / 2, middle, small, dy=-7, size=NOTE, colour=ink, align="center")


def _mixed(colour: str, much: float) -> str:
    red, green, blue = (1 - much + much * part for part in to_rgb(colour))
    return to_hex((red, green, blue))
