"""Databases: their rows stay where they are, and their passwords are never shown."""

from __future__ import annotations

import traceback
from pathlib import Path

import duckdb
import ibis
import pandas as pd
import pytest

from mapkit.errors import OptionError, SourceError
from mapkit.loaders import profile_events, read_events


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "shop.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "CREATE TABLE log AS SELECT 'ann' AS customer, 'buy' AS event, TIMESTAMP '2024-01-01' AS time"
        )
        connection.execute("CREATE SCHEMA web; CREATE TABLE web.log AS SELECT 7 AS customer, event, time FROM log")
        connection.execute("CREATE VIEW seen AS SELECT * FROM log")
    return path


def test_a_table_a_view_and_a_query_of_a_duckdb_file(database: Path) -> None:
    assert read_events(database, table="log").to_pandas()["row"].tolist() == [1]
    assert read_events(database, table="web.log").to_pandas()["customer"].tolist() == [7]
    assert "row" not in read_events(database, table="seen").columns
    query = "SELECT * FROM log UNION ALL SELECT customer::VARCHAR, event, time FROM web.log ORDER BY customer -- both"
    assert read_events(database, query=query).to_pandas()["customer"].tolist() == ["7", "ann"]


def test_a_duckdb_file_asked_for_what_it_has_not(database: Path, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"no table 'logs'.*Did you mean 'log'"):
        read_events(database, table="logs")
    with pytest.raises(OptionError, match=r"either table= or query= .* It holds 'log', 'seen', 'web.log'"):
        read_events(database)
    with pytest.raises(SourceError, match=r"the query of shop\.duckdb cannot be run"):
        read_events(database, query="SELECT * FROM nowhere")
    (tmp_path / "no.duckdb").write_text("this is no database")
    with pytest.raises(SourceError, match="cannot be opened as a DuckDB file"):
        read_events(tmp_path / "no.duckdb", table="log")


def test_an_ibis_table_stays_in_its_own_database() -> None:
    connection = ibis.duckdb.connect()
    connection.raw_sql("CREATE TABLE log AS SELECT 1 AS customer, 'buy' AS event, '2024-01-31 10:00' AS time")
    table = read_events(connection.table("log"))
    assert table.data.get_backend() is connection
    assert str(table.to_pandas()["time"][0]) == "2024-01-31 10:00:00"


SECRET = "s3cr%25t"


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://bob:{SECRET}@127.0.0.1:1/shop?sslpassword={SECRET}",
        f"postgres://bob:{SECRET}@127.0.0.1:1/shop",
        f"mysql://bob:{SECRET}@127.0.0.1:1/shop",
        f"postgrs://bob:{SECRET}@127.0.0.1:1/shop",
        f"https://bob:{SECRET}@127.0.0.1:1/log.csv",
    ],
)
def test_no_error_shows_the_credentials_of_a_url(url: str) -> None:
    with pytest.raises(SourceError) as caught:
        read_events(url, table="log")
    shown = "".join(traceback.format_exception_only(caught.value))
    assert "s3cr" not in shown
    assert "bob" not in shown
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_a_url_without_table_or_query_is_refused_without_its_credentials() -> None:
    with pytest.raises(OptionError, match=r"table= or query= for postgresql://127.0.0.1:1/shop\.") as caught:
        read_events(f"postgresql://bob:{SECRET}@127.0.0.1:1/shop")
    assert "s3cr" not in str(caught.value)


@pytest.mark.postgres
def test_a_log_in_postgresql_is_read_where_it_lies(postgres_url: str) -> None:
    connection = ibis.connect(postgres_url)
    connection.raw_sql("DROP TABLE IF EXISTS mapkit_loaders_log").close()
    connection.raw_sql(
        "CREATE TABLE mapkit_loaders_log AS SELECT * FROM (VALUES "
        "(1, 'buy', TIMESTAMP '2024-07-01 12:00', 2.5::numeric, 1719828000), "
        "(NULL, 'buy', TIMESTAMP '2024-07-01 12:00', 1, 1719828000), "
        "(2, ' ', TIMESTAMP '2024-07-01 12:00', 1, 1719828000)) AS log (customer, event, time, value, epoch)"
    ).close()
    try:
        table = read_events(postgres_url, table="mapkit_loaders_log", timezone="Europe/Berlin")
        assert not table.is_embedded
        assert str(table.intake) == "rows read 3 = kept 1 + set apart 2 (1 no customer, 1 no event)"
        got = table.to_pandas()
        assert got["customer"].tolist() == [1]
        assert got["time"].tolist() == [pd.Timestamp("2024-07-01 10:00")]
        assert profile_events(table).value("customers") == 1
        seconds = read_events(
            table.data.get_backend().table("mapkit_loaders_log").drop("time"), columns={"epoch": "time"}
        )
        assert seconds.to_pandas()["time"].tolist() == [pd.Timestamp("2024-07-01 10:00")]
        with pytest.raises(SourceError, match="Did you mean 'mapkit_loaders_log'"):
            read_events(postgres_url, table="mapkit_loaders_logs")
    finally:
        connection.raw_sql("DROP TABLE IF EXISTS mapkit_loaders_log").close()
        connection.disconnect()
