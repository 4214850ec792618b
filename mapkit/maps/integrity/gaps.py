"""Stretches in which nothing was written down."""

from __future__ import annotations

from collections.abc import Iterator

from mapkit.loaders.gaps import find_gaps
from mapkit.maps.integrity.findings import Finding
from mapkit.maps.integrity.registry import log_check
from mapkit.maps.integrity.subject import Log


@log_check("gaps")
def check_gaps(log: Log) -> Iterator[Finding]:
    """Say where the log is silent although its usual volume makes that odd."""
    for gap in find_gaps(log.plausible):
        periods = f"{gap.periods:,} {gap.unit}{'s' if gap.periods > 1 else ''}"
        what = f"nothing from {gap.first:%Y-%m-%d %H:%M} on for {periods}"
        after = log.rows + gap.expected
        how = "events, were the gap as usual"
        yield Finding("gaps", "caution", log.name, what, round(gap.expected), log.rows, after, "events", how)
