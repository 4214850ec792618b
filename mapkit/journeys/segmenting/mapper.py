"""Segments given to the events of their customers, so that every measure can be split by them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import pandas as pd

from mapkit.errors import OptionError, TableError, one_of
from mapkit.journeys.customer_segments import NONE
from mapkit.journeys.segmenting.rules import SegmentRules
from mapkit.loaders import read_events
from mapkit.stages.order import with_row
from mapkit.tables import Table
from mapkit.tables.beside import frame_of

_KEY, _GIVEN = "customer_of_segment", "segment_of_customer"


def map_segments(
    events: Any,
    segments: Any,
    *,
    column: str = "segment",
    customers: Any = None,
    existing: Literal["refuse", "replace"] = "refuse",
) -> Table:
    """Return the events with one more column: the segment of each event's customer.

    A customer has one segment, the same at every event, and it was given with all that is known of the customer: a
    split by it compares people by what they did, so what defines a segment is no finding about it.

    The order of events is kept by ``row``, which is added where the log had none and its order can be known. A
    customer without a segment is "(none)"; how many there are is told in ``.intake.decisions``.

    Parameters
    ----------
    events
        An events table, or anything ``read_events`` takes.
    segments
        A frame with ``customer`` and ``segment``, a result that has such a frame in ``.customers`` (of
        ``measure_rfm``, ``find_clusters``), or ``SegmentRules``.
    column
        What the new column is called.
    customers
        With ``SegmentRules``: the frame of customers whose columns the rules ask about.
    existing
        What becomes of a column of that name: "refuse" raises, "replace" replaces it.

    Raises
    ------
    TableError
        A customer has two segments, a column is missing, or nobody in the log has a segment.
    OptionError
        The events have such a column already.

    Examples
    --------
    >>> log = [{"customer": "ann", "event": "buy", "time": "2025-01-31"}]
    >>> mapped = map_segments(log, pd.DataFrame({"customer": ["ann"], "segment": ["loyal"]}))
    >>> mapped.to_pandas()["segment"].to_list()
    ['loyal']
    """
    import ibis

    one_of(existing, ("refuse", "replace"), "existing")
    table = read_events(events)
    _check_column(table, column, existing)
    given = _for(table, customers_in(segments, customers))
    ordered = with_row(table)
    data = ordered.data.drop(column) if column in ordered.columns else ordered.data
    lookup = ibis.memtable(given.rename(columns={"customer": _KEY, "segment": _GIVEN}))
    joined = data.left_join(lookup, data["customer"] == lookup[_KEY])
    mapped = joined.select(*data.columns, **{column: joined[_GIVEN].fill_null(NONE)})
    return _told(ordered.with_data(mapped), data, lookup, column)


def customers_in(segments: Any, customers: Any = None) -> pd.DataFrame:
    """Return customer and segment, a row a customer, of whatever holds them.

    Raises
    ------
    TableError
        The frame lacks a column, or a customer has two segments.
    """
    if isinstance(segments, SegmentRules):
        if customers is None:
            raise OptionError("SegmentRules ask about columns of customers. Pass the frame: customers=...")
        frame = frame_of(customers, "the customers", "customer")
        frame = frame[["customer"]].assign(segment=segments.assign(frame))
    else:
        frame = frame_of(getattr(segments, "customers", segments), "the segments", "customer", "segment")
    known = frame.loc[frame["customer"].notna(), ["customer", "segment"]]
    known = known.assign(segment=known["segment"].astype("str").where(known["segment"].notna(), NONE)).drop_duplicates()
    twice = known["customer"].duplicated()
    if twice.any():
        who = known.loc[twice, "customer"].iloc[0]
        raise TableError(
            f"{int(twice.sum()):,} customers have more than one segment, such as {who!r}. Give each one row."
        )
    return known


def _check_column(table: Table, column: str, existing: str) -> None:
    if column in table.contract.required or column in ("row", "stage"):
        raise OptionError(
            f"column={column!r} is a column that every log needs. Choose another name, such as 'segment'."
        )
    if column in table.columns and existing == "refuse":
        raise OptionError(
            f"The events have a column {column!r} already. Choose another name, column='rfm', or pass"
            " existing='replace'."
        )


def _for(table: Table, given: pd.DataFrame) -> pd.DataFrame:
    """Return the segments with customers of the log's own type: text, or whole numbers."""
    kind = table.data["customer"].type()
    if not kind.is_integer():
        return given.assign(customer=given["customer"].map(_as_text).astype("str"))
    numbers = pd.to_numeric(given["customer"], errors="coerce")
    whole = given[numbers.notna() & (numbers == numbers.round())]
    return whole.assign(customer=numbers.loc[whole.index].astype("int64"))


def _as_text(customer: object) -> str:
    # A column of whole numbers with a gap in it becomes one of floats in pandas: 17 was never called 17.0.
    return str(int(customer)) if isinstance(customer, float) and customer.is_integer() else str(customer)


def _told(mapped: Table, data: Any, lookup: Any, column: str) -> Table:
    """Return the table with a word on customers without a segment; raise when nobody has one."""
    who = data.select("customer").filter(data["customer"].notnull()).distinct()
    met = who.left_join(lookup, who["customer"] == lookup[_KEY])
    count = met.agg(everybody=met.count(), found=met[_KEY].count()).to_pandas().iloc[0]
    everybody, found = int(count["everybody"]), int(count["found"])
    if everybody and not found:
        example = who.limit(1).to_pandas()["customer"].iloc[0]
        raise TableError(
            f"No customer of the log has a segment. The log's customers look like {example!r}; are the ids the same?"
        )
    if mapped.intake is None:
        return mapped
    said = f"{column}: {found:,} of {everybody:,} customers have a segment, the others are {NONE!r}"
    return replace(mapped, intake=replace(mapped.intake, decisions=(*mapped.intake.decisions, said)))
