"""Funnel by segment: every segment's share at every step, on one scale, so that segments can be compared."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from mapkit.journeys.results import Funnel
from mapkit.plots.names import fitted, shown
from mapkit.plots.numbers import count
from mapkit.plots.page import Heading
from mapkit.plots.rows import Dot, Group, draw_groups
from mapkit.plots.segments import POOLED, looks, pool_small, with_share
from mapkit.plots.style import MOST_SERIES, THIN_N
from mapkit.plots.wording import definition, quoted


def draw_segments(funnel: Funnel, ax: Axes | None) -> Axes:
    """Draw one group a step after the first, one dot a segment."""
    table = _pooled(funnel)
    segments = list(dict.fromkeys(table["segment"]))
    look = looks(segments)
    steps = list(funnel.steps[1:]) or list(funnel.steps)
    groups = [
        Group(
            f"reached {shown(step)}",
            [_dot(row, look[row["segment"]]) for row in table[table["step"] == step].to_dict("records")],
        )
        for step in steps
    ]
    note = f"Shares of those who did {fitted(funnel.steps[0], 200)} in the same segment."
    beyond = funnel.table["segment"].nunique(dropna=False) - MOST_SERIES + 1
    if beyond > 1:
        note += f" The {beyond} smallest segments are pooled as other."
    if any(dot.n < THIN_N for group in groups for dot in group.dots):
        note += f" Faded: fewer than {THIN_N} entered."
    return draw_groups(ax, Heading(_title(funnel, table), definition(funnel), note), groups)


def _pooled(funnel: Funnel) -> pd.DataFrame:
    first = funnel.table.groupby("segment", sort=False, dropna=False)["customers"].transform("first")
    table = funnel.table.assign(entered=first)
    table = pool_small(table, by=["step"], size="entered", counts=["customers", "entered"])
    return with_share(table, "of_first", table["customers"], table["entered"], funnel.confidence)


def _dot(row: dict[Any, Any], look: tuple[str, str]) -> Dot:
    share, low, high = row["of_first"], row["of_first_low"], row["of_first_high"]
    return Dot(shown(row["segment"]), share, low, high, int(row["entered"]), *look)


def _title(funnel: Funnel, table: pd.DataFrame) -> str:
    last = table[(table["step"] == funnel.steps[-1]) & (table["entered"] >= THIN_N) & (table["segment"] != POOLED)]
    by = fitted(funnel.breakdown, 120)
    goal = fitted(funnel.steps[-1], 140)
    if len(last):
        shares = last["of_first"].to_numpy()
        most, least = last.iloc[int(shares.argmax())], last.iloc[int(shares.argmin())]
        # A difference is put in the title only where the two intervals are clear of each other.
        if most["of_first_low"] > least["of_first_high"]:
            ends = [f"{quoted(row, 'of_first')} ({fitted(row['segment'], 110)})" for row in (most, least)]
            return f"Reached {goal}: {ends[0]}, {ends[1]}"
    return f"From {fitted(funnel.steps[0], 140)} to {goal} by {by}"


def say_segments(funnel: Funnel) -> str:
    """Say how far each segment came, in one sentence."""
    table = _pooled(funnel)
    last = table[table["step"] == funnel.steps[-1]]
    parts = ", ".join(
        f"{shown(row['segment'])} {quoted(row, 'of_first')} of {count(row['entered'])}"
        for row in last.to_dict("records")
    )
    start, end, by = shown(funnel.steps[0]), shown(funnel.steps[-1]), shown(funnel.breakdown)
    return f"Funnel of {funnel.unit}s by {by}: share of those at {start} who reached {end}: {parts}."
