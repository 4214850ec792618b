"""Every customer in one segment: how the measures that follow customers are split."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from mapkit.errors import OptionError, listed, nearest
from mapkit.tables import Table

if TYPE_CHECKING:
    import ibis.expr.types as ir

MOST_SEGMENTS = 12
NONE, OTHER = "(none)", "other"


def with_customer_segment(events: Table, by: str | None) -> tuple[ir.Table, tuple[str, ...]]:
    """Return the events, each with the ``segment`` of its customer, and notes on how it was given.

    A customer is in the segment of the first value of the column ``by`` that is not empty, so the segments add up to
    the whole. Without any value it is "(none)"; beyond the 12 segments with most customers it is "other". Without
    ``by`` the events are returned as they are, and no column is added.

    Raises
    ------
    TableError
        There is no column ``by``.
    """
    data = events.data
    if by is None:
        return data, ()
    events.need(by, for_what="the split into segments")
    segments, folded = with_other(_first_values(data, by), "given_segment")
    joined = data.left_join(segments, "customer")
    rows = joined.select(*(data[name] for name in data.columns if name != "segment"), segment=joined["given_segment"])
    notes = [f"Split by each customer's first {by} that is not empty."]
    if folded:
        notes.append(f"{folded:,} rare values are put together as {OTHER!r}.")
    return rows.mutate(segment=rows.segment.fill_null(NONE)), tuple(notes)


def _first_values(data: ir.Table, by: str) -> ir.Table:
    import ibis

    known = data.filter(data[by].notnull() & data["customer"].notnull()).mutate(given_segment=data[by].cast("string"))
    order: list[Any] = [*(name for name in ("time", "row") if name in data.columns), "given_segment"]
    # Databases name their ordered aggregates differently; all of them can number rows.
    ranked = known.mutate(place=ibis.row_number().over(group_by="customer", order_by=order))
    return ranked.filter(ranked.place == 0).select("customer", "given_segment")


def with_other(units: ir.Table, column: str) -> tuple[ir.Table, int]:
    """Return units with the values of ``column`` beyond the 12 largest put together, and how many those are."""
    sizes = (
        units.group_by(column)
        .agg(size=units.count())
        .to_pandas()
        .sort_values(["size", column], ascending=[False, True])
    )
    if len(sizes) <= MOST_SEGMENTS:
        return units, 0
    largest = sizes[column].head(MOST_SEGMENTS).tolist()
    folded = units.mutate(**{column: units[column].isin(largest).ifelse(units[column], OTHER)})
    return folded, len(sizes) - MOST_SEGMENTS


def of_segment(table: pd.DataFrame, segment: str | None) -> pd.DataFrame:
    """Return the rows of one segment; all rows where the table has no segments and none is asked for."""
    if "segment" not in table:
        if segment is not None:
            raise OptionError(f"segment={segment!r}: there are no segments. Measure again with by='channel'.")
        return table
    known = list(dict.fromkeys(table["segment"]))
    if segment not in known:
        raise OptionError(f"segment={segment!r} is not one of {listed(known)}.{nearest(str(segment), known)}")
    return table[table["segment"] == segment]
