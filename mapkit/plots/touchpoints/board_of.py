"""The three-ways board of measured touchpoints: journeys, survey and cost, one row a touchpoint."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from mapkit.maps.touchpoints import Touchpoints
from mapkit.plots.names import shown
from mapkit.plots.numbers import count, nice_ticks
from mapkit.plots.style import BAD, GOOD, MID, OTHER
from mapkit.plots.touchpoints.three_columns import Board, Column, Line, Point

UNDERSERVED = 10.0


def board_of(rows: pd.DataFrame, outcome: str, badges: Mapping[str, tuple[str, str]] | None = None) -> Board:
    """Return the board of a table with effect, opportunity and cost per outcome, each with its interval."""
    effects = rows[rows["flag"].isin(["", "starts", "late"])]
    reach = _reach(effects)
    step = [tick for tick in nice_ticks(reach, 2) if tick > 0][-1]
    columns = [
        Column(outcome, "difference in points", (-reach, reach), _around(step), 0.0),
        Column("opportunity", "survey, 0 to 20", (0, 20), [(0, "0"), (10, "10"), (20, "20")], UNDERSERVED),
    ]
    costs = rows["cost_per_outcome"].dropna() if "cost_per_outcome" in rows else pd.Series(dtype=float)
    if len(costs):
        columns.append(_cost_column(costs, outcome))
    lines = [
        Line(shown(row["name"]), _points(row, bool(len(costs))), (badges or {}).get(row["touchpoint"], ("", OTHER)))
        for row in rows.to_dict("records")
    ]
    return Board(columns, lines)


def with_effect(measured: Touchpoints) -> pd.DataFrame:
    """Return the table with ``effect``: within segments where there are some."""
    name = "difference_within" if measured.by and "difference_within" in measured.table else "difference"
    return measured.table.assign(**{f"effect{end}": measured.table[f"{name}{end}"] for end in ("", "_low", "_high")})


def _reach(effects: pd.DataFrame) -> float:
    ends = effects[["effect_low", "effect_high"]].abs().to_numpy(float)
    known = ends[~pd.isna(ends)]
    return float(max(known.max() if len(known) else 0.1, 0.01)) * 1.05


def _around(step: float) -> list[tuple[float, str]]:
    return [(-step, f"−{100 * step:.3g}"), (0.0, "0"), (step, f"+{100 * step:.3g}")]


def _cost_column(costs: pd.Series, outcome: str) -> Column:
    """Return a scale of powers of ten: costs differ by factors."""
    low, high = math.floor(math.log10(max(costs.min(), 1e-9))), math.ceil(math.log10(max(costs.max(), 1e-9)) + 1e-9)
    high = max(high, low + 1)
    every = max(1, (high - low) // 3)
    ticks = [(float(k), count(10**k) if k >= 0 else f"{10.0**k:g}") for k in range(low, high + 1, every)]
    return Column(f"cost of one {outcome}", "log scale", (low, high), ticks)


_INSTEAD = {
    "not in the log": "not in the log",
    "after": "after the outcome",
    "everybody": "everybody met it",
    "structural": "part of every path",
}


def _points(row: Mapping[Any, Any], costed: bool) -> list[Point]:
    flag = row["flag"]
    if flag in _INSTEAD:
        effect = Point(math.nan, math.nan, math.nan, instead=_INSTEAD[flag])
    else:
        sure = row["effect_low"] > 0 or row["effect_high"] < 0
        colour = OTHER if not sure or flag else GOOD if row["effect"] > 0 else BAD
        effect = Point(row["effect"], row["effect_low"], row["effect_high"], colour, "nobody to compare", bool(flag))
    served = BAD if row["opportunity_low"] > UNDERSERVED else MID
    ends = (row["opportunity"], row["opportunity_low"], row["opportunity_high"])
    points = [effect, Point(*ends, served, "not asked", 0 < row["n_survey"] < 30)]
    if costed:
        numbers = [row[f"cost_per_outcome{end}"] for end in ("", "_low", "_high")]
        place = [math.log10(number) if number == number and number > 0 else math.nan for number in numbers]
        points.append(
            Point(place[0], place[1], place[2], instead="no cost" if row["cost"] != row["cost"] else "not in a path")
        )
    return points
