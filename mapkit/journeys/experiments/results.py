"""What an experiment returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from mapkit.errors import OptionError, listed, nearest
from mapkit.statistics import Comparable, Estimate, Result


@dataclass(frozen=True, eq=False)
class Experiment(Result):
    """Arms against a control. See :func:`measure_experiment` for the columns of ``table``.

    ``problems`` are what makes the effects untrustworthy; with any, no arm is judged. ``sample_ratio_p`` is the
    p-value of the arms' sizes against the planned ones.
    """

    control: str = "control"
    kind: str = "share"
    outcome: str = ""
    unit: str = ""
    within_seconds: float | None = None
    sample_ratio_p: float = float("nan")
    problems: tuple[str, ...] = ()
    definition: Mapping[str, object] = field(default_factory=dict)
    confidence: float = 0.95

    @property
    def arms(self) -> tuple[str, ...]:
        """The arms, control first."""
        return tuple(dict.fromkeys(self.table["arm"]))

    def lift(self, arm: str | None = None, *, segment: str | None = None) -> Estimate:
        """Return how much more than control the arm has, as a share of control's: .15 is 15% more.

        Without ``arm`` it is the only one besides control. ``n`` is the smaller of the two arms.
        """
        return self._against(arm, segment, "lift", "share")

    def difference(self, arm: str | None = None, *, segment: str | None = None) -> Estimate:
        """Return the arm's share minus control's in points, or its mean minus control's."""
        return self._against(arm, segment, "difference", "points" if self.kind == "share" else self.unit)

    def share(self, arm: str, *, segment: str | None = None) -> Estimate:
        """Return the share of an arm's customers that had the outcome."""
        if self.kind != "share":
            raise OptionError("This experiment compares means: ask mean(arm).")
        row = self._row(arm, segment)
        return Estimate.of_share(
            _named(f"{self.outcome} in {arm}", segment), row["converted"], row["customers"], self.confidence
        )

    def mean(self, arm: str, *, segment: str | None = None) -> Estimate:
        """Return the mean of an arm's customers, those without the outcome as 0."""
        if self.kind != "mean":
            raise OptionError("This experiment compares shares: ask share(arm).")
        row = self._row(arm, segment)
        name = _named(f"mean {self.outcome} in {arm}", segment)
        return Estimate(name, row["mean"], row["mean_low"], row["mean_high"], int(row["customers"]), self.unit)

    def comparable(self) -> Comparable:
        """Return each arm's share (or mean), and the differences from control, by arm (and segment)."""
        keys = ["segment", "arm"] if "segment" in self.table else ["arm"]
        definition = {**self.definition, "control": self.control}
        if self.kind == "share":
            level = Comparable.of_shares(self.table, keys, {"of_customers": ("converted", "customers")}).numbers
        else:
            level = self._numbers(keys, "mean", self.unit, self.table["customers"])
        smaller = self.table["customers"].clip(upper=self._control_sizes())
        unit = "points" if self.kind == "share" else self.unit
        effects = self._numbers(keys, "difference", unit, smaller)[(self.table["arm"] != self.control).to_numpy()]
        return Comparable(pd.concat([level, effects], ignore_index=True), tuple(keys), definition)

    def _numbers(self, keys: list[str], name: str, unit: str, n: pd.Series) -> pd.DataFrame:
        columns = {"value": self.table[name], "low": self.table[f"{name}_low"], "high": self.table[f"{name}_high"]}
        return self.table[keys].assign(quantity=name, unit=unit, **columns, n=n.astype(float), hits=np.nan)

    def _control_sizes(self) -> pd.Series:
        # Every segment's rows begin with its control.
        return self.table["customers"].where(self.table["arm"] == self.control).ffill()

    def _against(self, arm: str | None, segment: str | None, what: str, unit: str) -> Estimate:
        if arm is None:
            others = [name for name in self.arms if name != self.control]
            if len(others) != 1:
                raise OptionError(f"Which arm? The experiment has {listed(others)}.")
            arm = others[0]
        if arm == self.control:
            raise OptionError(f"{arm!r} is the control; it has no effect against itself.")
        row = self._row(arm, segment)
        n = min(int(row["customers"]), int(self._row(self.control, segment)["customers"]))
        name = _named(f"{what} of {self.outcome}, {arm} against {self.control}", segment)
        return Estimate(name, row[what], row[f"{what}_low"], row[f"{what}_high"], n, unit)

    def _row(self, arm: str, segment: str | None) -> pd.Series:
        rows = self.table
        if "segment" in rows:
            there = list(dict.fromkeys(rows["segment"]))
            if segment not in there:
                raise OptionError(f"segment={segment!r} is not one of {listed(there)}.{nearest(str(segment), there)}")
            rows = rows[rows["segment"] == segment]
        elif segment is not None:
            raise OptionError(f"segment={segment!r}: the experiment has no segments. Measure again with by=...")
        rows = rows[rows["arm"] == arm]
        if rows.empty:
            raise OptionError(f"There is no arm {arm!r}. There is {listed(self.arms)}.{nearest(arm, self.arms)}")
        return rows.iloc[0]


def _named(name: str, segment: str | None) -> str:
    return name if segment is None else f"{name} ({segment})"
