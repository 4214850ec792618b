"""How much effort it took: the mean of answers on seven points, and how many found it easy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Unpack

import pandas as pd

from mapkit.experience.feedback.asking import Options, question
from mapkit.experience.feedback.intervals import mean_interval
from mapkit.experience.feedback.scores import Scores, with_need
from mapkit.experience.feedback.scoring import scored
from mapkit.experience.feedback.tally import Scale
from mapkit.statistics import Comparable, wilson_interval

_SCALE = Scale(1, 7)
_EASY = 5


@dataclass(frozen=True, eq=False)
class Ces(Scores):
    """Effort scores by group: means on 1..7, where 7 is least effort.

    ``table`` columns: those of ``Scores``, ``easy`` (answers of 5 and more) of ``n``, and ``of_answers_easy`` (0..1)
    with ``of_answers_easy_low`` and ``of_answers_easy_high``.
    """

    name: ClassVar[str] = "CES"
    unit: ClassVar[str] = "of 7"
    usual_change: ClassVar[float] = 0.3
    decimals: ClassVar[int] = 2

    def comparable(self) -> Comparable:
        """Return means and shares, for ``compare``."""
        means = self._numbers("score", self.unit)
        shares = Comparable.of_shares(self.table, self.keys, {"of_answers_easy": ("easy", "n")})
        return Comparable(
            pd.concat([means, shares.numbers], ignore_index=True),
            self.keys,
            self._definition(),
        )


def measure_ces(feedback: Any, **options: Unpack[Options]) -> Ces:
    """Return the mean effort score of every group, and the share of answers of 5 and more.

    The question is taken to be "it was easy", answered from 1 (not at all) to 7 (entirely): a high score is good. Some
    surveys ask the other way round; then a high score is bad, and nothing in the numbers says so. Intervals of means
    are Student's t, those of shares Wilson's.

    Parameters
    ----------
    feedback
        A feedback table, anything ``read_feedback`` takes, or a plain sequence of scores.
    **options
        As in :func:`measure_nps`.

    Raises
    ------
    TableError, OptionError
        As in :func:`measure_nps`.

    Source: Dixon, Freeman and Toman (2010), Harvard Business Review 88(7/8), 116-122.

    >>> ces = measure_ces([7, 6, 5, 2])
    >>> ces.score().value, float(ces.table["of_answers_easy"][0])
    (5.0, 0.75)
    """
    wanted = question("ces", options)
    table, cautions = scored(feedback, wanted, _SCALE, _NUMBERS, _finish)
    notes = [
        f"CES = mean on 1..7, taken to rise with ease; easy = answers of {_EASY} and more / n.",
        f"Intervals are {100 * wanted.confidence:.4g}%: Student's t for means, Wilson for shares.",
        *cautions,
    ]
    made = Ces(f"Customer effort score{wanted.split}", table, tuple(notes), wanted.keys, wanted.confidence, (1, 7))
    return with_need(made)


_NUMBERS = {
    "easy": lambda rows: rows["score"] >= _EASY,
    "total": lambda rows: rows["score"],
    "squares": lambda rows: rows["score"] ** 2,
}


def _finish(sums: pd.DataFrame, confidence: float) -> pd.DataFrame:
    counts = sums.astype({"easy": int})
    n = counts["n"].where(counts["n"] > 0).astype(float)
    mean = counts["total"] / n
    spread = ((counts["squares"] - n * mean**2).clip(lower=0) / (n - 1).where(n > 1)) ** 0.5
    low, high = mean_interval(mean, spread, counts["n"], (_SCALE.low, _SCALE.high), confidence)
    easy_low, easy_high = wilson_interval(counts["easy"], counts["n"], confidence)
    made = counts.assign(score=mean, se=spread / n**0.5, low=low, high=high, of_answers_easy=counts["easy"] / n)
    made = made.assign(of_answers_easy_low=easy_low, of_answers_easy_high=easy_high)
    return made.drop(columns=["total", "squares"])
