"""Which touchpoints decide how customers feel about the whole: derived importance, how many meet it, how it varies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mapkit.errors import OptionError, TableError
from mapkit.experience.touchpoints.inventory import measure_inventory
from mapkit.experience.touchpoints.listed import check_touchpoint
from mapkit.loaders import read_feedback
from mapkit.maps.touchpoints.derived import Ratings, derived_importance, ratings_of
from mapkit.statistics import Estimate, Result
from mapkit.statistics.intervals import normal_quantile


@dataclass(frozen=True, eq=False)
class MomentsOfTruth(Result):
    """Touchpoints by how much they decide. See :func:`find_moments_of_truth` for the columns of ``table``."""

    outcome: str = "nps"
    method: str = ""
    respondents: int = 0
    confidence: float = 0.95

    @property
    def moments(self) -> list[str]:
        """The touchpoints that are moments of truth."""
        return list(self.table.loc[self.table["verdict"] == "moment of truth", "touchpoint"])

    def importance(self, touchpoint: str) -> Estimate:
        """Return the derived importance: standard deviations of the outcome by one of the satisfaction."""
        check_touchpoint(touchpoint, self.table["touchpoint"])
        row = self.table[self.table["touchpoint"] == touchpoint].iloc[0]
        value, low, high = (float(row[f"importance{end}"]) for end in ("", "_low", "_high"))
        return Estimate(f"derived importance of {touchpoint}", value, low, high, int(row["n"]), "standard deviations")


def find_moments_of_truth(
    feedback: Any,
    events: Any = None,
    touchpoints: Any = None,
    *,
    outcome: str = "nps",
    minimum: int = 30,
    draws: int = 500,
    seed: int = 0,
    confidence: float = 0.95,
) -> MomentsOfTruth:
    """Return derived importance x volume x variance of each touchpoint: where the whole is decided. Association.

    Derived importance is the standardised coefficient of a touchpoint's satisfaction in a regression of the overall
    outcome, over respondents who gave both. Where enough have rated every touchpoint (at least ``minimum`` and five
    for each touchpoint) it is ordinary least squares over those. Otherwise a rating that is missing is put at its
    touchpoint's mean, which tells nothing about it, and coefficients are shrunk slightly (ridge); touchpoints that
    nobody rated together are then judged one by one, and what they share cannot be told apart.

    ``table`` columns, the largest score first: ``touchpoint``; ``importance`` with ``_low``, ``_high`` (percentiles of
    a bootstrap over respondents); ``n`` (respondents with this rating and the outcome); ``volume`` (share of customers
    who met it, or without a log the share of respondents who rated it), ``variance`` (of the ratings, as a share of the
    largest possible), ``score`` (importance x volume x variance; negative importance counts as 0), ``verdict``:
    "moment of truth" (importance surely above 0 and above the average, variance at least half of the largest),
    "matters" (surely above 0), "cannot tell", or "too few" (then without numbers).

    Parameters
    ----------
    feedback
        Answers to satisfaction with touchpoints and to the outcome, by the same respondents.
    events, touchpoints
        A log and an inventory, for the volume.
    outcome
        The metric of the whole, such as "nps" or "csat"; answers about a single touchpoint are left out.
    minimum
        Respondents with both, below which nothing is said of a touchpoint.
    draws, seed
        Of the bootstrap.

    Raises
    ------
    TableError
        There are no such answers, or no respondents.

    Source: Hoerl and Kennard (1970), Technometrics 12, 55-67 (ridge); Efron (1979), Annals of Statistics 7, 1-26.
    """
    normal_quantile(confidence)
    if minimum < 5 or draws < 100:
        raise OptionError(f"minimum={minimum!r} and draws={draws!r}: use at least 5 respondents and 100 draws.")
    table_of_feedback = read_feedback(feedback)
    if "respondent" not in table_of_feedback.columns and "customer" not in table_of_feedback.columns:
        raise TableError(
            "the feedback has neither 'respondent' nor 'customer', so nobody's answers can be put together."
        )
    ratings = ratings_of(table_of_feedback, outcome)
    found, method = derived_importance(ratings, minimum, draws, seed, confidence)
    table = _with_volume(found, ratings, events, touchpoints)
    spread = {str(name): float(column.var(ddof=0)) * 4 for name, column in ratings.scaled.items()}
    table["variance"] = table["touchpoint"].map(spread).astype(float)
    table["score"] = table["importance"].clip(lower=0) * table["volume"] * table["variance"]
    table["verdict"] = _verdicts(table)
    table = table.sort_values(["score", "n"], ascending=False, na_position="last", ignore_index=True)
    return MomentsOfTruth(
        f"What goes with {outcome}",
        table,
        _notes(ratings, table, method, outcome, minimum, draws, seed, events is not None),
        outcome,
        method,
        len(ratings.outcome),
        confidence,
    )


def _with_volume(found: pd.DataFrame, ratings: Ratings, events: Any, touchpoints: Any) -> pd.DataFrame:
    if events is None or touchpoints is None:
        return found.assign(volume=found["n"] / max(len(ratings.outcome), 1))
    met = measure_inventory(touchpoints, events).table.set_index("touchpoint")
    return found.assign(volume=found["touchpoint"].map(met["of_customers"].where(met["witnessed"])).astype(float))


def _verdicts(table: pd.DataFrame) -> list[str]:
    known = table["importance"].notna()
    sure = table["importance_low"] > 0
    strong = table["importance"] >= table.loc[known, "importance"].mean()
    varied = table["variance"] >= table.loc[known, "variance"].max() / 2
    choices = ["too few", "moment of truth", "matters"]
    return list(np.select([~known, sure & strong & varied, sure], choices, "cannot tell"))


def _notes(
    ratings: Ratings, table: pd.DataFrame, method: str, outcome: str, minimum: int, draws: int, seed: int, logged: bool
) -> tuple[str, ...]:
    few = int((table["verdict"] == "too few").sum())
    return (
        "Association, not cause: who is happy with the whole may rate each part better for it.",
        f"{len(ratings.outcome):,} respondents gave {outcome} and rated a touchpoint, of {ratings.asked:,} who gave"
        f" {outcome}; {ratings.ratings:,} ratings, of {len(ratings.outcome) * len(table):,} that could be.",
        method,
        f"{few:,} of {len(table):,} touchpoints have fewer than {minimum} respondents with both, and get no numbers."
        if few
        else f"Every touchpoint has {minimum} respondents or more with both.",
        f"Intervals: {draws:,} bootstrap draws of respondents, seed {seed}.",
        "volume is the share of all customers who met it."
        if logged
        else "volume is the share of respondents who rated it.",
    )
