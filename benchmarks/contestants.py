"""How each contestant answers each question. A function takes a Parquet path and returns the counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.log import STAGES, STEPS

WINDOW_DAYS = 7
Contestant = Callable[[Path], list[int]]


def mapkit_funnel(log: Path) -> list[int]:
    import mapkit as mk

    return mk.measure_funnel(_events(log), list(STEPS), window=f"{WINDOW_DAYS}d").counts


def chdb_funnel(log: Path) -> list[int]:
    return _chdb_funnel(f"file('{log}', Parquet)")


def chdb_funnel_declared(log: Path) -> list[int]:
    """As before, but told by hand that event names are few, which the file does not say."""
    return _chdb_funnel(f"file('{log}', Parquet, 'user_id Int64, ts DateTime64(6), event LowCardinality(String)')")


def _chdb_funnel(source: str) -> list[int]:
    conditions = ", ".join(f"event = '{step}'" for step in STEPS)
    level = f"windowFunnel({WINDOW_DAYS * 86_400_000_000})(toUInt64(toUnixTimestamp64Micro(ts)), {conditions})"
    counts = ", ".join(f"countIf(level >= {k})" for k in range(1, len(STEPS) + 1))
    matter = f"WHERE event IN ({_listed(STEPS)})"
    return _chdb(f"SELECT {counts} FROM (SELECT user_id, {level} level FROM {source} {matter} GROUP BY user_id)")


def polars_funnel(log: Path) -> list[int]:
    """A chain of as-of joins: for each step-k event the latest opening that could have led to it."""
    import polars as pl

    window, scan = pl.duration(days=WINDOW_DAYS), pl.scan_parquet(log)
    seen = scan.filter(pl.col("event") == STEPS[0]).select("user_id", "ts", opened="ts")
    counts = [seen.select(pl.col("user_id").n_unique())]
    for step in STEPS[1:]:
        here = scan.filter(pl.col("event") == step).select("user_id", "ts")
        joined = here.join_asof(seen, on="ts", by="user_id", strategy="backward", check_sortedness=False)
        seen = joined.filter(pl.col("opened").is_not_null() & (pl.col("ts") <= pl.col("opened") + window))
        counts.append(seen.select(pl.col("user_id").n_unique()))
    return [int(frame.item()) for frame in pl.collect_all(counts, engine="streaming")]


def pandas_funnel(log: Path) -> list[int]:
    """The same chain of as-of joins."""
    import pandas as pd

    events = pd.read_parquet(log, columns=["user_id", "ts", "event"])
    seen = events[events["event"] == STEPS[0]][["user_id", "ts"]].assign(opened=lambda frame: frame["ts"])
    counts = [seen["user_id"].nunique()]
    for step in STEPS[1:]:
        here = events[events["event"] == step][["user_id", "ts"]]
        joined = pd.merge_asof(here, seen, on="ts", by="user_id").dropna()
        seen = joined[joined["ts"] <= joined["opened"] + pd.Timedelta(days=WINDOW_DAYS)]
        counts.append(seen["user_id"].nunique())
    return [int(count) for count in counts]


def mapkit_unwindowed(log: Path) -> list[int]:
    import mapkit as mk

    return mk.measure_funnel(_events(log), list(STEPS)).counts


def retentioneering_unwindowed(log: Path) -> list[int]:
    """Its funnel knows no window."""
    import pandas as pd
    from retentioneering.eventstream import Eventstream

    frame = pd.read_parquet(log, columns=["user_id", "ts", "event"])
    schema = {"path_cols": ["user_id"], "event_col": "event", "timestamp_col": "ts"}
    steps = Eventstream(frame, schema=schema).funnel_data(steps=list(STEPS))["steps"]
    return [int(step["unique_paths"]) for step in steps]


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
    flags = ", ".join(f"max(event IN ({_listed(events)})) AS s{k}" for k, events in enumerate(STAGES.values()))
    sums = ", ".join(f"sum(s{k})" for k in range(len(STAGES)))
    return _chdb(f"SELECT {sums} FROM (SELECT user_id, {flags} FROM {source} GROUP BY user_id)")


def polars_stages(log: Path) -> list[int]:
    import polars as pl

    flags = [pl.col("event").is_in(list(events)).any().alias(name) for name, events in STAGES.items()]
    each = pl.scan_parquet(log).group_by("user_id").agg(flags)
    return [int(count) for count in each.select(pl.col(list(STAGES)).sum()).collect(engine="streaming").row(0)]


QUESTIONS: dict[str, dict[str, Contestant]] = {
    "windowed funnel of 4 steps": {
        "mapkit": mapkit_funnel,
        "chdb windowFunnel": chdb_funnel,
        "chdb windowFunnel, types declared": chdb_funnel_declared,
        "polars as-of chain": polars_funnel,
        "pandas as-of chain": pandas_funnel,
    },
    "funnel of 4 steps without a window": {
        "mapkit": mapkit_unwindowed,
        "retentioneering": retentioneering_unwindowed,
    },
    "customers per stage": {
        "mapkit": mapkit_stages,
        "mapkit, whole scorecard": mapkit_scorecard,
        "chdb": chdb_stages,
        "chdb, types declared": chdb_stages_declared,
        "polars": polars_stages,
    },
}
# What mapkit must stay within: its cost as a multiple of the peer's, by CPU time; and megabytes at ten million events.
GOALS: dict[str, dict[str, float]] = {
    "windowed funnel of 4 steps": {"chdb windowFunnel": 0.6, "polars as-of chain": 1.0},
    "funnel of 4 steps without a window": {"retentioneering": 0.1},
    "customers per stage": {"chdb": 0.6, "polars": 1.0},
}
MOST_MB = {"windowed funnel of 4 steps": 350, "customers per stage": 350}


def _events(log: Path) -> Any:
    import mapkit as mk

    return mk.read_events(log, columns={"user_id": "customer", "ts": "time"})


def _staged(log: Path) -> Any:
    import mapkit as mk

    model = mk.StageModel("thirds", {name: list(events) for name, events in STAGES.items()})
    return mk.map_stages(_events(log), model)


def _chdb(query: str) -> list[int]:
    import chdb

    return [int(count) for count in str(chdb.query(query, "CSV")).strip().split(",")]


def _listed(events: Sequence[str]) -> str:
    return ", ".join(f"'{event}'" for event in events)
