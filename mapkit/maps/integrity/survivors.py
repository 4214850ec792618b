"""A log of those who stayed: the others are not in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from mapkit.maps.integrity.findings import Finding
from mapkit.maps.integrity.registry import log_check
from mapkit.maps.integrity.subject import Log
from mapkit.maps.integrity.thresholds import AWAY, EARLY, STAYED

_TENTHS = 10


@log_check("survivorship")
def check_survivors(log: Log) -> Iterator[Finding]:
    """Say so when all who came in the first half are there at the end, though not all were there in between."""
    first, last = log.span
    if first is None or last is None or first == last:
        return
    tenth = (last - first) / _TENTHS + timedelta(microseconds=1)
    data = log.plausible.data
    starts = data.group_by("customer").agg(started=data["time"].min())
    early = starts.filter(starts["started"] < first + _TENTHS // 2 * tenth)
    rows = data.inner_join(early, "customer").select(data["customer"], data["time"])
    there = {
        f"in_{k}": ((rows["time"] >= first + k * tenth) & (rows["time"] < first + (k + 1) * tenth)).ifelse(1, 0).max()
        for k in range(_TENTHS // 2, _TENTHS)
    }
    each = rows.group_by("customer").agg(**there)
    sums = each.aggregate(n=each.count(), **{name: each[name].sum() for name in there}).to_pyarrow().to_pylist()[0]
    n = int(sums.pop("n"))
    if n < EARLY:
        return
    shares = [int(count or 0) / n for count in sums.values()]
    if shares[-1] >= STAYED and min(shares[:-1]) <= AWAY:
        what = (
            f"{shares[-1]:.0%} of {n:,} early customers are there in the last tenth of the log, though only"
            f" {min(shares[:-1]):.0%} were in one before: it seems to hold only those who stayed"
        )
        how = "unknown: those who left would have to be in the log; every share of customers is too high"
        yield Finding("survivorship", "caution", log.name, what, n, estimated=how)
