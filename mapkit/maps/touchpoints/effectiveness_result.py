"""What `measure_touchpoints` returns, and the numbers of it that a claim would use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from mapkit.errors import OptionError, listed, nearest
from mapkit.experience.touchpoints.listed import check_touchpoint
from mapkit.statistics import Comparable, Estimate, Result


@dataclass(frozen=True, eq=False)
class Touchpoints(Result):
    """Effectiveness of touchpoints three ways. See :func:`measure_touchpoints` for the columns of each frame."""

    segments: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    linked: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    outcome: str = ""
    by: str | None = None
    customers: int = 0
    converted: int = 0
    confidence: float = 0.95
    definition: Mapping[str, Any] = field(default_factory=dict)

    def share(self, touchpoint: str, *, having: bool = True, segment: str | None = None) -> Estimate:
        """Return the share reaching the outcome of comparable customers with (or without) a touchpoint."""
        row, side = self.row(touchpoint, segment), "with" if having else "without"
        name = f"{self.outcome} of those {side} {touchpoint}{f' ({segment})' if segment else ''}"
        return Estimate.of_share(name, int(row[f"converted_{side}"]), int(row[f"customers_{side}"]), self.confidence)

    def effect(self, touchpoint: str, *, segment: str | None = None) -> Estimate:
        """Return the share reaching the outcome with a touchpoint minus without it: association, not cause.

        Within segments, where there are some (Mantel and Haenszel's weights); or in one segment.
        """
        row = self.row(touchpoint, segment)
        column = "difference" if segment is not None or self.by is None else "difference_within"
        name = f"{self.outcome}, with minus without {touchpoint}{f' ({segment})' if segment else ''}"
        n = int(min(row["customers_with"], row["customers_without"]))
        return Estimate(name, row[column], row[f"{column}_low"], row[f"{column}_high"], n, "points")

    def removal_effect(self, touchpoint: str) -> Estimate:
        """Return the share of outcomes that a Markov chain of touches loses without a touchpoint."""
        row = self.row(touchpoint, None)
        value, low, high = (float(row[name]) for name in ("removal_effect", "removal_low", "removal_high"))
        return Estimate(f"outcomes lost without {touchpoint}", value, low, high, self.converted)

    def opportunity(self, touchpoint: str) -> Estimate:
        """Return importance plus what satisfaction lacks of it, 0..20."""
        return self._surveyed(touchpoint, "opportunity", "n_survey")

    def expectation_gap(self, touchpoint: str) -> Estimate:
        """Return satisfaction minus expectation, on 0..10; negative is below expectation."""
        return self._surveyed(touchpoint, "expectation_gap", "expectation_n")

    def cost_per_outcome(self, touchpoint: str) -> Estimate:
        """Return cost divided by the outcomes that the Markov model gives a touchpoint."""
        row = self.row(touchpoint, None)
        value, low, high = (
            float(row[name]) for name in ("cost_per_outcome", "cost_per_outcome_low", "cost_per_outcome_high")
        )
        return Estimate(f"cost per {self.outcome} of {touchpoint}", value, low, high, self.converted, "money")

    def comparable(self) -> Comparable:
        """Return each touchpoint's effect on the outcome, within segments where there are some."""
        column = "difference_within" if self.by else "difference"
        rows = self.table[self.table[column].notna()]
        numbers = pd.DataFrame(
            {
                "touchpoint": rows["touchpoint"],
                "quantity": "effect",
                "unit": "points",
                "value": rows[column],
                "low": rows[f"{column}_low"],
                "high": rows[f"{column}_high"],
                "n": rows[["customers_with", "customers_without"]].min(axis=1),
            }
        )
        return Comparable(numbers, ("touchpoint",), dict(self.definition))

    def row(self, touchpoint: str, segment: str | None) -> pd.Series:
        """Return the row of a touchpoint, or of a touchpoint in one segment."""
        check_touchpoint(touchpoint, self.table["touchpoint"])
        if segment is None:
            return self.table[self.table["touchpoint"] == touchpoint].iloc[0]
        if self.by is None:
            raise OptionError(f"segment={segment!r}: there are no segments. Measure again with by='segment'.")
        rows = self.segments[self.segments["touchpoint"] == touchpoint]
        known = list(rows["segment"])
        if segment not in known:
            raise OptionError(
                f"There is no segment {segment!r} of {touchpoint!r}. There is {listed(known)}.{nearest(segment, known)}"
            )
        return rows[rows["segment"] == segment].iloc[0]

    def _surveyed(self, touchpoint: str, quantity: str, size: str) -> Estimate:
        row = self.row(touchpoint, None)
        value, low, high = (float(row[name]) for name in (quantity, f"{quantity}_low", f"{quantity}_high"))
        return Estimate(
            f"{quantity.replace('_', ' ')} of {touchpoint}", value, low, high, int(row[size]), "points of 10"
        )
