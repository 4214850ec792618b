"""One number per day or week, without gaps: what a forecast is made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from mapkit.errors import OptionError, TableError
from mapkit.journeys.demand.hours import check_contacts, count_by_hour, names_of, span_of
from mapkit.loaders import read_events

Period = Literal["day", "week"]
STEP = {"day": pd.Timedelta(days=1), "week": pd.Timedelta(weeks=1)}


@dataclass(frozen=True, eq=False)
class History:
    """``values`` by the first moment of each period, what they count, and what was decided."""

    values: pd.Series
    named: str
    notes: tuple[str, ...] = ()


def history_of(given: Any, period: Period, event: str | Sequence[str] | None, timezone: str) -> History:
    """Return the history in a series of numbers by time, or counted from a log."""
    if isinstance(given, pd.Series):
        if event is not None:
            raise OptionError("event= chooses what is counted in a log; a series is counted already. Leave it out.")
        return History(_checked(given, period), str(given.name or "value"))
    return _counted(given, period, event, timezone)


def _counted(given: Any, period: Period, event: str | Sequence[str] | None, timezone: str) -> History:
    log = read_events(given)
    names = list(log.event_names) if event is None else names_of(event, "event")
    span = span_of(log, timezone)
    counted = count_by_hour(log.data, names, span)
    check_contacts(log, names, counted)
    start, end = span.whole("D" if period == "day" else "W")
    if end <= start:
        raise TableError(f"The log runs from {span.first} to {span.last} UTC and covers no whole {period}.")
    starts = pd.date_range(start, end, freq=STEP[period], inclusive="left")
    place = ((span.local(counted["at"]) - start) // STEP[period]).to_numpy()
    inside = (place >= 0) & (place < len(starts))
    sums = np.bincount(place[inside], weights=counted["contacts"].to_numpy()[inside], minlength=len(starts))
    left_out = int(counted["contacts"].sum() - sums.sum())
    named = "all events" if event is None else " or ".join(names)
    note = f"Counted: {named} by {period}, clock of {timezone}; {left_out:,} in begun {period}s are left out."
    return History(pd.Series(sums, index=starts, name=named), named, (note,))


def _checked(given: pd.Series, period: Period) -> pd.Series:
    index = given.index
    if isinstance(index, pd.PeriodIndex):
        index = index.to_timestamp()
    if not isinstance(index, pd.DatetimeIndex):
        raise TableError(f"The series has the index {type(index).__name__}, not times. Set the {period}s as its index.")
    values = pd.to_numeric(given, errors="coerce").astype(float)
    values.index = index.tz_localize(None) if index.tz is not None else index
    values = values.sort_index()
    if values.empty:
        raise TableError("The series is empty.")
    if values.index.has_duplicates:
        twice = values.index[values.index.duplicated()][0]
        raise TableError(f"The series has more than one value for {twice:%Y-%m-%d}. Add them up first.")
    whole = pd.date_range(values.index[0], values.index[-1], freq=STEP[period])
    odd = values.index[~values.index.isin(whole)]
    if len(odd):
        raise TableError(f"{odd[0]} is no {period} after {whole[0]}. Give one value a {period}, or another period=.")
    missing = whole[~whole.isin(values.dropna().index)]
    if len(missing):
        raise TableError(
            f"The series has no value for {len(missing):,} {period}s, the first {missing[0]:%Y-%m-%d}. A gap is not 0:"
            " fill it with what is known, or begin after it."
        )
    if (values < 0).any() or not np.isfinite(values).all():
        raise TableError("The series has values below 0, or without end. Forecasts here are of counts and amounts.")
    return values
