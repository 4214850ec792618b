"""Customers per stage, of a model that puts every event into one of three."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.contestants.opened import chdb_numbers, listed, mapkit_events
from benchmarks.log import STAGES
from benchmarks.question import Contestant


def mapkit_stages(log: Path) -> list[int]:
    """Customers per stage and nothing else, asked of the mapped log."""
    import ibis

    staged = _staged(log)
    events = staged.data
    masks = ibis.cases(*((events.stage == name, 1 << k) for k, name in enumerate(STAGES)), else_=0)
    each = events.group_by("customer").agg(mask=masks.bit_or())
    there = [(each.mask & (1 << k) > 0).ifelse(1, 0).sum() for k in range(len(STAGES))]
    return [int(count) for count in each.agg(there).to_pandas().iloc[0]]


def mapkit_scorecard(log: Path) -> list[int]:
    """Customers per stage, and what none of the others gives: first times, re-entries, skips, loops, intervals."""
    import mapkit as mk

    return [int(count) for count in mk.measure_stages(_staged(log)).table["customers"]]


def chdb_stages(log: Path) -> list[int]:
    return _chdb_stages(f"file('{log}', Parquet)")


def chdb_stages_declared(log: Path) -> list[int]:
    """As before, but told by hand that event names are few, which the file does not say."""
    return _chdb_stages(f"file('{log}', Parquet, 'user_id Int64, event LowCardinality(String)')")


def _chdb_stages(source: str) -> list[int]:
    flags = ", ".join(f"max(event IN ({listed(events)})) AS s{k}" for k, events in enumerate(STAGES.values()))
    sums = ", ".join(f"sum(s{k})" for k in range(len(STAGES)))
    return chdb_numbers(f"SELECT {sums} FROM (SELECT user_id, {flags} FROM {source} GROUP BY user_id)")


def polars_stages(log: Path) -> list[int]:
    import polars as pl

    flags = [pl.col("event").is_in(list(events)).any().alias(name) for name, events in STAGES.items()]
    each = pl.scan_parquet(log).group_by("user_id").agg(flags)
    return [int(count) for count in each.select(pl.col(list(STAGES)).sum()).collect(engine="streaming").row(0)]


def _staged(log: Path) -> Any:
    import mapkit as mk

    model = mk.StageModel("thirds", {name: list(events) for name, events in STAGES.items()})
    return mk.map_stages(mapkit_events(log), model)


PER_STAGE: dict[str, Contestant] = {
    "mapkit": mapkit_stages,
    "mapkit, whole scorecard": mapkit_scorecard,
    "chdb": chdb_stages,
    "chdb, types declared": chdb_stages_declared,
    "polars": polars_stages,
}
