"""Counts that say what an events table holds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from mapkit.tables import Table


def count_overview(events: Table) -> dict[str, Any]:
    """Return rows, customers, distinct events, first and last time, and times that are odd."""
    data = events.data
    now = datetime.now(UTC).replace(tzinfo=None)
    start, end, early = (datetime(year, 1, 1) for year in (1970, 1971, 1990))  # noqa: DTZ001
    found = data.aggregate(
        rows=data.count(),
        first=data.time.min(),
        last=data.time.max(),
        future=(data.time > now).sum(),
        epoch=((data.time >= start) & (data.time < end)).sum(),
        old=(data.time < early).sum(),
        midnight=(data.time == data.time.truncate("D")).sum(),
    )
    # Apart from the rest: several counts of distinct values in one pass hold all of them in memory at once.
    distinct = {f"{name}s": int(data.select(name).distinct().count().execute()) for name in ("customer", "event")}
    return found.to_pyarrow().to_pylist()[0] | distinct


def top_events(events: Table, most: int = 10) -> list[tuple[str, int]]:
    """Return the most frequent events and their rows."""
    data = events.data
    import ibis

    counted = data.group_by("event").agg(rows=data.count()).order_by([ibis.desc("rows"), "event"]).limit(most)
    return [(row["event"], row["rows"]) for row in counted.to_pyarrow().to_pylist()]


def count_ties(events: Table) -> tuple[int, int]:
    """Return the rows that share their time with another of the same customer, and those of them whose events differ.

    Where only the time decides which came first, these rows have no order but that of the source.
    """
    data = events.data
    groups = data.group_by(["customer", "time"]).agg(
        tied=data.count(), first_event=data.event.min(), last_event=data.event.max()
    )
    tied = groups.filter(groups.tied > 1)
    found = tied.aggregate(rows=tied.tied.sum(), mixed=(tied.first_event != tied.last_event).ifelse(tied.tied, 0).sum())
    counts = found.to_pyarrow().to_pylist()[0]
    return int(counts["rows"] or 0), int(counts["mixed"] or 0)


def count_duplicates(events: Table) -> int:
    """Return the rows that repeat another in every column but ``row``."""
    columns = [name for name in events.columns if name != "row"]
    data = events.data
    groups = data.group_by(columns).agg(copies=data.count())
    return int(groups.aggregate(extra=(groups.copies - 1).sum()).to_pyarrow().to_pylist()[0]["extra"] or 0)


def count_nulls(events: Table) -> dict[str, int]:
    """Return the empty cells of every column."""
    data = events.data
    names = dict(enumerate(events.columns))
    found = data.aggregate(**{f"n{place}": data[name].isnull().sum() for place, name in names.items()})
    counts = found.to_pyarrow().to_pylist()[0]
    return {name: int(counts[f"n{place}"] or 0) for place, name in names.items()}


def count_unsorted(events: Table) -> int | None:
    """Return the rows whose time is before that of the row above; None where the source has no order of rows."""
    if "row" not in events.columns:
        return None
    import ibis

    data = events.data
    above = data.select(data.time, above=data.time.lag().over(ibis.window(order_by=data.row)))
    return int(above.filter(above.time < above.above).count().execute())


def busiest_customer(events: Table) -> tuple[Any, int, float]:
    """Return the customer with the most rows, the rows, and the median of rows per customer."""
    import ibis

    data = events.data
    each = data.group_by("customer").agg(rows=data.count())
    top = each.order_by([ibis.desc("rows"), "customer"]).limit(1).to_pyarrow().to_pylist()[0]
    return top["customer"], int(top["rows"]), float(each.rows.median().execute())
