"""When each customer came, and the segment each belongs to: what every growth measure begins with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from mapkit.errors import TableError, listed, nearest
from mapkit.journeys.customer_segments import MOST_SEGMENTS, NONE, OTHER, with_customer_segment
from mapkit.tables import Table
from mapkit.tables.beside import frame_of

if TYPE_CHECKING:
    import ibis.expr.types as ir


def segmented(events: Table, by: str | None, customers: Any = None) -> tuple[ir.Table, tuple[str, ...]]:
    """Return the events with their customer's ``segment``, from the column ``by`` of the events or of ``customers``.

    A column of the frame ``customers`` (a row a customer) goes before one of the events.

    Raises
    ------
    TableError
        Neither has the column, or a customer has two rows.
    """
    if by is None:
        # A log may have a column of that name, which nobody asked to split by.
        return events.data.drop(*split_of(events.data)), ()
    if customers is None:
        return with_customer_segment(events, by)
    frame = frame_of(customers, "the customers frame", "customer")
    if by not in frame.columns:
        if by in events.columns:
            return with_customer_segment(events, by)
        raise TableError(
            f"Neither the customers frame nor the events have a column {by!r}. The frame has {listed(frame.columns)}."
            f"{nearest(by, frame.columns)}"
        )
    twice = frame["customer"][frame["customer"].duplicated()]
    if len(twice):
        raise TableError(f"The customers frame has several rows for {twice.iloc[0]!r}; a customer has one segment.")
    return _joined(events.data, frame, by)


def _joined(data: ir.Table, frame: pd.DataFrame, by: str) -> tuple[ir.Table, tuple[str, ...]]:
    value = frame[by].astype("string").fillna(NONE).astype(object)
    largest = value.value_counts().head(MOST_SEGMENTS).index
    folded = value.nunique() - len(largest)
    given = beside(
        pd.DataFrame({"customer": frame["customer"], "segment_of": value.where(value.isin(largest), OTHER)}), data
    )
    joined = data.left_join(given, data["customer"] == given["customer"])
    rows = joined.select(*(data[name] for name in data.columns if name != "segment"), segment=joined["segment_of"])
    notes = [f"Split by {by} of the customers frame."]
    notes += [f"{folded:,} rare values are put together as {OTHER!r}."] if folded else []
    return rows.mutate(segment=rows["segment"].fill_null(NONE)), tuple(notes)


def beside(frame: pd.DataFrame, data: ir.Table, column: str = "customer") -> ir.Table:
    """Return a small frame as a table that can be joined with ``data``, its ``column`` typed as data's customers."""
    import ibis

    text = {name: "str" for name in frame.columns if frame[name].isna().all() and frame[name].dtype == object}
    table = ibis.memtable(frame.astype(text))
    return table.mutate(**{column: table[column].cast(data["customer"].type())})


def first_times(rows: ir.Table) -> ir.Table:
    """Return (``segment``,) ``customer``, ``start``: the first time of those rows with ``is_acquisition`` = 1."""
    met = rows.filter(rows["is_acquisition"] == 1)
    return met.group_by([*split_of(rows), "customer"]).agg(start=met["time"].min())


def split_of(rows: ir.Table) -> list[str]:
    """Return ["segment"] for rows that have one, else []."""
    return [name for name in ("segment",) if name in rows.columns]
