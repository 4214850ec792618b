"""Segments on events: every event has its customer's, no event is lost, no order is changed."""

from __future__ import annotations

import random

import ibis
import pandas as pd
import pytest

from mapkit.errors import DocumentError, OptionError, StageError, TableError
from mapkit.journeys import measure_funnel
from mapkit.journeys.segmenting import SegmentRules, map_segments, measure_rfm
from mapkit.loaders import read_events
from mapkit.tables import EVENTS, Table
from tests.journeys.value.shelf import harbour
from tests.literal import START, events, table_of

SEGMENTS = pd.DataFrame({"customer": ["ann", "bob"], "segment": ["loyal", "new"]})
LOG = ("ann: visit@1 buy@2", "bob: visit@1", "cid: visit@3")


def given(table: Table, column: str = "segment") -> dict[str, set[str]]:
    return table.to_pandas().groupby("customer")[column].agg(set).to_dict()


def test_every_event_has_its_customers_segment() -> None:
    assert given(map_segments(events(*LOG), SEGMENTS)) == {"ann": {"loyal"}, "bob": {"new"}, "cid": {"(none)"}}


def test_no_event_is_lost_or_doubled() -> None:
    log = events(*LOG)
    mapped = map_segments(log, SEGMENTS).to_pandas().sort_values("row", ignore_index=True)
    pd.testing.assert_frame_equal(mapped.drop(columns="segment"), log.to_pandas())


def test_customers_without_a_segment_are_counted() -> None:
    log = read_events(events(*LOG).to_pandas())
    said = map_segments(log, SEGMENTS).intake
    assert said is not None
    assert "segment: 2 of 3 customers have a segment, the others are '(none)'" in said.decisions


def test_a_column_that_is_there_is_replaced_only_on_demand() -> None:
    log = events("ann: visit@1{segment=old}")
    with pytest.raises(OptionError, match="existing='replace'"):
        map_segments(log, SEGMENTS)
    assert given(map_segments(log, SEGMENTS, existing="replace")) == {"ann": {"loyal"}}
    assert given(map_segments(log, SEGMENTS, column="kind"), "kind") == {"ann": {"loyal"}}
    with pytest.raises(OptionError, match="every log needs"):
        map_segments(log, SEGMENTS, column="customer", existing="replace")


def test_a_customer_has_one_segment() -> None:
    twice = pd.concat([SEGMENTS, pd.DataFrame({"customer": ["ann"], "segment": ["new"]})])
    with pytest.raises(TableError, match="more than one segment, such as 'ann'"):
        map_segments(events(*LOG), twice)
    assert given(map_segments(events(*LOG), pd.concat([SEGMENTS, SEGMENTS])))["ann"] == {"loyal"}


def test_segments_of_other_customers_are_a_mistake() -> None:
    with pytest.raises(TableError, match="are the ids the same"):
        map_segments(events(*LOG), pd.DataFrame({"customer": ["zoe"], "segment": ["new"]}))
    with pytest.raises(TableError, match="no column 'segment'"):
        map_segments(events(*LOG), pd.DataFrame({"customer": ["ann"]}))


def test_whole_numbers_meet_their_text_and_their_floats() -> None:
    frame = pd.DataFrame({"customer": [1, 2], "event": "visit", "time": pd.to_datetime(["2025-01-01", "2025-01-02"])})
    numbers, texts = read_events(frame), read_events(frame.assign(customer=["1", "2"]))
    for log in (numbers, texts):
        for ids in ([1, 2], ["1", "2"], [1.0, 2.0]):
            mapped = map_segments(log, pd.DataFrame({"customer": ids, "segment": ["a", "b"]}))
            assert mapped.to_pandas().sort_values("row")["segment"].tolist() == ["a", "b"]


@pytest.mark.parametrize("numbered", ["with row", "without row"])
def test_the_order_of_events_in_one_moment_survives(numbered: str) -> None:
    draw = random.Random(3)
    rows = [
        (f"c{draw.randrange(400)}", draw.choice(["a", "b", "c"]), START + pd.Timedelta(seconds=draw.randrange(60)))
        for _ in range(6_000)
    ]
    frame = pd.DataFrame(rows, columns=["customer", "event", "time"])
    if numbered == "with row":
        frame["row"] = range(len(frame))
    log = table_of(frame)
    segments = pd.DataFrame({"customer": [f"c{k}" for k in range(0, 400, 2)], "segment": "even"})
    mapped = map_segments(log, segments)
    for order in ("ordered", "strict"):
        asked = {"steps": ["a", "b", "c"], "window": "10s", "order": order}
        assert measure_funnel(mapped, **asked).counts == measure_funnel(log, **asked).counts
    table = measure_funnel(mapped, ["a", "b", "c"], window="10s", breakdown="segment").table
    alone = measure_funnel(log.with_data(log.data.filter(log.data["customer"].isin(segments["customer"]))),
                           ["a", "b", "c"], window="10s")  # fmt: skip
    assert table.loc[table["segment"] == "even", "customers"].tolist() == alone.counts


def test_harbour_sliced_by_rfm_adds_up() -> None:
    steps = ["first_visit", "view_item", "add_to_cart", "begin_checkout", "purchase"]
    log = harbour().events
    mapped = map_segments(log, measure_rfm(log, refund="refund"), column="rfm")
    table = measure_funnel(mapped, steps, breakdown="rfm").table
    assert table.groupby("step", sort=False)["customers"].sum().tolist() == measure_funnel(log, steps).counts


def test_rules_on_customers_give_segments() -> None:
    rules = SegmentRules(
        "who", {"islanders": {"region": "islands", "age": {"<": 40}}, "known": [{"age": {">=": 60}}, {"region": None}]}
    )
    customers = pd.DataFrame(
        {
            "customer": ["ann", "bob", "cid", "dan"],
            "region": ["islands", None, "hills", "islands"],
            "age": [30, 20, 50, 60],
        }
    )
    assert rules.assign(customers).tolist() == ["islanders", "known", "(none)", "known"]
    mapped = map_segments(events(*LOG), rules, customers=customers)
    assert given(mapped) == {"ann": {"islanders"}, "bob": {"known"}, "cid": {"(none)"}}
    with pytest.raises(OptionError, match="Pass the frame"):
        map_segments(events(*LOG), rules)


def test_the_first_rule_that_is_met_wins() -> None:
    rules = SegmentRules("order", {"a": {"x": {">": 1}}, "b": {"x": {">": 0}}, "rest": {}})
    assert rules.assign(pd.DataFrame({"x": [2, 1, 0]})).tolist() == ["a", "b", "rest"]


def test_rules_keep_the_rows_order_and_index() -> None:
    frame = pd.DataFrame({"x": range(5_000)}, index=range(5_000, 0, -1))
    found = SegmentRules("parity", {"low": {"x": {"<": 2_500}}, "high": {}}).assign(frame)
    assert found.index.equals(frame.index)
    assert (found == "low").tolist() == (frame["x"] < 2_500).tolist()


def test_rules_are_documents(tmp_path) -> None:
    rules = SegmentRules("who", {"a": {"x": {">": 1}, "y": ["p", "q"]}, "b": [{"x": 1}, {"y": None}]}, description="d")
    assert SegmentRules.from_yaml(rules.to_yaml()) == rules
    assert SegmentRules.read(rules.write(tmp_path / "rules.yaml")) == rules
    with pytest.raises(DocumentError, match=r"line 3.*unknown key '>=>'"):
        SegmentRules.from_yaml("name: n\nsegments:\n  a: {x: {'>=>': 1}}\n")


def test_rules_that_cannot_be_are_refused() -> None:
    frame = pd.DataFrame({"revenue": [1.0]})
    with pytest.raises(TableError, match="Did you mean 'revenue'"):
        SegmentRules("n", {"a": {"revenu": 1}}).assign(frame)
    with pytest.raises(StageError, match="compares text"):
        SegmentRules("n", {"a": {"revenue": "much"}}).assign(frame)
    with pytest.raises(OptionError, match="is kept for"):
        SegmentRules("n", {"(none)": {}})
    with pytest.raises(OptionError, match="no segments"):
        SegmentRules("n", {})


def test_hostile_names_are_names_and_shown_escaped() -> None:
    rules = SegmentRules("n", {"<script>": {"who": "it's; drop"}, "x" * 10_000: {}})
    assert rules.assign(pd.DataFrame({"who": ["it's; drop"]})).tolist() == ["<script>"]
    assert "<script>" not in rules._repr_html_()


@pytest.mark.postgres
def test_a_warehouse_is_mapped_the_same(postgres_url: str) -> None:
    here = events(*LOG)
    warehouse = ibis.connect(postgres_url)
    there = Table(EVENTS, warehouse.create_table("segment_events", ibis.memtable(here.to_pandas()), temp=True))
    try:
        assert given(map_segments(there, SEGMENTS)) == given(map_segments(here, SEGMENTS))
    finally:
        warehouse.disconnect()
