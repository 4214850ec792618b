"""What is in a log: the first thing to know about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Unpack

import pandas as pd

from mapkit.loaders.gaps import find_gaps
from mapkit.loaders.log_counts import (
    busiest_customer,
    count_duplicates,
    count_nulls,
    count_overview,
    count_ties,
    count_unsorted,
    top_events,
)
from mapkit.loaders.reading import ReadOptions, read_events
from mapkit.statistics import Result
from mapkit.tables import Table

_Row = tuple[str, object, str]

# A customer with so many times the median, and so large a share of all rows, is more often a program than a person.
_BUSY_TIMES, _BUSY_SHARE, _BUSY_ROWS = 100, 0.01, 1_000


@dataclass(frozen=True, eq=False)
class Profile(Result):
    """What a log holds, check by check. ``table``: check, value, note.

    A check counts; whether what it counts is a fault is for the reader to say.
    """

    def value(self, check: str) -> Any:
        """Return the value of one check, such as ``"customers"``."""
        found = self.table.loc[self.table["check"] == check, "value"]
        return found.iloc[0] if len(found) else None


def profile_events(source: Any, **options: Unpack[ReadOptions]) -> Profile:
    """Return what is in a log: rows, span, customers, events, ties, nulls, duplicates, gaps, odd times.

    The log is read as :func:`~mapkit.loaders.read_events` reads it, with its options, and then scanned several times;
    a large one takes a while. Events are listed by name in the table, most frequent first.

    Raises
    ------
    TableError
        When required columns are missing; the message says which columns they may be and holds the line to paste.
    """
    events = read_events(source, **options)
    overview = count_overview(events)
    rows = [*_intake(events), *_overview(events, overview)]
    if overview["rows"]:
        rows += [*_order(events), *_columns(events), *_odd_times(overview), *_gaps(events), *_busiest(events, overview)]
    intake = events.intake
    return Profile(
        title=f"What is in {intake.source}" if intake is not None else "What is in the log",
        table=pd.DataFrame(rows, columns=["check", "value", "note"]).astype({"value": object}),
        notes=intake.decisions if intake is not None else (),
    )


def _intake(events: Table) -> Iterator[_Row]:
    if events.intake is None:
        return
    yield "rows read", events.intake.rows_read, "rows kept + rows set apart"
    yield "rows kept", events.intake.rows_kept, ""
    why = ", ".join(f"{count:,} {reason}" for reason, count in events.intake.reasons.items())
    yield "rows set apart", events.intake.rows_set_apart, why


def _overview(events: Table, overview: dict[str, Any]) -> Iterator[_Row]:
    if not overview["rows"]:
        yield "customers", 0, "the log has no rows"
        return
    days = (overview["last"] - overview["first"]).total_seconds() / 86_400
    yield "first time", str(overview["first"]), "UTC"
    yield "last time", str(overview["last"]), f"UTC; {days:,.1f} days later"
    yield "customers", overview["customers"], f"{overview['rows'] / overview['customers']:,.1f} rows each on average"
    yield "distinct events", overview["events"], ""
    for name, rows in top_events(events):
        yield f"event {name}", rows, f"{rows / overview['rows']:.1%} of {overview['rows']:,} rows"


def _order(events: Table) -> Iterator[_Row]:
    tied, mixed = count_ties(events)
    yield "rows tied in time", tied, "share customer and time with another row"
    yield "tied between different events", mixed, "which came first is told only by the order of rows" if mixed else ""
    unsorted = count_unsorted(events)
    if unsorted is not None:
        yield "rows out of time order", unsorted, "their time is before that of the row above"
    yield "repeated rows", count_duplicates(events), "the same in every column as another row; they are kept"


def _columns(events: Table) -> Iterator[_Row]:
    for name, count in count_nulls(events).items():
        if count or name not in (*events.contract.required, "row"):
            yield f"empty cells in {name}", count, ""


def _odd_times(overview: dict[str, Any]) -> Iterator[_Row]:
    yield "times in the future", overview["future"], "after the moment of this profile"
    yield "times in 1970", overview["epoch"], "what an empty or zero time becomes" if overview["epoch"] else ""
    yield "times before 1990", overview["old"], "those in 1970 counted too" if overview["epoch"] else ""
    if overview["midnight"] == overview["rows"]:
        yield "times at midnight", overview["midnight"], "all of them: the log knows days, not times of day"


def _gaps(events: Table) -> Iterator[_Row]:
    gaps = find_gaps(events)
    rule = (
        "stretches without events that chance would leave in fewer than 1 log in 1,000, by the hour or day of the week"
    )
    yield "suspicious gaps", len(gaps), rule
    for gap in gaps:
        periods = f"{gap.periods:,} {gap.unit}{'s' if gap.periods > 1 else ''}"
        yield f"gap from {gap.first}", periods, f"about {gap.expected:,.0f} events were to be expected"


def _busiest(events: Table, overview: dict[str, Any]) -> Iterator[_Row]:
    customer, rows, median = busiest_customer(events)
    note = f"customer {customer}: {rows / overview['rows']:.1%} of all rows; the median customer has {median:,.0f}"
    yield "rows of the busiest customer", rows, note
    suspect = rows >= _BUSY_ROWS and rows > _BUSY_TIMES * median and rows > _BUSY_SHARE * overview["rows"]
    rule = f"at least {_BUSY_ROWS:,} rows, over {_BUSY_TIMES} times the median, over {_BUSY_SHARE:.0%} of all rows"
    yield "busiest customer may be a program", "yes" if suspect else "no", rule
