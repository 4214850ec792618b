"""The cohort triangle: a row a cohort, a column a period, the share in each cell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import LinearSegmentedColormap

from mapkit.journeys.retention import Retention
from mapkit.plots.names import width_of
from mapkit.plots.numbers import count
from mapkit.plots.page import open_page, points_wide, say
from mapkit.plots.retention.wording import after_start, heading, of_segment
from mapkit.plots.style import BLUE, FADED, INK, LIGHT, MID, NOTE, PAPER, QUIET, SKY, SMALL, THIN_N

_SHADES = LinearSegmentedColormap.from_list("mapkit retention", [PAPER, SKY, BLUE])
_HEAD, _ALL, _GAP, _COLUMN = 18.0, 17.0, 5.0, 12.0
_TALLEST, _WHOLE = 17.0, 430.0
_READABLE, _MOST_READABLE, _LOWEST = NOTE + 1.2, 60, 0.6
_DATES = {"hour": "%d %b %Hh", "day": "%d %b %Y", "week": "%d %b %Y", "month": "%b %Y"}


@dataclass(frozen=True)
class _Grid:
    """The shares as rows and columns, which of them are running, and the measures of a cell in points."""

    shares: np.ndarray
    sizes: np.ndarray
    running: np.ndarray
    names: list[str]
    periods: list[str]
    top: float
    wide: float
    high: float

    def y(self, row: int) -> float:
        """Return the middle of a cohort's row; the axes count points from their top."""
        return _HEAD + _ALL + _GAP + self.high * (row + 0.5)


def draw_triangle(result: Retention, ax: Axes | None, segment: str | None) -> Axes:
    """Draw every cohort's share in every finished period, with all of them together on top."""
    whole = of_segment(result, result.table, segment)
    table = after_start(result, whole)
    curve = after_start(result, of_segment(result, result.curve, segment))
    shares = table.pivot(index="cohort", columns="period", values="of_cohort")
    sizes = table.drop_duplicates("cohort").set_index("cohort")["size"].reindex(shares.index).to_numpy()
    names = [f"{when:{_DATES[result.period]}}" for when in shares.index]
    least = _READABLE if len(shares) <= _MOST_READABLE else _LOWEST
    high = max(min(_TALLEST, _WHOLE / len(shares)), least)
    left = max(width_of(name, SMALL, True) for name in [*names[:1], *names[-1:], "all cohorts"]) + 2 * _COLUMN
    left += width_of(count(sizes.sum()), SMALL, True)
    note = f"Blank: not over yet; hatched: begun and not over. Paler: a cohort of fewer than {THIN_N}. "
    note += "Customers of before the log are in its first cohort. Each cell's interval is in the table."
    height = _HEAD + _ALL + _GAP + high * len(shares) + 4
    ax = open_page(ax, heading(result, curve, segment=segment, note=note), height=height, left=left)
    labels = [_label(result, row) for _, row in table.drop_duplicates("period").iterrows()]
    known = shares.to_numpy()[sizes >= THIN_N] if (sizes >= THIN_N).any() else shares.to_numpy()
    top = max(float(np.nanmax(known, initial=0.0)), 0.001)
    ax.set_xlim(0, shares.shape[1])
    ax.set_ylim(height, 0)
    wide = points_wide(ax) / shares.shape[1]
    # A short log keeps its cells as narrow as a longer one's.
    wide = min(wide, 60.0)
    ax.set_xlim(0, points_wide(ax) / wide)
    running = _running(whole.pivot(index="cohort", columns="period", values="customers"), list(shares.columns))
    grid = _Grid(shares.to_numpy(), sizes, running, names, labels, top, wide, high)
    _draw_cells(ax, grid)
    _draw_all(ax, grid, curve, [int(period) for period in shares.columns])
    _draw_labels(ax, grid, left)
    return ax


def _running(customers: pd.DataFrame, drawn: list[object]) -> np.ndarray:
    """Return which of the columns drawn are running: the first of each cohort that is not over, period 0 included."""
    unknown = customers.isna()
    first = unknown & ~unknown.shift(axis=1, fill_value=False)
    return first[drawn].to_numpy()


def _label(result: Retention, row: pd.Series) -> str:
    low, high = int(row["period"]), int(row.get("to_period", row["period"]))
    return str(low) if low == high else f"{low}–{high}"


def _draw_cells(ax: Axes, grid: _Grid) -> None:
    rows = len(grid.shares)
    edges = [grid.y(row) - grid.high / 2 for row in range(rows + 1)]
    _shade(ax, grid, grid.shares, edges, np.where(grid.sizes < THIN_N, FADED, 1.0))
    open_cells = [
        [(column, edges[row]), (column + 1, edges[row]), (column + 1, edges[row + 1]), (column, edges[row + 1])]
        for row, column in zip(*np.nonzero(grid.running & (grid.sizes > 0)[:, None]), strict=True)
    ]
    ax.add_collection(PolyCollection(open_cells, facecolor="none", edgecolor=MID, hatch="//////", lw=0, zorder=1.1))
    if not _has_numbers(grid):
        return
    for (row, column), share in np.ndenumerate(grid.shares):
        text = _points(share)
        if text and width_of(text, NOTE) <= grid.wide:
            thin = grid.sizes[row] < THIN_N
            colour = PAPER if share > 0.7 * grid.top and not thin else QUIET if thin else INK
            say(ax, column + 0.5, grid.y(row), text, size=NOTE, colour=colour, align="center")


def _shade(ax: Axes, grid: _Grid, shares: np.ndarray, edges: list[float], alpha: np.ndarray) -> None:
    """Colour rows of cells; ``edges`` are their upper and lower ends, ``alpha`` is that of each row."""
    colours = _SHADES(np.clip(np.nan_to_num(shares) / grid.top, 0, 1))
    colours[..., 3] = np.where(np.isnan(shares), 0.0, alpha[:, None])
    mesh = ax.pcolormesh(np.arange(shares.shape[1] + 1), edges, np.zeros(shares.shape), zorder=1)
    mesh.set_array(None)
    # Seams between cells would bleach those of a long log.
    small = min(grid.wide, grid.high)
    mesh.set(facecolor=colours.reshape(-1, 4), edgecolor=PAPER if small > 4 else "none", linewidth=small / 20)
    mesh.set_antialiased(small > 4)


def _draw_all(ax: Axes, grid: _Grid, curve: pd.DataFrame, periods: list[int]) -> None:
    """Draw the row of all cohorts together, and above it the numbers of the periods."""
    pooled = curve.set_index("period")["of_cohort"].reindex(periods)
    every = max(-(-int(max(width_of(label, SMALL) for label in grid.periods) + 5) // max(grid.wide, 0.1)), 1)
    _shade(ax, grid, pooled.to_numpy(float)[None, :], [_HEAD, _HEAD + _ALL], np.ones(1))
    for column, (label, share) in enumerate(zip(grid.periods, pooled, strict=True)):
        x = column + 0.5
        if share == share and _has_numbers(grid) and width_of(_points(share), NOTE, True) <= grid.wide + 1:
            colour = PAPER if share > 0.7 * grid.top else INK
            say(ax, x, _HEAD + _ALL / 2, _points(share), size=NOTE, colour=colour, bold=True, align="center")
        if column % every == 0:
            say(ax, x, _HEAD / 2 - 2, label, size=SMALL, colour=QUIET, align="center")


def _draw_labels(ax: Axes, grid: _Grid, left: float) -> None:
    head = {"at": "row", "size": SMALL, "colour": QUIET}
    say(ax, 0, _HEAD / 2 - 2, "n", dx=-_COLUMN, align="right", **head)  # type: ignore[arg-type]
    what = "% of cohort" if _has_numbers(grid) else f"darkest: {100 * grid.top:.3g}%"
    say(ax, 0, _HEAD / 2 - 2, what, dx=-left, **head)  # type: ignore[arg-type]
    middle = _HEAD + _ALL / 2
    say(ax, 0, middle, "all cohorts", at="row", dx=-left, size=SMALL, bold=True)
    say(ax, 0, middle, count(grid.sizes.sum()), at="row", dx=-_COLUMN, size=SMALL, bold=True, align="right")
    every = max(-(-11 // grid.high), 1)
    for row, (name, size) in enumerate(zip(grid.names, grid.sizes, strict=True)):
        if row % every == 0:
            colour = QUIET if size < THIN_N else INK
            say(ax, 0, grid.y(row), name, at="row", dx=-left, size=SMALL, colour=colour)
            say(ax, 0, grid.y(row), count(size), at="row", dx=-_COLUMN, size=SMALL, colour=colour, align="right")
    ax.plot([0, len(grid.periods)], [_HEAD + _ALL + _GAP / 2] * 2, color=LIGHT, lw=1)


def _has_numbers(grid: _Grid) -> bool:
    return grid.wide >= width_of("88", NOTE) + 1 and grid.high >= NOTE + 1


def _points(share: float) -> str:
    """Return a share in whole percent, as narrow as it can be written; nothing for NaN."""
    if np.isnan(share):
        return ""
    return "<1" if 0 < share < 0.005 else f"{100 * share:.0f}"
