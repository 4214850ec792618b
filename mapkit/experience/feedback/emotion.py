"""What people felt along the way: mean valence of every step, its spread, its peak and its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from mapkit.errors import OptionError, listed, nearest
from mapkit.experience.feedback.asking import Question, answers, answers_table, question
from mapkit.experience.feedback.cautions import cautions, without_few
from mapkit.experience.feedback.intervals import mean_interval
from mapkit.experience.feedback.pairs import difference
from mapkit.experience.feedback.picking import told
from mapkit.experience.feedback.scores import Scores
from mapkit.experience.feedback.tally import Scale, Tally, tally
from mapkit.statistics import Estimate, wilson_interval
from mapkit.tables import Table

RATER = "rater"
CUSTOMER, EMPLOYEE = "customer", "employee"
_SCALE = Scale(-2, 2, whole=False)


@dataclass(frozen=True, eq=False)
class Emotion(Scores):
    """Mean valence by step and rater, -2 (very bad) to +2 (very good), steps in order.

    ``table`` columns: the keys (the step's, then ``rater``), ``n``, ``negative`` (answers below 0), ``score`` (the
    mean), ``se``, ``low``, ``high``, ``sd``, ``of_answers_negative`` with ``_low`` and ``_high``, ``rejected``, and on
    the rows of employees ``minus_customers`` (their mean minus the customers') with ``_low`` and ``_high``.
    """

    name: ClassVar[str] = "valence"
    unit: ClassVar[str] = "valence"
    usual_change: ClassVar[float] = 0.3
    decimals: ClassVar[int] = 2

    @property
    def raters(self) -> tuple[str, ...]:
        """Who answered: customers first."""
        return tuple(sorted(self.table[RATER].unique(), key=lambda name: (name != CUSTOMER, name)))

    def curve(self, rater: str = CUSTOMER) -> pd.DataFrame:
        """Return the rows of one kind of rater, steps in order."""
        rows = self.table[self.table[RATER] == rater]
        if rows.empty and rater not in self.raters:
            raise OptionError(
                f"rater={rater!r} did not answer. There are {listed(self.raters)}.{nearest(rater, self.raters)}"
            )
        return rows[rows["score"].notna()]

    def peak(self, rater: str = CUSTOMER) -> Estimate:
        """Return the step whose mean is furthest from 0; its name is in the estimate's name.

        It is picked for being the largest, so it is a little too large: mind its interval.
        """
        rows = self._felt(rater)
        return self._of(rows.iloc[int(rows["score"].abs().argmax())], "peak")

    def end(self, rater: str = CUSTOMER) -> Estimate:
        """Return the last step."""
        return self._of(self._felt(rater).iloc[-1], "end")

    def peak_end(self, rater: str = CUSTOMER) -> Estimate:
        """Return the average of peak and end: what people are said to remember.

        Source: Fredrickson and Kahneman (1993), Journal of Personality and Social Psychology 65, 45-55.
        """
        peak, end = self.peak(rater), self.end(rater)
        value, n = (peak.value + end.value) / 2, min(peak.n, end.n)
        if self._felt(rater)["score"].abs().argmax() == len(self._felt(rater)) - 1:
            low, high = end.low, end.high
        else:
            low = value - np.hypot(peak.value - peak.low, end.value - end.low) / 2
            high = value + np.hypot(peak.high - peak.value, end.high - end.value) / 2
        return Estimate(f"peak-end average of {rater}s", value, float(low), float(high), n, self.unit)

    def disagreement(self, *step: str) -> Estimate:
        """Return the mean of employees minus that of customers at a step."""
        return self.change((*step, CUSTOMER), (*step, EMPLOYEE))

    def _felt(self, rater: str) -> pd.DataFrame:
        rows = self.curve(rater)
        if rows.empty:
            raise OptionError(f"{rater!r} gave no answers that could be measured.")
        return rows

    def _of(self, row: pd.Series[Any], what: str) -> Estimate:
        step = told([row[key] for key in self.keys if key != RATER])
        value, low, high = (float(row[name]) for name in ("score", "low", "high"))
        return Estimate(f"{what} of {row[RATER]}s: {step}", value, low, high, int(row["n"]), self.unit)


def measure_emotion(
    feedback: Any,
    *,
    by: str | Sequence[str] | None = None,
    order: Sequence[str] | None = None,
    minimum_n: int = 1,
    confidence: float = 0.95,
) -> Emotion:
    """Return the mean valence of every step, customers and employees apart, and where they disagree.

    Parameters
    ----------
    feedback
        A feedback table, anything ``read_feedback`` takes, or a plain sequence of valences.
    by
        The column that names the steps: stage, touchpoint, or any other, or several. Unless given it is the stage
        where answers have one, else the touchpoint, else all answers are one step.
    order
        The steps in order. Otherwise stages stand in the order of the built-in models, and others by name: peak does
        not depend on it, end does.
    minimum_n
        Steps with fewer answers keep their n and get no numbers.
    confidence
        Of the intervals: Student's t for means (kept within -2..2), Wilson for shares, MOVER for differences.

    Raises
    ------
    TableError
        A column is missing, or there are no answers to emotion.
    OptionError
        An option cannot be used.

    Source: Zou and Donner (2008), Statistics in Medicine 27, 1693-1702, for differences.
    """
    source = answers_table(feedback, "emotion")
    steps = _steps(source, by)
    keys = [name for name in steps if name != RATER]
    source = _with_rater(source)
    wanted = question(
        "emotion",
        {"by": [*keys, RATER], "order": order, "minimum_n": minimum_n, "confidence": confidence},
    )
    rows = answers(source, wanted)
    counted = tally(rows, wanted, _SCALE)
    table = _with_differences(_means(counted, confidence), keys)
    table = without_few(table, minimum_n, [*wanted.keys, "n", "rejected"])
    title = f"Valence by {', '.join(keys)}" if keys else "Valence"
    notes = (*_notes(wanted, keys), *cautions(counted, table, wanted, source, rows))
    return Emotion(title, table, notes, wanted.keys, confidence, (-2, 2))


def _steps(source: Table, by: str | Sequence[str] | None) -> list[str]:
    if by is not None:
        return [by] if isinstance(by, str) else list(by)
    felt = source.data.filter(source.data.metric.cast("string").strip().lower() == "emotion")
    for name in ("stage", "touchpoint"):
        if name in source.columns and felt.filter(felt[name].notnull()).count().execute():
            return [name]
    return []


def _with_rater(source: Table) -> Table:
    """Give every row a rater: who is not named as anything is a customer."""
    import ibis

    data = source.data
    if RATER not in data.columns:
        return source.with_data(data.mutate(rater=ibis.literal(CUSTOMER)))
    said = data.rater.cast("string").strip().lower()
    return source.with_data(data.mutate(rater=said.fill_null(CUSTOMER)))


def _means(counted: Tally, confidence: float) -> pd.DataFrame:
    sums = counted.by_group(
        negative=lambda rows: rows["score"] < 0,
        total=lambda rows: rows["score"],
        squares=lambda rows: rows["score"] ** 2,
    ).astype({"negative": int})
    n = sums["n"].where(sums["n"] > 0).astype(float)
    mean = sums["total"] / n
    spread = ((sums["squares"] - n * mean**2).clip(lower=0) / (n - 1).where(n > 1)) ** 0.5
    low, high = mean_interval(mean, spread, sums["n"], (_SCALE.low, _SCALE.high), confidence)
    below_low, below_high = wilson_interval(sums["negative"], sums["n"], confidence)
    made = sums.assign(score=mean, se=spread / n**0.5, low=low, high=high, sd=spread)
    made = made.assign(of_answers_negative=sums["negative"] / n)
    made = made.assign(of_answers_negative_low=below_low, of_answers_negative_high=below_high)
    rejected = made.pop("rejected")
    return made.drop(columns=["total", "squares"]).assign(rejected=rejected)


def _with_differences(table: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Add to each row of employees how far they are from the customers at that step."""
    ends = ["score", "low", "high"]
    customers = table.loc[table[RATER] == CUSTOMER, [*keys, *ends]].set_axis(
        [*keys, *(f"theirs_{end}" for end in ends)], axis=1
    )
    joined = table.merge(customers, on=keys, how="left") if keys else table.merge(customers, how="cross")
    if joined.empty:
        joined = table.assign(theirs_score=np.nan, theirs_low=np.nan, theirs_high=np.nan)
    theirs = tuple(joined[f"theirs_{end}"].where(joined[RATER] == EMPLOYEE) for end in ends)
    own = tuple(joined[end] for end in ends)
    value, low, high = difference(own, theirs, 0.0)  # type: ignore[arg-type]
    return table.assign(
        minus_customers=value.to_numpy(), minus_customers_low=low.to_numpy(), minus_customers_high=high.to_numpy()
    )


def _notes(wanted: Question, keys: list[str]) -> list[str]:
    notes = [
        "Valence runs from -2 to 2; score is its mean, sd its spread between people.",
        f"Intervals are {100 * wanted.confidence:.4g}%: Student's t (means), Wilson (shares), MOVER (differences).",
        "Customers and employees are apart; who is not named as anything counts as a customer.",
    ]
    if keys:
        notes.append("The peak is the step furthest from 0, picked for it, so a little too far; the end is the last.")
    return notes
