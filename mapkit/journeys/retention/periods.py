"""The calendar's periods as numbers: hours, days, weeks from Monday, months, all in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from mapkit.errors import one_of

if TYPE_CHECKING:
    import ibis.expr.types as ir

Period = Literal["hour", "day", "week", "month"]
PERIODS = ("hour", "day", "week", "month")
# How long a period is when it is counted from a customer's own first event.
SPANS = {
    "hour": pd.Timedelta(hours=1),
    "day": pd.Timedelta(days=1),
    "week": pd.Timedelta(days=7),
    "month": pd.Timedelta(days=30),
}


@dataclass(frozen=True)
class Calendar:
    """Periods numbered from 0, the one that holds the first event."""

    period: Period
    origin: pd.Timestamp

    @classmethod
    def of(cls, period: Period, first: pd.Timestamp) -> Calendar:
        """Return the calendar whose period 0 holds the moment ``first``."""
        one_of(period, PERIODS, "period")
        return cls(period, start_of(period, first))

    def start(self, number: int) -> pd.Timestamp:
        """Return the first moment of a period."""
        if self.period == "month":
            return self.origin + pd.DateOffset(months=int(number))
        return self.origin + SPANS[self.period] * int(number)

    def number_of(self, moment: pd.Timestamp) -> int:
        """Return the number of the period that holds a moment, which may come before the origin."""
        if self.period == "month":
            return 12 * (moment.year - self.origin.year) + moment.month - self.origin.month
        return (moment - self.origin) // SPANS[self.period]

    def number(self, time: ir.Value) -> ir.Value:
        """Return the number of the period of each time, none of them before the origin, as an expression."""
        if self.period == "month":
            months: Any = time.year().cast("int64") * 12 + time.month().cast("int64")
            return months - (12 * self.origin.year + self.origin.month)
        return whole_spans(time, self.origin, SPANS[self.period])


def start_of(period: Period, moment: pd.Timestamp) -> pd.Timestamp:
    """Return the first moment of the period that holds ``moment``.

    >>> start_of("week", pd.Timestamp("2025-01-01 15:30"))
    Timestamp('2024-12-30 00:00:00')
    """
    day = moment.normalize()
    if period == "hour":
        return moment.floor("h")
    if period == "week":
        return day - pd.Timedelta(days=day.weekday())
    return day.replace(day=1) if period == "month" else day


def whole_spans(time: Any, since: Any, span: pd.Timedelta) -> ir.Value:
    """Return how many whole spans lie between two times, exact to the microsecond, as an expression."""
    import ibis

    began = ibis.timestamp(since.isoformat()) if isinstance(since, pd.Timestamp) else since
    passed: ir.Value = time.delta(began, unit="microsecond").cast("int64") // (span // pd.Timedelta(microseconds=1))
    return passed.cast("int64")
