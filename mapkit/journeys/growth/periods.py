"""Calendar periods: when each begins and whether it is over, and what a length of time is called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

if TYPE_CHECKING:
    import ibis.expr.types as ir

Period = Literal["day", "week", "month"]
UNITS = {"day": "D", "week": "W", "month": "M"}
# A customer's own week or month after the first event: months of the calendar differ in length, so 30 days stand in.
OWN_DAYS = {"day": 1, "week": 7, "month": 30}
MONTHS = {"day": 12 / 365.25, "week": 7 * 12 / 365.25, "month": 1.0}
ALL = "all"
_STEPS = {"day": pd.DateOffset(days=1), "week": pd.DateOffset(weeks=1), "month": pd.DateOffset(months=1)}


def step(period: str) -> pd.DateOffset:
    """Return the length of a period as an offset from its first moment."""
    return _STEPS[period]


def following(start: Any, period: str) -> ir.TimestampValue:
    """Return the first moment of the next period, as an Ibis expression."""
    import ibis

    return start + ibis.interval(**{f"{period}s": 1})


def interval(span: pd.Timedelta) -> Any:
    """Return a span of time as an Ibis interval, exact to the microsecond on every database."""
    import ibis

    seconds, rest = divmod(round(span / pd.Timedelta(microseconds=1)), 1_000_000)
    whole = ibis.interval(seconds=seconds)
    return whole + ibis.interval(microseconds=rest) if rest else whole


def floor(times: pd.Series, period: str) -> pd.Series:
    """Return the first moment of each time's period (weeks start on Monday)."""
    return times.dt.to_period(UNITS[period]).dt.start_time.astype("datetime64[us]")


def is_over(starts: pd.Series, period: str, until: pd.Timestamp, after: pd.Timedelta | None = None) -> pd.Series:
    """Say which periods had ended, and ``after`` that some time more, by ``until``."""
    ends = pd.to_datetime(starts) + step(period) + (after or pd.Timedelta(0))
    return (ends <= until).astype(bool)


def named(start: Any) -> str:
    """Return a period's name: its first day, as in ``2025-03-01``."""
    return f"{pd.Timestamp(start):%Y-%m-%d}"
