"""Exposed customers who are of another kind than the others: what an exposure seems to do, and what remains."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from mapkit.journeys.drivers_effects import COUNTS, with_effects, within_strata
from mapkit.journeys.steps import Step, condition
from mapkit.maps.integrity.findings import Finding, Severity
from mapkit.maps.integrity.registry import log_check
from mapkit.maps.integrity.subject import Log
from mapkit.maps.integrity.thresholds import CHANCE, CONFIDENCE, EFFECT_MOVED, IMBALANCE, SMALL
from mapkit.maps.integrity.two_by_two import against_the_others
from mapkit.statistics import adjust_p_values

_COLUMN = "mapkit_exposed"


@log_check("exposure confound")
def check_exposure(log: Log) -> Iterator[Finding]:
    """Compare exposed and unexposed customers by background, and the effect with that within the background."""
    if log.outcome is None:
        return
    for step in log.exposures:
        marked = _marked(log, step)
        rows = [row for column in log.groups if (row := _background(marked, column)) is not None]
        adjusted = adjust_p_values([row["p_mix"] for row in rows])
        for row, p in zip(rows, adjusted, strict=True):
            if p < CHANCE and row["imbalance"] >= IMBALANCE:
                yield _finding(log, step, row)


def _marked(log: Log, step: Step) -> Log:
    """Return the log with the exposure as a group; its own rows tell nothing of a customer's background."""
    import ibis

    data, exposed = log.plausible.data, condition(log.plausible, step)
    own = {
        name: exposed.ifelse(ibis.null(data[name].type()), data[name]) for name in log.groups if name in data.columns
    }
    marked = data.mutate(**own, **{_COLUMN: exposed.ifelse("yes", ibis.null("string"))})
    return replace(log, events=log.plausible.with_data(marked), columns=(_COLUMN, *log.groups))


def _background(marked: Log, column: str) -> dict[str, Any] | None:
    from scipy.stats import chi2_contingency

    counts = against_the_others(marked.crosstab, _COLUMN, column)
    counts = counts[counts["value"] == "yes"].reset_index(drop=True).assign(key=0)
    sides = counts[["customers_with", "customers_without"]].to_numpy(float)
    if len(counts) < 2 or (sides.sum(axis=0) < SMALL).any():
        return None
    share = sides / sides.sum(axis=0)
    spread = np.sqrt((share * (1 - share)).sum(axis=1) / 2)
    apart = np.abs(share[:, 0] - share[:, 1]) / np.where(spread > 0, spread, np.inf)
    whole = with_effects(counts.groupby("key")[list(COUNTS)].sum(), CONFIDENCE).iloc[0]
    inside = within_strata(counts, "key", CONFIDENCE).iloc[0]
    return {
        **whole,
        **inside,
        "column": column,
        "value": counts["stratum"].iloc[int(apart.argmax())],
        "shares": share[int(apart.argmax())],
        "imbalance": float(apart.max()),
        "p_mix": float(chi2_contingency(sides, correction=False).pvalue),
    }


def _finding(log: Log, step: Step, row: dict[str, Any]) -> Finding:
    with_it, without = row["shares"]
    what = (
        f"{with_it:.0%} of those with {step.name} have {row['column']} {row['value']!r}, {without:.0%} of the others"
        f" (standardised difference {row['imbalance']:.2f})"
    )
    before, after = float(row["difference"]), float(row["difference_within"])
    crude, inside = _sign(row, "difference"), _sign(row, "difference_within")
    margin = (row["difference_high"] - row["difference_low"]) / 2
    how = f"difference of {log.outcome_name}, compared within {row['column']} (Mantel-Haenszel)"
    severity: Severity = "caution" if abs(after - before) >= EFFECT_MOVED * margin else "note"
    if crude != inside:
        severity = "problem"
        how += "; beyond chance only in the first" if crude and not inside else "; the verdict changes"
    where, n = f"event {step.name}", int(row["customers_with"])
    return Finding("exposure confound", severity, where, what, n, before, after, "points", how)


def _sign(row: dict[str, Any], name: str) -> int:
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    return int(low > 0) - int(high < 0) if not pd.isna(low) else 0
