"""The arithmetic of opportunities: scores of one metric on 0..10, and what they make together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mapkit.experience.feedback.asking import Question, answers
from mapkit.experience.feedback.intervals import mean_interval
from mapkit.experience.feedback.pairs import correlation, counted_pairs, difference
from mapkit.experience.feedback.tally import Scale, Tally, tally
from mapkit.statistics import wilson_interval
from mapkit.tables import Table

if TYPE_CHECKING:
    import ibis.expr.types as ir

METRICS = ("importance", "satisfaction", "expectation")
_TEN = 10.0


def opportunity_table(
    rows: Mapping[str, ir.Table], asked: Mapping[str, Question], scale: Scale, top: int
) -> tuple[pd.DataFrame, dict[str, Tally]]:
    """Return the table of an Opportunity, one row a group, and the tallies it was made of."""
    keys, confidence = list(asked["satisfaction"].keys), asked["satisfaction"].confidence
    tallies = {metric: tally(rows[metric], asked[metric], scale) for metric in METRICS}
    groups = _groups(tallies, keys)
    made = groups.copy()
    for metric in METRICS:
        made = made.merge(_scores(tallies[metric], metric, top, confidence), on=keys, how="left")
    sizes, rejected = ([f"{metric}_{what}" for metric in METRICS] for what in ("n", "rejected"))
    made[sizes] = made[sizes].fillna(0).astype(int)
    made.insert(len(keys), "n", made[["importance_n", "satisfaction_n"]].min(axis=1))
    made.insert(len(keys) + 1, "rejected", made[rejected].sum(axis=1).astype(int))
    pairs = {
        each: counted_pairs(rows["satisfaction"], rows[each], keys, scale) for each in METRICS if each != "satisfaction"
    }
    made = _with_gap(made, correlation(groups, pairs["expectation"], keys, _stretched))
    alike = correlation(groups, pairs["importance"], keys, lambda score, _, high: 1.0 * (score > high - top))
    return _with_opportunity(made.drop(columns=rejected), alike), tallies


def rows_of(table: Table, asked: Question) -> ir.Table:
    """Return the answers to one metric; expectation may have none."""
    if asked.metric == "expectation":
        held = table.data.metric.cast("string").strip().lower() == "expectation"
        if table.data.filter(held).count().execute() == 0:
            return table.data.filter(held)
    return answers(table, asked)


def _groups(tallies: dict[str, Tally], keys: list[str]) -> pd.DataFrame:
    every = pd.concat([tallies[metric].groups for metric in METRICS], ignore_index=True)
    return every.drop_duplicates(ignore_index=True)[keys]


def _scores(counted: Tally, metric: str, top: int, confidence: float) -> pd.DataFrame:
    """Return share and mean of one metric, each with its interval, on 0..10."""
    sums = counted.by_group(
        top=lambda rows: rows["score"] > rows["high"] - top,
        total=lambda rows: _stretched(rows["score"], rows["low"], rows["high"]),
        squares=lambda rows: _stretched(rows["score"], rows["low"], rows["high"]) ** 2,
    )
    n = sums["n"].astype(float).where(sums["n"] > 0)
    low, high = wilson_interval(sums["top"], sums["n"], confidence)
    mean = sums["total"] / n
    spread = ((sums["squares"] - n * mean**2).clip(lower=0) / (n - 1).where(n > 1)) ** 0.5
    mean_low, mean_high = mean_interval(mean, spread, sums["n"], (0.0, _TEN), confidence)
    made: dict[str, Any] = {
        "": _TEN * sums["top"] / n,
        "_low": _TEN * low,
        "_high": _TEN * high,
        "_share": sums["top"] / n,
    }
    made |= {"_n": sums["n"], "_mean": mean, "_mean_low": mean_low, "_mean_high": mean_high}
    made |= {"_rejected": sums["rejected"]}
    return counted.groups.assign(**{f"{metric}{name}": column for name, column in made.items()})


def _stretched(score: pd.Series, low: pd.Series, high: pd.Series) -> pd.Series:
    return _TEN * (score - low) / (high - low)


def _ends(made: pd.DataFrame, name: str, times: float = 1.0) -> tuple[pd.Series, pd.Series, pd.Series]:
    return times * made[name], times * made[f"{name}_low"], times * made[f"{name}_high"]


def _with_gap(made: pd.DataFrame, correlated: np.ndarray) -> pd.DataFrame:
    gap = difference(_ends(made, "satisfaction_mean"), _ends(made, "expectation_mean"), correlated)
    names = ("expectation_gap", "expectation_gap_low", "expectation_gap_high")
    return made.assign(**dict(zip(names, gap, strict=True)))


def _with_opportunity(made: pd.DataFrame, correlated: np.ndarray) -> pd.DataFrame:
    """Add I + max(I - S, 0), which is the larger of I and 2I - S, and of whose ends likewise."""
    importance = _ends(made, "importance")
    lacking = difference(_ends(made, "importance", 2.0), _ends(made, "satisfaction"), correlated)
    names = ("opportunity", "opportunity_low", "opportunity_high")
    larger = (np.maximum(one, other) for one, other in zip(importance, lacking, strict=True))
    return made.assign(**dict(zip(names, larger, strict=True)))
