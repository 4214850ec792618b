"""Rows of actors: the name, a dot in the shape of its type along one scale, the number, and the type in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from mapkit.plots.ecosystem.looks import kinds_of
from mapkit.plots.names import fitted, shown, width_of
from mapkit.plots.page import Heading, open_page, points_wide, say
from mapkit.plots.rows import COLUMN_GAP, WIDEST_NAMES, name_column, whisker
from mapkit.plots.style import INK, LIGHT, MID, NOTE, PAPER, QUIET, SMALL

ROW, SCALE, HEAD = 17.0, 20.0, 20.0
_MOST_REMARK = 150.0
_AIR = 6.0


@dataclass(frozen=True)
class ActorRow:
    """One actor: places on the scale from 0 to 1, the figure and the remark behind it; ``was`` is where it stood."""

    name: str
    at: float
    low: float
    high: float
    colour: str
    marker: str
    figure: str
    remark: str = ""
    was: float = float("nan")


@dataclass(frozen=True)
class Frame:
    """Where rows stand: the widths of names, figures and remarks, in points."""

    names: float
    figure: float
    remark: float

    @property
    def right(self) -> float:
        """What stands to the right of the scale."""
        return self.figure + COLUMN_GAP + _AIR + (self.remark + COLUMN_GAP if self.remark else 0)


def framed(rows: Sequence[ActorRow]) -> Frame:
    """Return the widths that rows need."""
    figure = max(_figure_width(row.figure) for row in rows)
    remark = min(max(width_of(shown(row.remark), SMALL) if row.remark else 0 for row in rows), _MOST_REMARK)
    frame = Frame(0, figure, remark)
    return Frame(
        name_column(max(width_of(fitted(row.name, WIDEST_NAMES)) for row in rows), frame.right), figure, remark
    )


def open_rows(ax: Axes | None, heading: Heading, height: float, frame: Frame) -> Axes:
    """Return a page whose scale runs from 0 to 1 between names and figures."""
    ax = open_page(ax, heading, height=height)
    per_point = 1 / max(points_wide(ax) - frame.names - frame.right - 2 * _AIR, 40.0)
    ax.set_xlim(-(frame.names + _AIR) * per_point, 1 + (frame.right + _AIR) * per_point)
    ax.set_ylim(height, 0)
    return ax


def draw_rows(
    ax: Axes, rows: Sequence[ActorRow], ticks: Sequence[tuple[float, str]], top: float, frame: Frame
) -> float:
    """Draw rows from ``top`` down with grid lines at ``ticks``; return where they end."""
    end = top + ROW * len(rows)
    for at, label in ticks:
        ax.plot([at, at], [top, end], color=LIGHT, lw=1, zorder=0)
        say(ax, at, end, label, dy=-9, size=NOTE, colour=QUIET, align="center")
    for k, row in enumerate(rows):
        _draw(ax, row, top + ROW * (k + 0.5), frame)
    return end + (SCALE if ticks else 0)


def _draw(ax: Axes, row: ActorRow, y: float, frame: Frame) -> None:
    say(ax, 0, y, fitted(row.name, frame.names - COLUMN_GAP), at="row")
    if row.low == row.low and row.high > row.low:
        whisker(ax, row.low, row.high, y, colour=row.colour)
    if row.was == row.was:
        ax.plot([row.was, row.at], [y, y], color=MID, lw=1.6, zorder=2)
        ax.plot([row.was], [y], row.marker, color=PAPER, ms=6, mec=MID, mew=1.3, zorder=3.5)
    if row.at == row.at:
        ax.plot([row.at], [y], row.marker, color=row.colour, ms=7, mew=0.8, mec=PAPER, zorder=4)
    number, _, more = row.figure.partition(" ")
    x = _AIR + COLUMN_GAP
    say(ax, 1, y, number, dx=x, size=SMALL, colour=INK, bold=True)
    say(ax, 1, y, more, dx=x + width_of(f"{number} ", SMALL, True), size=SMALL, colour=QUIET)
    if row.remark:
        remark = fitted(row.remark, frame.remark, SMALL)
        say(ax, 1, y, remark, dx=x + frame.figure + COLUMN_GAP, size=SMALL, colour=QUIET)


def _figure_width(figure: str) -> float:
    number, _, more = figure.partition(" ")
    return width_of(f"{number} ", SMALL, True) + (width_of(more, SMALL) if more else 0)


def looks(table: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """Return each type's colour and shape, the same as on the map of the ecosystem."""
    kinds = kinds_of(table["type"].to_numpy(dtype=object), "type")
    of = [(kinds.colours[code], kinds.markers[code]) for code in kinds.codes]
    return dict(zip(table["actor"], of, strict=True))


def people(rows: pd.DataFrame) -> list[str]:
    """Return what to call each actor: its name, and its id too where two share the name."""
    shared = rows["name"].duplicated(keep=False)
    known = zip(rows["name"], rows["actor"], shared, strict=True)
    return [f"{name} ({actor})" if two else str(name) for name, actor, two in known]


def typed(kind: Any) -> str:
    """Return a type as words; nothing where it is not known."""
    return "" if pd.isna(kind) else str(kind).replace("_", " ")
