"""A log made ready for many quick questions: held once in memory in time order, with its names and columns counted."""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mapkit.stages.order import with_row
from mapkit.tables import Table

if TYPE_CHECKING:
    import ibis.expr.types as ir

# A larger log is asked where it lies: slower, but without a second copy of it.
MOST_ROWS = 5_000_000
MOST_VALUES = 1_000
# What a page can list and search at once; a funnel in Python takes any name.
MOST_NAMES = 20_000

_FIXED = ("customer", "event", "time", "row", "stage", "session")
_numbers = itertools.count(1)
_unused: list[tuple[Any, str]] = []


@dataclass(frozen=True, eq=False)
class Prepared:
    """An events table that answers fast, and what can be chosen of it.

    ``names`` are the event names with their rows, most frequent first, at most ``MOST_NAMES``; ``names_in_all`` counts
    them all. ``columns`` are those with 2 to ``MOST_VALUES`` values, fit to split by.
    """

    events: Table
    names: tuple[tuple[str, int], ...]
    names_in_all: int
    columns: tuple[str, ...]


def prepare(events: Table) -> Prepared:
    """Return the events ready for many questions."""
    held = hold(events, in_time_order=True)
    return Prepared(held, *_names(held), _columns(held, counted=held is not events))


def hold(events: Table, *, in_time_order: bool = False) -> Table:
    """Return the same rows held in the embedded database; a remote or a very large log comes back as it is.

    In time order the engines need no sorting: ``row`` is then the order by time and, within one time, by the old row.
    """
    import ibis

    _drop_unused()
    if not events.is_embedded or events.count() > MOST_ROWS:
        return events
    data = events.data
    if in_time_order:
        data = with_row(events).data
        data = data.mutate(row=ibis.row_number().over(order_by=[data["time"], data["row"]])).order_by("row")
    backend = data.get_backend()
    name = f"mapkit_held_{next(_numbers)}"
    held = backend.create_table(name, data, temp=True)
    weakref.finalize(held.op(), _unused.append, (backend, name)).atexit = False
    return events.with_data(held)


def choices_of(events: Table, names: tuple[tuple[str, int], ...], *, own: Iterable[str] = ()) -> list[list[Any]]:
    """Return what can be a step, as [kind, name, rows]: steps of the reader's own, stages in order, event names.

    Of a stage and an event of one name only the stage is there, for that is how a funnel reads the name.
    """
    taken = {*own, *events.stages}
    rows: dict[str, int] = {}
    if events.stages:
        data = events.data
        counted = data.group_by("stage").agg(rows=data.count()).to_pandas().dropna()
        rows = {str(name): int(count) for name, count in zip(counted["stage"], counted["rows"], strict=True)}
    return [
        *(["step", name, None] for name in own),
        *(["stage", name, rows.get(name, 0)] for name in events.stages if name not in set(own)),
        *(["event", name, count] for name, count in names if name not in taken),
    ]


def _drop_unused() -> None:
    # Not when the last reference goes: that may be in the middle of another answer on the same connection.
    while _unused:
        backend, name = _unused.pop()
        backend.raw_sql(f'DROP TABLE IF EXISTS "{name}"')


def _names(events: Table) -> tuple[tuple[tuple[str, int], ...], int]:
    data = events.data
    counted = data.group_by("event").agg(rows=data.count()).filter(lambda each: each["event"].notnull())
    frame = counted.to_pandas().sort_values(["rows", "event"], ascending=[False, True])
    most = frame.head(MOST_NAMES)
    return tuple((str(name), int(rows)) for name, rows in zip(most["event"], most["rows"], strict=True)), len(frame)


def _columns(events: Table, *, counted: bool) -> tuple[str, ...]:
    """Return the columns fit to split by; where nothing may be counted, every column of the right type."""
    candidates = [name for name, kind in events.data.schema().items() if name not in _FIXED and _splits(kind)]
    if not counted or not candidates:
        return tuple(candidates)
    values = events.data.aggregate(**{name: events.data[name].nunique() for name in candidates}).to_pandas()
    return tuple(name for name in candidates if 2 <= int(values[name].iloc[0]) <= MOST_VALUES)


def _splits(kind: ir.DataType) -> bool:
    return bool(kind.is_string() or kind.is_boolean() or kind.is_integer())
