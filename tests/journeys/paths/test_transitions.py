"""Transitions count what follows what: moves, who made them, and how long they took."""

from __future__ import annotations

import itertools

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mapkit as mk
from mapkit.errors import OptionError, StageError, TableError
from mapkit.journeys.paths import Transitions, measure_transitions
from mapkit.sequences import END, START
from mapkit.stages import StageModel, map_stages
from mapkit.statistics import wilson_interval
from tests.literal import events, table_of

HOSTILE = [
    "<script>alert(1)</script>",
    "it's; DROP TABLE",
    'say "x" > y',
    "\u202eevil",
    "line\nbreak",
    "n" * 10_000,
    "",
]


def counts(result: Transitions) -> dict[tuple[str, str], int]:
    table = result.table
    return dict(zip(zip(table["source"], table["target"], strict=True), table["count"].tolist(), strict=True))


def row(result: Transitions, source: str, target: str) -> pd.Series:
    table = result.table
    return table[(table["source"] == source) & (table["target"] == target)].iloc[0]


def test_every_pair_of_steps_in_a_row_is_a_move():
    moves = measure_transitions(events("ann: visit@1 look@2 look@4 buy@9", "bob: visit@1"))
    assert counts(moves) == {
        (START, "visit"): 2,
        ("visit", "look"): 1,
        ("look", "look"): 1,
        ("look", "buy"): 1,
        ("buy", END): 1,
        ("visit", END): 1,
    }


def test_a_share_is_of_the_moves_out_of_the_source_with_its_interval():
    log = events(*(f"c{n}: a@1 {'b' if n < 15 else 'c'}@2" for n in range(50)))
    found = row(measure_transitions(log), "a", "b")
    assert found["of_source"] == 0.3
    assert (found["of_source_low"], found["of_source_high"]) == pytest.approx((0.1910, 0.4375), abs=5e-5)
    assert str(measure_transitions(log).share("a", "b")).endswith("of 50")
    assert measure_transitions(log).share("b", "a").value == 0.0


def test_a_customer_who_moves_twice_is_two_moves_and_one_customer():
    found = row(measure_transitions(events("ann: a@1 b@2 a@3 b@7", "bob: a@1 b@2")), "a", "b")
    assert (found["count"], found["customers"]) == (3, 2)


def test_the_time_of_a_move_is_the_median_and_ends_have_none():
    moves = measure_transitions(events("ann: a@0 b@10", "bob: a@0 b@1m", "cid: a@0 b@1h", "dan: a@0 b@2h"))
    assert row(moves, "a", "b")["median_seconds"] == (60 + 3600) / 2
    assert pd.isna(row(moves, START, "a")["median_seconds"])


def test_a_run_counts_once_at_the_time_of_its_first_when_loops_are_collapsed():
    moves = measure_transitions(events("ann: a@0 a@5 b@20 a@30 a@31"), collapse_loops=True)
    assert counts(moves) == {(START, "a"): 1, ("a", "b"): 1, ("b", "a"): 1, ("a", END): 1}
    assert row(moves, "a", "b")["median_seconds"] == 20


def test_without_start_and_end_only_moves_between_steps_count():
    moves = measure_transitions(events("ann: a@1 b@2", "bob: a@1"), start_end=False)
    assert counts(moves) == {("a", "b"): 1}
    assert moves.share("a", "b").n == 1


def test_each_session_is_walked_by_itself():
    log = events("ann: a@1{session=1} b@2{session=1} a@3{session=2}", "bob: a@1{session=1} z@5")
    moves = counts(measure_transitions(log, per="session"))
    assert moves == {(START, "a"): 3, ("a", END): 2, ("a", "b"): 1, ("b", END): 1}
    with pytest.raises(TableError, match="map_sessions makes one"):
        measure_transitions(events("ann: a@1"), per="session")


def test_names_are_grouped_by_patterns_and_none_leaves_them_out():
    log = events("ann: page_1@1 ping@2 page_2@3 buy@4")
    moves = measure_transitions(log, names={"page_*": "pages", "ping": None})
    assert counts(moves) == {(START, "pages"): 1, ("pages", "pages"): 1, ("pages", "buy"): 1, ("buy", END): 1}
    assert any("1 of 4 events are passed over" in note for note in moves.notes)
    exact = measure_transitions(log, names={"page_*": "pages", "page_2": "second"})
    assert "second" in exact.steps


def test_a_list_of_names_keeps_those_alone():
    log = events("ann: visit@1 noise@2 buy@3")
    assert counts(measure_transitions(log, names=["visit", "buy"]))[("visit", "buy")] == 1
    with pytest.raises(OptionError, match="Did you mean 'visit'"):
        measure_transitions(log, names=["visti", "buy"])
    with pytest.raises(OptionError, match="nor a list of names"):
        measure_transitions(log, names="visit")
    assert any("Nothing in this log fits 'zebra*'" in n for n in measure_transitions(log, names={"zebra*": "z"}).notes)


def test_stages_are_walked_in_place_of_events():
    model = StageModel("ab", {"A": ["a1", "a2"], "B": ["b"]})
    staged = map_stages(events("ann: a1@1 x@2 a2@3 b@4"), model, unmapped="keep")
    moves = measure_transitions(staged, of="stage")
    assert moves.steps == ("A", "B")
    assert counts(moves) == {(START, "A"): 1, ("A", "A"): 1, ("A", "B"): 1, ("B", END): 1}
    with pytest.raises(StageError, match="Map them first"):
        measure_transitions(events("ann: a@1"), of="stage")


def test_a_step_that_is_called_like_the_end_is_refused_with_the_way_out():
    log = table_of(pd.DataFrame({"customer": ["a"], "event": [END], "time": pd.to_datetime(["2025-01-01"])}))
    with pytest.raises(OptionError, match="Give it another name"):
        measure_transitions(log)
    assert counts(measure_transitions(log, names={END: "end"})) == {(START, "end"): 1, ("end", END): 1}


def test_the_matrix_has_a_row_for_every_source_and_adds_up_to_one():
    wide = measure_transitions(events("ann: a@1 b@2 a@3", "bob: b@1")).matrix()
    assert list(wide.index) == [START, "a", "b"]
    assert list(wide.columns) == ["a", "b", END]
    assert wide.sum(axis=1).tolist() == [1.0, 1.0, 1.0]
    with pytest.raises(OptionError, match="Did you mean 'count'"):
        measure_transitions(events("ann: a@1")).matrix("cont")


def test_a_table_of_transitions_is_a_table_of_ties():
    moves = measure_transitions(events("ann: a@1 b@2", "bob: a@1 b@2"))
    ties = mk.read_ties(moves.ties())
    assert ties.intake.rows_kept == len(moves.table)
    held = ties.to_pandas()
    assert set(zip(held["source"], held["target"], held["weight"], strict=True)) >= {(START, "a", 2.0), ("b", END, 2.0)}


def test_segments_follow_the_customer_and_add_up_to_the_whole():
    log = events("ann: a@1{channel=web} b@2{channel=mail}", "bob: a@1{channel=mail} b@2", "cid: a@1")
    split, whole = measure_transitions(log, by="channel"), measure_transitions(log)
    assert split.table.columns[0] == "segment"
    assert split.table.groupby(["source", "target"])["count"].sum().to_dict() == counts(whole)
    assert split.share("a", "b", "web").value == 1.0
    with pytest.raises(OptionError, match="Did you mean 'web'"):
        split.share("a", "b", "wbe")
    with pytest.raises(OptionError, match="no segments"):
        whole.share("a", "b", "web")


def test_two_logs_are_compared_move_by_move():
    one = measure_transitions(events(*(f"c{n}: a@1 {'b' if n < 90 else 'c'}@2" for n in range(100))))
    other = measure_transitions(events(*(f"c{n}: a@1 {'b' if n < 20 else 'c'}@2" for n in range(100))))
    compared = mk.compare(one, other)
    assert compared.estimate("of_source", source="a", target="b").value == pytest.approx(0.7)
    assert set(compared.differing["target"]) == {"b", "c"}
    with pytest.raises(OptionError):
        mk.compare(one, measure_transitions(events("ann: a@1 b@2"), collapse_loops=True))


def test_an_empty_log_has_no_moves_and_one_event_has_two():
    assert measure_transitions(events()).table.empty
    assert measure_transitions(events(), by="event").table.empty
    assert counts(measure_transitions(events("ann: a@1"))) == {(START, "a"): 1, ("a", END): 1}


def test_hostile_names_are_counted_as_they_stand_and_shown_escaped():
    times = pd.date_range("2025-01-01", periods=len(HOSTILE), freq="s").astype("datetime64[us]")
    log = table_of(pd.DataFrame({"customer": "x", "event": HOSTILE, "time": times, "row": range(len(HOSTILE))}))
    moves = measure_transitions(log)
    assert set(moves.steps) == set(HOSTILE)
    assert moves.share(HOSTILE[0], HOSTILE[1]).value == 1.0
    assert "<script>" not in moves._repr_html_()


logs = st.lists(st.tuples(st.sampled_from("xyz"), st.integers(0, 9), st.sampled_from("abcd")), max_size=40)


@settings(max_examples=20, deadline=None)
@given(logs, st.booleans())
def test_as_many_moves_lead_into_every_step_as_out_of_it(log, collapse):
    frame = pd.DataFrame(log, columns=["customer", "seconds", "event"]).astype({"customer": "str", "event": "str"})
    time = pd.Timestamp("2025-01-01") + pd.to_timedelta(frame["seconds"].astype("int64"), unit="s")
    frame = frame.assign(time=time.astype("datetime64[us]"), row=range(len(frame))).drop(columns="seconds")
    table = measure_transitions(table_of(frame), collapse_loops=collapse).table
    into, out = table.groupby("target")["count"].sum(), table.groupby("source")["count"].sum()
    assert {s: into[s] for s in into.index if s != END} == {s: out[s] for s in out.index if s != START}
    assert into.get(END, 0) == out.get(START, 0) == frame["customer"].nunique()


@pytest.fixture(scope="module")
def harbour():
    return mk.load_dataset("harbour")


STEPS = ["first_visit", "view_item", "add_to_cart", "begin_checkout", "purchase"]


def test_the_moves_of_harbours_first_attempt_are_those_that_were_realised(harbour):
    moves = measure_transitions(harbour.events, names=STEPS, by="segment")
    realised = harbour.truth["realised"]["funnel"]["no_window"]
    whole = moves.table.groupby(["source", "target"])["count"].sum()
    by_segment = moves.table.set_index(["segment", "source", "target"])["count"]
    for source, target in itertools.pairwise(STEPS):
        assert whole[source, target] == realised["all"][target]
        # The segment is the customer's in the log as in the plan.
        assert {s: by_segment[s, source, target] for s in realised["by_segment"]} == {
            s: counted[target] for s, counted in realised["by_segment"].items()
        }


def test_harbours_customers_look_at_an_item_before_they_sign_up(harbour):
    first = measure_transitions(harbour.events, names=["view_item", "sign_up"]).share(START, "view_item")
    assert first.low > 0.95


def test_most_of_harbours_baskets_are_filled_in_the_session_of_the_item(harbour):
    steps = ["view_item", "add_to_cart"]
    same = row(measure_transitions(harbour.events, names=steps, per="session"), *steps)["count"]
    planted = harbour.truth["planted"]["funnel"]["same_session_share"]
    low, high = wilson_interval(same, harbour.truth["realised"]["funnel"]["no_window"]["all"]["add_to_cart"], 0.999)
    assert low < planted < high
