"""Every customer in one segment: how the measures that follow customers are split."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
    segments, folded = _with_other(_first_values(data, by))
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


def _with_other(customers: ir.Table) -> tuple[ir.Table, int]:
    sizes = (
        customers.group_by("given_segment")
        .agg(size=customers.count())
        .to_pandas()
        .sort_values(["size", "given_segment"], ascending=[False, True])
    )
    if len(sizes) <= MOST_SEGMENTS:
        return customers, 0
    largest = sizes["given_segment"].head(MOST_SEGMENTS).tolist()
    kept = customers.given_segment.isin(largest).ifelse(customers.given_segment, OTHER)
    return customers.mutate(given_segment=kept), len(sizes) - MOST_SEGMENTS
