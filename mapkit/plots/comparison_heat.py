"""Comparison as a heat map: two keys, a cell each, blue where higher and vermilion where lower."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from mapkit.plots.names import fitted, shown, width_of
from mapkit.plots.page import Heading, open_page, points_wide, say
from mapkit.plots.style import BAD, GOOD, INK, LIGHT, NOTE, QUIET, SMALL
from mapkit.statistics import Comparison

_CELL, _MOST, _NAMES = 24.0, 14, 110.0
_STRONGEST = 0.6  # dark figures stay readable on it


def draw_heat(comparison: Comparison, ax: Axes | None, heading: Heading) -> Axes:
    """Draw a cell for each pair of keys, at most 14 by 14 (those with most customers); sure ones are coloured."""
    table = comparison.table[comparison.table["difference"].notna()]
    first, second = comparison.keys
    rows, columns = _largest(table, first), _largest(table, second)
    table = table[table[first].isin(rows) & table[second].isin(columns)]
    cut = len(comparison.table[comparison.table["difference"].notna()]) - len(table)
    note = heading.note + (f" Not in the picture: {cut:,} cells of rarer names." if cut else "")
    height = _CELL * (len(rows) + 1)
    left = min(max(width_of(fitted(name, _NAMES), SMALL) for name in rows), _NAMES) + 10
    subtitle = f"rows: {shown(first)}, columns: {shown(second)} · {heading.subtitle}"
    ax = open_page(ax, Heading(heading.title, subtitle, note), height=height, left=left)
    ax.set_xlim(0, len(columns))
    ax.set_ylim(len(rows), -1)
    room = points_wide(ax) / len(columns) - 4
    for k, name in enumerate(columns):
        say(ax, k + 0.5, -0.45, fitted(name, room, NOTE), size=NOTE, colour=QUIET, align="center")
    for k, name in enumerate(rows):
        say(ax, 0, k + 0.5, fitted(name, _NAMES, SMALL), dx=-8, size=SMALL, align="right")
    top = float(table["difference"].abs().max()) or 1.0
    places = {(row[first], row[second]): row for row in table.to_dict("records")}
    for y, one in enumerate(rows):
        for x, other in enumerate(columns):
            _cell(ax, x, y, places.get((one, other)), top)
    return ax


def _cell(ax: Axes, x: int, y: int, row: dict | None, top: float) -> None:
    sure = row is not None and row["verdict"] in ("higher", "lower")
    colour, alpha = LIGHT, 0.35
    if row is not None and sure:
        colour = GOOD if row["verdict"] == "higher" else BAD
        alpha = 0.2 + (_STRONGEST - 0.2) * math.sqrt(abs(row["difference"]) / top)
    ax.add_patch(Rectangle((x + 0.03, y + 0.05), 0.94, 0.9, facecolor=colour, alpha=alpha, edgecolor="none"))
    if row is not None:
        change = row["difference"]
        text = f"{100 * change:+.1f}" if row["unit"] == "share" else f"{change:+.3g}"
        say(ax, x + 0.5, y + 0.5, text, size=NOTE, colour=INK if sure else QUIET, bold=sure, align="center")


def _largest(table: pd.DataFrame, key: str) -> list[object]:
    """Return a key's values in their own order; beyond 14 those with most customers."""
    if table[key].nunique(dropna=False) <= _MOST:
        return list(dict.fromkeys(table[key]))
    n = table[["n_a", "n_b"]].sum(axis=1).groupby(table[key], dropna=False).max()
    kept = set(n.sort_values(ascending=False, kind="stable").index[:_MOST])
    return [name for name in dict.fromkeys(table[key]) if name in kept]
