"""Both engines give the chains that the definition gives, on random logs with ties, repeats and forbidden events."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapkit.sequences import ChainQuestion, Forbidden, embedded, machine, remote
from mapkit.sequences import compiled as compiling
from mapkit.tables import EVENTS, Table
from tests.sequences.chain_oracle import Happened, chains

START = pd.Timestamp("2025-01-01")
happenings = st.lists(
    st.builds(
        Happened, st.sampled_from("abc"), st.integers(0, 12), st.sampled_from(["visit", "look", "buy", "cancel"])
    ),
    max_size=40,
)
step_lists = st.lists(st.sampled_from(["visit", "look", "buy"]), min_size=1, max_size=4)
windows = st.sampled_from([None, 0, 3, 7])


def events_table(log):
    import ibis

    frame = pd.DataFrame(
        {
            "customer": pd.Series([row.unit for row in log], dtype="str"),
            "event": pd.Series([row.event for row in log], dtype="str"),
            "time": pd.Series([START + pd.Timedelta(seconds=row.seconds) for row in log], dtype="datetime64[us]"),
            "row": pd.Series(range(len(log)), dtype="int64"),
        }
    )
    return Table(EVENTS, ibis.memtable(frame))


def asked(table, steps, **options):
    forbidden = tuple(
        Forbidden(table.data.event == e, after, before) for e, after, before in options.pop("forbidden", ())
    )
    window = options.pop("window", None)
    return ChainQuestion(
        tuple(table.data.event == step for step in steps),
        window_microseconds=None if window is None else window * 1_000_000,
        forbidden=forbidden,
        **options,
    )


def answered(walk, log, steps, **options):
    table = events_table(log)
    walked = walk(table, asked(table, steps, **options))
    names = walked.data.select("unit", "customer").distinct()
    found = walked.units.join(names, "unit").to_pandas()
    rows = []
    for row in found.itertuples():
        times = [getattr(row, f"time_{k}") for k in range(1, len(steps) + 1)]
        seconds = tuple(int((time - START).total_seconds()) for time in times if pd.notna(time))
        rows.append((row.customer, row.reached, bool(row.removed), seconds))
    return sorted(rows)


@pytest.mark.parametrize("walk", [embedded.walk, remote.walk], ids=["embedded", "remote"])
@settings(max_examples=25, deadline=None)
@given(happenings, step_lists, windows, st.sampled_from(["ordered", "strict"]), st.booleans())
def test_chains_are_those_of_the_definition(walk, log, steps, window, order, per_entry):
    expected = chains(log, steps, window=window, order=order, per_entry=per_entry)
    assert answered(walk, log, steps, window=window, order=order, per_entry=per_entry) == expected


@pytest.mark.parametrize("walk", [embedded.walk, remote.walk], ids=["embedded", "remote"])
@settings(max_examples=25, deadline=None)
@given(happenings, windows, st.sampled_from([(1, 2), (2, 3), (1, 3)]), st.sampled_from(["cancel", "look"]))
def test_a_forbidden_event_removes_whoever_met_it_on_every_furthest_chain(walk, log, window, between, event):
    rules = [(event, *between)]
    expected = chains(log, ["visit", "look", "buy"], window=window, forbidden=rules)
    assert answered(walk, log, ["visit", "look", "buy"], window=window, forbidden=rules) == expected


@pytest.mark.parametrize("walk", [embedded.walk, remote.walk], ids=["embedded", "remote"])
@settings(max_examples=25, deadline=None)
@given(happenings, st.lists(st.sampled_from(["visit", "look", "buy"]), min_size=1, max_size=3, unique=True), windows)
def test_steps_in_any_order_are_reached_as_a_set(walk, log, steps, window):
    assert answered(walk, log, steps, window=window, order="any") == chains(log, steps, window=window, order="any")


@pytest.fixture
def always_compiled(monkeypatch):
    """Compile whatever the size, and keep almost nothing in memory, as a large log would."""
    monkeypatch.setattr(compiling, "SMALL", 0)
    monkeypatch.setattr("mapkit.sequences.partitions.SMALL", 0)
    monkeypatch.setattr("mapkit.sequences.partitions._IN_MEMORY", 0)


def test_the_compiled_machine_on_a_spilled_log_answers_like_the_plain_one(always_compiled):
    log = [
        Happened(f"c{n * 7919 % 301}", n // 40, ["visit", "look", "buy", "cancel"][n * n % 7 % 4]) for n in range(6_000)
    ]
    rules = [("cancel", 1, 3)]
    steps = ["visit", "look", "buy"]
    for options in ({"window": 30, "forbidden": rules}, {"order": "any", "window": 5}, {"order": "strict"}):
        assert answered(embedded.walk, log, steps, **options) == chains(log, steps, **options)


def test_a_log_out_of_order_is_sorted_and_ties_keep_their_rows():
    log = [Happened("a", 5, "buy"), Happened("a", 3, "visit"), Happened("a", 3, "look"), Happened("b", 1, "look")]
    assert answered(embedded.walk, log, ["visit", "look", "buy"]) == [("a", 3, False, (3, 3, 5))]
    assert answered(embedded.walk, log, ["look", "visit"]) == [("a", 1, False, (3,)), ("b", 1, False, (1,))]


def test_the_tail_layout_leaves_each_step_its_own_room():
    starts, width = machine.tail_layout(3, 2, attributed=True)
    assert list(starts) == [0, 0, 9, 16] and width == 16
    starts, width = machine.tail_layout(4, 0, attributed=False)
    assert list(starts) == [0, 0, 3, 5, 6] and width == 6
