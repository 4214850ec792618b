"""One number with its denominator and interval, and a condition upon it that a claim can state."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from mapkit.errors import OptionError
from mapkit.statistics.intervals import wilson_interval

Operator = Literal["<", "<=", ">", ">="]
_HOLDS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_DURATIONS = ((86_400, "days"), (3_600, "hours"), (60, "minutes"), (1, "seconds"))


@dataclass(frozen=True)
class Estimate:
    """A number as it should be quoted: what it is, its value, its interval, and how many it rests on.

    ``value``, ``low`` and ``high`` are in ``unit`` ("share" is 0..1, drawn as percent). ``n`` is the denominator.
    Comparing an estimate with a number gives a :class:`Condition`, which a claim can hold:
    ``funnel.share("purchase") < 0.25``. Comparing two estimates puts the condition on their difference.
    """

    name: str
    value: float
    low: float = math.nan
    high: float = math.nan
    n: int = 0
    unit: str = "share"

    @classmethod
    def of_share(cls, name: str, successes: int, trials: int, confidence: float = 0.95) -> Estimate:
        """Return ``successes / trials`` with its Wilson interval; NaN throughout when there were no trials."""
        low, high = wilson_interval(successes, trials, confidence)
        value = successes / trials if trials else math.nan
        return cls(name, value, float(low), float(high), int(trials))

    def __sub__(self, other: Estimate) -> Estimate:
        """Return this estimate minus another, with an interval that takes the two samples as independent.

        The interval combines the two intervals (for two shares that is Newcombe's method 10), ``n`` is the smaller
        denominator, and a difference of shares is in "points".

        Raises
        ------
        OptionError
            The two are in different units.

        Source: Zou and Donner (2008), Statistics in Medicine 27, 1693-1702; Newcombe (1998), Statistics in Medicine
        17, 873-890, method 10.
        """
        if self.unit != other.unit:
            raise OptionError(
                f"{self.name!r} is in {self.unit!r} and {other.name!r} in {other.unit!r}: "
                "they cannot be subtracted. Compare two estimates of the same unit."
            )
        value = self.value - other.value
        low = value - math.hypot(self.value - self.low, other.high - other.value)
        high = value + math.hypot(self.high - self.value, other.value - other.low)
        unit = "points" if self.unit == "share" else self.unit
        return Estimate(f"{self.name} minus {other.name}", value, low, high, min(self.n, other.n), unit)

    def __lt__(self, other: float | Estimate) -> Condition:
        return _condition(self, "<", other)

    def __le__(self, other: float | Estimate) -> Condition:
        return _condition(self, "<=", other)

    def __gt__(self, other: float | Estimate) -> Condition:
        return _condition(self, ">", other)

    def __ge__(self, other: float | Estimate) -> Condition:
        return _condition(self, ">=", other)

    def __str__(self) -> str:
        interval = "" if math.isnan(self.low) else f" [{written(self.low, self.unit)}, {written(self.high, self.unit)}]"
        return f"{written(self.value, self.unit)}{interval} of {self.n:,}"


@dataclass(frozen=True)
class Condition:
    """An estimate, an operator and a threshold. It is not a truth value: a claim weighs it with a margin."""

    estimate: Estimate
    operator: Operator
    threshold: float

    @property
    def is_met(self) -> bool:
        """Whether the value itself satisfies the condition; a NaN never does."""
        return _HOLDS[self.operator](self.estimate.value, self.threshold)

    def __bool__(self) -> bool:
        raise TypeError("A condition is not true or false by itself. Give it to claim(..., holds_if=condition).")

    def __str__(self) -> str:
        return f"{self.estimate.name} {self.operator} {written(self.threshold, self.estimate.unit)}"


def _condition(estimate: Estimate, sign: Operator, other: float | Estimate) -> Condition:
    if isinstance(other, Estimate):
        return Condition(estimate - other, sign, 0.0)
    return Condition(estimate, sign, float(other))


def written(value: float, unit: str) -> str:
    """Return a value as a reader expects it: a share as percent, a duration in the unit a person would say.

    >>> written(0.2143, "share"), written(-0.02, "points"), written(3120, "orders"), written(216_000, "seconds")
    ('21.4%', '-2.0 points', '3,120 orders', '2.5 days')
    """
    if math.isnan(value):
        return "unknown"
    if unit == "share":
        return f"{value:.1%}"
    if unit == "points":
        return f"{value * 100:+.1f} points" if value else "0.0 points"
    if unit == "seconds":
        size, unit = next((size, unit) for size, unit in _DURATIONS if abs(value) >= 2 * size or size == 1)
        value = value / size
    digits = f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:,.3g}"
    return f"{digits} {unit}".rstrip()
