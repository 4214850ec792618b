"""Events counted by hour of a place's own clock, over the weeks that a log covers whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pandas as pd

from mapkit.errors import OptionError, TableError, listed, nearest
from mapkit.tables import Table

if TYPE_CHECKING:
    import ibis.expr.types as ir

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_HOUR = pd.Timedelta(hours=1)


@dataclass(frozen=True, eq=False)
class Span:
    """What a log covers: its first and last event, UTC, and the clock it is read by."""

    first: pd.Timestamp
    last: pd.Timestamp
    timezone: str

    def local(self, times: pd.Series | pd.DatetimeIndex) -> pd.DatetimeIndex:
        """Return UTC times as the clock on the wall showed them, without a zone."""
        return pd.DatetimeIndex(times).tz_localize("UTC").tz_convert(self.timezone).tz_localize(None)

    def whole(self, unit: str) -> tuple[pd.Timestamp, pd.Timestamp]:
        """Return the first start of a week ("W") or day ("D") of the clock in the log, and the last."""
        ends = self.local(pd.DatetimeIndex([self.first, self.last]))
        up, down = ends[0].ceil("D"), ends[1].floor("D")
        if unit == "W":
            up, down = up + pd.Timedelta(days=-up.day_of_week % 7), down - pd.Timedelta(days=down.day_of_week)
        return up, down


def check_timezone(timezone: str) -> None:
    """Raise :class:`OptionError` unless the zone is known."""
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise OptionError(f"timezone={timezone!r} is not known. Write it as 'Europe/Berlin' or 'UTC'.") from None


def span_of(events: Table, timezone: str) -> Span:
    """Return what the log covers, whatever its events are: the time in which a contact could have been seen."""
    check_timezone(timezone)
    data = events.data
    ends = data.aggregate(first=data["time"].min(), last=data["time"].max()).to_pandas().iloc[0]
    if pd.isna(ends["first"]):
        raise TableError("The log is empty, or none of its events has a time: there is nothing to count.")
    return Span(pd.Timestamp(ends["first"]), pd.Timestamp(ends["last"]), timezone)


def count_by_hour(data: ir.Table, names: list[str], span: Span) -> pd.DataFrame:
    """Return ``at`` (UTC), ``contacts`` and, where the rows have it, ``segment``: a row per hour with any event.

    Zones that are not whole hours from UTC are counted by the minute, so that each event falls in its local hour.
    """
    chosen = data.filter(data["event"].isin(names) & data["time"].notnull())
    year = pd.date_range(span.first.floor("D"), span.last.ceil("D"), freq="D")
    offsets = span.local(year) - year
    unit = "h" if (offsets % _HOUR == pd.Timedelta(0)).all() else "m"
    keys = ["at", *(["segment"] if "segment" in chosen.columns else [])]
    counted = chosen.mutate(at=chosen["time"].truncate(unit)).group_by(keys).agg(contacts=lambda t: t.count())
    frame = counted.to_pandas()
    return frame.assign(at=pd.to_datetime(frame["at"]), contacts=frame["contacts"].astype("int64"))


def check_contacts(events: Table, names: list[str], counted: pd.DataFrame) -> None:
    """Raise :class:`OptionError` when no event bears any of the names."""
    if counted["contacts"].sum() == 0:
        there = events.event_names
        raise OptionError(f"No event is named {listed(names)}. The log has {listed(there)}.{nearest(names[0], there)}")


def by_week(counted: pd.DataFrame, span: Span) -> tuple[np.ndarray, np.ndarray]:
    """Return contacts and hours that passed, both as whole weeks x 168 hours of the week (Monday 0:00 first).

    An hour that the clock skips has passed 0 times in its week, one that it repeats twice.
    """
    start, end = span.whole("W")
    weeks = max(int((end - start) / pd.Timedelta(weeks=1)), 0)
    grid = pd.date_range(span.first.floor("h") - _HOUR, span.last.ceil("h") + _HOUR, freq="15min")
    passed = _spread(span.local(grid), np.full(len(grid), 0.25), start, weeks)
    seen = _spread(span.local(counted["at"]), counted["contacts"].to_numpy(float), start, weeks)
    return seen, passed


def _spread(local: pd.DatetimeIndex, amounts: np.ndarray, start: pd.Timestamp, weeks: int) -> np.ndarray:
    hours = ((local - start) // _HOUR).to_numpy()
    inside = (hours >= 0) & (hours < weeks * 168)
    return np.bincount(hours[inside], weights=amounts[inside], minlength=weeks * 168).reshape(weeks, 168)


def names_of(contact: Any, option: str) -> list[str]:
    """Return one or several names of events as a list."""
    names = [contact] if isinstance(contact, str) else [str(name) for name in contact or ()]
    if not names:
        raise OptionError(f"{option}={contact!r} names no event. Give a name or several.")
    return names
