"""The same funnels on the same log, embedded and in a real warehouse, give the same numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mapkit.errors import TableError
from mapkit.journeys import (
    Exclusion,
    measure_funnel,
    measure_funnel_spread,
    measure_funnel_trend,
    measure_stages,
    measure_time_to_convert,
)
from mapkit.loaders import read_events
from mapkit.stages import StageModel, map_stages

STEPS = ["visit", "look", "buy"]
EVENTS = ["visit", "look", "search", "buy", "cancel"]
FUNNELS = {
    "ordered": {},
    "window": {"window": "2d"},
    "strict": {"order": "strict"},
    "any order": {"order": "any", "window": "3d"},
    "exclusion": {"exclusions": [Exclusion("cancel", after=1, before=3)], "window": "5d"},
    "sessions": {"unit": "session"},
    "events": {"unit": "event", "window": "1d"},
    "first touch": {"breakdown": "channel"},
    "last touch": {"breakdown": "channel", "breakdown_from": "last"},
    "touch at step 2": {"breakdown": "channel", "breakdown_from": "step:2"},
    "period": {"start": "2025-01-10", "end": "2025-01-20"},
}
MODEL = StageModel("two", {"looking": ["visit", "look", "search"], "buying": ["buy", "cancel"]})


def random_log() -> pd.DataFrame:
    """4,000 events of 300 customers, with ties, nulls in the columns that may be empty, and names that need quoting."""
    rng, rows = np.random.default_rng(5), 4_000
    start = pd.Timestamp("2025-01-01").value // 1_000
    times = np.sort(rng.integers(start, start + 30 * 86_400_000_000, rows))
    customers = rng.integers(0, 300, rows)
    for column in (
        times,
        customers,
    ):  # every ninth event happens to the same customer at the same time as the one before
        column[1::9] = column[:-1:9][: len(column[1::9])]
    return pd.DataFrame(
        {
            "customer": [f"o'{n}" for n in customers],
            "event": rng.choice(EVENTS, rows, p=[0.35, 0.25, 0.2, 0.12, 0.08]),
            "time": pd.to_datetime(times, unit="us"),
            "channel": rng.choice(np.array(["email", "web", "日本", None], dtype=object), rows),
            "session": [f"s{n}" for n in rng.integers(0, 900, rows)],
            "row": np.arange(rows),
        }
    )


@pytest.fixture(scope="module")
def embedded():
    return read_events(random_log(), timezone="UTC")


@pytest.fixture(scope="module")
def in_postgres(postgres_url):
    import psycopg

    columns = "customer text, event text, time timestamp, channel text, session text, row bigint"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS mapkit_events")
        connection.execute(f"CREATE TABLE mapkit_events ({columns})")
        with connection.cursor().copy("COPY mapkit_events FROM STDIN") as copy:
            for values in random_log().itertuples(index=False):
                copy.write_row([None if pd.isna(value) else value for value in values])
        yield read_events(postgres_url, table="mapkit_events")
        connection.execute("DROP TABLE IF EXISTS mapkit_events CASCADE")


@pytest.fixture(scope="module")
def in_spark(spark_connection, tmp_path_factory):
    file = tmp_path_factory.mktemp("spark") / "events.parquet"
    random_log().to_parquet(file, coerce_timestamps="us", allow_truncated_timestamps=True)
    return read_events(spark_connection.read_parquet(file))


def assert_alike(here, there):
    pd.testing.assert_frame_equal(here, there, check_dtype=False, rtol=1e-9)


def assert_the_same_answers(here, there):
    for options in FUNNELS.values():
        one, other = measure_funnel(here, STEPS, **options), measure_funnel(there, STEPS, **options)
        assert one.removed == other.removed
        assert_alike(one.table, other.table)
    trends = (measure_funnel_trend(log, STEPS, window="2d").table for log in (here, there))
    assert_alike(*trends)
    waits = (measure_time_to_convert(log, STEPS).table for log in (here, there))
    assert_alike(*waits)
    stages = (measure_stages(map_stages(log, MODEL)).table for log in (here, there))
    assert_alike(*stages)


@pytest.mark.postgres
def test_postgresql_gives_the_numbers_of_the_embedded_engine(embedded, in_postgres):
    assert not in_postgres.is_embedded
    assert_the_same_answers(embedded, in_postgres)
    spreads = (measure_funnel_spread(log, STEPS, windows=(None, "1d")).table for log in (embedded, in_postgres))
    assert_alike(*spreads)


@pytest.mark.postgres
def test_the_people_behind_a_number_are_the_same_in_postgresql(embedded, in_postgres):
    here, there = (measure_funnel(log, STEPS).customers("buy") for log in (embedded, in_postgres))
    assert_alike(here, there)


@pytest.mark.postgres
def test_ties_without_a_row_column_are_refused_where_they_decide(in_postgres):
    with pytest.raises(TableError, match="has no column 'row'"):
        measure_funnel(in_postgres.with_data(in_postgres.data.drop("row")), STEPS)


@pytest.mark.spark
def test_spark_gives_the_numbers_of_the_embedded_engine(embedded, in_spark):
    assert_the_same_answers(embedded, in_spark)
