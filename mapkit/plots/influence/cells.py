"""A grid of cells with a number each: coloured where it is sure, hatched where it misleads, pale where it is thin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from mapkit.plots.names import fitted, width_of
from mapkit.plots.page import Heading, open_page, points_wide, say
from mapkit.plots.style import INK, LEADING, LIGHT, MID, NOTE, PAPER, QUIET, SMALL

_CELL, _NAMES, _GAP, _BREAK = 26.0, 128.0, 10.0, 8.0
_AIR = 1.5


@dataclass(frozen=True)
class Cell:
    """A number and what stands under it. ``strength`` is 0..1; hatched and pale cells say why in the note."""

    text: str
    below: str = ""
    colour: str = LIGHT
    strength: float = 0.0
    bold: bool = False
    pale: bool = False
    hatched: bool = False


@dataclass(frozen=True)
class Row:
    """A name, a remark behind it, and a cell (or None) for each column; ``apart``: with room above."""

    name: str
    cells: Sequence[Cell | None]
    remark: str = ""
    apart: bool = False


def draw_cells(ax: Axes | None, heading: Heading, columns: Sequence[Sequence[str]], rows: Sequence[Row]) -> Axes:
    """Draw rows of cells under the columns' names, each of one line or more."""
    texts = [_name(row) for row in rows]
    names = min(max(width_of(text, SMALL) for text in texts), _NAMES) + _GAP
    head = NOTE * LEADING * max(len(each) for each in columns) + 6
    height = head + _CELL * len(rows) + _BREAK * sum(row.apart for row in rows)
    ax = open_page(ax, heading, height=height)
    wide = points_wide(ax)
    ax.set_xlim(0, wide)
    ax.set_ylim(height, 0)
    each = (wide - names) / len(columns)
    for k, lines in enumerate(columns):
        for number, text in enumerate(lines):
            up = head - 5 - NOTE * LEADING * (len(lines) - 1 - number) - NOTE / 2
            say(ax, names + (k + 0.5) * each, up, fitted(text, each - 4, NOTE), size=NOTE, colour=QUIET, align="center")
    y = head
    for row, text in zip(rows, texts, strict=True):
        y += _BREAK if row.apart else 0
        say(ax, 0, y + _CELL / 2, fitted(text, names - _GAP, SMALL), size=SMALL)
        for k, cell in enumerate(row.cells):
            if cell is not None:
                _cell(ax, cell, names + k * each, y, each)
        y += _CELL
    return ax


def _name(row: Row) -> str:
    return f"{fitted(row.name, _NAMES - width_of(row.remark, SMALL), SMALL)}{row.remark}"


def _cell(ax: Axes, cell: Cell, x: float, y: float, wide: float) -> None:
    where, size = (x + _AIR, y + _AIR), (wide - 2 * _AIR, _CELL - 2 * _AIR)
    alpha = 0.15 + 0.5 * cell.strength if cell.strength else (0.25 if cell.pale else 0.6)
    ax.add_patch(Rectangle(where, *size, facecolor=cell.colour, alpha=alpha, lw=0))
    if cell.hatched:
        ax.add_patch(Rectangle(where, *size, facecolor="none", edgecolor=MID, hatch="////", lw=0, alpha=0.7))
    ink = QUIET if cell.pale or not cell.bold else INK
    middle = y + _CELL / 2
    number = say(
        ax, x + wide / 2, middle - (4.5 if cell.below else 0), cell.text, size=SMALL, colour=ink, bold=cell.bold,
        align="center",
    )  # fmt: skip
    texts = [number]
    if cell.below:
        below = fitted(cell.below, wide - 6, NOTE)
        texts.append(
            say(ax, x + wide / 2, middle + 6, below, size=NOTE, colour=INK if cell.strength else QUIET, align="center")
        )
    if cell.hatched:
        for text in texts:
            text.set_bbox({"facecolor": PAPER, "edgecolor": "none", "pad": 0.8, "alpha": 0.85})
