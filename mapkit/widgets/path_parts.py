"""Parts of paths: of every journey what lies between two events, and of split transitions one segment."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mapkit.journeys.paths import Transitions
from mapkit.stages.order import order_of
from mapkit.tables import Table

if TYPE_CHECKING:
    import ibis.expr.types as ir


def part_between(events: Table, start: str | None = None, end: str | None = None, *, per: str = "customer") -> Table:
    """Return each customer's (or session's) events from the first ``start`` to the first ``end`` at or after it.

    Both ends are in the part. Without a ``start`` it begins where the customer does, without an ``end`` it ends there.
    Who has no ``start``, or no ``end`` from there on, has no part and is left out.
    """
    import ibis

    if start is None and end is None:
        return events
    unit = ["customer", "session"] if per == "session" else ["customer"]
    known = [events.data[column].notnull() for column in unit]
    place = ibis.row_number().over(group_by=unit, order_by=order_of(events.data))
    rows = events.data.filter(*known).mutate(_place=place)
    if start is not None:
        begun = _first(rows, unit, rows["event"] == start)
        rows = _kept(rows, begun, unit, lambda row: row["_place"] >= row["_limit"])
    if end is not None:
        done = _first(rows, unit, rows["event"] == end)
        rows = _kept(rows, done, unit, lambda row: row["_place"] <= row["_limit"])
    part = rows.drop("_place")
    return events.with_data(part.order_by("row") if events.is_embedded and "row" in part.columns else part)


def one_segment(moves: Transitions, segment: str) -> Transitions:
    """Return one segment of split transitions as transitions of their own."""
    rows = moves.table[moves.table["segment"] == segment]
    return replace(moves, title=f"{moves.title}: {segment}", table=rows.drop(columns="segment").reset_index(drop=True))


def _first(rows: ir.Table, unit: list[str], there: Any) -> ir.Table:
    return rows.filter(there).group_by(unit).agg(_limit=lambda row: row["_place"].min())


def _kept(rows: ir.Table, limits: ir.Table, unit: list[str], fits: Any) -> ir.Table:
    columns = rows.columns
    joined = rows.inner_join(limits, unit)
    return joined.filter(fits(joined)).select(*columns)
