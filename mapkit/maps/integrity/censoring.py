"""Entries that have not had their whole window when the log ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from mapkit.journeys.drivers_counts import USUAL, follow
from mapkit.maps.integrity.findings import Finding, Severity
from mapkit.maps.integrity.registry import log_check
from mapkit.maps.integrity.subject import Log
from mapkit.maps.integrity.thresholds import CHANCE, POINTS, RELATIVE, UNFINISHED
from mapkit.statistics import difference_interval
from mapkit.statistics.estimates import written


@log_check("censoring")
def check_censoring(log: Log) -> Iterator[Finding]:
    """Say how many customers came too late to have had the whole window, and the outcome's share without them."""
    first, last = log.span
    if log.outcome is None or not log.converted or first is None or last is None:
        return
    window = log.window
    if window is None:
        window = follow(log.plausible, log.outcome, within=USUAL).span
    if not window:
        return
    people = log.followed.people
    # Until the microsecond: an entry exactly one window before the end has had it.
    done = people["started"] <= last - timedelta(microseconds=window)
    sums = people.aggregate(n=done.ifelse(1, 0).sum(), hits=done.ifelse(people["converted"], 0).sum())
    whole, hits = (int(count or 0) for count in sums.to_pyarrow().to_pylist()[0].values())
    late, late_hits = log.people - whole, log.converted - hits
    if not late:
        return
    before = log.converted / log.people
    after = hits / whole if whole else float("nan")
    low, high = difference_interval(hits, whole, late_hits, late, 1 - CHANCE)
    differs = bool(low > 0 or high < 0) and (abs(after - before) >= POINTS or abs(after - before) >= RELATIVE * before)
    severity: Severity = (
        "caution" if differs or (late / log.people >= UNFINISHED and log.window is not None) else "note"
    )
    span = written(window / 1_000_000, "seconds")
    usual = "" if log.window is not None else " (in which nine in ten of those who convert have done so)"
    what = f"{late:,} of {log.people:,} customers came less than {span} before the end of the log{usual}"
    how = f"{log.outcome_name} of those who had the whole window"
    yield Finding("censoring", severity, log.name, what, late, before, after, "share", how)
