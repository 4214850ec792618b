"""The same map on the same log, embedded and in a real warehouse, gives the same table."""

from __future__ import annotations

import ibis
import numpy as np
import pandas as pd
import pytest

from mapkit.maps.journey_map import Cell, JourneyMap, MapStep
from mapkit.maps.two_sources import draft_map, observe_map
from mapkit.stages import StageModel
from mapkit.tables import EVENTS, Table
from tests.literal import table_of
from tests.maps.two_sources.made import journey

MODEL = StageModel("shop", {"try": ["visit", "look"], "buy": ['it"s > x']})


def random_log() -> pd.DataFrame:
    """3,000 events of 200 customers with ties, names that need quoting, and empty sessions and channels."""
    rng, rows = np.random.default_rng(12), 3_000
    times = np.sort(rng.integers(0, 4_000, rows)) * 61_000_001
    start = pd.Timestamp("2025-01-01").value // 1_000
    customer = rng.integers(0, 200, rows)
    return pd.DataFrame(
        {
            "customer": [f"o'{n}" for n in customer],
            "event": rng.choice(["visit", "look", "tap", 'it"s > x'], rows),
            "time": pd.to_datetime(times + start, unit="us").astype("datetime64[us]"),
            "channel": rng.choice(np.array(["web", "日本", None], dtype=object), rows),
            "session": rng.choice(np.array(["s1", "s2", None], dtype=object), rows),
            "touchpoint": rng.choice(np.array(["door", "till", None], dtype=object), rows),
            "segment": [("a", "b", "c")[n % 3] for n in customer],
            "row": np.arange(rows),
        }
    )


def map_of_everything() -> JourneyMap:
    steps = ["visit", "look", 'it"s > x', MapStep("door", "door", ("door",))]
    return journey(
        {"try": steps[:2], "buy": steps[2:]},
        actions=[
            Cell("try", "visit", claimed=0.5),
            Cell("buy", "door"),
            Cell("try", "look", claimed=("visit", "look", 'it"s > x')),
        ],
        rate=[Cell("try", "look", claimed=0.5), Cell("try", "look", claimed=0.5, of="visit", within="1d")],
        timing=[Cell("try", "look", claimed=0.5), Cell("try", "look", claimed="1d"), Cell("buy", "door", claimed="2h")],
        channel=[Cell("try", "look", claimed="web")],
    )


def compared(here: Table, there: Table) -> None:
    one, other = (observe_map(map_of_everything(), log, segment="a").table for log in (here, there))
    pd.testing.assert_frame_equal(one, other, check_dtype=False, rtol=1e-9)
    assert draft_map(here, model=MODEL, segment="b") == draft_map(there, model=MODEL, segment="b")


@pytest.mark.postgres
def test_postgresql_gives_the_map_of_the_embedded_engine(postgres_url):
    warehouse = ibis.connect(postgres_url)
    try:
        rows = warehouse.create_table("map_events", ibis.memtable(random_log()), temp=True)
        compared(table_of(random_log()), Table(EVENTS, rows))
    finally:
        warehouse.disconnect()


@pytest.mark.spark
def test_spark_gives_the_map_of_the_embedded_engine(spark_connection, tmp_path):
    file = tmp_path / "events.parquet"
    random_log().to_parquet(file, coerce_timestamps="us", allow_truncated_timestamps=True)
    compared(table_of(random_log()), Table(EVENTS, spark_connection.read_parquet(file)))
