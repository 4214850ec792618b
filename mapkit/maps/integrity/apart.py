"""Rows that are in no measure, and so in no denominator."""

from __future__ import annotations

from collections.abc import Iterator

from mapkit.maps.integrity.findings import Finding, Severity
from mapkit.maps.integrity.registry import log_check
from mapkit.maps.integrity.subject import Log
from mapkit.maps.integrity.thresholds import FEW_ROWS, MANY_ROWS


@log_check("rows set apart")
def check_apart(log: Log) -> Iterator[Finding]:
    """Say which rows of the source were set apart, by reason."""
    intake = log.events.intake
    if intake is None:
        return
    read = intake.rows_read
    for reason, rows in intake.reasons.items():
        share = rows / read
        severity: Severity = "problem" if share >= MANY_ROWS else "caution" if share >= FEW_ROWS else "note"
        what = f"{rows:,} of {read:,} rows have {reason}" if reason.startswith("no ") else f"{rows:,} rows: {reason}"
        how = "rows that are counted; whose they are is unknown, so customers may be missing with them"
        yield Finding("rows set apart", severity, log.name, what, rows, read, read - rows, "rows", how)
