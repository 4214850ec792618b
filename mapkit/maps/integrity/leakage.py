"""Columns and events that tell the outcome, because they are written with it."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from mapkit.journeys.drivers_effects import COUNTS, decides, with_effects
from mapkit.maps.integrity.findings import Finding
from mapkit.maps.integrity.registry import log_check
from mapkit.maps.integrity.subject import Log
from mapkit.maps.integrity.thresholds import CONFIDENCE, SMALL
from mapkit.maps.integrity.two_by_two import against_the_others


@log_check("target leakage")
def check_leakage(log: Log) -> Iterator[Finding]:
    """Name what all but decides the outcome before it happens."""
    if log.outcome is None or not log.converted:
        return
    for column in leaking_columns(log):
        yield _finding(log, f"column {column}", _effects(against_the_others(log.crosstab, column)))
    events = log.followed.having("event", ever=True)
    events = events.assign(
        customers_without=log.people - events["customers_with"],
        converted_without=log.converted - events["converted_with"],
    )
    effects = _effects(events)
    for event in effects.loc[decides(effects, SMALL), "value"]:
        yield _finding(log, f"event {event}", effects[effects["value"] == event])


def leaking_columns(log: Log) -> list[str]:
    """Return the columns with a value that all but decides the outcome."""
    each = {name: _effects(against_the_others(log.crosstab, name)) for name in log.groups}
    return [name for name, effects in each.items() if decides(effects, SMALL).any()]


def _effects(counts: pd.DataFrame) -> pd.DataFrame:
    return with_effects(counts, CONFIDENCE)


def _finding(log: Log, where: str, effects: pd.DataFrame) -> Finding:
    telling = effects[decides(effects, SMALL)]
    row = telling.sort_values("of_with", ascending=False, kind="stable").iloc[0]
    n, hits, n_without, hits_without = (int(row[name]) for name in COUNTS)
    what = (
        f"{row['value']!r} all but decides {log.outcome_name}: {hits:,} of {n:,} with it convert,"
        f" {hits_without:,} of {n_without:,} without"
    )
    base = log.converted / log.people
    how = "the share converting, for whoever trusts it as a driver or puts it into a model"
    return Finding("target leakage", "problem", where, what, n, base, row["of_with"], "share", how)
