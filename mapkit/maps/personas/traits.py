"""Traits counted by segment: what customers do, by which channel they come, what is known of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from mapkit.errors import TableError, listed, nearest
from mapkit.stages.order import order_of
from mapkit.tables import Table

if TYPE_CHECKING:
    import ibis.expr.types as ir

COUNTS = ("list", "trait", "segment", "customers")
_MOST_VALUES = 12
"""A column with more distinct values than this describes persons, not a segment."""


def counts_of_events(events: Table, segmented: ir.Table, attributes: Sequence[str]) -> tuple[pd.DataFrame, list[str]]:
    """Return list, trait, segment, customers of what customers do and are; and the columns that were left out.

    ``segmented`` holds the events with a column ``segment``, the customer's. Lists: "events" (they did it),
    "channels" (that of their first event that has one) and "attributes" (a customer's first value).
    """
    did = segmented.filter(segmented["event"].notnull()).select("customer", "segment", trait="event").distinct()
    parts = [_counted(did, "events")]
    left_out = []
    for column in ["channel", *attributes] if "channel" in events.columns else list(attributes):
        events.need(column, for_what="draft_personas")
        firsts = _firsts(segmented, column)
        if firsts.select("trait").distinct().count().execute() > _MOST_VALUES and column != "channel":
            left_out.append(column)
            continue
        counted = _counted(firsts, "channels" if column == "channel" else "attributes")
        named = counted["trait"] if column == "channel" else f"{column} = " + counted["trait"].astype(str)
        parts.append(counted.assign(trait=named))
    return pd.concat(parts, ignore_index=True), left_out


def counts_of_customers(
    customers: pd.DataFrame, segments: str, attributes: Sequence[str] | None
) -> tuple[pd.DataFrame, list[str]]:
    """Return list, trait, segment, customers of a frame with a row a customer; and the columns that were left out."""
    columns = list(attributes) if attributes is not None else [c for c in customers if c not in ("customer", segments)]
    parts, left_out = [], []
    for column in map(str, columns):
        if column not in customers:
            raise TableError(
                f"The customers have no column {column!r}. They have {listed(customers)}."
                f"{nearest(column, map(str, customers))}"
            )
        values = customers[column].dropna()
        if values.nunique() > _MOST_VALUES:
            left_out.append(column)
            continue
        known = customers.loc[values.index]
        counted = known.groupby([segments, column], observed=True).size().reset_index(name="customers")
        kind = "channels" if "channel" in column else "attributes"
        named = f"{column} = " + counted[column].astype(str)
        parts.append(counted.assign(list=kind, trait=named, segment=counted[segments].astype(str)))
    if not parts:
        return pd.DataFrame(columns=list(COUNTS)), left_out
    return pd.concat(parts, ignore_index=True)[list(COUNTS)], left_out


def _firsts(segmented: ir.Table, column: str) -> ir.Table:
    import ibis

    known = segmented.filter(segmented[column].notnull())
    ranked = known.mutate(nth=ibis.row_number().over(group_by="customer", order_by=order_of(known)))
    return ranked.filter(ranked["nth"] == 0).select("customer", "segment", trait=ranked[column].cast("string"))


def _counted(rows: ir.Table, name: str) -> pd.DataFrame:
    counted: Any = rows.group_by(["trait", "segment"]).agg(customers=rows.count()).to_pandas()
    return counted.assign(list=name)[list(COUNTS)]
