"""Bits, group-bys and plain loops count the same customers on random logs."""

from __future__ import annotations

import ibis
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from mapkit.journeys.retention import measure_lifecycle, measure_retention, measure_stickiness
from mapkit.journeys.retention.by_bits import count_cohorts_by_bits, count_lives_by_bits
from mapkit.journeys.retention.by_grouping import count_cohorts_by_grouping, count_lives_by_grouping
from mapkit.journeys.retention.observing import observe
from mapkit.journeys.retention.periods import SPANS, start_of
from mapkit.tables import EVENTS, Table
from tests.literal import table_of

HOUR = 3_600_000_000
# Moments around midnights, month ends and Mondays, with ties, and microseconds before and after.
MOMENTS = some.tuples(some.integers(0, 24 * 70), some.sampled_from([0, 1, -1, HOUR // 2])).map(
    lambda at: pd.Timestamp("2024-12-29") + pd.Timedelta(hours=at[0]) + pd.Timedelta(at[1], "us")
)
LOGS = some.lists(
    some.tuples(some.sampled_from("abcde"), some.sampled_from(["visit", "buy"]), MOMENTS, some.sampled_from("xy")),
    min_size=1,
    max_size=25,
)


def frame_of(rows: list) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["customer", "event", "time", "channel"]).assign(row=range(len(rows)))
    return frame.astype({"time": "datetime64[us]"})


def by_hand(frame: pd.DataFrame, period: str, kind: str, anchor: str, first: str | None, target: str | None) -> dict:
    """Customers by (cohort, period) in plain loops, for periods 0 to 80, finished or not."""
    found: dict[tuple, int] = {}
    for _, rows in frame.groupby("customer"):
        opens = rows if first is None else rows[rows["event"] == first]
        if opens.empty:
            continue
        began = opens["time"].min()
        hits = rows[(rows["time"] >= began) & ((rows["event"] == target) if target else True)]
        cohort = start_of(period, began)
        came = {_since(period, anchor, began, time) for time in hits["time"]}
        shown = range(max(came, default=-1) + 1) if kind == "unbounded" else came
        for k in shown:
            found[cohort, k] = found.get((cohort, k), 0) + 1
    return found


def _since(period: str, anchor: str, began: pd.Timestamp, time: pd.Timestamp) -> int:
    if anchor == "customer":
        return (time - began) // SPANS[period]
    starts = pd.date_range(start_of(period, began), start_of(period, time), freq=_EVERY[period])
    return len(starts) - 1


_EVERY = {"day": "D", "week": "7D", "month": "MS"}


@settings(max_examples=20, deadline=None)
@given(
    LOGS,
    some.sampled_from(["day", "week", "month"]),
    some.sampled_from(["classic", "unbounded"]),
    some.sampled_from(["calendar", "customer"]),
    some.sampled_from([None, "visit"]),
    some.sampled_from([None, "buy"]),
)
def test_retention_is_what_plain_loops_count(rows, period, kind, anchor, first, target):
    frame = frame_of(rows)
    names = set(frame["event"])
    first, target = (each if each in names else None for each in (first, target))
    options = {"period": period, "kind": kind, "anchor": anchor, "first": first, "target": target}
    retention = measure_retention(table_of(frame), **options)
    expected = by_hand(frame, **options)
    done = retention.table[retention.table["customers"].notna()]
    for row in done.itertuples():
        assert row.customers == expected.get((row.cohort, row.period), 0), row


@settings(max_examples=10, deadline=None)
@given(
    LOGS,
    some.sampled_from(["week", "month"]),
    some.sampled_from(["calendar", "customer"]),
    some.sampled_from([None, "visit"]),
    some.sampled_from([None, "buy"]),
    some.sampled_from([None, "channel"]),
)
def test_bits_and_group_bys_agree(rows, period, anchor, first, target, by):
    log = observe(table_of(frame_of(rows)), period, by=by, first=first, target=target)
    brackets = [(0, 0), (1, 1), (2, 4), (5, 70)]
    for onwards in (False, True):
        one, other = (
            count(log, anchor, brackets, onwards=onwards)
            for count in (count_cohorts_by_bits, count_cohorts_by_grouping)
        )
        assert one.segments == other.segments
        assert np.array_equal(one.sizes, other.sizes)
        assert np.array_equal(one.active, other.active)
    lives = [count(log) for count in (count_lives_by_bits, count_lives_by_grouping)]
    assert lives[0].segments == lives[1].segments
    for name in ("active", "new", "returning"):
        assert np.array_equal(getattr(lives[0], name), getattr(lives[1], name)), name


@settings(max_examples=15, deadline=None)
@given(LOGS, some.sampled_from(["day", "week"]))
def test_unbounded_retention_never_rises_and_is_never_below_the_classic(rows, period):
    log = table_of(frame_of(rows))
    unbounded = measure_retention(log, period=period, kind="unbounded").matrix
    classic = measure_retention(log, period=period).matrix
    assert not (unbounded.diff(axis=1) > 0).any(axis=None)
    assert not (unbounded < classic).any(axis=None)
    assert unbounded.isna().equals(classic.isna())


@settings(max_examples=15, deadline=None)
@given(LOGS, some.sampled_from(["day", "week", "month"]), some.sampled_from([None, "buy"]))
def test_lifecycle_adds_up(rows, period, target):
    frame = frame_of(rows)
    target = target if target in set(frame["event"]) else None
    table = measure_lifecycle(table_of(frame), period=period, target=target).table
    assert (table["active"] == table["new"] + table["returning"] + table["resurrecting"]).all()
    assert (table["returning"] + table["dormant"] == table["previous"]).all()
    assert table["previous"].tolist()[1:] == table["active"].tolist()[:-1]
    counted = frame if target is None else frame[frame["event"] == target]
    assert table["new"].sum() == counted["customer"].nunique()
    active = counted.groupby(counted["time"].map(lambda time: start_of(period, time)))["customer"].nunique()
    assert table.set_index("period")["active"][lambda column: column > 0].to_dict() == active.to_dict()


def test_more_periods_than_bits_are_counted_by_grouping():
    rows = [("a", "visit", pd.Timestamp("2025-01-01") + pd.Timedelta(days=day), "x") for day in range(0, 200, 2)]
    retention = measure_retention(table_of(frame_of(rows)), period="day")
    assert retention.matrix.iloc[0].tolist()[:198] == [1.0, 0.0] * 99


@pytest.mark.parametrize("periods", [62, 63, 64])
def test_the_last_bit_counts_like_any_other(periods):
    start = pd.Timestamp("2025-01-06")
    rows = [("a", "visit", start, "x"), ("a", "visit", start + pd.Timedelta(days=periods - 1), "x")]
    for anchor in ("calendar", "customer"):
        retention = measure_retention(
            table_of(frame_of(rows)), period="day", anchor=anchor, end=start + pd.Timedelta(days=periods + 1)
        )
        assert retention.matrix.iloc[0].tolist()[: periods - 1] == [1.0] + [0.0] * (periods - 2)
        assert retention.matrix.iloc[0, periods - 1] == 1.0
        assert (
            measure_retention(
                table_of(frame_of(rows)), period="day", kind="unbounded", end=start + pd.Timedelta(days=periods + 1)
            )
            .matrix.iloc[0]
            .tolist()[:periods]
            == [1.0] * periods
        )
    lives = measure_lifecycle(table_of(frame_of(rows)), period="day").table
    assert lives["active"].iloc[[0, -1]].tolist() == [1, 1]
    assert lives["resurrecting"].iloc[-1] == 1


def random_log() -> pd.DataFrame:
    draw, rows = np.random.default_rng(4), 3_000
    start = pd.Timestamp("2024-12-30").value // 1_000
    return pd.DataFrame(
        {
            "customer": [f"o'{n}" for n in draw.integers(0, 200, rows)],
            "event": draw.choice(["visit", "buy"], rows, p=[0.8, 0.2]),
            "time": pd.to_datetime(np.sort(draw.integers(start, start + 75 * 24 * HOUR, rows)), unit="us"),
            "channel": draw.choice(np.array(["email", "web", None], dtype=object), rows),
            "row": np.arange(rows),
        }
    )


def assert_the_same_answers(here: Table, there: Table) -> None:
    for options in (
        {},
        {"period": "month"},
        {"period": "day", "kind": "unbounded"},
        {"kind": "bracket", "first": "buy", "target": "buy"},
        {"anchor": "customer", "target": "buy"},
        {"by": "channel"},
    ):
        one, other = (measure_retention(log, **options).table for log in (here, there))
        pd.testing.assert_frame_equal(one, other, check_dtype=False)
    for options in ({}, {"period": "month", "target": "buy"}, {"by": "channel"}):
        one, other = (measure_lifecycle(log, **options).table for log in (here, there))
        pd.testing.assert_frame_equal(one, other, check_dtype=False)
        one, other = (measure_stickiness(log, **{**options, "period": "month"}).ratios for log in (here, there))
        pd.testing.assert_frame_equal(one, other, check_dtype=False)


@pytest.mark.postgres
def test_a_warehouse_gives_the_same_numbers(postgres_url: str):
    here = table_of(random_log())
    warehouse = ibis.connect(postgres_url)
    there = Table(EVENTS, warehouse.create_table("retention_events", ibis.memtable(random_log()), temp=True))
    try:
        assert_the_same_answers(here, there)
    finally:
        warehouse.disconnect()


@pytest.mark.spark
def test_spark_gives_the_same_numbers(spark_connection, tmp_path):
    file = tmp_path / "events.parquet"
    random_log().to_parquet(file, coerce_timestamps="us", allow_truncated_timestamps=True)
    assert_the_same_answers(table_of(random_log()), Table(EVENTS, spark_connection.read_parquet(file)))
