"""Definition spread: the same funnel under every definition, sorted: how much the definition decides."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from mapkit.journeys.results import FunnelSpread
from mapkit.plots.names import fitted, shown
from mapkit.plots.numbers import percent
from mapkit.plots.page import Heading, nothing_to_draw
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.rows import Dot, Group, draw_groups
from mapkit.plots.style import BLUE, ORANGE
from mapkit.plots.wording import ORDERS, window

_MOST_ROWS = 40
_COUNTING = {"first": "first entry", "any": "any entry"}
_LOOK = {"any": (BLUE, "o"), "first": (ORANGE, "s")}


@drawing.register
def draw_spread(spread: FunnelSpread, ax: Axes | None = None) -> Axes:
    """Draw a dot and whisker for each definition, grouped by order and window, with the range on the scale."""
    table = spread.table[spread.table["of_first"].notna()]
    if table.empty:
        return nothing_to_draw(ax, spread.title, "nobody entered the funnel under any definition")
    drawn = _thinned(table)
    heading = Heading(_finding(spread, table), _subtitle(spread, table, drawn), _note(spread))
    return draw_groups(ax, heading, _groups(drawn), span=(table["of_first"].min(), table["of_first"].max()))


def _thinned(table: pd.DataFrame) -> pd.DataFrame:
    """Return at most forty rows, evenly over the sorted shares, with both ends of the range among them."""
    if len(table) <= _MOST_ROWS:
        return table
    by_share = table.sort_values("of_first", kind="stable")
    return by_share.iloc[[round(k * (len(table) - 1) / (_MOST_ROWS - 1)) for k in range(_MOST_ROWS)]]


def _groups(table: pd.DataFrame) -> list[Group]:
    groups = []
    for _, rows in table.groupby(["order", "window_seconds"], sort=False, dropna=False):
        first = rows.iloc[0]
        name = f"{ORDERS.get(first['order'], shown(first['order']))}, {window(first['window_seconds'])}"
        rows = rows.sort_values("of_first", ascending=False, kind="stable")
        groups.append((rows["of_first"].mean(), Group(name, [_dot(row) for row in rows.to_dict("records")])))
    return [group for _, group in sorted(groups, key=lambda pair: -pair[0])]


def _dot(row: dict) -> Dot:
    name = f"{shown(row['unit'])}s, {_COUNTING.get(row['counting'], shown(row['counting']))}"
    weakest = row["weakest"]
    remark = "cannot tell" if weakest is None or pd.isna(weakest) else fitted(weakest, 90)
    look = _LOOK.get(row["counting"], _LOOK["any"])
    return Dot(
        name,
        row["of_first"],
        row["of_first_low"],
        row["of_first_high"],
        int(row["entered"]),
        *look,
        f"weakest: {remark}",
    )


def _finding(spread: FunnelSpread, table: pd.DataFrame) -> str:
    low, high = percent(table["of_first"].min()), percent(table["of_first"].max())
    end = fitted(spread.steps[-1], 160)
    return f"{low} to {high} reach {end}, depending on the definition" if len(table) > 1 else f"{low} reach {end}"


def _subtitle(spread: FunnelSpread, table: pd.DataFrame, drawn: pd.DataFrame) -> str:
    some = "" if len(drawn) == len(table) else f", {len(drawn)} of them drawn"
    start = fitted(spread.steps[0], 160)
    return f"{len(table)} definitions{some} · share of those at {start} · 95% intervals · bar on the scale: the range"


def _note(spread: FunnelSpread) -> str:
    kept = [f"{shown(conclusion)}: {percent(share)}" for conclusion, share in spread.survives.items()]
    return f"Holds under this share of definitions: {'; '.join(kept)}." if kept else ""


@sentence.register
def say_spread(spread: FunnelSpread) -> str:
    """Say how far the answer depends on the definition, in one sentence."""
    table = spread.table[spread.table["of_first"].notna()]
    if table.empty:
        return "Definition spread with nothing to draw: nobody entered."
    return f"Dots with whiskers for {len(table)} definitions of one funnel: {_finding(spread, table)}. {_note(spread)}"
