"""Rows stream in their order; long walks can be watched and stopped; answers are not kept for good."""

from __future__ import annotations

import gc
import os
import signal
import tempfile
import threading
import time

import duckdb
import numpy as np
import pandas as pd
import pytest

from mapkit.loaders import read_events
from mapkit.sequences import ChainQuestion, progress_to, show_progress, stream, walk_chains
from mapkit.tables import EVENTS, Table
from mapkit.tables import embedded as database

ROWS = 30_000


@pytest.fixture
def log(tmp_path):
    """A Parquet file of 3,000 customers who look and then buy."""
    row = np.arange(ROWS)
    times = pd.Timestamp("2025-01-01") + pd.to_timedelta(row, unit="s")
    frame = pd.DataFrame({"customer": row % 3_000, "event": np.where(row // 3_000 % 2, "buy", "look"), "time": times})
    frame.to_parquet(tmp_path / "log.parquet")
    return read_events(tmp_path / "log.parquet")


def asked(log: Table) -> ChainQuestion:
    return ChainQuestion((log.data.event == "look", log.data.event == "buy"))


def test_a_loaders_own_row_numbers_need_no_check(log):
    chosen = log.data.filter(log.data.event == "look").select("customer", "row")
    assert stream.row_is_position(chosen)
    assert not stream.row_is_position(log.data.order_by("customer"))
    assert not stream.row_is_position(log.data.mutate(row=-log.data.row))


def test_rows_whose_number_falls_are_put_in_order(log):
    turned = log.with_data(log.data.mutate(row=-log.data.row, time=log.data.time.truncate("D")))
    both = log.data.customer.isin([0, 1])
    pair = turned.with_data(turned.data.filter(both).mutate(customer=0))
    walked = walk_chains(pair, ChainQuestion((pair.data.event == "look", pair.data.event == "buy")))
    first = walked.units.to_pandas()
    assert first["reached"].tolist() == [2]


def test_whoever_listens_hears_how_many_rows_were_taken_in(log, monkeypatch):
    monkeypatch.setattr(stream, "_BATCH", 10_000)
    heard: list[int] = []
    with progress_to(heard.append):
        walk_chains(log, asked(log))
    walk_chains(log, asked(log))
    assert len(heard) > 1
    assert heard == sorted(heard)
    assert heard[-1] == ROWS


def test_progress_is_shown_on_stderr_only_when_asked_for(log, capsys):
    walk_chains(log, asked(log))
    assert capsys.readouterr().err == ""
    with show_progress():
        walk_chains(log, asked(log))
    assert capsys.readouterr().out == ""


def test_answers_that_nobody_holds_are_let_go(log):
    connection = database.embedded().con
    first = walk_chains(log, asked(log))
    name = first.units.get_name()
    assert first.units.count().execute() == 3_000
    second = walk_chains(log, asked(log))
    assert connection.execute(f'SELECT count(*) FROM "{name}"').fetchall() == [(3_000,)]
    del first
    gc.collect()
    walk_chains(log, asked(log))
    with pytest.raises(duckdb.CatalogException):
        connection.execute(f'SELECT count(*) FROM "{name}"')
    assert second.units.count().execute() == 3_000


@pytest.fixture
def sigint_heard():
    """Ctrl-C raises KeyboardInterrupt; pytest-xdist's workers are deaf to it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("taken_in", [True, False], ids=["while rows come", "while none match"])
def test_ctrl_c_stops_within_a_second_and_leaves_the_database_usable(taken_in, sigint_heard, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    backend = database.embedded()
    event = "CASE WHEN i % 2 = 0 THEN 'look' ELSE 'buy' END" if taken_in else "'x' || hash(i)::VARCHAR"
    backend.raw_sql(
        f"CREATE OR REPLACE TEMP VIEW endless AS SELECT (i % 1000)::BIGINT customer, {event} event, "
        "TIMESTAMP '2025-01-01' + to_microseconds(i) AS time FROM range(300000000) t(i)"
    )
    endless = Table(EVENTS, backend.table("endless"))
    pressed: list[float] = []

    def press() -> None:
        pressed.append(time.perf_counter())
        os.kill(os.getpid(), signal.SIGINT)

    timer = threading.Timer(1.0, press)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        walk_chains(endless, asked(endless))
    assert time.perf_counter() - pressed[0] < 1
    assert backend.raw_sql("SELECT 42").fetchone() == (42,)
    assert list(tmp_path.iterdir()) == []
