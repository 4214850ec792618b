"""The step matrix says where customers are at their first, second, third step; once ended they stay ended."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mapkit as mk
from mapkit.errors import OptionError
from mapkit.journeys.paths import StepMatrix, measure_step_matrix
from mapkit.sequences import END
from tests.literal import events, table_of

LOG = ("ann: visit@1 look@2 buy@3", "bob: visit@1 buy@2", "cid: look@1")


def cells(matrix: StepMatrix) -> dict[tuple[int, str], int]:
    table = matrix.table
    return dict(zip(zip(table["step"], table["event"], strict=True), table["customers"].tolist(), strict=True))


def test_each_step_counts_who_is_at_which_event_and_who_has_ended():
    assert cells(measure_step_matrix(events(*LOG), steps=4)) == {
        (1, "visit"): 2,
        (1, "look"): 1,
        (2, "look"): 1,
        (2, "buy"): 1,
        (2, END): 1,
        (3, "buy"): 1,
        (3, END): 2,
        (4, END): 3,
    }


def test_shares_are_of_everybody_at_every_step_and_have_intervals():
    matrix = measure_step_matrix(events(*LOG), steps=3)
    assert matrix.table["all_customers"].tolist() == [3] * len(matrix.table)
    assert matrix.share(END, 2).value == pytest.approx(1 / 3)
    assert (matrix.table["of_all_low"] <= matrix.table["of_all"]).all()
    assert matrix.matrix().sum().tolist() == pytest.approx([1.0, 1.0, 1.0])
    assert list(matrix.matrix().index) == ["buy", "look", "visit", END]
    with pytest.raises(OptionError, match="Did you mean 'look'"):
        matrix.share("lok", 1)
    with pytest.raises(OptionError, match="not one of 1 to 3"):
        matrix.share("look", 9)


def test_counting_may_start_at_an_event():
    matrix = measure_step_matrix(events(*LOG), steps=2, after="look")
    assert cells(matrix) == {(1, "look"): 2, (2, "buy"): 1, (2, END): 1}
    with pytest.raises(OptionError, match="Did you mean 'look'"):
        measure_step_matrix(events(*LOG), after="lock")


def test_the_flows_lead_from_each_step_to_the_next():
    flows = measure_step_matrix(events(*LOG), steps=3).flows
    assert flows[["step", "source", "target", "customers"]].to_numpy().tolist() == [
        [1, "look", END, 1],
        [1, "visit", "buy", 1],
        [1, "visit", "look", 1],
        [2, "buy", END, 1],
        [2, "look", "buy", 1],
    ]


def test_loops_names_sessions_and_segments_are_those_of_transitions():
    log = events("ann: a@1{session=1, channel=web} a@2{session=1} b@3{session=2}", "bob: b@1{session=1}")
    assert cells(measure_step_matrix(log, steps=2, collapse_loops=True))[2, "b"] == 1
    assert cells(measure_step_matrix(log, steps=1, per="session")) == {(1, "b"): 2, (1, "a"): 1}
    assert cells(measure_step_matrix(log, steps=1, names={"*": "any"})) == {(1, "any"): 2}
    split = measure_step_matrix(log, steps=2, by="channel")
    assert split.share("a", 1, "web").value == 1.0
    assert split.share(END, 2, "(none)").value == 1.0


def test_an_empty_log_and_a_wrong_number_of_steps():
    assert measure_step_matrix(events()).table.empty
    assert measure_step_matrix(events()).flows.empty
    for wrong in (0, 101, "five"):
        with pytest.raises(OptionError, match="whole number from 1 to 100"):
            measure_step_matrix(events(*LOG), steps=wrong)


def test_two_logs_are_compared_step_by_step():
    one = measure_step_matrix(events(*(f"c{n}: {'a' if n < 90 else 'b'}@1" for n in range(100))), steps=1)
    other = measure_step_matrix(events(*(f"c{n}: {'a' if n < 20 else 'b'}@1" for n in range(100))), steps=1)
    assert mk.compare(one, other).estimate(step=1, event="a").value == pytest.approx(0.7)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("xyz"), st.sampled_from("abc")), max_size=30))
def test_everybody_is_somewhere_at_every_step(log):
    frame = pd.DataFrame(log, columns=["customer", "event"]).astype("str")
    frame["time"] = pd.Series([pd.Timestamp("2025-01-01")] * len(frame), dtype="datetime64[us]")
    frame["row"] = range(len(frame))
    table = measure_step_matrix(table_of(frame), steps=6).table
    sums = table.groupby("step")["customers"].sum()
    assert sums.tolist() == [frame["customer"].nunique()] * (6 if len(frame) else 0)


def test_after_the_basket_harbours_customers_go_on_as_realised():
    harbour = mk.load_dataset("harbour")
    names = ["add_to_cart", "begin_checkout", "purchase"]
    matrix = measure_step_matrix(harbour.events, steps=3, after="add_to_cart", names=names)
    realised = harbour.truth["realised"]["funnel"]["no_window"]["all"]
    found = cells(matrix)
    assert found[1, "add_to_cart"] == realised["add_to_cart"]
    assert found[2, "begin_checkout"] == realised["begin_checkout"]
    assert found[3, "purchase"] == realised["purchase"]
