"""What a customer is worth by two formulas that need no log: revenue a period, and the share who leave."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from mapkit.errors import OptionError, one_of
from mapkit.journeys.value.orders import check_margin
from mapkit.statistics import Comparable, Estimate, Result


@dataclass(frozen=True, eq=False)
class SimpleValue(Result):
    """A customer's worth by two formulas.

    ``table`` columns: ``formula``, ``counts`` (in words), ``value``, ``low``, ``high`` (NaN where the inputs had no
    intervals), ``n`` (the smallest denominator of the inputs, 0 where none was given). Rows: "margin/churn" (m/churn,
    the first period counted, nothing discounted) and "retained margin" (m r/(1 + d - r), from the second period on).
    """

    margin: float = 1.0
    discount: float = 0.0
    unit: str = "value"

    def value(self, formula: str = "margin/churn") -> Estimate:
        """Return the worth of a customer by one of the formulas."""
        one_of(formula, self.table["formula"], "formula")
        row = self.table[self.table["formula"] == formula].iloc[0]
        return Estimate(f"simple CLV, {formula}", row["value"], row["low"], row["high"], int(row["n"]), self.unit)

    def comparable(self) -> Comparable:
        """Return the worth of a customer, by formula."""
        numbers = self.table[["formula", "value", "low", "high", "n"]].assign(quantity="value", unit=self.unit)
        return Comparable(numbers, ("formula",), {"margin": self.margin, "discount": self.discount})


def measure_simple_value(
    *,
    arpu: float | Estimate,
    churn: float | Estimate | None = None,
    retention: float | Estimate | None = None,
    margin: float = 1.0,
    discount: float = 0.0,
) -> SimpleValue:
    """Return a customer's worth from revenue a period and the share who leave (or stay) each period.

    Two formulas, side by side, because both are called CLV: ``margin/churn`` counts every period from the first and
    discounts nothing; ``retained margin`` is m r/(1 + d - r) and leaves the first period out. Both take churn as the
    same in every period and for everybody; with customers who differ they are usually too low for those who stay.

    Parameters
    ----------
    arpu
        Revenue per customer and period; an :class:`Estimate` brings its interval.
    churn, retention
        Share of customers who leave, or stay, each period: give one of them.
    margin
        Share of revenue that is kept.
    discount
        Rate per period, of the same length as the period of ``arpu``.

    Raises
    ------
    OptionError
        Neither or both of churn and retention are given, or a number is outside its range.

    Source: intervals: each input is moved to its own ends and the shifts are combined (Zou and Donner 2008,
    Statistics in Medicine 27, 1693-1702). Formula: Gupta and Lehmann (2003), Journal of Interactive Marketing 17,
    9-24.

    >>> measure_simple_value(arpu=20, churn=0.05, margin=0.5).value().value
    200.0
    """
    if (churn is None) == (retention is None):
        raise OptionError("Give churn or retention, one of them: the share who leave, or stay, each period.")
    income = _estimate(arpu, "arpu")
    leaving = _estimate(churn, "churn") if churn is not None else _turned(_estimate(retention, "retention"))
    _check(income, leaving, check_margin(margin), discount)
    formulas: dict[str, tuple[str, Callable[[float, float], float]]] = {
        "margin/churn": ("with the first period", lambda m, c: _ratio(m, c)),
        "retained margin": (
            "without the first period",
            lambda m, c: _ratio(m * (1 - c), discount + c),
        ),
    }
    unit = income.unit if isinstance(arpu, Estimate) and income.unit else "value"
    rows = [{"formula": name, "counts": counts, **_moved(formula, income, leaving, margin)}
            for name, (counts, formula) in formulas.items()]  # fmt: skip
    return SimpleValue(
        "Customer value by formula",
        pd.DataFrame(rows),
        (
            f"margin/churn = {income.value:,.4g} x {margin:g} / {leaving.value:.4g}; retained margin = m r/(1 + d - r)"
            f" with m = {income.value * margin:,.4g}, r = {1 - leaving.value:.4g}, d = {discount:.4g} per period.",
            "Both take churn as the same for everybody in every period.",
        ),
        margin,
        discount,
        unit,
    )


def _estimate(given: Any, name: str) -> Estimate:
    if isinstance(given, Estimate):
        return given
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise OptionError(f"{name}={given!r} is no number. Give a number or an Estimate.")
    return Estimate(name, float(given), unit="")


def _turned(retention: Estimate) -> Estimate:
    low, high = 1 - retention.high, 1 - retention.low
    return Estimate("churn", 1 - retention.value, low, high, retention.n, retention.unit)


def _check(income: Estimate, leaving: Estimate, margin: float, discount: float) -> None:
    if not 0 < leaving.value <= 1:
        raise OptionError(
            f"churn is {leaving.value:g}. It is a share above 0 and at most 1; with 0 nobody ever leaves, and a"
            " customer is worth more than any number."
        )
    if not 0 <= income.value < math.inf:
        raise OptionError(f"arpu is {income.value:g}. It is revenue per customer and period: a number from 0.")
    if isinstance(discount, bool) or not isinstance(discount, int | float) or not 0 <= discount < math.inf:
        raise OptionError(f"discount={discount!r} is no rate. Use a number from 0, such as 0.01 for 1% a period.")


def _moved(
    formula: Callable[[float, float], float], income: Estimate, leaving: Estimate, margin: float
) -> dict[str, float]:
    """Return the formula's value, and its interval from the inputs' own: each moved to its ends by itself."""
    at = formula(income.value * margin, leaving.value)
    below, above = [0.0], [0.0]
    for each, one in ((income, lambda end: formula(end * margin, leaving.value)),
                      (leaving, lambda end: formula(income.value * margin, max(end, 0.0)))):  # fmt: skip
        if not math.isnan(each.low):
            ends = sorted((one(each.low), one(each.high)))
            below.append(at - ends[0])
            above.append(ends[1] - at)
    known = len(below) > 1
    n = [each.n for each in (income, leaving) if each.n]
    low, high = (at - math.hypot(*below), at + math.hypot(*above)) if known else (math.nan, math.nan)
    return {"value": at, "low": max(low, 0.0) if known else low, "high": high, "n": min(n, default=0)}


def _ratio(a: float, b: float) -> float:
    return a / b if b > 0 else math.inf
