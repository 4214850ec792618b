"""The stage scorecard counts each stage by itself: who was there, when first, and how they came and went."""

from __future__ import annotations

import random
from collections import Counter

import ibis
import pandas as pd
import pytest

from mapkit.errors import OptionError, StageError, TableError
from mapkit.journeys.stages import StageScorecard, measure_stages
from mapkit.stages import AARRR, StageModel, aarrr, map_stages, measure_coverage
from mapkit.tables import EVENTS, Table
from tests.literal import START, events, table_of

ABC = StageModel("abc", {"A": ["a"], "B": ["b", "b2"], "C": ["c"]})


def staged(*customers: str, model: StageModel = ABC) -> Table:
    return map_stages(events(*customers), model, unmapped="keep")


def column(scorecard: StageScorecard, name: str) -> list:
    return scorecard.table[name].tolist()


def test_a_customer_counts_once_in_every_stage_reached():
    scorecard = measure_stages(staged("ann: a@1 a@2 b@3", "bob: a@1", "cid: c@1"))
    assert column(scorecard, "customers") == [2, 1, 1]
    assert column(scorecard, "events") == [3, 1, 1]


def test_shares_are_of_all_customers_also_those_without_a_stage():
    scorecard = measure_stages(staged("ann: a@1 b@2", "bob: other@1", "cid: other@1", "dan: a@1"))
    assert column(scorecard, "all_customers") == [4, 4, 4]
    assert column(scorecard, "of_customers") == [0.5, 0.25, 0.0]
    assert "2 of 5 events have no stage" in " ".join(scorecard.notes)


def test_intervals_are_wilsons():
    log = staged(*(f"c{number}: {'a' if number < 15 else 'x'}@1" for number in range(50)))
    row = measure_stages(log).table.iloc[0]
    assert (row["of_customers_low"], row["of_customers_high"]) == pytest.approx((0.1910, 0.4375), abs=5e-5)
    wider = measure_stages(log, confidence=0.99).table.iloc[0]
    assert wider["of_customers_low"] < row["of_customers_low"]


def test_the_way_to_a_stage_starts_at_the_first_event_of_any_kind():
    scorecard = measure_stages(staged("ann: other@0 a@10 b@20.5", "bob: a@5 b@15", "cid: b@9 b@99"))
    assert column(scorecard, "median_seconds_to_first")[:2] == [5.0, 10.0]
    assert pd.isna(column(scorecard, "median_seconds_to_first")[2])


def test_coming_back_after_another_stage_is_a_re_entry():
    scorecard = measure_stages(staged("ann: a@1 b@2 a@3 b@4 a@5", "bob: a@1 a@2 other@3 a@4"))
    assert column(scorecard, "re_entries") == [2, 1, 0]


def test_a_move_back_from_a_later_stage_is_a_loop_also_the_first_time():
    scorecard = measure_stages(staged("ann: c@1 b@2 c@3 a@4", "bob: a@1 b@2 c@3"))
    assert column(scorecard, "loops") == [1, 1, 0]
    assert column(scorecard, "re_entries") == [0, 0, 1]


def test_reaching_a_later_stage_without_this_one_is_a_skip():
    scorecard = measure_stages(staged("ann: a@1 c@2", "bob: c@1", "cid: c@1 b@2", "dan: a@1"))
    assert column(scorecard, "skips") == [2, 2, 0]


def test_equal_times_follow_the_order_of_the_rows():
    assert column(measure_stages(staged("ann: a@1 b@1 a@1")), "loops") == [1, 0, 0]
    assert column(measure_stages(staged("ann: a@1 a@1 b@1")), "loops") == [0, 0, 0]
    log = staged("ann: a@1 b@1 a@1")
    assert column(measure_stages(log.with_data(log.data.drop("row"))), "loops") == [1, 0, 0]


def test_rows_out_of_time_order_are_walked_in_time_order():
    assert column(measure_stages(staged("ann: c@3 a@1 b@2")), "loops") == [0, 0, 0]


def test_revenue_before_referral_counts_for_both_in_any_order():
    line = "ann: first_visit@1 purchase@2 invite_sent@3"
    for model in (AARRR, aarrr("revenue-referral")):
        table = measure_stages(events(line), model).table.set_index("stage")
        assert table.loc[["acquisition", "referral", "revenue"], "customers"].tolist() == [1, 1, 1]
        assert table.loc[["activation", "retention"], "customers"].tolist() == [0, 0]
    scorecard = measure_stages(events(line), AARRR)
    assert any("AARRR is not a strict sequence" in note for note in scorecard.notes)
    assert any("acquisition, activation, retention, referral, revenue" in note for note in scorecard.notes)


def test_a_model_given_maps_the_events_first():
    assert measure_stages(events("ann: a@1 b@2"), ABC).table.equals(measure_stages(staged("ann: a@1 b@2")).table)
    with pytest.raises(StageError, match="gives no stage to 1 of 2 event names"):
        measure_stages(events("ann: a@1 x@2"), ABC)


def test_each_channel_is_measured_as_a_log_of_its_own():
    log = staged(
        "ann: a@1{channel=web} b@2{channel=mail} a@3{channel=web} c@9{channel=mail}",
        "bob: a@1{channel=web}",
        "cid: a@1",
    )
    table = measure_stages(log, by="channel").table
    assert table.columns[0] == "segment"
    assert list(dict.fromkeys(table["segment"])) == ["web", "(none)", "mail"]
    mail = table[table["segment"] == "mail"].set_index("stage")
    assert mail["customers"].tolist() == [0, 1, 1]
    assert mail["all_customers"].tolist() == [1, 1, 1]
    assert mail.loc["C", "median_seconds_to_first"] == 7.0
    assert mail["skips"].tolist() == [1, 0, 0]
    web = table[table["segment"] == "web"].set_index("stage")
    assert web["of_customers"].tolist() == [1.0, 0.0, 0.0]
    assert web["re_entries"].tolist() == [0, 0, 0]


def test_rare_segments_are_put_together():
    log = staged(*(f"c{number}: a@1{{channel=ch{number}}} a@2{{channel=ch0}}" for number in range(15)))
    scorecard = measure_stages(log, by="channel")
    segments = scorecard.table.drop_duplicates("segment").set_index("segment")["all_customers"]
    assert len(segments) == 13
    assert segments["ch0"] == 15
    assert segments["other"] == 3
    assert any("3 values of channel" in note for note in scorecard.notes)


def test_a_share_can_be_quoted_with_its_denominator():
    scorecard = measure_stages(staged("ann: a@1 b@2", "bob: a@1"))
    assert str(scorecard.share("B")).endswith("of 2")
    assert scorecard.share("B").value == 0.5
    with pytest.raises(OptionError, match="Did you mean 'B'"):
        scorecard.share("b")
    with pytest.raises(OptionError, match="has no segments"):
        scorecard.share("B", "web")


def test_a_share_of_a_segment_needs_its_name():
    scorecard = measure_stages(staged("ann: a@1{channel=web}", "bob: b@1{channel=mail}"), by="channel")
    assert scorecard.share("A", "web").value == 1.0
    with pytest.raises(OptionError, match="Did you mean 'web'"):
        scorecard.share("A", "wbe")


def test_an_empty_log_claims_nothing():
    table = measure_stages(map_stages(events(), ABC)).table
    assert table["customers"].tolist() == [0, 0, 0]
    assert table[["of_customers", "of_customers_low", "of_customers_high"]].isna().all(axis=None)
    assert measure_stages(map_stages(events(), ABC), by="event").table.empty


def test_a_log_in_which_no_event_has_a_stage_has_zeros():
    table = measure_stages(staged("ann: x@1", "bob: y@1")).table
    assert table["of_customers"].tolist() == [0.0, 0.0, 0.0]
    assert table["of_customers_low"].tolist() == [0.0, 0.0, 0.0]


def test_events_without_stages_are_refused_with_the_way_to_get_them():
    with pytest.raises(StageError, match="Map them first, map_stages"):
        measure_stages(events("ann: a@1"))


def test_an_unknown_column_to_split_by_is_answered_with_the_nearest():
    with pytest.raises(TableError, match="Did you mean 'channel'"):
        measure_stages(staged("ann: a@1{channel=web}"), by="chanel")


def test_hostile_names_of_stages_and_segments_are_shown_escaped():
    model = StageModel("m", {"<script>": ["a"], "it's; drop": ["b"]})
    scorecard = measure_stages(staged("ann: a@1{channel=<img>} b@2", model=model), by="channel")
    assert scorecard.share("<script>", "<img>").value == 1.0
    assert "<script>" not in scorecard._repr_html_()
    assert "<img>" not in scorecard._repr_html_()


def walked_by_hand(frame: pd.DataFrame, names: tuple[str, ...]) -> dict[str, Counter]:
    """The same counts, by plain loops over each customer's rows."""
    place = {name: number for number, name in enumerate(names)}
    found = {key: Counter() for key in ("customers", "events", "re_entries", "skips", "loops")}
    for _, rows in frame.sort_values(["time", "row"]).groupby("customer"):
        visits = [stage for stage in rows["stage"] if isinstance(stage, str)]
        found["events"].update(visits)
        found["customers"].update(set(visits))
        highest = max((place[stage] for stage in visits), default=-1)
        found["skips"].update(name for name in names if name not in visits and place[name] < highest)
        seen: set[str] = set()
        for before, stage in zip([None, *visits], visits, strict=False):
            if stage != before:
                found["re_entries"][stage] += stage in seen
                found["loops"][stage] += before is not None and place[before] > place[stage]
            seen.add(stage)
    return found


@pytest.mark.parametrize("seed", range(4))
def test_the_scorecard_agrees_with_a_walk_by_hand_on_random_logs(seed: int):
    draw = random.Random(seed)
    rows = range(400)
    frame = pd.DataFrame(
        {
            "customer": [f"c{draw.randrange(25)}" for _ in rows],
            "event": [draw.choice(["a", "b", "b2", "c", "x"]) for _ in rows],
            "time": [START + pd.Timedelta(seconds=draw.randrange(40)) for _ in rows],
            "row": list(rows),
        }
    )
    log = map_stages(table_of(frame), ABC, unmapped="keep")
    table = measure_stages(log).table.set_index("stage")
    for name, counter in walked_by_hand(log.to_pandas(), ABC.stages).items():
        assert table[name].to_dict() == {stage: counter[stage] for stage in ABC.stages}, name


@pytest.mark.postgres
def test_a_warehouse_gives_the_same_scorecard_and_coverage(postgres_url: str):
    line = "a@1{channel=web, value=3} b@2.5{channel=mail, value=70} zzz@3 c@9{value=80} c@9 a@10{channel=web}"
    here = events(*(f"c{number}: {line}" for number in range(6)), "bob: c@4{channel=web} b@9")
    large, first_unpriced = (
        {"event": "c", "where": {"value": {">=": 50}}},
        {"event": "c", "where": {"value": None}, "nth": 1},
    )
    model = StageModel("abc", {"A": ["a"], "B": ["b", large], "C": [first_unpriced]})
    warehouse = ibis.connect(postgres_url)
    there = Table(EVENTS, warehouse.create_table("stage_events", ibis.memtable(here.to_pandas()), temp=True))
    try:
        one, other = (map_stages(log, model, unmapped="keep") for log in (here, there))
        for by in (None, "channel"):
            pd.testing.assert_frame_equal(measure_stages(one, by=by).table, measure_stages(other, by=by).table)
        pd.testing.assert_frame_equal(measure_coverage(here, model).table, measure_coverage(there, model).table)
    finally:
        warehouse.disconnect()
