"""Integrity: what should be known about a log or a result before its numbers are quoted.

A check is a small function in a file of its own, registered under the name that its findings carry, and named below.
"""

from mapkit.maps.integrity import (
    apart,
    busiest,
    censoring,
    drift,
    duplicates,
    exposure,
    gaps,
    leakage,
    odd_times,
    renaming,
    results,
    simpson,
    step_order,
    structural,
    survivors,
)
from mapkit.maps.integrity.check import check_integrity
from mapkit.maps.integrity.findings import Finding, Integrity

__all__ = [
    "Finding",
    "Integrity",
    "apart",
    "busiest",
    "censoring",
    "check_integrity",
    "drift",
    "duplicates",
    "exposure",
    "gaps",
    "leakage",
    "odd_times",
    "renaming",
    "results",
    "simpson",
    "step_order",
    "structural",
    "survivors",
]
