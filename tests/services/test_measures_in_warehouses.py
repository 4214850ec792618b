"""Every measure on events gives the same numbers where rows are streamed, and where a warehouse does the work."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import mapkit as mk
from mapkit.loaders import read_events
from tests.services.measures import MEASURES, numbers, sample
from tests.services.where import OF_FRAMES, PAGE, asked_of_stand_in, page

every_measure = pytest.mark.parametrize("name", MEASURES)


@pytest.fixture(scope="module")
def embedded():
    return read_events(sample())


@pytest.fixture(scope="module")
def in_postgres(postgres_url):
    import ibis

    connection = ibis.connect(postgres_url)
    connection.create_table("mapkit_sample", ibis.memtable(sample()), overwrite=True)
    yield read_events(connection.table("mapkit_sample"))
    connection.drop_table("mapkit_sample", force=True)


@pytest.fixture(scope="module")
def in_spark(spark_connection, tmp_path_factory):
    file = tmp_path_factory.mktemp("spark") / "sample.parquet"
    sample().to_parquet(file, coerce_timestamps="us", allow_truncated_timestamps=True)
    return read_events(spark_connection.read_parquet(file))


def assert_the_same(name: str, here: Any, answers: list[Any]) -> None:
    for ask, answer in zip(MEASURES[name], answers, strict=True):
        one, other = numbers(name, ask(here)), numbers(name, answer)
        pd.testing.assert_frame_equal(one, other, check_dtype=False, rtol=1e-9, atol=1e-9)


@every_measure
def test_a_stand_in_for_a_warehouse_gives_the_numbers_of_the_embedded_engine(name, embedded):
    answers, heard = asked_of_stand_in(name)
    assert heard.written == 0
    assert heard.most_rows < len(sample()) / 2
    assert_the_same(name, embedded, answers)


def test_the_page_that_says_where_measures_run_is_what_the_code_does_now():
    assert PAGE.read_text(encoding="utf-8") == page(), "write it anew: python -m tests.services.where"


def test_every_measure_of_the_front_door_is_on_the_page():
    verbs = ("measure_", "map_", "find_", "fit_", "rank_", "simulate_", "summarise_", "check_", "compare", "claim")
    assert {name for name in mk.__all__ if name.startswith(verbs)} == {*MEASURES, *OF_FRAMES}


@pytest.mark.postgres
@every_measure
def test_postgresql_gives_the_numbers_of_the_embedded_engine(name, embedded, in_postgres):
    assert_the_same(name, embedded, [ask(in_postgres) for ask in MEASURES[name]])


@pytest.mark.spark
@every_measure
def test_spark_gives_the_numbers_of_the_embedded_engine(name, embedded, in_spark):
    assert_the_same(name, embedded, [ask(in_spark) for ask in MEASURES[name]])
