"""The log as retention looks at it: whose first event, whose return, numbered periods, and where the log ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

import pandas as pd

from mapkit.errors import OptionError
from mapkit.journeys.customer_segments import with_customer_segment
from mapkit.journeys.question import Moment
from mapkit.journeys.retention.periods import Calendar, Period
from mapkit.journeys.steps import Step, check_names, condition, moment, steps_of
from mapkit.loaders import read_events
from mapkit.tables import Table

if TYPE_CHECKING:
    import ibis.expr.types as ir

What = str | Step | Sequence[str | Step] | None


@dataclass(frozen=True, eq=False)
class Observed:
    """Events of known customers before ``end``.

    ``rows`` has customer, time, the booleans ``is_first`` and ``is_target`` where they were asked for, and ``segment``
    where there is a split. ``periods`` counts those of the calendar from the first event up to ``end``; those before
    ``complete`` had ended by then. ``end`` is the last event of the log unless given.
    """

    events: Table
    rows: ir.Table
    keys: tuple[str, ...]
    calendar: Calendar
    begin: pd.Timestamp
    last: pd.Timestamp
    end: pd.Timestamp
    end_given: bool
    names: tuple[Step, ...]
    decided: tuple[str, ...] = ()

    @property
    def periods(self) -> int:
        """How many periods there are up to the end, the unfinished one included; 0 for an empty log."""
        if pd.isna(self.begin):
            return 0
        latest = max(self.last, self.end - pd.Timedelta(microseconds=1) if self.end_given else self.end)
        return self.calendar.number_of(latest) + 1

    @property
    def complete(self) -> int:
        """How many of the periods, from the first, had ended by the end of the log."""
        return 0 if pd.isna(self.begin) else max(self.calendar.number_of(self.end), 0)

    def check_names(self) -> tuple[str, ...]:
        """Return notes on names that no event bears, or raise for a slip; a query, so ask when a count is 0."""
        return check_names(self.events, self.names, ())

    def end_note(self) -> str:
        """Return where the log ends, and by whose word."""
        if pd.isna(self.begin):
            return "The log has no events."
        if self.end_given:
            return f"The log is taken to end at {self.end} (UTC), as given; later events are left out."
        return f"The log ends with its last event, {self.last} (UTC); end=... says otherwise."


def observe(
    events: Any, period: Period, *, by: str | None, first: What = None, target: What = None, end: Moment = None
) -> Observed:
    """Return the log as it is looked at; of ``first`` and ``target``, None is any event."""
    table = read_events(events)
    table.need("customer", "event", "time", for_what="retention")
    data, split = with_customer_segment(table, by)
    table = table.with_data(data)
    firsts, targets = _steps(table, first, "first"), _steps(table, target, "target")
    given = moment(end, "end")
    kept = data["customer"].notnull() & data["time"].notnull()
    if given is not None:
        kept = kept & (data["time"] < given)
    columns: dict[str, Any] = {name: data[name] for name in ("segment", "customer") if by or name == "customer"}
    columns["time"] = data["time"]
    columns |= {
        flag: reduce(or_, (condition(table, step) for step in steps)).fill_null(False)
        for flag, steps in (("is_first", firsts), ("is_target", targets))
        if steps
    }
    rows = data.filter(kept).select(**columns)
    span = rows.aggregate(begin=rows["time"].min(), last=rows["time"].max()).to_pandas().iloc[0]
    begin, last = pd.Timestamp(span["begin"]), pd.Timestamp(span["last"])
    return Observed(
        events=table,
        rows=rows,
        keys=("segment", "customer") if by else ("customer",),
        calendar=Calendar.of(period, pd.Timestamp(0) if pd.isna(begin) else begin),
        begin=begin,
        last=last,
        end=last if given is None else pd.Timestamp(given),
        end_given=given is not None,
        names=(*firsts, *targets),
        decided=split,
    )


def name_of(what: What) -> str | None:
    """Return what was asked for in words; None is any event."""
    if what is None:
        return None
    several = [what] if isinstance(what, str | Step) else list(what)
    return " or ".join(each.name if isinstance(each, Step) else str(each) for each in several)


def _steps(events: Table, what: What, option: str) -> tuple[Step, ...]:
    if what is None:
        return ()
    several = [what] if isinstance(what, str | Step) else list(what)
    if not several:
        raise OptionError(f"{option}={what!r} names no event. Give a name, a list of names, or None for any event.")
    return tuple(step for each in several for step in steps_of(events, [each])[0])
