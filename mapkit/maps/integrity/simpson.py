"""Differences that turn round when customers are compared within groups."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from mapkit.journeys.drivers_effects import COUNTS, with_effects, within_strata
from mapkit.maps.integrity.findings import Finding
from mapkit.maps.integrity.leakage import leaking_columns
from mapkit.maps.integrity.registry import log_check
from mapkit.maps.integrity.subject import Log
from mapkit.maps.integrity.thresholds import CONFIDENCE, SMALL
from mapkit.maps.integrity.two_by_two import against_the_others
from mapkit.statistics import adjust_p_values

# The parts must be beyond chance over all pairs, and the whole beyond it the other way.
_PARTS, _WHOLE = 0.05, 0.05
# Strata that tell must hold most of those compared, or the two numbers speak of different people.
_COVERED = 0.5


@log_check("Simpson's reversal")
def check_simpson(log: Log) -> Iterator[Finding]:
    """Look at every value of every column within every other column, and say where the difference turns round.

    Source: Simpson (1951), Journal of the Royal Statistical Society B 13, 238-241.
    """
    if log.outcome is None or not log.converted:
        return
    leaking = leaking_columns(log)
    columns = [name for name in log.groups if name not in leaking]
    pairs = [row for a in columns for b in columns if a != b for row in _both_ways(log.crosstab, a, b)]
    table = pd.DataFrame(pairs)
    if table.empty:
        return
    inside = adjust_p_values(table["p_within"])
    turned = (table["p"] < _WHOLE) & (inside < _PARTS) & (table["difference"] * table["difference_within"] < 0)
    told = set[tuple[str, str]]()
    for row in table[turned].sort_values("p_within").to_dict("records"):
        if (row["column"], row["within"]) not in told:
            told.add((row["column"], row["within"]))
            yield _finding(log, row)


def _both_ways(crosstab: pd.DataFrame, column: str, stratum: str) -> Iterator[dict[Any, Any]]:
    counts = against_the_others(crosstab, column, stratum)
    whole = with_effects(counts.groupby("value", as_index=False, sort=False)[list(COUNTS)].sum(), CONFIDENCE)
    inside = within_strata(counts, "value", CONFIDENCE)
    tells = counts[(counts["customers_with"] > 0) & (counts["customers_without"] > 0)]
    covered = tells.groupby("value")[list(COUNTS[::2])].sum()
    for row in whole.merge(inside, on="value").to_dict("records"):
        enough = min(row["customers_with"], row["customers_without"]) >= SMALL and row["strata"] > 1
        if enough and all(covered.loc[row["value"], side] >= _COVERED * row[side] for side in COUNTS[::2]):
            yield {**row, "column": column, "within": stratum}


def _finding(log: Log, row: dict[Any, Any]) -> Finding:
    what = (
        f"{row['value']!r} converts {row['converted_with']:,} of {row['customers_with']:,} against"
        f" {row['converted_without']:,} of {row['customers_without']:,}, and the other way round within {row['within']}"
    )
    how = f"difference of {log.outcome_name}, compared within {row['within']} (Mantel-Haenszel)"
    n = int(row["customers_with"] + row["customers_without"])
    before, after = row["difference"], row["difference_within"]
    return Finding("Simpson's reversal", "problem", f"column {row['column']}", what, n, before, after, "points", how)
