"""Which fact of customers explains what an influencer seems to do: effects compared within each, one after another."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mapkit.maps.influence.counts import CELLS, KEYS
from mapkit.maps.influence.effects import beyond_chance, pooled
from mapkit.maps.integrity.thresholds import EFFECT_MOVED, IMBALANCE

COLUMNS = (
    *KEYS,
    "column",
    "value",
    "share_with",
    "share_without",
    "imbalance",
    "difference_before",
    "difference_before_low",
    "difference_before_high",
    "difference_within",
    "difference_within_low",
    "difference_within_high",
    "moved",
    "verdict",
)


def look(name: str, cells: pd.DataFrame, before: pd.DataFrame, minimum: int, confidence: float) -> pd.DataFrame:
    """Return a row a comparison that can be judged: how unlike both sides are in a column, and what is left within it.

    ``before`` has the differences that are to be explained: ``KEYS`` and ``difference_before`` with its interval.
    ``verdict``: "explains it" (beyond chance before, within chance after), "explains part" (it moves by a quarter of
    its margin or more), "reveals it" (beyond chance only after), "leaves it".
    """
    keys = list(KEYS)
    unlike = _most_unlike(cells)
    after = pooled(cells, confidence).drop(columns=["p_within", "strata"])
    after = after[[name for name in map(str, after) if not name.startswith("ratio")]]
    table = before.merge(after, on=keys).merge(unlike, on=keys)
    few = table[["customers_with", "customers_without"]].min(axis=1) < minimum
    table = table[~few & table["difference_within"].notna()].assign(column=name)
    return table.assign(moved=table["difference_within"] - table["difference_before"], verdict=_verdicts(table))[
        list(COLUMNS)
    ]


def _most_unlike(cells: pd.DataFrame) -> pd.DataFrame:
    """Return a row a comparison: the value in which both sides are most unlike, both shares, and how far apart."""
    keys = list(KEYS)
    sides = cells.groupby([*keys, "stratum"], as_index=False)[list(CELLS)].sum()
    whole = sides.groupby(keys)[["customers_with", "customers_without"]].transform("sum")
    one = sides["customers_with"] / whole["customers_with"].where(whole["customers_with"] > 0)
    other = sides["customers_without"] / whole["customers_without"].where(whole["customers_without"] > 0)
    spread = np.sqrt((one * (1 - one) + other * (1 - other)) / 2)
    far = (one - other).abs() / spread.where(spread > 0, np.inf)
    sides = sides.assign(value=sides["stratum"], share_with=one, share_without=other, imbalance=far.fillna(0))
    sides = sides.assign(**{name: whole[name] for name in ("customers_with", "customers_without")})
    order = sides.sort_values(["imbalance", "value"], ascending=[False, True], kind="stable")
    kept = [*keys, "value", "share_with", "share_without", "imbalance", "customers_with", "customers_without"]
    return order.drop_duplicates(keys)[kept]


def _verdicts(table: pd.DataFrame) -> np.ndarray:
    before = beyond_chance(table["difference_before_low"], table["difference_before_high"])
    after = beyond_chance(table["difference_within_low"], table["difference_within_high"])
    margin = (table["difference_before_high"] - table["difference_before_low"]) / 2
    moved = (table["difference_within"] - table["difference_before"]).abs() >= EFFECT_MOVED * margin
    unlike = table["imbalance"] >= IMBALANCE
    gone = (before != 0) & (after != before) & moved
    new = (before == 0) & (after != 0) & moved
    return np.select(
        [unlike & gone, unlike & new, unlike & moved], ["explains it", "reveals it", "explains part"], "leaves it"
    )


def explained_by(confounders: pd.DataFrame) -> pd.DataFrame:
    """Return ``KEYS`` and ``confounded_by``: of the columns that explain a difference, the one that moves it most."""
    told = confounders[confounders["verdict"] == "explains it"]
    told = told.assign(far=told["moved"].abs()).sort_values(["far", "column"], ascending=[False, True], kind="stable")
    return told.drop_duplicates(list(KEYS))[[*KEYS, "column"]].rename(columns={"column": "confounded_by"})
