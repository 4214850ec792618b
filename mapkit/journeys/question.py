"""A funnel's question, checked and in full: what all funnel measures share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from mapkit.errors import OptionError, one_of
from mapkit.journeys.steps import (
    Exclusion,
    Step,
    check_exclusions,
    check_names,
    condition,
    microseconds,
    moment,
    steps_of,
)
from mapkit.loaders import read_events
from mapkit.sequences import ChainQuestion, Forbidden
from mapkit.tables import Table

if TYPE_CHECKING:
    import ibis.expr.types as ir

Order = Literal["ordered", "strict", "any"]
Unit = Literal["customer", "session", "event"]
Moment = str | date | datetime | None


@dataclass(frozen=True, eq=False)
class Asked:
    """The events, the steps as conditions on them, and every choice, checked against each other."""

    events: Table
    steps: tuple[Step, ...]
    conditions: tuple[ir.BooleanValue, ...]
    exclusions: tuple[Exclusion, ...]
    window: int | None
    order: Order
    unit: Unit
    start: datetime | None
    end: datetime | None
    decided: tuple[str, ...] = ()

    @property
    def counted(self) -> str:
        """What is counted, in the plural."""
        return {"customer": "customers", "session": "sessions", "event": f"{self.steps[0].name} events"}[self.unit]

    def question(self, *, per_entry: bool = False, attribute: str | None = None, at: int = 1) -> ChainQuestion:
        """Return the question for the engines."""
        data = self.events.data
        return ChainQuestion(
            steps=self.conditions,
            unit=("customer", "session") if self.unit == "session" else ("customer",),
            window_microseconds=self.window,
            order=self.order,
            forbidden=tuple(
                Forbidden(data["event"] == each.event, each.after, each.before) for each in self.exclusions
            ),
            per_entry=per_entry or self.unit == "event",
            attribute=attribute,
            attribute_step=at,
        )

    def check_names(self) -> tuple[str, ...]:
        """Return notes on names that no event bears, or raise for a slip: a query, so ask when a count is 0."""
        return check_names(self.events, self.steps, self.exclusions)

    def notes(self) -> tuple[str, ...]:
        """Return the choices in words."""
        window = "no window" if self.window is None else f"within {_in_words(self.window)} of step 1"
        order = {
            "ordered": "steps in order, other events between allowed",
            "strict": "steps in order, no other event between",
            "any": "step k counts those who did steps 1 to k in any order",
        }[self.order]
        period = ""
        if self.start or self.end:
            period = f"; step 1 from {self.start or 'the beginning'} to before {self.end or 'the end'} (UTC)"
        return (f"Counted: {self.counted}; {order}; {window}{period}.", *self.decided)


def ask(
    events: Any,
    steps: Sequence[str | Step],
    *,
    window: str | timedelta | None = None,
    order: Order = "ordered",
    exclusions: Sequence[Exclusion] = (),
    unit: Unit = "customer",
    start: Moment = None,
    end: Moment = None,
) -> Asked:
    """Check a funnel's question against the events and return it in full."""
    one_of(order, ("ordered", "strict", "any"), "order")
    one_of(unit, ("customer", "session", "event"), "unit")
    if order == "any" and (exclusions or unit == "event"):
        what = "exclusions" if exclusions else 'unit="event"'
        raise OptionError(f'{what} need steps that come one after the other. Use order="ordered" or "strict".')
    table = read_events(events)
    if unit == "session":
        table.need("session", for_what='unit="session"')
    full, decided = steps_of(table, steps)
    check_exclusions(exclusions, len(full))
    first, last = moment(start, "start"), moment(end, "end")
    conditions = [condition(table, step) for step in full]
    if first is not None:
        conditions[0] = conditions[0] & (table.data["time"] >= first)
    if last is not None:
        conditions[0] = conditions[0] & (table.data["time"] < last)
    return Asked(
        table,
        full,
        tuple(conditions),
        tuple(exclusions),
        microseconds(window),
        order,
        unit,
        first,
        last,
        tuple(decided),
    )


def _in_words(microseconds: int) -> str:
    """Return a span as a person would say it: 14 days, 90 minutes.

    >>> _in_words(14 * 86_400_000_000)
    '14 days'
    """
    for unit, size in (("day", 86_400_000_000), ("hour", 3_600_000_000), ("minute", 60_000_000), ("second", 1_000_000)):
        if microseconds >= size and microseconds % size == 0:
            count = microseconds // size
            return f"{count:,} {unit}{'' if count == 1 else 's'}"
    return str(timedelta(microseconds=microseconds))
