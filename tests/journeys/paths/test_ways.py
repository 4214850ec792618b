"""The ways most travelled, counted whole: one of each walk, and the rest said."""

from __future__ import annotations

from collections import Counter

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mapkit as mk
from mapkit.errors import OptionError
from mapkit.journeys.paths import Paths, measure_paths
from tests.literal import events, table_of

LOG = ("ann: a@0 b@10 c@30", "bob: a@0 b@20 c@50", "cid: a@0 c@5", "dan: b@0")


def ways(paths: Paths) -> dict[str, int]:
    return dict(zip(paths.table["path"], paths.table["count"].tolist(), strict=True))


def test_equal_ways_are_counted_together_with_their_median_time():
    paths = measure_paths(events(*LOG))
    assert ways(paths) == {"a > b > c": 2, "a > c": 1, "b": 1}
    first = paths.table.iloc[0]
    assert first["steps"] == ("a", "b", "c")
    assert (first["median_seconds"], first["of_all"], first["all_walks"]) == (40.0, 0.5, 4)
    assert paths.share("a > b > c").n == 4
    assert paths.share(["a", "c"]).value == 0.25
    with pytest.raises(OptionError, match="There is no path"):
        paths.share("a > z")


def test_a_way_may_begin_at_an_event_lead_to_one_or_run_between_two():
    log = events("ann: x@0 a@1 b@2 c@3 a@4", "bob: c@0 a@1 x@2 c@3", "cid: b@0 a@1")
    assert ways(measure_paths(log, start="a")) == {"a > b > c > a": 1, "a > x > c": 1, "a": 1}
    assert ways(measure_paths(log, end="c")) == {"x > a > b > c": 1, "c": 1}
    assert ways(measure_paths(log, start="a", end="c")) == {"a > b > c": 1, "a > x > c": 1}
    assert ways(measure_paths(events("ann: a@1 b@2 a@3"), start="a", end="a")) == {"a > b > a": 1}
    with pytest.raises(OptionError, match=r"start='z' is no step"):
        measure_paths(log, start="z")


def test_a_way_that_goes_on_is_marked_where_it_was_cut():
    log = events("ann: a@1 b@2 c@3 d@4")
    assert ways(measure_paths(log, length=2)) == {"a > b > …": 1}
    assert ways(measure_paths(log, length=2, end="c")) == {"… > b > c": 1}
    cut = measure_paths(events("ann: a@1 b@2 c@3", "bob: a@1 b@2"), length=2).table
    assert cut["complete"].tolist() == [True, False]


def test_a_run_is_one_step_unless_loops_are_kept():
    log = events("ann: a@1 a@2 b@3")
    assert ways(measure_paths(log)) == {"a > b": 1}
    assert ways(measure_paths(log, collapse_loops=False)) == {"a > a > b": 1}


def test_what_the_table_leaves_out_is_said():
    log = events(*(f"c{n}: a@1" for n in range(6)), *(f"d{n}: b@1" for n in range(3)), "e: c@1")
    paths = measure_paths(log, top=1)
    assert paths.rest[["paths", "count", "all_walks"]].to_numpy().tolist() == [[2, 4, 10]]
    assert any("2 other ways, 4 of 10 walks (40.0%)" in note for note in paths.notes)
    rare = measure_paths(log, minimum=3)
    assert ways(rare) == {"a": 6, "b": 3}
    assert rare.rest["count"].tolist() == [1]
    nothing = measure_paths(log, minimum=99)
    assert nothing.table.empty
    assert nothing.rest["count"].tolist() == [10]


def test_sessions_are_counted_and_their_customers():
    log = events(
        "ann: a@1{session=1} b@2{session=1} a@3{session=2} b@4{session=2}", "bob: a@1{session=1} b@2{session=1}"
    )
    first = measure_paths(log, per="session").table.iloc[0]
    assert (first["path"], first["count"], first["customers"]) == ("a > b", 3, 2)


def test_a_name_with_a_bracket_in_it_can_be_told_from_two_steps():
    frame = pd.DataFrame({"customer": ["x", "y", "y"], "event": ["a > b", "a", "b"], "row": [1, 2, 3]})
    frame["time"] = pd.Timestamp("2025-01-01").to_datetime64().astype("datetime64[us]")
    assert set(ways(measure_paths(table_of(frame)))) == {'"a > b"', "a > b"}


def test_segments_have_their_own_denominators():
    log = events("ann: a@1{channel=web}", "bob: b@1{channel=web}", "cid: a@1{channel=mail}")
    paths = measure_paths(log, by="channel")
    assert paths.share("a", "web").value == 0.5
    assert paths.share("a", "mail").value == 1.0
    assert paths.rest["segment"].tolist() == ["mail", "web"]


def test_an_empty_log_and_options_that_make_no_sense():
    assert measure_paths(events()).table.empty
    for options in ({"length": 0}, {"length": 51}, {"top": 0}, {"minimum": 0}, {"length": 2.5}):
        with pytest.raises(OptionError, match="whole number"):
            measure_paths(events(*LOG), **options)


def test_two_logs_are_compared_way_by_way():
    one = measure_paths(events(*(f"c{n}: {'a' if n < 90 else 'b'}@1" for n in range(100))))
    other = measure_paths(events(*(f"c{n}: {'a' if n < 20 else 'b'}@1" for n in range(100))))
    assert mk.compare(one, other).estimate(path="a").value == pytest.approx(0.7)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("wxyz"), st.sampled_from("abc")), max_size=30))
def test_ways_are_those_of_plain_lists(log):
    frame = pd.DataFrame(log, columns=["customer", "event"]).astype("str")
    frame["time"] = pd.Series([pd.Timestamp("2025-01-01")] * len(frame), dtype="datetime64[us]")
    frame["row"] = range(len(frame))
    expected = Counter(tuple(rows["event"][:4]) for _, rows in frame.groupby("customer"))
    found = measure_paths(table_of(frame), length=4, collapse_loops=False, top=1_000).table
    assert found.groupby("steps")["count"].sum().to_dict() == dict(expected)


def test_harbours_first_attempts_are_found_whole():
    harbour = mk.load_dataset("harbour")
    steps = ["first_visit", "view_item", "add_to_cart", "begin_checkout", "purchase"]
    paths = measure_paths(harbour.events, names=steps, start="first_visit", length=50)
    realised = harbour.truth["realised"]["funnel"]["no_window"]["all"]
    for reached in range(1, 5):
        stopped = realised[steps[reached - 1]] - realised[steps[reached]]
        assert paths.share(steps[:reached]).value == stopped / realised["first_visit"]
    assert paths.share(steps).value == realised["purchase"] / realised["first_visit"]
