"""A log whose rows name the touchpoint they happened at, as an inventory has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from mapkit.tables import Table

if TYPE_CHECKING:
    import ibis.expr.types as ir


def with_touchpoints(events: Table, inventory: pd.DataFrame) -> ir.Table:
    """Return the events with ``touchpoint`` as the inventory gives it; null where it lists none.

    An event belongs to every touchpoint that lists it, so a row comes once for each. An event that none lists belongs
    to the touchpoint its own row names, where the inventory has that one.
    """
    import ibis

    data = events.data
    own = data["touchpoint"].cast("string") if "touchpoint" in data.columns else ibis.null("string")
    if len(inventory):
        named = own.isin(list(inventory["touchpoint"])).ifelse(own, ibis.null("string"))
    else:
        named = ibis.null("string")
    pairs = listed_events(inventory)
    rest = [name for name in data.columns if name != "touchpoint"]
    if pairs.empty:
        return data.mutate(touchpoint=named).select(*rest, "touchpoint")
    given = ibis.memtable(pairs.rename(columns={"event": "listed_event", "touchpoint": "listed_at"}))
    rows = data.select(*rest, named_at=named)
    joined = rows.left_join(given, rows["event"] == given["listed_event"])
    found = joined.select(*(rows[name] for name in rest), rows["named_at"], given["listed_at"])
    # A second projection, so that whoever joins on does not join into this join.
    return found.mutate(touchpoint=found["listed_at"].fill_null(found["named_at"])).select(*rest, "touchpoint")


def listed_events(inventory: pd.DataFrame) -> pd.DataFrame:
    """Return event and touchpoint, one row for each event that a touchpoint lists."""
    pairs = [
        (event, name)
        for name, events in zip(inventory["touchpoint"], inventory["events"], strict=True)
        for event in events
    ]
    return pd.DataFrame(pairs, columns=["event", "touchpoint"]).astype(str)
