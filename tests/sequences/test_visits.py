"""Stages are added up here as they would be in a warehouse, on random logs with ties, repeats, gaps and segments."""

from __future__ import annotations

import ibis
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapkit.journeys.stage_counts import count, count_moves, count_stages, place_rows
from mapkit.sequences import partitions
from mapkit.tables import EVENTS, Table

STAGES = ("A", "B", "C")
START = pd.Timestamp("2025-01-01")
happenings = st.lists(
    st.tuples(
        st.sampled_from(["ann", "bob", "cid"]),
        st.integers(0, 9),
        st.sampled_from([*STAGES, None]),
        st.sampled_from(["web", "mail", None]),
    ),
    max_size=40,
)


def staged(log, *, numbered=False, whole_numbers=False) -> Table:
    frame = pd.DataFrame(log, columns=["customer", "seconds", "stage", "channel"]).astype(
        {"channel": "str", "stage": "str"}
    )
    frame["time"] = (START + pd.to_timedelta(frame.pop("seconds").astype("int64"), unit="s")).astype("datetime64[us]")
    frame["customer"] = frame["customer"].astype("str")
    if whole_numbers:
        frame["customer"] = frame["customer"].map({"ann": -1, "bob": 0, "cid": 2**62}).astype("int64")
    if numbered:
        frame["row"] = pd.Series(range(len(frame)), dtype="int64")
    return Table(EVENTS, ibis.memtable(frame), stages=STAGES)


def both_ways(log: Table, by: str | None):
    rows, _ = place_rows(log, by)
    return count(rows, STAGES), (count_stages(rows, STAGES), count_moves(rows))


def assert_equal(here, there):
    for one, other, keys in zip(here, there, (["segment"], ["segment", "came", "place"]), strict=True):
        one, other = (frame.sort_values(keys).reset_index(drop=True)[list(other.columns)] for frame in (one, other))
        pd.testing.assert_frame_equal(one, other, check_dtype=False)


@settings(max_examples=25, deadline=None)
@given(happenings, st.sampled_from([None, "channel"]), st.booleans())
def test_one_pass_adds_up_to_what_group_bys_and_windows_give(log, by, whole_numbers):
    assert_equal(*both_ways(staged(log, numbered=True, whole_numbers=whole_numbers), by))


@pytest.fixture
def like_a_large_log(monkeypatch):
    """Compile whatever the size, deal into parts, keep nothing in memory, and walk in short stretches."""
    monkeypatch.setattr("mapkit.sequences.compiled.SMALL", 0)
    monkeypatch.setattr(partitions, "SMALL", 0)
    monkeypatch.setattr(partitions, "_IN_MEMORY", 0)
    monkeypatch.setattr(partitions, "_STRETCH", 10)
    monkeypatch.setattr("mapkit.sequences.stream._BATCH", 2_048)


@pytest.mark.parametrize("by", [None, "channel"])
def test_a_log_in_many_parts_adds_up_like_a_small_one(like_a_large_log, by):
    stages, channels = ["A", "B", None, "C", "B"], ["web", "mail", None]
    log = [(f"c{n * 7919 % 301}", n // 3, stages[n * n % 5], channels[n * 31 % 3]) for n in range(6_000)]
    assert_equal(*both_ways(staged(log, numbered=True), by))


def test_rows_of_one_time_are_passed_in_the_order_in_which_they_stand():
    (_, moves), _ = both_ways(staged([("ann", 1, "C", None), ("ann", 1, "A", None), ("ann", 0, "B", None)]), None)
    assert sorted(moves[["came", "place"]].to_numpy().tolist()) == [[0, 2], [2, 3], [3, 1]]
