"""What an inventory of touchpoints lists, what the log shows of it, and what is missing on either side."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from mapkit.experience.touchpoints.crossings import coverage_of, duplicates_of, owners_of, shared_events
from mapkit.experience.touchpoints.inventory_result import Inventory
from mapkit.experience.touchpoints.listed import ELEMENTS, IMPACTS, REASONS, read_inventory
from mapkit.experience.touchpoints.witnessing import with_touchpoints
from mapkit.loaders import read_events
from mapkit.statistics import wilson_interval

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from mapkit.tables import Table


def measure_inventory(touchpoints: Any, events: Any, *, confidence: float = 0.95) -> Inventory:
    """Return each touchpoint with its six elements and what the log shows of it, and what neither side has.

    A touchpoint is witnessed when an event that it lists occurs, or a row of the log names it. Unwitnessed does not
    mean unused: a radio spot leaves no row. The six elements are inventory facts (channel, medium, paid, ownership),
    relationship (stage), business reason, customer impact, owner, and effectiveness, which is filled when the log
    witnesses the touchpoint, so that it can be measured.

    ``table`` columns, a row a touchpoint in the inventory's order:

    - ``touchpoint``, ``name``, ``channel``, ``medium``, ``paid``, ``ownership``, ``stage``, ``business_reason``,
      ``customer_impact``, ``owner``, ``mandated``, ``cost``: as listed, with None where empty
    - ``witnessed``; ``listed_events`` (how many it lists), ``not_in_log`` (those that never occur, between ; )
    - ``customers``, ``events`` (rows), ``first``, ``last`` (UTC); ``of_customers`` with ``_low``, ``_high``: the
      share of the log's customers who met it, with Wilson's interval
    - ``elements`` (filled, of 6), ``missing`` (the elements that are not, between ; ), ``duplicate_of`` (another
      touchpoint of the same name, or with the same events)
    - with stages in the log: ``stage_seen`` (where most of it occurs), ``of_occurrences_in_claimed`` with ``_low``,
      ``_high`` (the share of its rows that lie in the stage it claims; rows of one customer go together, so the
      interval is somewhat narrow)

    Further frames: ``unlisted`` (``event``, ``events``, ``customers``, ``of_events``), ``coverage`` (every ``stage`` x
    ``channel`` with ``touchpoints``, ``witnessed``, ``events``, ``named``), ``owners`` (``owner``, ``touchpoints``,
    ``witnessed``, ``mandated``, ``cost``, ``events``, ``of_events``), ``relationship`` (``touchpoint``, ``stage``,
    ``events``, ``of_touchpoint`` with its interval, ``claimed``), ``shared`` (``event``, ``touchpoints``: events that
    several list, whose rows count for each).

    Parameters
    ----------
    touchpoints
        An inventory, or anything ``read_touchpoints`` takes. Its ``events`` are separated by | or ; or are lists.
    events
        An events table, or anything ``read_events`` takes; with a ``stage`` column the point of relationship is
        inferred too.

    Raises
    ------
    TableError
        A touchpoint is listed twice.
    """
    inventory, log = read_inventory(touchpoints), read_events(events)
    tagged = with_touchpoints(log, inventory)
    customers, rows = _customers(log), log.count()
    seen = _seen(tagged)
    table = _with_log(inventory, seen, log, customers, confidence)
    relationship = _relationship(tagged, inventory, confidence)
    if len(relationship):
        table = _with_stage_seen(table, relationship, confidence)
    unlisted = _unlisted(tagged, rows)
    shared = shared_events(inventory)
    result = Inventory(
        "Touchpoints of the inventory, and what the log shows of them",
        table,
        (),
        unlisted,
        coverage_of(table),
        owners_of(table, rows),
        relationship,
        shared,
        customers,
        rows,
        confidence,
    )
    return _with_notes(result)


def _customers(log: Table) -> int:
    known = log.data.filter(log.data["customer"].notnull()).select("customer").distinct()
    return int(known.count().execute())


def _seen(tagged: ir.Table) -> pd.DataFrame:
    rows = tagged.filter(tagged["touchpoint"].notnull())
    people = rows.select("touchpoint", "customer").distinct().group_by("touchpoint").agg(customers=lambda t: t.count())
    each = rows.group_by("touchpoint").agg(events=rows.count(), first=rows["time"].min(), last=rows["time"].max())
    counted: pd.DataFrame = each.to_pandas()
    return counted.merge(people.to_pandas(), on="touchpoint", how="left")


def _with_log(
    inventory: pd.DataFrame, seen: pd.DataFrame, log: Table, customers: int, confidence: float
) -> pd.DataFrame:
    table = inventory.merge(seen, on="touchpoint", how="left", suffixes=("_listed", ""))
    for name in ("events", "customers"):
        table[name] = table[name].fillna(0).astype("int64")
    there = set(log.event_names)
    listed = table.pop("events_listed")
    table["witnessed"] = table["events"] > 0
    table["listed_events"] = [len(names) for names in listed]
    table["not_in_log"] = ["; ".join(name for name in names if name not in there) for names in listed]
    low, high = wilson_interval(table["customers"], [customers] * len(table), confidence)
    share = table["customers"] / customers if customers else table["customers"] * float("nan")
    table = table.assign(of_customers=share, of_customers_low=low, of_customers_high=high)
    missing = [_missing(row) for row in table.to_dict("records")]
    table["elements"] = [len(ELEMENTS) + 1 - len(each) for each in missing]
    table["missing"] = ["; ".join(each) for each in missing]
    same = duplicates_of(list(table["touchpoint"]), list(table["name"]), list(listed))
    table["duplicate_of"] = pd.Series(same, index=table.index, dtype=object)
    return table


def _missing(row: dict[Any, Any]) -> list[str]:
    empty = [element for element, columns in ELEMENTS.items() if any(row[name] is None for name in columns)]
    return empty if row["witnessed"] else [*empty, "effectiveness"]


def _relationship(tagged: ir.Table, inventory: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """Return touchpoint, stage, events and their share of the touchpoint's; nothing where events have no stages."""
    if "stage" not in tagged.columns:
        return pd.DataFrame()
    rows = tagged.filter(tagged["touchpoint"].notnull() & tagged["stage"].notnull())
    counts: pd.DataFrame = rows.group_by(["touchpoint", "stage"]).agg(events=rows.count()).to_pandas()
    if counts.empty:
        return counts
    claimed = dict(zip(inventory["touchpoint"], inventory["stage"], strict=True))
    counts = counts.sort_values(["touchpoint", "events", "stage"], ascending=[True, False, True], ignore_index=True)
    whole = counts.groupby("touchpoint")["events"].transform("sum")
    low, high = wilson_interval(counts["events"], whole, confidence)
    counts = counts.assign(of_touchpoint=counts["events"] / whole, of_touchpoint_low=low, of_touchpoint_high=high)
    counts["claimed"] = counts["touchpoint"].map(claimed) == counts["stage"]
    return counts


def _with_stage_seen(table: pd.DataFrame, relationship: pd.DataFrame, confidence: float) -> pd.DataFrame:
    most = relationship.drop_duplicates("touchpoint").set_index("touchpoint")["stage"]
    whole = relationship.groupby("touchpoint")["events"].sum()
    claimed = relationship[relationship["claimed"]].set_index("touchpoint")["events"]
    n = table["touchpoint"].map(whole).fillna(0)
    hits = table["touchpoint"].map(claimed).fillna(0).where(n > 0)
    low, high = wilson_interval(hits.fillna(0), n, confidence)
    says = table["stage"].notna()
    name = "of_occurrences_in_claimed"
    shares = {name: hits / n.where(n > 0), f"{name}_low": low, f"{name}_high": high}
    columns = {column: pd.Series(values, index=table.index).where(says) for column, values in shares.items()}
    return table.assign(stage_seen=table["touchpoint"].map(most), **columns)


def _unlisted(tagged: ir.Table, rows: int) -> pd.DataFrame:
    left = tagged.filter(tagged["touchpoint"].isnull() & tagged["event"].notnull())
    people = left.select("event", "customer").distinct().group_by("event").agg(customers=lambda t: t.count())
    counts: pd.DataFrame = left.group_by("event").agg(events=left.count()).to_pandas()
    counts = counts.merge(people.to_pandas(), on="event", how="left")
    counts = counts.sort_values(["events", "event"], ascending=[False, True], ignore_index=True)
    return counts.assign(of_events=counts["events"] / max(rows, 1))


def _with_notes(result: Inventory) -> Inventory:
    table = result.table
    notes = [
        f"{int(table['witnessed'].sum()):,} of {len(table):,} touchpoints are witnessed by {result.events:,} events of"
        f" {result.customers:,} customers; unwitnessed does not mean unused.",
        f"{len(result.unlisted):,} event names of the log ({int(result.unlisted['events'].sum()):,} events) are listed"
        " by no touchpoint.",
        f"{len(result.orphans):,} touchpoints have no owner.",
        "of_customers is of all customers of the log.",
    ]
    if len(result.shared):
        notes.append(f"{len(result.shared):,} events are listed by several touchpoints; their rows count for each.")
    if result.relationship.empty:
        notes.append("The events have no stages, so the point of relationship is as claimed, not inferred.")
    for column, known in (("business_reason", REASONS), ("customer_impact", IMPACTS)):
        odd = sorted(set(table[column].dropna()) - set(known))
        if odd:
            notes.append(f"{column} has words outside its vocabulary ({', '.join(known)}): {', '.join(odd[:6])}.")
    return replace(result, notes=tuple(notes))
