"""Each kind of claim is held against the number that can confirm or contradict it."""

from __future__ import annotations

import pandas as pd
import pytest

from mapkit.errors import DocumentError, OptionError, TableError
from mapkit.maps.journey_map import Cell, Evidence, MapStep, Persona
from mapkit.maps.two_sources import observe_map
from tests.literal import events
from tests.maps.two_sources.made import cells, feelings, journey, log, observed, one_cell


def test_a_share_is_of_all_the_personas_customers():
    row = observed(one_cell("actions", Cell("try", "buy", claimed=0.6)), log((12, "visit@1 buy@2"), (88, "visit@1")))
    assert (row["claimed"], row["observed"], row["n"], row["hits"]) == (0.6, 0.12, 100, 12)
    assert (row["state"], row["kind"], row["unit"]) == ("disagree", "content", "share")
    assert (
        row["sentence"] == "Disagrees (content): buy: the map claims 60.0%; 12.0% [7.0%, 19.8%] of 100 customers do it."
    )


def test_a_claim_within_interval_and_tolerance_agrees():
    data = log((60, "visit@1 buy@2"), (40, "visit@1"))
    for claimed in (0.6, 0.66, 0.55, 0.5):
        row = observed(one_cell("actions", Cell("try", "buy", claimed=claimed)), data)
        assert (row["state"], row["weight"]) == ("agree", 0.0)
        assert pd.isna(row["kind"])
    exact = observed(one_cell("actions", Cell("try", "buy", claimed=0.45)), data, tolerance=0)
    assert exact["state"] == "disagree"


def test_percent_is_understood_and_what_is_no_share_is_not_measured():
    data = log((30, "visit@1 buy@2"), (30, "visit@1"))
    assert observed(one_cell("actions", Cell("try", "buy", claimed="50%")), data)["claimed"] == 0.5
    for claimed in (60, -0.1, "many"):
        row = observed(one_cell("actions", Cell("try", "buy", claimed=claimed)), data)
        assert row["state"] == "unmeasured"
        assert str(claimed) in row["sentence"]


def test_a_cell_without_a_number_says_that_it_happens_and_only_nobody_contradicts_it():
    data = log((1, "visit@1 look@2"), (59, "visit@1"))
    assert observed(one_cell("actions", Cell("try", "look", says="They look.")), data)["state"] == "agree"
    other = events(*(f"c{k}: visit@1{{segment=a}}" for k in range(40)), "z: look@1{segment=b}")
    row = observed(one_cell("actions", Cell("try", "look", says="They look.")), other, segment="a")
    assert (row["state"], row["kind"], row["observed"]) == ("disagree", "content", 0.0)


def test_what_nothing_in_the_log_witnesses_is_unmeasured_and_not_wrong():
    row = observed(one_cell("actions", Cell("try", "buy", claimed=0.5)), log((50, "visit@1")))
    assert row["state"] == "unmeasured"
    assert "nothing in the log witnesses 'buy'" in row["sentence"]


def test_thoughts_are_not_measured():
    assert (
        observed(one_cell("thoughts", Cell("try", "visit", says="Hm.")), log((50, "visit@1")))["state"] == "unmeasured"
    )


def test_below_thirty_nothing_is_judged_and_the_number_is_still_shown():
    row = observed(one_cell("actions", Cell("try", "buy", claimed=0.9)), log((3, "visit@1 buy@2"), (26, "visit@1")))
    assert (row["state"], row["observed"], row["grade"]) == ("unmeasured", pytest.approx(3 / 29), "D")


def test_an_order_is_contradicted_when_fewer_than_half_follow_it():
    cell = Cell("try", "visit", claimed=("look", "visit"))
    row = observed(one_cell("actions", cell), log((90, "visit@1 look@2"), (10, "look@1 visit@2"), (50, "visit@1")))
    assert (row["observed"], row["n"], row["state"], row["kind"]) == (0.1, 100, "disagree", "sequence")
    assert row["claimed_text"] == "look > visit"
    assert row["weight"] == pytest.approx((0.5 - row["high"]) * 100 / 150)
    same = observed(one_cell("actions", cell), log((50, "visit@1 look@2"), (50, "look@1 visit@2")))
    assert same["state"] == "agree"


def test_equal_times_follow_the_order_of_the_source():
    cell = Cell("try", "visit", claimed=("visit", "look"))
    assert observed(one_cell("actions", cell), log((40, "visit@1 look@1")))["observed"] == 1.0
    assert observed(one_cell("actions", cell), log((40, "look@1 visit@1")))["observed"] == 0.0


def test_a_longer_order_is_as_true_as_its_weakest_part():
    cell = Cell("try", "visit", claimed=("visit", "look", "buy"))
    row = observed(one_cell("actions", cell), log((40, "visit@1 look@2 buy@3"), (60, "visit@1 buy@2 look@3")))
    assert (row["observed"], row["n"]) == (0.4, 100)


def test_a_rate_is_of_those_at_one_step_who_take_the_other_after_it():
    cell = Cell("try", "buy", claimed=0.9, of="look", to="buy")
    data = log((30, "look@1 buy@2"), (10, "buy@1 look@2"), (20, "look@1"), (40, "visit@1"))
    row = observed(one_cell("rate", cell), data)
    assert (row["hits"], row["n"], row["state"], row["kind"]) == (30, 60, "disagree", "rate")
    assert row["of_customers"] == 0.6


def test_without_of_a_rate_is_of_the_step_before():
    found = observe_map(one_cell("rate", Cell("try", "buy", claimed=0.5)), log((20, "look@1 buy@2"), (20, "look@1")))
    assert cells(found)[0]["n"] == 40
    assert "step before it in the map: 'rate/try/buy'" in " ".join(found.notes)
    first = observed(one_cell("rate", Cell("try", "visit", claimed=0.5)), log((40, "visit@1")))
    assert (first["state"], "'of' and 'to'" in first["sentence"]) == ("unmeasured", True)


def test_a_rate_within_a_span_counts_as_the_funnel_does():
    cell = Cell("try", "buy", claimed=0.5, of="look", to="buy", within="1d")
    data = log((20, "look@1 buy@2h"), (20, "look@1 buy@3d"), (20, "look@1 look@3d buy@80h"))
    assert observed(one_cell("rate", cell), data)["hits"] == 40
    wider = Cell("try", "buy", claimed=0.5, of="look", to="buy")
    assert observed(one_cell("rate", wider), data)["hits"] == 60
    assert observed(one_cell("rate", wider), data, window="1d")["hits"] == 40


def test_a_second_purchase_is_reached_after_the_first():
    again = MapStep("again", "again", ("buy",))
    cell = Cell("try", "again", claimed=0.5, of="buy", to="again")
    data = log((10, "buy@1 buy@2"), (30, "buy@1"))
    assert observed(one_cell("rate", cell, ["buy", again]), data)["hits"] == 10


def test_a_number_about_timing_is_the_share_in_the_same_session():
    cell = Cell("try", "buy", claimed=0.1, of="look")
    data = log(
        (30, "look@1{session=a} buy@2{session=a}"),
        (10, "look@1{session=a} buy@2d{session=b}"),
        (5, "look@1{session=a} look@2d{session=b} buy@49h{session=b}"),
        (7, "buy@1{session=a} look@2{session=a}"),
        (3, "look@1{session=a} buy@2"),
    )
    row = observed(one_cell("timing", cell), data)
    assert (row["hits"], row["n"], row["kind"], row["unit"]) == (35, 45, "timing", "share")
    without = observed(one_cell("timing", cell), log((40, "look@1 buy@2")))
    assert (without["state"], "map_sessions" in without["sentence"]) == ("unmeasured", True)


def test_a_duration_is_the_median_since_the_latest_step_before():
    cell = Cell("try", "buy", claimed="3d", of="look")
    data = log((50, "look@1d buy@2d"), (50, "look@0 look@5d buy@7d buy@90d"))
    row = observed(one_cell("timing", cell), data)
    assert (row["observed"], row["claimed"], row["unit"]) == (1.5 * 86_400, 3 * 86_400, "seconds")
    assert (row["low"], row["high"], row["state"]) == (86_400, 2 * 86_400, "disagree")
    assert observed(one_cell("timing", Cell("try", "buy", claimed="36h", of="look")), data)["state"] == "agree"
    assert observed(one_cell("timing", Cell("try", "buy", claimed="soon", of="look")), data)["state"] == "unmeasured"


def test_two_claims_about_one_move_are_both_judged():
    early, late = (Cell("try", "buy", claimed=claimed, of="look") for claimed in ("1d", "30d"))
    found = observe_map(journey({"try": ["look", "buy"]}, timing=[early, late]), log((40, "look@0 buy@1d")))
    assert {row["claimed_text"]: row["state"] for row in cells(found)} == {"1d": "agree", "30d": "disagree"}


def test_emotion_is_what_customers_of_the_segment_say_about_the_stage():
    cell, data = Cell("try", "visit", claimed=1.0), log((50, "visit@1{segment=a}"), (50, "look@1{segment=b}"))
    told = pd.concat(
        [
            feelings([-1, -1, 0] * 12, stage="try", segment="a", rater="customer"),
            feelings([2] * 40, stage="try", segment="a", rater="employee"),
            feelings([2] * 40, stage="try", segment="b", rater="customer"),
            feelings([9] * 3, stage="try", segment="a", rater="customer"),
        ]
    )
    found = observe_map(one_cell("emotion", cell), data, told, segment="a")
    row = cells(found)[0]
    assert (row["observed"], row["n"], row["state"], row["kind"]) == (pytest.approx(-2 / 3), 36, "disagree", "emotion")
    assert (row["grade"], row["unit"]) == ("C", "valence")
    assert "3 answers outside their scale are left out." in found.notes


def test_answers_about_the_touchpoint_come_before_those_about_the_stage():
    step = MapStep("visit", "visit", ("visit",), ("door",))
    told = pd.concat([feelings([2, 1] * 20, touchpoint="door"), feelings([-2, -1] * 20, stage="try")])
    assert (
        observed(one_cell("emotion", Cell("try", "visit", claimed=1.5), [step]), log((40, "visit@1")), told)["n"] == 40
    )
    assert observed(one_cell("emotion", Cell("try", "visit", claimed=1.5), [step]), log((40, "visit@1")), told)[
        "observed"
    ] == pytest.approx(1.5)


def test_answers_on_another_scale_are_put_on_minus_two_to_two():
    told = feelings([5, 4, 3] * 20, stage="try", scale_min=1, scale_max=5)
    assert observed(one_cell("emotion", Cell("try", claimed=1.0)), log((40, "visit@1")), told)["observed"] == 1.0


def test_a_channel_agrees_while_no_other_clearly_leads():
    data = log((60, "visit@1{channel=mail}"), (40, "visit@1{channel=web}"))
    assert observed(one_cell("channel", Cell("try", "visit", claimed="mail")), data)["state"] == "agree"
    row = observed(one_cell("channel", Cell("try", "visit", says="fax")), data)
    assert (row["state"], row["observed"], row["observed_text"]) == ("disagree", 0.0, "mail; 0.0% [0.0%, 3.7%]")
    near = log((52, "visit@1{channel=mail}"), (48, "visit@1{channel=web}"))
    assert observed(one_cell("channel", Cell("try", "visit", claimed="web")), near)["state"] == "agree"


def test_an_owner_is_held_against_the_inventory():
    inventory = pd.DataFrame({"touchpoint": ["door"], "events": ["visit;look"], "owner": ["Stores"]})
    for owner, state in (("stores", "agree"), ("growth", "disagree")):
        row = observed(
            one_cell("owner", Cell("try", "visit", claimed=owner)), log((40, "visit@1")), touchpoints=inventory
        )
        assert (row["state"], row["observed_text"]) == (state, "Stores")


def test_a_touchpoint_is_witnessed_by_the_inventorys_events_or_by_the_logs_own_column():
    data = events(
        *(f"c{k}: click@1{{touchpoint=video}} visit@2" for k in range(20)), *(f"d{k}: visit@1" for k in range(20))
    )
    assert observed(one_cell("actions", Cell("try", "video", claimed=0.5), ["video"]), data)["hits"] == 20
    inventory = pd.DataFrame({"touchpoint": ["film"], "events": ["click | tap"]})
    row = observed(one_cell("actions", Cell("try", "film", claimed=0.5), ["film"]), data, touchpoints=inventory)
    assert row["hits"] == 20


def test_a_cell_of_a_whole_stage_is_about_any_of_its_steps():
    data = log((30, "look@1"), (30, "buy@1"), (40, "other@1"))
    assert observed(one_cell("actions", Cell("try", claimed=0.6)), data)["hits"] == 60


def test_what_many_use_and_the_map_lacks_is_unclaimed():
    data = log((50, "visit@1 help@2 scroll@3"), (48, "visit@1"), (2, "visit@1 rare@2"))
    inventory = pd.DataFrame(
        {"touchpoint": ["page", "desk"], "events": ["visit; scroll", "help"], "stage": ["try", "service"]}
    )
    found = observe_map(one_cell("actions", Cell("try", "visit", claimed=1.0), ["visit"]), data, touchpoints=inventory)
    rows = found.table[found.table["state"] == "unclaimed"]
    assert rows[["cell", "step", "stage", "hits"]].values.tolist() == [["unclaimed/desk", "desk", "service", 50]]
    bare = observe_map(one_cell("actions", Cell("try", "visit", claimed=1.0), ["visit"]), data)
    assert set(bare.table.loc[bare.table["state"] == "unclaimed", "step"]) == {"help", "scroll"}


def test_the_persona_says_whose_events_count_and_the_first_value_decides():
    data = events(
        *(f"a{k}: visit@1{{segment=a}} buy@2{{segment=b}}" for k in range(40)),
        *(f"b{k}: visit@1{{segment=b}}" for k in range(60)),
    )
    map_ = journey({"try": ["visit", "buy"]}, Persona("Ann", "a"), actions=[Cell("try", "buy", claimed=1.0)])
    found = observe_map(map_, data)
    assert (found.customers, found.segment, cells(found)[0]["observed"]) == (40, "a", 1.0)
    assert observe_map(map_, data, segment="b").customers == 60


def test_disagreements_come_first_by_weight_and_a_stages_worth_is_in_it():
    map_ = journey(
        {"try": ["visit"], "buy": ["buy"]},
        actions=[Cell("try", "visit", claimed=0.5), Cell("buy", "buy", claimed=0.9)],
    )
    data = log((20, "visit@1 buy@2"), (80, "visit@1"))
    found = observe_map(map_, data)
    assert found.table["step"].tolist() == ["buy", "visit"]
    assert found.table["weight"].is_monotonic_decreasing
    valued = observe_map(map_, data, stage_values={"try": 3})
    assert valued.table["step"].tolist() == ["visit", "buy"]
    plain = found.table.set_index("step")["weight"]
    assert valued.table.set_index("step").loc["visit", "weight"] == pytest.approx(3 * plain["visit"])


def test_one_odd_cell_of_many_is_no_disagreement():
    """A claim just outside its own interval is taken back when fifty cells are judged together."""
    data = log((60, "visit@1 buy@2"), (40, "visit@1"))
    odd = Cell("try", "buy", claimed=0.49)
    assert observed(one_cell("actions", odd), data, tolerance=0)["state"] == "disagree"
    many = [odd, *(Cell("try", "visit", claimed=1.0) for _ in range(49))]
    found = observe_map(journey({"try": ["visit", "buy"]}, actions=many), data, tolerance=0)
    assert found.states["cells"].tolist() == [0, 50, 0]


def test_a_grade_is_of_the_best_that_is_known_and_the_maps_own_is_kept_beside_it():
    data = log((40, "visit@1"))
    cited = Cell("try", "visit", claimed=1.0, evidence=(Evidence("experiment", n=10),))
    row = observed(one_cell("actions", cited), data)
    assert (row["grade"], row["cited"]) == ("A", "A")
    found = observe_map(one_cell("thoughts", Cell("try", "visit", evidence=(Evidence("interview"),))), data)
    assert (cells(found)[0]["grade"], found.evidence_share.value) == ("C", 1.0)
    assert found.evidence["cells"].tolist() == [0, 0, 1, 0]


def test_the_numbers_of_cells_are_there_to_be_claimed():
    map_ = one_cell("actions", Cell("try", "buy", claimed=0.5))
    found = observe_map(map_, log((20, "visit@1 buy@2"), (20, "visit@1")))
    assert str(found.estimate("buy")) == "50.0% [35.2%, 64.8%] of 40"
    assert found.estimate("actions/try/buy").unit == "share"
    assert found.share("agree").value == 1.0
    with pytest.raises(OptionError, match=r"no cell 'actions/try/bu'.*Did you mean 'actions/try/buy'"):
        found.estimate("actions/try/bu")


def test_what_cannot_be_asked_is_said_clearly(tmp_path):
    map_, data = one_cell("actions", Cell("try", "visit", claimed=0.5)), log((40, "visit@1{segment=students}"))
    with pytest.raises(OptionError, match=r"No customer is in the segment 'student'.*Did you mean 'students'"):
        observe_map(map_, data, segment="student")
    with pytest.raises(TableError, match=r"no column 'segmnt'.*Did you mean 'segment'"):
        observe_map(map_, data, segment="students", segment_column="segmnt")
    with pytest.raises(OptionError, match=r"tolerance has no 'emotions'.*Did you mean 'emotion'"):
        observe_map(map_, data, tolerance={"emotions": 1})
    with pytest.raises(OptionError, match="Use 0 or more, and less than 1"):
        observe_map(map_, data, tolerance=1.5)
    with pytest.raises(OptionError, match="stage_values has 'tri'"):
        observe_map(map_, data, stage_values={"tri": 2})
    with pytest.raises(OptionError, match="window='soon' is not a span"):
        observe_map(map_, data, window="soon")
    with pytest.raises(DocumentError):
        observe_map(tmp_path / "nowhere.yaml", data)


def test_an_empty_log_measures_nothing():
    found = observe_map(one_cell("actions", Cell("try", "visit", claimed=0.5)), events())
    assert (found.customers, found.table["state"].tolist()) == (0, ["unmeasured"])


def test_hostile_names_are_names():
    names = ["<script>alert(1)</script>", "x'; drop table y --", "عربي", "n" * 10_000]
    frame = pd.DataFrame(
        [
            {"customer": f"c{k}", "event": name, "time": pd.Timestamp("2025-01-01") + pd.Timedelta(seconds=at)}
            for k in range(40)
            for at, name in enumerate(names)
        ]
    )
    map_ = journey({"s": list(names)}, actions=[Cell("s", name, claimed=0.1) for name in names])
    found = observe_map(map_, frame)
    assert found.states["cells"].tolist() == [4, 0, 0]
    assert "<script>" not in found._repr_html_()
