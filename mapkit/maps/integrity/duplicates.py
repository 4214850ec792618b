"""Rows that are in the log twice."""

from __future__ import annotations

from collections.abc import Iterator

from mapkit.loaders.log_counts import count_duplicates
from mapkit.maps.integrity.findings import Finding, Severity
from mapkit.maps.integrity.registry import log_check
from mapkit.maps.integrity.subject import Log
from mapkit.maps.integrity.thresholds import MANY_REPEATED


@log_check("repeated rows")
def check_duplicates(log: Log) -> Iterator[Finding]:
    """Say how many rows repeat another in every column. Where times are days, that is to be expected, and noted."""
    repeated = count_duplicates(log.events)
    if not repeated:
        return
    data = log.events.data
    timed = data.filter(data["time"] != data["time"].truncate("D")).limit(1).count().execute()
    share = repeated / log.rows
    severity: Severity = "note" if not timed else "problem" if share >= MANY_REPEATED else "caution"
    what = f"{repeated:,} rows repeat another in every column" + ("" if timed else "; the log knows days, not times")
    how = "events when each counts once; customers counted once do not change"
    yield Finding("repeated rows", severity, log.name, what, repeated, log.rows, log.rows - repeated, "events", how)
