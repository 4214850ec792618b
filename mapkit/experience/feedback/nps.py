"""How likely people are to recommend: the net promoter score, with an interval that holds when answers are few."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from mapkit.experience.feedback.asking import Options, Rater, question
from mapkit.experience.feedback.intervals import net_share_interval
from mapkit.experience.feedback.scores import Scores, with_need
from mapkit.experience.feedback.scoring import scored
from mapkit.experience.feedback.tally import Scale

_SCALE = Scale(0, 10)


@dataclass(frozen=True, eq=False)
class Nps(Scores):
    """Net promoter scores by group, -100 to 100.

    ``table`` columns: those of ``Scores``, and ``promoters`` (9, 10), ``passives`` (7, 8) and ``detractors`` (0 to 6)
    of ``n`` answers. ``se`` is the standard error 100 sqrt((p + d - (p - d)^2) / n).
    """

    name: ClassVar[str] = "NPS"
    unit: ClassVar[str] = "NPS points"


def measure_nps(
    feedback: Any,
    *,
    by: str | Sequence[str] | None = None,
    rater: Rater | None = None,
    order: Sequence[str] | None = None,
    minimum_n: int = 1,
    asked: int | Mapping[Any, int] | None = None,
    by_mix: str | None = None,
    weights: Mapping[str, float] | None = None,
    confidence: float = 0.95,
) -> Nps:
    """Return the net promoter score, 100 x (share of 9 and 10 - share of 0 to 6), of every group.

    The interval is Tango's score interval for the difference of two shares of one sample: it stays within -100..100
    and has a width when everybody gives the same answer, which plus or minus two standard errors does not.

    Parameters
    ----------
    feedback
        A feedback table, anything ``read_feedback`` takes, or a plain sequence of scores.
    by
        Column or columns whose values make the groups: touchpoint, stage, segment, wave, rater, or any other.
    rater
        Whose answers: "customer" (also who is not named as anything), "employee", or "all". Customers, unless ``by``
        has the column rater.
    order
        Names of groups in the order wanted. Otherwise stages stand in the order of the built-in models, groups that
        follow one another in time in that order, and others by name.
    minimum_n
        Groups with fewer answers keep their n and get no numbers.
    asked
        How many were asked, as a number, or one for each group: the table then has the share that answered.
    by_mix, weights
        A column such as "segment": ``reweighted`` is then what each group would score with one mix of its values, that
        of all answers, or the ``weights`` given (shares or numbers of people).
    confidence
        Of the intervals.

    Raises
    ------
    TableError
        A column is missing, there are no answers to nps, or all of them name a scale other than 0 to 10.
    OptionError
        An option cannot be used.

    Source: Reichheld (2003), Harvard Business Review 81(12), 46-54; Tango (1998), Statistics in Medicine 17, 891-908.

    >>> nps = measure_nps([0, 7, 7, 9, 9, 9])
    >>> round(nps.score().value, 1), round(float(nps.table["se"][0]), 1)
    (33.3, 30.4)
    """
    options: Options = {
        "by": by, "rater": rater, "order": order, "minimum_n": minimum_n, "asked": asked, "by_mix": by_mix,
        "weights": weights, "confidence": confidence,
    }  # fmt: skip
    wanted = question("nps", options)
    table, cautions = scored(feedback, wanted, _SCALE, _NUMBERS, _finish)
    notes = [
        "NPS = 100 x (promoters - detractors) / n: promoters answer 9 or 10, detractors 0 to 6.",
        f"Intervals are {100 * confidence:.4g}% score intervals (Tango), se is the plain standard error.",
        *cautions,
    ]
    made = Nps(f"Net promoter score{wanted.split}", table, tuple(notes), wanted.keys, confidence, (0, 10))
    return with_need(made)


_NUMBERS = {
    "promoters": lambda rows: rows["score"] >= 9,
    "passives": lambda rows: rows["score"].between(7, 8),
    "detractors": lambda rows: rows["score"] <= 6,
}


def _finish(sums: pd.DataFrame, confidence: float) -> pd.DataFrame:
    counts = sums.astype(dict.fromkeys(_NUMBERS, int))
    n = counts["n"].where(counts["n"] > 0).astype(float)
    up, down = counts["promoters"] / n, counts["detractors"] / n
    low, high = net_share_interval(counts["promoters"], counts["detractors"], counts["n"], confidence)
    spread = np.sqrt((up + down - (up - down) ** 2).clip(lower=0) / n)
    return counts.assign(score=100 * (up - down), se=100 * spread, low=100 * low, high=100 * high)
