"""How often each event follows each other one within a customer's events: the directly-follows counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.contestants.opened import chdb_numbers, duckdb_numbers, mapkit_events
from benchmarks.log import EVENTS
from benchmarks.question import Contestant


def mapkit_transitions(log: Path) -> list[int]:
    """Counts, and what none of the others gives: customers, shares with intervals, the median time of every pair."""
    import mapkit as mk

    table = mk.measure_transitions(mapkit_events(log), start_end=False).table
    return _in_order(dict(zip(zip(table["source"], table["target"], strict=True), table["count"], strict=True)))


def chdb_transitions(log: Path) -> list[int]:
    return _chdb_transitions(f"file('{log}', Parquet)")


def chdb_transitions_declared(log: Path) -> list[int]:
    """As before, but told by hand that event names are few, which the file does not say."""
    columns = "user_id Int64, ts DateTime64(6), event LowCardinality(String)"
    return _chdb_transitions(f"file('{log}', Parquet, '{columns}')")


def _chdb_transitions(source: str) -> list[int]:
    """Number the names, pack time and number into one integer, sort each customer's array, and pair it with itself."""
    names = ", ".join(f"'{event}'" for event in sorted(EVENTS))
    code = f"indexOf([{names}], toString(event)) - 1"
    packed = f"arraySort(groupArray(bitOr(bitShiftLeft(toUnixTimestamp64Micro(ts), 8), {code})))"
    each = f"SELECT {packed} AS path FROM {source} GROUP BY user_id HAVING length(path) > 1"
    pairs = (
        "arrayJoin(arrayMap((a, b) -> bitOr(bitShiftLeft(bitAnd(a, 255), 8), bitAnd(b, 255)), "
        "arrayPopBack(path), arrayPopFront(path))) AS pair"
    )
    return chdb_numbers(f"SELECT c FROM (SELECT {pairs}, count() AS c FROM ({each}) GROUP BY pair ORDER BY pair)")


def duckdb_transitions(log: Path) -> list[int]:
    """Number the names, pack time and number into one integer, and let ``lead`` over it find the next."""
    cases = " ".join(f"WHEN '{event}' THEN {k}" for k, event in enumerate(sorted(EVENTS)))
    packed = f"SELECT user_id, (epoch_us(ts) << 8) | (CASE event {cases} END) AS step FROM '{log}'"
    pairs = f"SELECT step & 255 AS a, lead(step) OVER (PARTITION BY user_id ORDER BY step) & 255 AS b FROM ({packed})"
    return duckdb_numbers(f"SELECT count(*) FROM ({pairs}) WHERE b IS NOT NULL GROUP BY a, b ORDER BY a, b")


def polars_transitions(log: Path) -> list[int]:
    """The log is in time order, and a sort by customer that keeps it puts each event before its successor."""
    import polars as pl

    names = pl.Enum(sorted(EVENTS))
    rows = pl.scan_parquet(log).select("user_id", pl.col("event").cast(names)).sort("user_id", maintain_order=True)
    same = pl.col("user_id") == pl.col("user_id").shift(-1)
    pairs = rows.select(source="event", target=pl.col("event").shift(-1), same=same).filter("same")
    counts = pairs.group_by("source", "target").agg(pl.len()).sort("source", "target")
    return counts.collect(engine="streaming")["len"].to_list()


def pandas_transitions(log: Path) -> list[int]:
    """The same: a stable sort by customer, then each row beside the next."""
    import numpy as np
    import pandas as pd

    rows = pd.read_parquet(log, columns=["user_id", "event"])
    codes = pd.Categorical(rows["event"], categories=sorted(EVENTS)).codes.astype(np.int64)
    order = np.argsort(rows["user_id"].to_numpy(), kind="stable")
    who, what = rows["user_id"].to_numpy()[order], codes[order]
    pairs = (what[:-1] * len(EVENTS) + what[1:])[who[:-1] == who[1:]]
    counts = np.bincount(pairs)
    return [int(count) for count in counts[counts > 0]]


def pm4py_transitions(log: Path) -> list[int]:
    """It takes customers as texts only."""
    import pandas as pd
    import pm4py

    rows = pd.read_parquet(log, columns=["user_id", "ts", "event"]).astype({"user_id": "str"})
    columns = {"activity_key": "event", "timestamp_key": "ts", "case_id_key": "user_id"}
    return _in_order(pm4py.discover_dfg(rows, **columns)[0])


def retentioneering_transitions(log: Path) -> list[int]:
    import pandas as pd
    from retentioneering.eventstream import Eventstream

    rows = pd.read_parquet(log, columns=["user_id", "ts", "event"])
    schema = {"path_cols": ["user_id"], "event_col": "event", "timestamp_col": "ts"}
    matrix = Eventstream(rows, schema=schema).transition_graph_data(edge_weight="count")
    return _in_order({(a, b): matrix.loc[a, b] for a in EVENTS for b in EVENTS if matrix.loc[a, b]})


def _in_order(counts: dict[Any, Any]) -> list[int]:
    return [int(counts[pair]) for pair in sorted(counts)]


TRANSITIONS: dict[str, Contestant] = {
    "mapkit": mapkit_transitions,
    "chdb arrays": chdb_transitions,
    "chdb arrays, types declared": chdb_transitions_declared,
    "DuckDB lead over a packed key": duckdb_transitions,
    "polars": polars_transitions,
    "pandas": pandas_transitions,
    "pm4py": pm4py_transitions,
    "retentioneering": retentioneering_transitions,
}
