"""Where satisfaction falls short of what matters: importance, satisfaction and expectation of each touchpoint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from mapkit.errors import OptionError
from mapkit.experience.feedback.asking import Question, Rater, answers_table, question
from mapkit.experience.feedback.cautions import small_groups, whose, without_few
from mapkit.experience.feedback.csat import as_scale
from mapkit.experience.feedback.opportunity_scores import METRICS, opportunity_table, rows_of
from mapkit.experience.feedback.picking import pick, told
from mapkit.experience.feedback.tally import Tally
from mapkit.statistics import Comparable, Estimate, Result
from mapkit.tables import Table

UNDERSERVED, EXTREME = 10.0, 15.0


@dataclass(frozen=True, eq=False)
class Opportunity(Result):
    """Importance, satisfaction and expectation of each group on 0..10, and the opportunity between them.

    ``table`` columns: the ``keys`` (touchpoint, and the segment where split), ``n`` (the fewer of the answers to
    importance and satisfaction), ``rejected``; for each of importance, satisfaction and expectation: ``X`` (0..10: ten
    times the share of answers in the top boxes) with ``X_low``, ``X_high``, ``X_share`` (the same 0..1), ``X_n``, and
    ``X_mean`` (0..10, the scale of the answers stretched to it) with ``X_mean_low``, ``X_mean_high``;
    ``expectation_gap`` (satisfaction_mean minus expectation_mean: negative is below expectation) and ``opportunity``
    (importance plus what satisfaction lacks of it: 0..20), each with ``_low`` and ``_high``.
    """

    keys: tuple[str, ...] = ("touchpoint",)
    top: int = 2
    confidence: float = 0.95

    @property
    def underserved(self) -> pd.DataFrame:
        """The rows whose opportunity is 10 or more, the largest first; mind ``opportunity_low``."""
        rows = self.table[self.table["opportunity"] >= UNDERSERVED]
        return rows.sort_values("opportunity", ascending=False, kind="stable")

    def opportunity(self, *group: str) -> Estimate:
        """Return the opportunity of a group: ``result.opportunity("checkout")``."""
        return self._estimate("opportunity", group)

    def expectation_gap(self, *group: str) -> Estimate:
        """Return satisfaction minus expectation of a group; negative is below expectation."""
        return self._estimate("expectation_gap", group)

    def comparable(self) -> Comparable:
        """Return opportunities, gaps and the scores they are made of, for ``compare``."""
        quantities = ("opportunity", "expectation_gap", *METRICS)
        sizes = {"opportunity": "n", "expectation_gap": "expectation_n", **{name: f"{name}_n" for name in METRICS}}
        parts = [
            self.table[list(self.keys)].assign(
                quantity=name,
                unit="of 10",
                value=self.table[name],
                low=self.table[f"{name}_low"],
                high=self.table[f"{name}_high"],
                n=self.table[sizes[name]].astype(float),
            )
            for name in quantities
        ]
        return Comparable(pd.concat(parts, ignore_index=True), self.keys, {"top": self.top})

    def _estimate(self, quantity: str, group: tuple[str, ...]) -> Estimate:
        row = pick(self.table, self.keys, group)
        value, low, high = (float(row[f"{quantity}{end}"]) for end in ("", "_low", "_high"))
        n = int(row["n"] if quantity == "opportunity" else min(row["satisfaction_n"], row["expectation_n"]))
        return Estimate(f"{quantity.replace('_', ' ')} of {told(group)}", value, low, high, n, "points of 10")


def measure_opportunity(
    feedback: Any,
    *,
    by: str = "touchpoint",
    segment: str | None = None,
    rater: Rater = "customer",
    top: int = 2,
    scale: tuple[float, float] = (1, 5),
    minimum_n: int = 1,
    confidence: float = 0.95,
) -> Opportunity:
    """Return what matters, how satisfied people are with it, what they expected, and the opportunity in between.

    Opportunity = I + max(I - S, 0), where I and S are ten times the share of answers in the ``top`` boxes of their
    scale. Above 10 a need is called underserved, above 15 extremely so. It is a score per segment: over a whole market
    it hides who is badly served.

    Parameters
    ----------
    feedback
        Answers to the metrics importance, satisfaction and, where asked, expectation; anything ``read_feedback`` takes.
    by, segment
        The column that names what is judged, and a column that splits it further, such as "segment".
    rater
        Whose answers: "customer" (also who is not named as anything), "employee", or "all".
    top
        How many of the highest answers count as satisfied: 4 and 5 of 5.
    scale
        Of answers whose row names none.
    minimum_n
        Groups with fewer answers to importance or satisfaction keep their n and get no numbers.
    confidence
        Of the intervals: Wilson's for shares, Student's t for means, and combined from those for the others (MOVER),
        with the correlation of the answers that the same respondents gave.

    Raises
    ------
    TableError
        There are no answers to importance or to satisfaction.

    Source: Ulwick (2002), Harvard Business Review 80(1), 91-97.
    """
    if isinstance(top, bool) or not isinstance(top, int) or top < 1:
        raise OptionError(f"top={top!r} is not a number of boxes. Use a whole number from 1; 2 is usual.")
    keys = [by, *([segment] if segment else [])]
    source = answers_table(feedback, "satisfaction")
    asked = {
        metric: question(metric, {"by": keys, "rater": rater, "minimum_n": minimum_n, "confidence": confidence})
        for metric in METRICS
    }
    rows = {metric: rows_of(source, asked[metric]) for metric in METRICS}
    table, tallies = opportunity_table(rows, asked, as_scale(scale), top)
    table = without_few(table, minimum_n, [*keys, "n", "rejected", *(f"{metric}_n" for metric in METRICS)])
    title = f"Importance, satisfaction and opportunity by {', '.join(keys)}"
    notes = _notes(table, tallies, asked["importance"], source, segment, top)
    return Opportunity(title, table, notes, tuple(keys), top, confidence)


def _notes(
    table: pd.DataFrame, tallies: dict[str, Tally], asked: Question, source: Table, segment: str | None, top: int
) -> tuple[str, ...]:
    rejected = sum(counted.rejected for counted in tallies.values())
    unscaled = sum(counted.unscaled for counted in tallies.values())
    notes = [
        f"Importance, satisfaction and expectation are ten times the share of answers in the top {top} boxes; means are"
        " stretched from the scale of the answers to 0..10.",
        f"Opportunity = I + max(I - S, 0): from {UNDERSERVED:g} underserved, from {EXTREME:g} extremely so."
        " Expectation gap = satisfaction minus expectation, of the means.",
        f"Answers of {whose(asked.rater)}. Intervals are {100 * asked.confidence:.4g}%: Wilson (shares), Student's t"
        " (means), combined by MOVER with the correlation of the same respondents' answers.",
        f"Rejected as outside their scale or between its steps: {rejected:,} answers.",
    ]
    if unscaled:
        notes.append(f"{unscaled:,} answers name no scale; they are taken to be on the scale given.")
    if segment is None and "segment" in source.columns:
        notes.append("A score over all segments can hide one that is badly served: see segment='segment'.")
    return (*notes, *small_groups(table, asked.keys, asked.minimum_n))
