"""A funnel of four steps, within a window and without one: how many customers reach each step."""

from __future__ import annotations

from pathlib import Path

from benchmarks.contestants.opened import chdb_numbers, listed, mapkit_events
from benchmarks.log import STEPS
from benchmarks.question import Contestant

WINDOW_DAYS = 7


def mapkit_funnel(log: Path) -> list[int]:
    import mapkit as mk

    return mk.measure_funnel(mapkit_events(log), list(STEPS), window=f"{WINDOW_DAYS}d").counts


def chdb_funnel(log: Path) -> list[int]:
    return _chdb_funnel(f"file('{log}', Parquet)")


def chdb_funnel_declared(log: Path) -> list[int]:
    """As before, but told by hand that event names are few, which the file does not say."""
    return _chdb_funnel(f"file('{log}', Parquet, 'user_id Int64, ts DateTime64(6), event LowCardinality(String)')")


def _chdb_funnel(source: str) -> list[int]:
    conditions = ", ".join(f"event = '{step}'" for step in STEPS)
    level = f"windowFunnel({WINDOW_DAYS * 86_400_000_000})(toUInt64(toUnixTimestamp64Micro(ts)), {conditions})"
    counts = ", ".join(f"countIf(level >= {k})" for k in range(1, len(STEPS) + 1))
    matter = f"WHERE event IN ({listed(STEPS)})"
    return chdb_numbers(f"SELECT {counts} FROM (SELECT user_id, {level} level FROM {source} {matter} GROUP BY user_id)")


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

    return mk.measure_funnel(mapkit_events(log), list(STEPS)).counts


def retentioneering_unwindowed(log: Path) -> list[int]:
    """Its funnel knows no window."""
    import pandas as pd
    from retentioneering.eventstream import Eventstream

    frame = pd.read_parquet(log, columns=["user_id", "ts", "event"])
    schema = {"path_cols": ["user_id"], "event_col": "event", "timestamp_col": "ts"}
    steps = Eventstream(frame, schema=schema).funnel_data(steps=list(STEPS))["steps"]
    return [int(step["unique_paths"]) for step in steps]


WINDOWED: dict[str, Contestant] = {
    "mapkit": mapkit_funnel,
    "chdb windowFunnel": chdb_funnel,
    "chdb windowFunnel, types declared": chdb_funnel_declared,
    "polars as-of chain": polars_funnel,
    "pandas as-of chain": pandas_funnel,
}
UNWINDOWED: dict[str, Contestant] = {
    "mapkit": mapkit_unwindowed,
    "retentioneering": retentioneering_unwindowed,
}
