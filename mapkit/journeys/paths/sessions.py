"""Sessions: visits told apart by how long nothing happened, and what they are like."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np

from mapkit.errors import OptionError, TableError, listed, nearest
from mapkit.journeys.customer_segments import with_customer_segment
from mapkit.journeys.paths.session_numbers import each_session, session_numbers
from mapkit.journeys.steps import microseconds
from mapkit.loaders import read_events
from mapkit.stages.order import order_of, with_row
from mapkit.statistics import Comparable, Estimate, Result
from mapkit.tables import Table
from mapkit.tables.embedded import is_embedded

_SPANS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


@dataclass(frozen=True, eq=False)
class Sessions(Result):
    """What sessions are like. See :func:`measure_sessions` for the rows of ``table``."""

    gap_seconds: float | None = None
    confidence: float = 0.95

    @property
    def is_split(self) -> bool:
        """Whether the table has segments."""
        return "segment" in self.table.columns

    def estimate(self, quantity: str, segment: str | None = None) -> Estimate:
        """Return one number of the table with its interval: ``sessions.estimate("median_duration_seconds")``."""
        rows = self.table
        if self.is_split:
            segments = list(dict.fromkeys(rows["segment"]))
            if segment not in segments:
                raise OptionError(
                    f"segment={segment!r} is not one of {listed(segments)}.{nearest(str(segment), segments)}"
                )
            rows = rows[rows["segment"] == segment]
        elif segment is not None:
            raise OptionError(f"segment={segment!r}: there are no segments. Measure again with by='channel'.")
        known = list(rows["quantity"])
        if quantity not in known:
            raise OptionError(f"There is no quantity {quantity!r}. There is {listed(known)}.{nearest(quantity, known)}")
        row = rows[rows["quantity"] == quantity].iloc[0]
        name = quantity + (f" ({segment})" if segment is not None else "")
        return Estimate(name, row["value"], row["low"], row["high"], int(row["n"]), row["unit"])

    def comparable(self) -> Comparable:
        """Return every number with an interval, by its name (and segment)."""
        rows = self.table[~self.table["quantity"].isin(["sessions", "customers"])]
        share = rows["unit"] == "share"
        numbers = rows.assign(hits=np.where(share, np.round(rows["value"] * rows["n"]), np.nan))
        return Comparable(numbers, ("segment",) if self.is_split else (), {"gap_seconds": self.gap_seconds})


def map_sessions(events: Any, *, gap: str | timedelta = "30min", replace: bool = False) -> Table:
    """Return the events with one more column, ``session``: text, different for every session of every customer.

    A new session begins at a customer's first event and after every stretch longer than ``gap`` without one; a stretch
    of exactly ``gap`` does not end it. Nothing is computed until something is measured. A session is named
    "customer/number", numbers from 1.

    Parameters
    ----------
    gap
        "30min", "2h", a timedelta. Half an hour is a habit of web analytics, not a finding: try others.
    replace
        Whether a ``session`` column that is there already may be replaced.

    Raises
    ------
    TableError
        There is a column ``session`` already, and ``replace`` is not set.
    OptionError
        ``gap`` is no span of time, or not longer than nothing.
    """
    import ibis

    span = _span(gap)
    table = with_row(read_events(events))
    if "session" in table.columns and not replace:
        raise TableError(
            "The events have a column 'session' already. Use it as it is, or replace it:"
            " map_sessions(events, replace=True)."
        )
    data = table.data
    walk: dict[str, Any] = {"group_by": "customer", "order_by": [each.get_name() for each in order_of(data)]}
    marked = data.mutate(**{_BEFORE: data["time"].lag().over(**walk), _PLACE: ibis.row_number().over(**walk)})
    limit = marked[_BEFORE] + ibis.interval(seconds=span // 1_000_000)
    limit = limit + ibis.interval(microseconds=span % 1_000_000) if span % 1_000_000 else limit
    opens = (marked[_PLACE] == 0) | (marked["time"] > limit)
    marked = marked.mutate(**{_PLACE: opens.ifelse(1, 0)})
    number = marked[_PLACE].sum().over(**walk, rows=(None, 0))
    session = marked["customer"].cast("string") + "/" + number.cast("int64").cast("string")
    return table.with_data(marked.mutate(session=session).drop(_BEFORE, _PLACE))


_BEFORE, _PLACE = "mapkit session before", "mapkit session place"


def measure_sessions(
    events: Any, *, gap: str | timedelta | None = None, by: str | None = None, confidence: float = 0.95
) -> Sessions:
    """Return how many sessions there are, how long they last, how much happens in them, and how many a customer has.

    ``table`` columns: ``segment`` (with ``by`` only), ``quantity``, ``unit``, ``value``, ``low``, ``high``, ``n``.
    The quantities:

    - ``sessions``, ``customers``: counts (no interval; ``n`` is the count)
    - ``mean_per_customer``, ``median_per_customer``: sessions; ``n`` customers with a session
    - ``median_duration_seconds``, ``mean_duration_seconds``, ``p90_duration_seconds``: from a session's first event to
      its last; a session of one event lasts 0 seconds, so durations are less than the time people spent
    - ``median_events``, ``mean_events``: events per session
    - ``single_event_share``: sessions with one event only; ``n`` sessions

    Intervals of means allow for sessions of one customer being alike (ratio estimate over customers). Those of
    quantiles (order statistics) and of the share (Wilson) take sessions as independent, so they are somewhat narrow.

    Parameters
    ----------
    gap
        Tells sessions apart as :func:`map_sessions` does. Without it the events' own column ``session`` is used, and
        events without a session are left out.
    by
        A column to split by; each customer is in the segment of the first value that is not empty.

    Raises
    ------
    TableError
        There is no column ``session``, and no ``gap`` is given.
    OptionError
        ``gap`` is no span of time.
    """
    table = read_events(events)
    if gap is not None:
        table = map_sessions(table, gap=gap, replace=True)
    elif "session" not in table.columns:
        raise TableError(
            "The events have no column 'session'. Say how long a silence ends one:"
            " measure_sessions(events, gap='30min')."
        )
    data, split = with_customer_segment(table, by)
    each = each_session(data, by is not None)
    if is_embedded(each):
        each = each.cache()  # asked five times below; a warehouse may not let us write, and is asked five times
    numbers = session_numbers(each, confidence)
    span = None if gap is None else _span(gap) / 1_000_000
    return Sessions(
        title=f"Sessions{f' by {by}' if by else ''}",
        table=numbers if by else numbers.drop(columns="segment"),
        notes=tuple(_notes(table, span, split)),
        gap_seconds=span,
        confidence=confidence,
    )


def _span(gap: str | timedelta) -> int:
    try:
        span = microseconds(gap)
    except OptionError:
        span = None
    if span is None:
        raise OptionError(
            f"gap={gap!r} is not a span of time. Write '30min', '2h', '1d', or give a datetime.timedelta."
        )
    if span <= 0:
        raise OptionError(f"gap={gap!r} is not longer than nothing, so every event would be a session of its own.")
    return span


def _notes(table: Table, span: float | None, split: tuple[str, ...]) -> Iterator[str]:
    if span is not None:
        size, unit = next((span / s, u) for u, s in _SPANS if span >= s or s == 1)
        yield f"A session ends where nothing happens for longer than {size:g} {unit}{'' if size == 1 else 's'}."
    else:
        data = table.data
        lost = int(data.filter(data["session"].isnull()).count().execute())
        yield "Sessions are those of the events' own column session."
        if lost:
            yield f"{lost:,} events have no session and are left out."
    yield "A session of one event lasts 0 seconds, so durations are too short, never too long."
    yield "Intervals of means allow for the sessions of one customer being alike; those of quantiles and shares do not."
    yield from split
