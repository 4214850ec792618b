"""When customers make contact: by weekday and hour, with how sure that is, and by month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from mapkit.errors import OptionError, listed, nearest
from mapkit.journeys.customer_segments import with_customer_segment
from mapkit.journeys.demand.hours import WEEKDAYS, Span, by_week, check_contacts, count_by_hour, names_of, span_of
from mapkit.journeys.demand.rates import dispersion, rates
from mapkit.loaders import read_events
from mapkit.statistics import Comparable, Estimate, Result
from mapkit.statistics.intervals import normal_quantile

_RATE = "contacts an hour"
_EVERY = "all"


@dataclass(frozen=True, eq=False)
class Demand(Result):
    """Contacts through the week and the year. See :func:`measure_demand` for the columns of ``table``.

    ``days`` and ``hours`` are the margins of ``table`` (``per_day`` by weekday; ``per_hour`` by hour of any day), with
    the same columns. ``months`` has ``month`` (its first day), ``days``, ``contacts``, ``per_day``, ``index`` (1 is the
    mean of the whole months) and ``complete``.
    """

    contact: tuple[str, ...] = ()
    timezone: str = "UTC"
    weeks: int = 0
    days: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    hours: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    months: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    confidence: float = 0.95

    def rate(self, weekday: str, hour: int, *, segment: str | None = None) -> Estimate:
        """Return the mean contacts in an hour of a weekday; ``n`` is the number of weeks."""
        if weekday not in WEEKDAYS:
            raise OptionError(f"weekday={weekday!r} is not one of {listed(WEEKDAYS)}.{nearest(weekday, WEEKDAYS)}")
        if hour not in range(24):
            raise OptionError(f"hour={hour!r} is not one of 0 to 23.")
        rows = self._of(self.table, segment)
        row = rows[(rows["weekday"] == weekday) & (rows["hour"] == hour)].iloc[0]
        name = f"{weekday} {hour}:00" + ("" if segment is None else f" ({segment})")
        return Estimate(name, row["per_hour"], row["per_hour_low"], row["per_hour_high"], self.weeks, _RATE)

    def comparable(self) -> Comparable:
        """Return the rates of every hour of the week, and of weekdays and hours alone ("all"), by segment.

        There ``n`` is the number of contacts that a rate rests on.
        """
        keys = ["segment", "weekday", "hour"] if "segment" in self.table else ["weekday", "hour"]
        parts = [
            self._numbers(self.table, "per_hour", _RATE),
            self._numbers(self.days.assign(hour=_EVERY), "per_day", "contacts a day"),
            self._numbers(self.hours.assign(weekday=_EVERY), "per_hour", _RATE),
        ]
        numbers = pd.concat(parts, ignore_index=True)
        numbers["hour"] = numbers["hour"].astype(str)
        return Comparable(numbers, tuple(keys), {"contact": self.contact, "timezone": self.timezone})

    def _numbers(self, rows: pd.DataFrame, name: str, unit: str) -> pd.DataFrame:
        keys = [key for key in ("segment", "weekday", "hour") if key in rows]
        columns = {"value": rows[name], "low": rows[f"{name}_low"], "high": rows[f"{name}_high"]}
        return rows[keys].assign(quantity=name, unit=unit, **columns, n=rows["contacts"].astype(float), hits=np.nan)

    def _of(self, rows: pd.DataFrame, segment: str | None) -> pd.DataFrame:
        if "segment" in rows:
            there = list(dict.fromkeys(rows["segment"]))
            if segment not in there:
                raise OptionError(f"segment={segment!r} is not one of {listed(there)}.{nearest(str(segment), there)}")
            return rows[rows["segment"] == segment]
        if segment is not None:
            raise OptionError(f"segment={segment!r}: the demand has no segments. Measure again with by=...")
        return rows


def measure_demand(
    events: Any,
    *,
    contact: str | Sequence[str] = "support_contact",
    timezone: str = "UTC",
    by: str | None = None,
    confidence: float = 0.95,
) -> Demand:
    """Return how many contacts come in each hour of the week, on average over whole weeks, with intervals.

    ``table`` columns, 168 rows (by segment):

    - ``segment`` (with ``by`` only), ``weekday``, ``hour`` (0..23, of the clock in ``timezone``)
    - ``weeks``: whole weeks, Monday to Sunday, that the log covers; ``contacts`` in them
    - ``per_hour``, ``per_hour_low``, ``per_hour_high``: contacts in one such hour, the mean over the weeks. The
      interval is of that mean; a single week varies more
    - ``all_contacts``: in the whole log, begun weeks included

    A log covers the time from its first to its last event of any kind. Growth or season within it is spread between
    weeks, and widens the intervals.

    Parameters
    ----------
    contact
        The events that are contacts.
    timezone
        Whose clock is meant: "Europe/Berlin". Skipped and repeated hours of summer time count as often as they passed.
    by
        A column of the events; each customer is in the segment of its first value there.

    Raises
    ------
    OptionError
        No event has the name, the zone is unknown, or the log covers no whole week.

    Source: Garwood (1936), Biometrika 28, 437-442, widened by the dispersion between weeks.
    """
    normal_quantile(confidence)
    names = names_of(contact, "contact")
    log = read_events(events)
    span = span_of(log, timezone)
    rows, notes = with_customer_segment(log, by)
    counted = count_by_hour(rows, names, span)
    check_contacts(log, names, counted)
    start, end = span.whole("W")
    weeks = int((end - start) / pd.Timedelta(weeks=1))
    if weeks < 1:
        raise OptionError(
            f"The log runs from {span.first} to {span.last} UTC and covers no whole week from Monday to Sunday."
            " Give a log of at least two."
        )
    parts = [(None, counted)] if by is None else list(counted.groupby("segment", sort=True))
    found = [_with_segment(name, _measured(part, span, confidence)) for name, part in parts]
    table, days, hours, months = (pd.concat(frames, ignore_index=True) for frames in zip(*found, strict=True))
    total, whole = int(counted["contacts"].sum()), int(table["contacts"].sum())
    spread = dispersion(*by_week(counted, span))
    return Demand(
        title=f"{' or '.join(names)} by weekday and hour, {total:,} contacts",
        table=table,
        notes=(
            f"Means over {weeks} whole weeks, {start:%Y-%m-%d} to {end - pd.Timedelta(days=1):%Y-%m-%d}, clock of"
            f" {timezone}; {whole:,} contacts. {total - whole:,} in begun weeks are left out of the means.",
            f"Intervals are {confidence:.0%}, of the mean; weeks are taken as independent and vary by m + {spread:.2g}"
            " m\u00b2 (negative binomial). One week alone varies more.",
            "A month's index is its contacts a day over those of all whole months; a growing business shows there too.",
            *notes,
            *(["One week shows no spread between weeks: there are no intervals."] if weeks == 1 else []),
        ),
        contact=tuple(names),
        timezone=timezone,
        weeks=weeks,
        days=days,
        hours=hours,
        months=months,
        confidence=confidence,
    )


def _measured(counted: pd.DataFrame, span: Span, confidence: float) -> list[pd.DataFrame]:
    seen, passed = by_week(counted, span)
    weeks, (place, when) = len(seen), np.divmod(np.arange(168), 24)
    local = span.local(counted["at"])
    hour_of_week = local.day_of_week.to_numpy() * 24 + local.hour.to_numpy()
    every = np.bincount(hour_of_week, weights=counted["contacts"], minlength=168).astype(int)
    week = pd.DataFrame({"weekday": [WEEKDAYS[k] for k in place], "hour": when})
    # A day is long or short when the clocks change; its rate is per day nevertheless.
    shape, ones = (weeks, 7, 24), np.ones((weeks, 7))
    days = pd.DataFrame({"weekday": list(WEEKDAYS)})
    hours = pd.DataFrame({"hour": range(24)})
    return [
        _rated(week, "per_hour", seen, passed, every, confidence),
        _rated(days, "per_day", seen.reshape(shape).sum(axis=2), ones, every.reshape(7, 24).sum(axis=1), confidence),
        _rated(
            hours,
            "per_hour",
            seen.reshape(shape).sum(axis=1),
            passed.reshape(shape).sum(axis=1),
            every.reshape(7, 24).sum(axis=0),
            confidence,
        ),
        _months(counted, span),
    ]


def _rated(
    rows: pd.DataFrame, name: str, seen: np.ndarray, passed: np.ndarray, every: np.ndarray, confidence: float
) -> pd.DataFrame:
    mean, low, high = rates(seen, passed, confidence)
    return rows.assign(
        weeks=len(seen),
        contacts=seen.sum(axis=0).astype(int),
        **{name: mean, f"{name}_low": low, f"{name}_high": high},
        all_contacts=every,
    )


def _months(counted: pd.DataFrame, span: Span) -> pd.DataFrame:
    start, end = span.whole("D")
    days = pd.Series(1, index=pd.date_range(span.local(pd.DatetimeIndex([span.first]))[0].floor("D"), end))
    passed = days.groupby(pd.PeriodIndex(days.index, freq="M")).size()
    local = pd.PeriodIndex(span.local(counted["at"]), freq="M")
    contacts = pd.Series(counted["contacts"].to_numpy(), index=local).groupby(level=0).sum()
    months = pd.DataFrame({"days": passed, "contacts": contacts.reindex(passed.index, fill_value=0).astype(int)})
    months = months.rename_axis("month").reset_index()
    first, last = months["month"].dt.start_time, months["month"].dt.end_time
    per_day = months["contacts"] / months["days"]
    # The log may begin and end within a day; a month is whole when all of its days but those two edges are.
    complete = (first >= start - pd.Timedelta(days=1)) & (last < end + pd.Timedelta(days=1))
    whole = months[complete]
    mean = whole["contacts"].sum() / whole["days"].sum() if len(whole) else np.nan
    return months.assign(month=first, per_day=per_day, index=per_day / mean, complete=complete)


def _with_segment(name: Any, frames: list[pd.DataFrame]) -> list[pd.DataFrame]:
    if name is not None:
        for frame in frames:
            frame.insert(0, "segment", name)
    return frames
