"""The order of a customer's events: by time, and within one time by the order of the source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mapkit.tables import Table

if TYPE_CHECKING:
    import ibis.expr.types as ir


def with_row(events: Table) -> Table:
    """Return the events with a ``row`` column where the order of the source can be known.

    The embedded database keeps the order in which rows stand, so they can be numbered. A remote one promises no
    order: without a ``row`` column there, events of the same time have none.
    """
    import ibis

    if "row" in events.columns or not events.is_embedded:
        return events
    return events.with_data(events.data.mutate(row=ibis.row_number()))


def order_of(data: ir.Table) -> list[ir.Value]:
    """Return the columns that order a customer's events: time, then row where there is one."""
    return [data[column] for column in ("time", "row") if column in data.columns]
