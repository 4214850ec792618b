"""Another mix of customers as time goes on."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from mapkit.maps.integrity.findings import Finding, Severity
from mapkit.maps.integrity.leakage import leaking_columns
from mapkit.maps.integrity.registry import log_check
from mapkit.maps.integrity.subject import Log
from mapkit.maps.integrity.thresholds import CHANCE, PERIODS, POINTS, RELATIVE, SHIFTED
from mapkit.statistics import adjust_p_values


@log_check("population drift")
def check_drift(log: Log) -> Iterator[Finding]:
    """Say which columns' mix differs between those who came early and late, and what that does to the outcome.

    The mix of the later half of the periods is weighted back to that of the earlier (direct standardisation). That
    matters where the outcome differs between the values beyond chance; else only chance would be moved about.
    """
    rows = [row for name in log.groups if (row := _shift(log, name)) is not None]
    leaking = leaking_columns(log) if log.outcome is not None and log.converted else []
    adjusted = adjust_p_values([row["p"] for row in rows])
    for row, p in zip(rows, adjusted, strict=True):
        if p >= CHANCE or row["shift"] < SHIFTED or row["column"] in leaking:
            continue
        after, before = row["after"], row["before"]
        moves = abs(after - before)
        matters = row["p_outcome"] < CHANCE and (moves >= POINTS or moves >= RELATIVE * abs(before))
        what = f"{row['shift']:.0%} of the later customers are of another kind than the earlier; most: {row['value']!r}"
        how = f"{log.outcome_name} of the later, weighted to the earlier mix" if log.outcome is not None else ""
        if not how:
            before = after = math.nan
        severity: Severity = "caution" if matters else "note"
        yield Finding(
            "population drift", severity, f"column {row['column']}", what, row["n"], before, after, "share", how
        )


def _shift(log: Log, column: str) -> dict[str, Any] | None:
    from scipy.stats import chi2_contingency

    late = log.crosstab["period"] >= PERIODS // 2
    cells = log.crosstab.assign(late=late)
    counts = _early_and_late(cells, column, "customers")
    if len(counts) < 2 or (counts.sum() == 0).any():
        return None
    mix = counts / counts.sum()
    change = mix["late"] - mix["early"]
    hits = _early_and_late(cells, column, "converted")
    share = (hits["late"] / counts["late"].replace(0, np.nan)).fillna(0)
    return {
        "column": column,
        "p_outcome": _p_of_outcome(counts.sum(axis=1).to_numpy(), hits.sum(axis=1).to_numpy()),
        "p": float(chi2_contingency(counts.to_numpy(), correction=False).pvalue),
        "shift": float(change.abs().sum() / 2),
        "value": change.abs().idxmax(),
        "n": int(counts["late"].sum()),
        "before": float(hits["late"].sum() / counts["late"].sum()),
        "after": float((share * mix["early"]).sum()),
    }


def _early_and_late(cells: pd.DataFrame, column: str, what: str) -> pd.DataFrame:
    early = cells[~cells["late"]].groupby(column)[what].sum()
    late = cells[cells["late"]].groupby(column)[what].sum()
    return pd.DataFrame({"early": early, "late": late}).fillna(0)


def _p_of_outcome(customers: Any, converted: Any) -> float:
    from scipy.stats import chi2_contingency

    both = np.array([converted, customers - converted], dtype=float)
    return 1.0 if (both.sum(axis=1) == 0).any() else float(chi2_contingency(both, correction=False).pvalue)
