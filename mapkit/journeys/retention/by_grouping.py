"""Customers counted by group-bys in their own database: remote rows, and more periods than a number has bits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mapkit.journeys.retention.observing import Observed
from mapkit.journeys.retention.since_start import Anchor, first_moments, since_start
from mapkit.journeys.retention.tallies import Bracket, CohortCounts, LifeCounts, segment_names, segments_of


def count_cohorts_by_grouping(
    log: Observed, anchor: Anchor, brackets: Sequence[Bracket], *, onwards: bool
) -> CohortCounts:
    """Return how many of each cohort came in each bracket of periods; with ``onwards`` a bracket has no last period."""
    import ibis

    started = first_moments(log)
    cohorts = started.mutate(cohort=log.calendar.number(started["started"]))
    split = [name for name in log.keys if name == "segment"]
    sized = cohorts.group_by([*split, "cohort"]).agg(customers=cohorts.count()).to_pandas()
    came = since_start(log, started, anchor)
    came = came.filter(came["is_target"]).select(*log.keys, "cohort", "k")
    if onwards:
        each = came.group_by([*log.keys, "cohort"]).agg(bracket=came["k"].max())
    else:
        inside: Any = [(came["k"].between(low, high), place) for place, (low, high) in enumerate(brackets)]
        single = [low for low, high in brackets if low == high]
        whole = single == list(range(len(brackets)))
        bracket = came["k"] if whole else ibis.cases(*inside, else_=-1)
        each = came.select(*log.keys, "cohort", bracket=bracket.cast("int64")).distinct()
    counted = each.group_by([*split, "cohort", "bracket"]).agg(customers=each.count()).to_pandas()
    segments, codes = segments_of(sized)
    sizes = np.zeros((len(segments), log.periods), dtype=np.int64)
    np.add.at(sizes, (codes, sized["cohort"].to_numpy(np.int64)), sized["customers"].to_numpy(np.int64))
    active = np.zeros((*sizes.shape, len(brackets)), dtype=np.int64)
    place_of = {name: k for k, name in enumerate(segments)}
    codes = np.asarray(segment_names(counted).map(place_of), dtype=np.int64)
    cohort, place, customers = (counted[name].to_numpy(np.int64) for name in ("cohort", "bracket", "customers"))
    for number, (low, _) in enumerate(brackets):
        here = place >= low if onwards else place == number
        np.add.at(active[:, :, number], (codes[here], cohort[here]), customers[here])
    return CohortCounts(segments, sizes, active)


def count_lives_by_grouping(log: Observed) -> LifeCounts:
    """Return who was active in each period of the calendar, who of them was new, and who had been there just before."""
    import ibis

    rows = log.rows.filter(log.rows["is_target"]) if "is_target" in log.rows.columns else log.rows
    came = rows.select(*log.keys, period=log.calendar.number(rows["time"])).distinct()
    walk = ibis.window(group_by=list(log.keys), order_by="period")
    # Some databases have no null before the first row but a zero, so periods count from 1 here.
    steps: Any = came.mutate(before=(came["period"] + 1).lag().over(walk).fill_null(0) - 1)
    split = [name for name in log.keys if name == "segment"]
    is_new = steps["before"] < 0
    counted = (
        steps.group_by([*split, "period"])
        .agg(
            active=steps.count(),
            customers=is_new.ifelse(1, 0).sum(),
            returning=(~is_new & (steps["before"] == steps["period"] - 1)).ifelse(1, 0).sum(),
        )
        .to_pandas()
    )
    segments, codes = segments_of(counted)
    parts = np.zeros((3, len(segments), log.periods), dtype=np.int64)
    for part, name in zip(parts, ("active", "customers", "returning"), strict=True):
        np.add.at(part, (codes, counted["period"].to_numpy(np.int64)), counted[name].to_numpy(np.int64))
    return LifeCounts(segments, *parts)
