"""An inventory held against small logs whose answers are known by heart."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mapkit as mk
from mapkit.errors import OptionError, TableError
from mapkit.experience.touchpoints import measure_inventory
from tests.literal import events

LOG = events("ann: visit@1{stage=look} visit@2{stage=look} buy@3{stage=pay}", "bob: visit@1{stage=pay} locker@5")
PAGE = {
    "touchpoint": "page",
    "name": "Page",
    "channel": "web",
    "medium": "digital",
    "paid": False,
    "ownership": "owned",
    "stage": "look",
    "business_reason": "inform",
    "customer_impact": "loyalty",
    "owner": "web",
    "mandated": False,
    "cost": 5.0,
    "events": "visit",
}
SHOP = [PAGE, {**PAGE, "touchpoint": "till", "name": "Till", "stage": "pay", "events": "buy; pay", "owner": None}]
RADIO = {**PAGE, "touchpoint": "radio", "name": "Radio", "channel": "radio", "events": ""}


def row(result, touchpoint: str) -> pd.Series:
    return result.table.set_index("touchpoint").loc[touchpoint]


def test_a_touchpoint_is_witnessed_by_the_events_it_lists():
    result = measure_inventory([*SHOP, RADIO], LOG)
    assert list(result.table["witnessed"]) == [True, True, False]
    assert (row(result, "page")["customers"], row(result, "page")["events"]) == (2, 3)
    assert row(result, "till")["not_in_log"] == "pay"
    assert result.unwitnessed == ["radio"]
    assert row(result, "radio")["missing"] == "effectiveness"
    assert result.share("till").value == 0.5
    assert result.share("till").n == 2


def test_an_event_that_nobody_lists_is_missing_from_the_inventory():
    result = measure_inventory(SHOP, LOG)
    assert result.unlisted.to_dict("records") == [{"event": "locker", "events": 1, "customers": 1, "of_events": 0.2}]
    assert result.share_listed.value == 0.8


def test_a_row_that_names_its_touchpoint_witnesses_it_where_no_event_is_listed():
    log = events("ann: ring@1{touchpoint=phone} ring@2{touchpoint=door}")
    result = measure_inventory([{"touchpoint": "phone"}], log)
    assert row(result, "phone")["events"] == 1
    assert list(result.unlisted["event"]) == ["ring"]


def test_an_event_of_several_touchpoints_counts_for_each_and_is_told():
    result = measure_inventory([*SHOP, {**RADIO, "events": ["visit", "buy"]}], LOG)
    assert list(result.table["events"]) == [3, 1, 4]
    assert dict(zip(result.shared["event"], result.shared["touchpoints"], strict=True)) == {
        "visit": "page; radio",
        "buy": "till; radio",
    }
    assert any("listed by several" in note for note in result.notes)


def test_the_stage_where_a_touchpoint_occurs_is_set_beside_the_stage_it_claims():
    result = measure_inventory(SHOP, LOG)
    assert row(result, "page")["stage_seen"] == "look"
    assert row(result, "page")["of_occurrences_in_claimed"] == pytest.approx(2 / 3)
    assert result.share_of_stage("page", "pay").value == pytest.approx(1 / 3)
    with pytest.raises(OptionError, match="does not occur in a stage"):
        measure_inventory([*SHOP, RADIO], LOG).share_of_stage("radio", "look")


def test_holes_owners_and_orphans_are_counted():
    result = measure_inventory([*SHOP, RADIO], LOG)
    assert result.holes == [("pay", "radio")]
    assert result.orphans == ["till"]
    assert dict(zip(result.owners["owner"], result.owners["touchpoints"], strict=True)) == {"web": 2, "(nobody)": 1}
    assert list(result.table["elements"]) == [6, 5, 5]


def test_the_same_name_or_the_same_events_are_a_duplicate():
    again = [{**PAGE, "touchpoint": "a", "events": ""}, {**PAGE, "touchpoint": "b", "name": "Other"}]
    assert list(measure_inventory([PAGE, *again], LOG).table["duplicate_of"]) == [None, "page", "page"]


def test_a_touchpoint_listed_twice_is_refused():
    with pytest.raises(TableError, match="lists 'page' more than once"):
        measure_inventory([PAGE, PAGE], LOG)
    with pytest.raises(TableError, match="Did you mean 'page'"):
        measure_inventory([PAGE], LOG).share("pag")


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", 'it\'s "so"', "مرحبا", "x" * 10_000, "=1+1"])
def test_hostile_names_are_names(name: str):
    result = measure_inventory([{"touchpoint": name, "owner": name, "events": "visit"}], LOG)
    assert result.table["events"].tolist() == [3]
    assert "<script>" not in result._repr_html_()


def test_an_empty_inventory_and_words_outside_the_vocabulary_are_told():
    empty = measure_inventory(pd.DataFrame({"touchpoint": pd.Series([], dtype=str)}), LOG)
    assert len(empty.table) == 0
    assert empty.unlisted["events"].sum() == 5
    odd = measure_inventory([{**PAGE, "business_reason": "shout"}], LOG)
    assert any("shout" in note for note in odd.notes)


def test_two_logs_are_compared_by_the_share_who_met_a_touchpoint():
    one = measure_inventory(SHOP, LOG)
    other = measure_inventory(SHOP, events("cy: buy@1"))
    compared = mk.compare(one, other).table.set_index("touchpoint")
    assert compared.loc["till", "difference"] == -0.5
    assert compared.loc["page", "difference"] == 1.0


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz")), min_size=1, max_size=8))
def test_rows_are_those_of_touchpoints_and_those_of_nobody(rows):
    log = events(*(f"{customer}: {event}@{k}" for k, (customer, event) in enumerate(rows)))
    result = measure_inventory([{"touchpoint": "t", "events": "x"}, {"touchpoint": "u", "events": "y"}], log)
    assert result.table["events"].sum() + result.unlisted["events"].sum() == len(rows)
    assert (result.table["customers"] <= len({customer for customer, _ in rows})).all()


def test_what_harbour_planted_in_its_inventory_is_found():
    harbour = mk.load_dataset("harbour")
    facts = harbour.truth["planted"]["touchpoint_facts"]
    result = measure_inventory(harbour.touchpoints, harbour.events)
    assert result.unwitnessed == [facts["unwitnessed"]]
    assert list(result.unlisted["event"]) == [facts["unlisted_event"]]
    assert result.orphans == [facts["orphan"]]
