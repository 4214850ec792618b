"""Both engines count the moves that the definition counts, on random logs with ties, gaps, repeats and segments."""

from __future__ import annotations

import ibis
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapkit.sequences import END, START, MoveQuestion, partitions
from mapkit.sequences.moves_embedded import count_moves_here
from mapkit.sequences.moves_gaps import Gaps, exact_medians
from mapkit.sequences.moves_remote import count_moves_there
from tests.sequences.moves_oracle import Happened, moves

BEGAN = pd.Timestamp("2025-01-01")
STEPS = {"visit": "visit", "look": "look", "page_1": "pages", "page_2": "pages"}
SEGMENTS = {"a": "web", "b": "mail", "c": "web"}
happenings = st.lists(
    st.builds(
        lambda unit, seconds, name: Happened(unit, seconds, name, SEGMENTS[unit]),
        st.sampled_from("abc"),
        st.integers(0, 9),
        st.sampled_from([*STEPS, "noise", None]),
    ),
    max_size=40,
)
ENGINES = pytest.mark.parametrize("engine", [count_moves_here, count_moves_there], ids=["embedded", "remote"])


def rows_of(log, *, split=False):
    frame = pd.DataFrame(
        {
            "customer": pd.Series([row.unit for row in log], dtype="str"),
            "name": pd.Series([row.name for row in log], dtype="str"),
            "time": pd.Series([BEGAN + pd.Timedelta(seconds=row.seconds) for row in log], dtype="datetime64[us]"),
            "row": pd.Series(range(len(log)), dtype="int64"),
        }
    )
    if split:
        frame["segment"] = pd.Series([row.segment for row in log], dtype="str")
    return ibis.memtable(frame)


def answered(engine, log, question, *, split=False):
    found = engine(rows_of(log, split=split), question)
    return {
        (row.segment if split else None, row.place if question.depth else None, row.source, row.target): (
            row.count_,
            row.customers,
            None if np.isnan(row.median_seconds) else row.median_seconds,
        )
        for row in found.rename(columns={"count": "count_"}).itertuples()
    }


def without_segment(log):
    return [Happened(row.unit, row.seconds, row.name) for row in log]


@ENGINES
@settings(max_examples=25, deadline=None)
@given(
    happenings, st.booleans(), st.booleans(), st.booleans(), st.sampled_from([None, "pages"]), st.sampled_from([0, 2])
)
def test_moves_are_those_of_the_definition(engine, log, ends, collapse, split, after, depth):
    options = {"ends": ends, "collapse": collapse, "after": after, "depth": depth}
    expected = moves(log if split else without_segment(log), STEPS, **options)
    assert answered(engine, log, MoveQuestion(STEPS, **options), split=split) == expected


@pytest.fixture
def like_a_large_log(monkeypatch):
    """Compile whatever the size, deal into parts, keep nothing in memory, and read in short stretches."""
    for module in ("compiled", "partitions", "moves_embedded"):
        monkeypatch.setattr(f"mapkit.sequences.{module}.SMALL", 0)
    monkeypatch.setattr(partitions, "_IN_MEMORY", 0)
    monkeypatch.setattr(partitions, "_STRETCH", 10)
    monkeypatch.setattr("mapkit.sequences.moves_gaps._IN_MEMORY", 100)
    monkeypatch.setattr("mapkit.sequences.stream._BATCH", 2_048)


def test_a_log_in_many_parts_with_thousands_of_names_is_counted_like_a_small_one(like_a_large_log):
    log = [Happened(f"c{n * 7919 % 301}", n // 3, f"name {n * n % 3_001}") for n in range(9_000)]
    steps = {row.name: row.name for row in log}
    for collapse in (False, True):
        question = MoveQuestion(steps, collapse=collapse)
        assert answered(count_moves_here, log, question) == moves(log, steps, collapse=collapse)


def test_a_large_split_log_adds_up_to_the_same(like_a_large_log):
    names = ["visit", "look", "page_1", "noise", "page_2"]
    log = [Happened(f"c{n * 7919 % 301}", n // 3, names[n * n % 5], f"s{n * 7919 % 301 % 4}") for n in range(6_000)]
    assert answered(count_moves_here, log, MoveQuestion(STEPS), split=True) == moves(log, STEPS)


def test_rows_of_one_time_are_walked_in_the_order_in_which_they_stand():
    log = [Happened("a", 1, "look"), Happened("a", 1, "visit"), Happened("a", 0, "page_1")]
    found = answered(count_moves_here, log, MoveQuestion(STEPS))
    assert list(found) == [
        (None, None, START, "pages"),
        (None, None, "look", "visit"),
        (None, None, "pages", "look"),
        (None, None, "visit", END),
    ]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2**45)), max_size=60), st.integers(0, 50))
def test_medians_found_digit_by_digit_are_exact(pairs, base):
    pairs = [(slot, base + gap) for slot, gap in pairs]
    gaps, counts = Gaps(), np.zeros(4, dtype=np.int64)
    for slot, gap in pairs:
        gaps.append(np.array([slot], dtype=np.int32), np.array([gap], dtype=np.int64))
        counts[slot] += 1
    expected = [
        np.median([gap for of, gap in pairs if of == slot]) / 1e6 if counts[slot] else np.nan for slot in range(4)
    ]
    np.testing.assert_array_equal(exact_medians(gaps, counts, lambda loop: loop), expected)
