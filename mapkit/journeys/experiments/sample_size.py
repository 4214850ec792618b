"""How many customers an experiment needs to see an effect, and what a given number could see."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from mapkit.errors import OptionError, one_of
from mapkit.journeys.experiments.power import check_share, needed, power_at, smallest_difference_of_shares
from mapkit.journeys.experiments.power import quantiles as _quantiles
from mapkit.statistics import Estimate, Result

Effects = float | Sequence[float] | None
_LIFTS = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5)


@dataclass(frozen=True, eq=False)
class SampleSize(Result):
    """Customers needed, by effect. See :func:`find_sample_size` for the columns of ``table``."""

    baseline: float = math.nan
    kind: str = "share"
    sd: float | None = None
    power: float = 0.8
    confidence: float = 0.95
    arms: int = 2
    allocation: float = 1.0

    @property
    def error(self) -> float:
        """The two-sided error of one comparison with control: split over them where there are several (Bonferroni)."""
        return (1 - self.confidence) / (self.arms - 1)

    def smallest_difference(self, customers_per_arm: float) -> float:
        """Return the smallest rise over the baseline that arms of this size see with the power asked for."""
        n_other = customers_per_arm * self.allocation
        if self.kind == "share":
            found = smallest_difference_of_shares(
                self.baseline, customers_per_arm, n_other, power=self.power, error=self.error
            )
            return float(found)
        assert self.sd is not None
        return float(sum(_quantiles(self.power, self.error)) * self.sd * math.sqrt(1 / customers_per_arm + 1 / n_other))

    def power_of(self, difference: float, customers_per_arm: float) -> float:
        """Return the chance that arms of this size see a difference."""
        a, b = _variances(self.kind, self.baseline, np.array([difference]), self.sd)
        error = np.sqrt(a / customers_per_arm + b / (customers_per_arm * self.allocation))
        return float(power_at([difference], error, error=self.error)[0])

    def customers(self, *, lift: float | None = None, difference: float | None = None) -> Estimate:
        """Return how many customers all arms together need, for one effect of the table."""
        rows, asked = self.table, {"lift": lift, "difference": difference}
        for name, wanted in asked.items():
            if wanted is not None:
                rows = rows[np.isclose(rows[name], wanted)]
        if len(rows) != 1:
            raise OptionError(
                f"{len(rows)} rows have {asked}; one is needed. Its lifts are {list(self.table['lift'])}."
            )
        total = int(rows["customers"].iloc[0])
        return Estimate(f"customers needed for a lift of {rows['lift'].iloc[0]:.3g}", total, n=total, unit="customers")


def find_sample_size(
    *,
    baseline: float,
    lift: Effects = None,
    difference: Effects = None,
    power: float = 0.8,
    confidence: float = 0.95,
    arms: int = 2,
    allocation: float = 1.0,
    kind: Literal["share", "mean"] = "share",
    sd: float | None = None,
    customers_per_arm: float | None = None,
    customers_per_day: float | None = None,
) -> SampleSize:
    """Return how many customers an experiment needs for each effect it should see.

    ``table`` columns, one row an effect:

    - ``baseline``, ``lift`` (difference / baseline), ``difference``, ``target`` (baseline + difference)
    - ``control_customers``, ``arm_customers`` (of each other arm), ``customers`` (of all arms together)
    - ``days`` (with ``customers_per_day``): whole days until that many have come
    - ``power`` (with ``customers_per_arm``): the chance that control arms of that size see the effect

    Tests are two-sided, so a fall of the same size takes nearly as many. With several arms each is compared with
    control, and the error is split over the comparisons (Bonferroni).

    Parameters
    ----------
    baseline
        Control's share (0..1), or its mean.
    lift, difference
        The effects to plan for, as a share of the baseline, or in its own unit (.02 is 2 points); one or several. With
        neither, a grid of lifts from 2% to 50%.
    allocation
        Customers of each other arm, per customer of control.
    sd
        Standard deviation of one customer's outcome, for means.
    customers_per_arm, customers_per_day
        Control's size, where it is fixed; customers who enter the experiment in a day, in all arms.

    Raises
    ------
    OptionError
        A value that is out of its range, or a target beyond 0..1.

    Source: as for two independent shares by the normal approximation; Fleiss, Levin and Paik (2003), Statistical
    Methods for Rates and Proportions.

    >>> find_sample_size(baseline=0.10, difference=0.02).table["control_customers"].tolist()
    [3839]
    """
    _check(baseline, power, confidence, arms, allocation, kind, sd)
    differences = _differences(baseline, lift, difference)
    if kind == "share":
        _check_targets(baseline, differences)
    error = (1 - confidence) / (arms - 1)
    variances = _variances(kind, baseline, differences, sd)
    control = needed(differences, *variances, power=power, error=error, allocation=allocation)
    others = np.ceil(control * allocation - 1e-9)
    table = pd.DataFrame({"baseline": baseline, "lift": differences / baseline if baseline else np.nan})
    table = table.assign(difference=differences, target=baseline + differences)
    table["control_customers"] = control.astype("int64")
    table["arm_customers"] = others.astype("int64")
    table["customers"] = table["control_customers"] + (arms - 1) * table["arm_customers"]
    if customers_per_day is not None:
        _above_0(customers_per_day, "customers_per_day")
        table["days"] = np.ceil(table["customers"] / customers_per_day).astype("int64")
    if customers_per_arm is not None:
        _above_0(customers_per_arm, "customers_per_arm")
        spread = np.sqrt(variances[0] / customers_per_arm + variances[1] / (customers_per_arm * allocation))
        table["power"] = power_at(differences, spread, error=error)
    return SampleSize(
        title=f"Customers needed over a baseline of {baseline:.3g}",
        table=table,
        notes=_notes(kind, power, confidence, arms, allocation, customers_per_day is not None),
        baseline=baseline,
        kind=kind,
        sd=sd,
        power=power,
        confidence=confidence,
        arms=arms,
        allocation=allocation,
    )


def _differences(baseline: float, lift: Effects, difference: Effects) -> np.ndarray:
    if lift is not None and difference is not None:
        raise OptionError("Give lift or difference, not both: one follows from the other.")
    if difference is None and not baseline:
        raise OptionError("A lift over a baseline of 0 is nothing: give difference=...")
    if lift is None and difference is None:
        lift = [each for each in _LIFTS if baseline * (1 + each) < 1 or baseline > 1]
    given = np.atleast_1d(np.asarray(difference if lift is None else lift, dtype=float))
    differences = given if lift is None else given * baseline
    if not len(differences) or not np.isfinite(differences).all() or (differences == 0).any():
        raise OptionError("An effect of 0 can never be seen, and an unknown one not planned for. Give other numbers.")
    return differences


def _variances(kind: str, baseline: float, differences: np.ndarray, sd: float | None) -> tuple[np.ndarray, np.ndarray]:
    if kind == "mean":
        each = np.full(len(differences), float(sd or 0.0) ** 2)
        return each, each
    target = baseline + differences
    return np.full(len(differences), baseline * (1 - baseline)), target * (1 - target)


def _check(
    baseline: float, power: float, confidence: float, arms: int, allocation: float, kind: str, sd: float | None
) -> None:
    one_of(kind, ("share", "mean"), "kind")
    for option, number in (("power", power), ("confidence", confidence)):
        check_share(number, option)
    if kind == "share":
        check_share(baseline, "baseline")
    if (kind == "mean") != (sd is not None):
        raise OptionError('sd= is the spread of one customer\'s outcome: give it with kind="mean", and only then.')
    if sd is not None:
        _above_0(sd, "sd")
    if not (isinstance(arms, int) and arms >= 2):
        raise OptionError(f"arms={arms!r}: an experiment has at least two arms, control among them.")
    _above_0(allocation, "allocation")


def _above_0(number: float, option: str) -> None:
    if not number > 0 or not math.isfinite(number):
        raise OptionError(f"{option}={number!r} must be a number above 0.")


def _check_targets(baseline: float, differences: np.ndarray) -> None:
    beyond = differences[(baseline + differences <= 0) | (baseline + differences >= 1)]
    if len(beyond):
        raise OptionError(
            f"A baseline of {baseline:.3g} and a difference of {beyond[0]:.3g} give {baseline + beyond[0]:.3g}."
            " Shares lie between 0 and 1: give a smaller effect."
        )


def _notes(kind: str, power: float, confidence: float, arms: int, allocation: float, by_day: bool) -> tuple[str, ...]:
    test = "difference of two shares, normal approximation" if kind == "share" else "difference of two means"
    notes = [f"Two-sided test, {test}; power {power:.0%}, error {1 - confidence:.2g}, allocation {allocation:g} to 1."]
    if arms > 2:
        notes.append(f"{arms - 1} arms against control: the error is split over them (Bonferroni).")
    if by_day:
        notes.append("Round the days up to whole weeks, so that every weekday counts alike; then look once.")
    notes.append("It plans one look at the end. Looking earlier, and stopping when it pleases, needs other tests.")
    return tuple(notes)
