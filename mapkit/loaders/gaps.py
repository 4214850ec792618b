"""Stretches of a log without events, where its usual volume makes that odd."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from mapkit.tables import Table

# A whole log of gaps is not more telling than the longest of them.
_MOST = 20
_CHANCE = 0.001


@dataclass(frozen=True)
class Gap:
    """A stretch without events: its first and last empty hour or day, and how many events were to be expected."""

    first: datetime
    last: datetime
    periods: int
    unit: str
    expected: float


def find_gaps(events: Table) -> tuple[Gap, ...]:
    """Return the stretches without events that chance would leave less than once in a thousand logs.

    A log of up to 62 days is looked at by the hour, a longer one by the day. An empty hour is compared with the
    median of the same hour of the week (an empty day with the same day of the week), so that nights and closed
    Sundays are no gaps. A stretch counts when its expected events, summed, exceed ln(periods / 0.001): if events came
    independently, one stretch that long would be empty by chance in fewer than one log in a thousand.
    """
    times = events.data.time
    span = events.data.aggregate(first=times.min(), last=times.max()).to_pyarrow().to_pylist()[0]
    if span["first"] is None:
        return ()
    hourly = (span["last"] - span["first"]).days <= 62
    counts = _counts(events, "h" if hourly else "D")
    if len(counts) < 15 or len(counts) > 500_000:
        return ()
    return _empty_stretches(counts, "hour" if hourly else "day")


def _counts(events: Table, unit: str) -> pd.Series:
    data = events.data.select(period=events.data.time.truncate(unit))
    counted = data.group_by("period").agg(rows=data.count()).to_pandas().set_index("period")["rows"].sort_index()
    first, last = counted.index[0], counted.index[-1]
    # One stray time in 1970 must not make fifty years of empty days; the odd times have a check of their own.
    middle = counted[counted.index > pd.Timestamp("1990-01-01")]
    first = middle.index[0] if len(middle) else first
    last = min(last, pd.Timestamp.now("UTC").tz_localize(None)) if last > first else last
    return counted.reindex(pd.date_range(first, last, freq=unit), fill_value=0)


def _empty_stretches(counts: pd.Series, unit: str) -> tuple[Gap, ...]:
    index = pd.DatetimeIndex(counts.index)
    slot = index.day_of_week * 24 + index.hour if unit == "hour" else index.day_of_week
    usual = counts.groupby(np.asarray(slot)).transform("median").to_numpy(dtype=float)
    empty = counts.to_numpy() == 0
    stretch = np.cumsum(np.diff(empty, prepend=not empty[0]))
    frame = pd.DataFrame({"period": index, "usual": usual, "stretch": stretch})[empty]
    grouped = frame.groupby("stretch").agg(
        first=("period", "min"), last=("period", "max"), periods=("period", "size"), expected=("usual", "sum")
    )
    odd = (
        grouped[grouped["expected"] > math.log(len(counts) / _CHANCE)].nlargest(_MOST, "expected").sort_values("first")
    )
    return tuple(
        Gap(row.first.to_pydatetime(), row.last.to_pydatetime(), int(row.periods), unit, float(row.expected))
        for row in odd.itertuples()
    )
