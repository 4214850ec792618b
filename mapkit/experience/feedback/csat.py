"""How many are satisfied: the share of answers in the top boxes of their scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Unpack

import numpy as np
import pandas as pd

from mapkit.errors import OptionError
from mapkit.experience.feedback.asking import Options, question
from mapkit.experience.feedback.intervals import mean_interval
from mapkit.experience.feedback.scores import Scores, with_need
from mapkit.experience.feedback.scoring import scored
from mapkit.experience.feedback.tally import Scale
from mapkit.statistics import Comparable, wilson_interval


@dataclass(frozen=True, eq=False)
class Csat(Scores):
    """Shares of satisfied answers by group.

    ``table`` columns: those of ``Scores`` (``score``, ``low`` and ``high`` are shares, 0..1), ``satisfied`` of ``n``
    answers, and the ``mean`` of the answers on their own scale with ``mean_low`` and ``mean_high``.
    """

    name: ClassVar[str] = "CSAT"
    unit: ClassVar[str] = "share"
    usual_change: ClassVar[float] = 0.05

    metric: str = "csat"
    top: int = 2

    def comparable(self) -> Comparable:
        """Return the shares by their counts, for ``compare``."""
        shares = {"CSAT": ("satisfied", "n")}
        return Comparable.of_shares(self.table, self.keys, shares, self._definition())

    def _definition(self) -> dict[str, object]:
        return {"metric": self.metric, "top": self.top, "scale": self.scale}


def measure_csat(
    feedback: Any,
    *,
    metric: str = "csat",
    top: int = 2,
    scale: tuple[float, float] = (1, 5),
    **options: Unpack[Options],
) -> Csat:
    """Return the share of satisfied answers, those in the ``top`` boxes of their scale, of every group.

    Intervals of shares are Wilson's, those of means Student's t.

    Parameters
    ----------
    feedback
        A feedback table, anything ``read_feedback`` takes, or a plain sequence of scores.
    metric
        Another metric to count in the same way, such as "satisfaction".
    top
        How many of the highest answers count as satisfied: 4 and 5 of 5, 6 and 7 of 7.
    scale
        Of answers whose row names none (``scale_min``, ``scale_max``).
    **options
        As in :func:`measure_nps`.

    Raises
    ------
    TableError, OptionError
        As in :func:`measure_nps`.

    >>> csat = measure_csat([5, 4, 4, 3, 1])
    >>> csat.score().value, int(csat.table["satisfied"][0])
    (0.6, 3)
    """
    wanted = question(metric.strip().lower(), options)
    own = as_scale(scale)
    if isinstance(top, bool) or not isinstance(top, int) or not 1 <= top <= own.high - own.low:
        raise OptionError(f"top={top!r} is not a number of boxes of the scale {scale!r}. Use 1 or 2.")
    numbers = {
        "satisfied": lambda rows: rows["score"] > rows["high"] - top,
        "total": lambda rows: rows["score"],
        "squares": lambda rows: rows["score"] ** 2,
        "lows": lambda rows: rows["low"],
        "highs": lambda rows: rows["high"],
    }
    table, cautions = scored(feedback, wanted, own, numbers, _finish)
    notes = [
        f"CSAT = answers in the top {top} boxes of their scale / n.",
        f"Intervals are {100 * wanted.confidence:.4g}%: Wilson for shares, Student's t for means.",
        *cautions,
    ]
    name = "" if wanted.metric == "csat" else f" of {wanted.metric}"
    title = f"Share of satisfied answers{name}{wanted.split}"
    made = Csat(title, table, tuple(notes), wanted.keys, wanted.confidence, (own.low, own.high), wanted.metric, top)
    return with_need(made)


def as_scale(scale: tuple[float, float]) -> Scale:
    """Return a pair as the scale of answers that name none; OptionError unless the first is below the second."""
    try:
        low, high = (float(end) for end in scale)
    except (TypeError, ValueError):
        low, high = 0.0, 0.0
    if not low < high:
        raise OptionError(f"scale={scale!r} is not a scale. Give its lowest and highest answer, such as (1, 5).")
    return Scale(low, high, fixed=False)


def _finish(sums: pd.DataFrame, confidence: float) -> pd.DataFrame:
    counts = sums.astype({"satisfied": int})
    n = counts["n"].where(counts["n"] > 0).astype(float)
    share = counts["satisfied"] / n
    low, high = wilson_interval(counts["satisfied"], counts["n"], confidence)
    mean = counts["total"] / n
    spread = ((counts["squares"] - n * mean**2).clip(lower=0) / (n - 1).where(n > 1)) ** 0.5
    # Where a group mixes scales the mean is over all of them, and so are the ends it is kept within.
    ends = mean_interval(mean, spread, counts["n"], (counts["lows"] / n, counts["highs"] / n), confidence)
    made = counts.assign(score=share, se=np.sqrt(share * (1 - share) / n), low=low, high=high)
    made = made.assign(mean=mean, mean_low=ends[0], mean_high=ends[1])
    return made.drop(columns=["total", "squares", "lows", "highs"])
