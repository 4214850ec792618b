"""A customer who does what no person does."""

from __future__ import annotations

from collections.abc import Iterator

from mapkit.maps.integrity.findings import Finding
from mapkit.maps.integrity.registry import log_check
from mapkit.maps.integrity.subject import Log
from mapkit.maps.integrity.thresholds import BUSY_ROWS, BUSY_SHARE, BUSY_TIMES
from mapkit.statistics.estimates import written

_MOST = 10


@log_check("busiest customer")
def check_busiest(log: Log) -> Iterator[Finding]:
    """Name customers with a hundred times the median of rows and a hundredth of all: programs, testers, shared ids."""
    import ibis

    data = log.events.data
    each = data.group_by("customer").agg(rows=data.count(), first=data["time"].min(), last=data["time"].max())
    median = each.aggregate(median=each["rows"].median()).to_pandas()["median"].iloc[0]
    least = max(BUSY_ROWS, BUSY_SHARE * log.rows, BUSY_TIMES * float(median or 0))
    busy = each.filter(each["rows"] >= least).order_by([ibis.desc("rows"), "customer"]).limit(_MOST)
    for row in busy.to_pyarrow().to_pylist():
        mine = data.filter(data["customer"] == row["customer"])
        mostly = mine.group_by("event").agg(rows=mine.count()).order_by([ibis.desc("rows"), "event"]).limit(1)
        event, done = mostly.to_pyarrow().to_pylist()[0].values()
        total = int(data.filter(data["event"] == event).count().execute())
        took = written((row["last"] - row["first"]).total_seconds(), "seconds")
        what = (
            f"customer {row['customer']} has {row['rows']:,} rows in {took}, {row['rows'] / log.rows:.1%} of all;"
            f" the median customer has {median:,.0f}"
        )
        how = f"{event} events without this customer"
        yield Finding(
            "busiest customer", "problem", log.name, what, int(row["rows"]), total, total - done, "events", how
        )
