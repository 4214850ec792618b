"""The same paths on the same log, embedded and in a real warehouse, give the same numbers."""

from __future__ import annotations

import ibis
import numpy as np
import pandas as pd
import pytest

from mapkit.journeys.paths import (
    map_sessions,
    measure_paths,
    measure_sessions,
    measure_step_matrix,
    measure_transitions,
)
from mapkit.tables import EVENTS, Table
from tests.literal import table_of


def random_log() -> pd.DataFrame:
    """2,000 events of 90 customers with ties, names that need quoting, and empty channels."""
    rng, rows = np.random.default_rng(11), 2_000
    times = np.sort(rng.integers(0, 4_000, rows)) * 61_000_001
    return pd.DataFrame(
        {
            "customer": [f"o'{n}" for n in rng.integers(0, 90, rows)],
            "event": rng.choice(["visit", "look", "page_1", "page_2", 'it"s > x'], rows),
            "time": pd.to_datetime(times + pd.Timestamp("2025-01-01").value // 1_000, unit="us").astype(
                "datetime64[us]"
            ),
            "channel": rng.choice(np.array(["web", "日本", None], dtype=object), rows),
            "row": np.arange(rows),
        }
    )


MEASURES = {
    "transitions": lambda log: measure_transitions(log).table,
    "transitions, split": lambda log: measure_transitions(log, by="channel", collapse_loops=True).table,
    "transitions, grouped": lambda log: measure_transitions(log, names={"page_*": "pages", "look": None}).table,
    "step matrix": lambda log: measure_step_matrix(log, steps=5, after="look").table,
    "flows": lambda log: measure_step_matrix(log, steps=4, by="channel").flows,
    "paths": lambda log: measure_paths(log, length=3, top=1_000).table,
    "paths between": lambda log: measure_paths(log, start="visit", end="look", by="channel", top=1_000).table,
    "paths to": lambda log: measure_paths(log, end="look", length=2, top=1_000).table,
    "sessions": lambda log: measure_sessions(log, gap="3h", by="channel").table,
    "transitions per session": lambda log: measure_transitions(map_sessions(log, gap="3h"), per="session").table,
    "paths per session": lambda log: (
        measure_paths(map_sessions(log, gap="3h"), per="session", length=2, top=1_000).table
    ),
}


def compared(here: Table, there: Table) -> None:
    for name, measure in MEASURES.items():
        one, other = measure(here), measure(there)
        pd.testing.assert_frame_equal(one, other, check_dtype=False, rtol=1e-9, obj=name)


@pytest.mark.postgres
def test_postgresql_gives_the_paths_of_the_embedded_engine(postgres_url):
    warehouse = ibis.connect(postgres_url)
    try:
        rows = warehouse.create_table("path_events", ibis.memtable(random_log()), temp=True)
        compared(table_of(random_log()), Table(EVENTS, rows))
    finally:
        warehouse.disconnect()


@pytest.mark.spark
def test_spark_gives_the_paths_of_the_embedded_engine(spark_connection, tmp_path):
    file = tmp_path / "events.parquet"
    random_log().to_parquet(file, coerce_timestamps="us", allow_truncated_timestamps=True)
    compared(table_of(random_log()), Table(EVENTS, spark_connection.read_parquet(file)))
