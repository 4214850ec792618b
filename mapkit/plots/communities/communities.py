"""Communities: a row each with who is in it, and where the weight of its ties goes, as blocks."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from mapkit.ecosystems.communities import Communities
from mapkit.plots.names import fitted, shown, width_of
from mapkit.plots.numbers import count, percent
from mapkit.plots.page import Heading, nothing_to_draw, open_page, points_wide, say
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.style import BLUE, INK, LIGHT, NOTE, PAPER, QUIET, SERIES, SMALL

_HEAD, _ROW, _GAP = 22.0, 34.0, 10.0
_BLOCKS = 190.0
_MOST, _WIDEST_CELL, _SIGN = 8, 42.0, 18.0
_ACTORS, _STABLE = 44.0, 46.0
_PALE, _DARK = 0.08, 0.62


@drawing.register
def draw_communities(communities: Communities, ax: Axes | None = None) -> Axes:
    """Draw the largest communities, at most 8: their strongest actors, their types, and blocks of tie weight."""
    rows = communities.sizes[communities.sizes["actors"] > 1].head(_MOST)
    if rows.empty:
        return nothing_to_draw(ax, communities.title, "no two actors are tied, so there are no communities")
    k = len(rows)
    ax = open_page(ax, _heading(communities, rows), height=_HEAD + _ROW * k)
    across, high = points_wide(ax), _HEAD + _ROW * k
    ax.set_xlim(0, across)
    ax.set_ylim(high, 0)
    cell = min(_WIDEST_CELL, _BLOCKS / k)
    left = across - cell * k
    names = left - _GAP - _ACTORS - _STABLE - _SIGN
    _column_heads(ax, left, cell, k)
    for place, row in enumerate(rows.to_dict("records")):
        middle = _HEAD + _ROW * (place + 0.5)
        _sign(ax, 0, middle, int(row["community"]))
        say(ax, _SIGN, middle - 6.5, _as_fits(row["label"], names, SMALL), size=SMALL)
        say(ax, _SIGN, middle + 6.5, _as_fits(row["types"], names, NOTE), size=NOTE, colour=QUIET)
        say(ax, _SIGN + names + _ACTORS - 6, middle, count(row["actors"]), size=SMALL, bold=True, align="right")
        steady = "" if math.isnan(row["stability"]) else percent(row["stability"])
        say(ax, left - _GAP - 4, middle, steady, size=SMALL, colour=QUIET, align="right")
    shares = _shares(communities.between, rows)
    for y in range(k):
        for x in range(k):
            _cell(ax, left + cell * x, _HEAD + _ROW * y, cell, float(shares[y, x]))
    return ax


def _column_heads(ax: Axes, left: float, cell: float, k: int) -> None:
    y = _HEAD / 2 - 3
    say(ax, left - _GAP - _STABLE - 6, y, "actors", size=NOTE, colour=QUIET, align="right")
    say(ax, left - _GAP - 4, y, "stability", size=NOTE, colour=QUIET, align="right")
    for x in range(k):
        _sign(ax, left + cell * (x + 0.5) - 6, y, x)


def _sign(ax: Axes, x: float, y: float, number: int) -> None:
    """Draw a community's number on its colour; beyond eight communities all are grey."""
    colour = SERIES[number] if number < len(SERIES) else QUIET
    ax.add_patch(Rectangle((x, y - 6.5), 13, 13, facecolor=colour, edgecolor="none", zorder=2))
    dark = colour in (SERIES[1], SERIES[4], SERIES[3])  # orange, purple and sky want dark figures
    say(ax, x + 6.5, y, str(number), size=NOTE, bold=True, colour=INK if dark else PAPER, align="center")


def _shares(between: pd.DataFrame, rows: pd.DataFrame) -> np.ndarray:
    """Return, for each community, the share of the weight of its ties that goes to each of those drawn."""
    k = len(rows)
    weights = np.zeros((k, k))
    cells = between[between["other"] < k]
    one, other = cells["community"].to_numpy(), cells["other"].to_numpy()
    weights[one, other] = weights[other, one] = cells["weight"]
    total = (rows["internal_weight"] + rows["outgoing_weight"]).to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        shares: np.ndarray = np.where(total[:, None] > 0, weights / total[:, None], np.nan)
    return shares


def _cell(ax: Axes, x: float, y: float, wide: float, share: float) -> None:
    box: dict[str, Any] = {"xy": (x + 1, y + 1.5), "width": wide - 2, "height": _ROW - 3}
    if not share > 0:
        ax.add_patch(Rectangle(**box, facecolor=PAPER, edgecolor=LIGHT, lw=0.8, zorder=1))
        return
    alpha = _PALE + (_DARK - _PALE) * share
    ax.add_patch(Rectangle(**box, facecolor=BLUE, alpha=alpha, edgecolor="none", zorder=1))
    text = f"{100 * share:.0f}%" if share >= 0.005 else "<1%"
    size = SMALL if width_of(text, SMALL, True) <= wide - 6 else NOTE
    say(ax, x + wide / 2, y + _ROW / 2, text, size=size, bold=share >= 0.5, align="center")


def _as_fits(text: str, room: float, size: float) -> str:
    """Return as many of the names in a list as have room; the first is cut where even it has none."""
    names = shown(text).split(", ")
    for most in range(len(names), 1, -1):
        kept = ", ".join(names[:most]) + (", …" if most < len(names) else "")
        if width_of(kept, size) <= room:
            return kept
    return fitted(names[0], room, size)


def _inside(communities: Communities) -> float:
    inside = float(communities.sizes["internal_weight"].sum())
    every = inside + float(communities.sizes["outgoing_weight"].sum()) / 2
    return inside / every if every else math.nan


def _heading(communities: Communities, rows: pd.DataFrame) -> Heading:
    number = communities.communities
    title = f"{count(number)} communities: {percent(_inside(communities))} of all tie weight stays inside one"
    title = title if number > 1 else "One community holds everybody who is tied"
    n = f"n = {count(len(communities.table))} actors"
    n += f", {count(communities.isolates)} without a tie" if communities.isolates else ""
    again = "" if math.isnan(communities.rand) else f" · runs agree to {communities.rand:.2f} (adjusted Rand index)"
    subtitle = f"modularity {communities.modularity:.3f} at resolution {communities.resolution:g}{again} · {n}"
    note = "Rows: the strongest actors within, and the types. Cells: where the weight of a community's ties goes."
    if communities.runs > 1:
        note += f" Stability: how often an actor stays with most of its community in {communities.runs - 1} other runs."
    hidden = number - len(rows)
    note += f" Not drawn: {count(hidden)} smaller communities." if hidden else ""
    return Heading(title, subtitle, note)


@sentence.register
def say_communities(communities: Communities) -> str:
    """Say how many communities there are, how large, and whom each is about."""
    rows = communities.sizes[communities.sizes["actors"] > 1].head(_MOST)
    if rows.empty:
        return "Communities with nothing to draw: no two actors are tied."
    parts = "; ".join(f"{count(row['actors'])} around {shown(row['label'])}" for row in rows.to_dict("records"))
    return (
        f"{count(communities.communities)} communities among {count(len(communities.table))} actors, modularity"
        f" {communities.modularity:.2f}, {percent(_inside(communities))} of tie weight inside: {parts}."
    )
