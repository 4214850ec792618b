"""A first map from data alone: what is there is observed, and what is not there is left out."""

from __future__ import annotations

import pandas as pd
import pytest

import mapkit as mk
from mapkit.errors import OptionError
from mapkit.maps.journey_map import JourneyMap, Persona
from mapkit.maps.two_sources import draft_map, observe_map
from mapkit.maps.two_sources.draft import span_text
from mapkit.stages import StageModel
from tests.maps.two_sources.made import feelings, log

MODEL = StageModel("shop", {"find": ["visit", "look"], "buy": ["buy"], "stay": ["renew"]})
DATA = [
    (60, "visit@0{channel=web} look@1d{channel=web}"),
    (40, "visit@0{channel=mail} look@1d{channel=web} buy@3d{channel=web}"),
    (3, "visit@1{channel=web} renew@9d{channel=web}"),
]


def drafted(**options: object) -> JourneyMap:
    return draft_map(log(*DATA), model=MODEL, **options)


def said(map_: JourneyMap, lane: str) -> dict[str | None, object]:
    return {placed.cell.step: placed.cell.claimed for placed in map_.cells if placed.lane == lane}


def test_steps_are_the_main_events_of_each_stage_in_the_order_they_come():
    assert {stage.name: [step.id for step in stage.steps] for stage in drafted().stages} == {
        "find": ["visit", "look"], "buy": ["buy"], "stay": [],
    }  # fmt: skip


def test_cells_claim_what_was_measured_and_cite_the_log():
    map_ = drafted()
    assert said(map_, "actions") == {
        "visit": 1.0,
        "look": pytest.approx(100 / 103, abs=1e-4),
        "buy": pytest.approx(40 / 103, abs=1e-4),
    }
    assert said(map_, "rate") == {"look": pytest.approx(100 / 103, abs=1e-4), "buy": 0.4}
    assert said(map_, "timing") == {"look": "1d", "buy": "2d"}
    assert said(map_, "channel") == {"visit": "web", "look": "web", "buy": "web"}
    assert {placed.cell.evidence[0].kind for placed in map_.cells} == {"log"}
    assert all(placed.cell.evidence[0].n and placed.cell.source == "observed" for placed in map_.cells)


def test_unhappy_stages_are_pain_points_with_their_severity():
    told = pd.concat([feelings([-2, -1] * 20, stage="buy"), feelings([-1, 1] * 20, stage="find")])
    map_ = draft_map(log(*DATA), feedback=told, model=MODEL)
    assert [(p.cell.stage, p.cell.claimed) for p in map_.cells if p.lane == "emotion"] == [("find", 0.0), ("buy", -1.5)]
    pains = [placed.cell for placed in map_.cells if placed.lane == "pain_points"]
    assert [(cell.stage, cell.severity, cell.evidence[0].kind) for cell in pains] == [("buy", 0.75, "survey")]


def test_owners_come_from_the_inventory_and_orphans_have_none():
    inventory = pd.DataFrame({"touchpoint": ["page", "till"], "events": ["visit;look", "buy"], "owner": ["web", None]})
    map_ = draft_map(log(*DATA), inventory, model=MODEL)
    assert said(map_, "owner") == {"visit": "web", "look": "web"}
    assert [step.touchpoints for step in map_.steps] == [("page",), ("page",), ("till",)]


def test_the_draft_is_a_document_that_the_data_agrees_with():
    map_ = drafted(persona="Ann")
    again = JourneyMap.from_yaml(map_.to_yaml())
    assert again == map_
    assert map_.persona == Persona("Ann")
    assert set(observe_map(again, log(*DATA)).table["state"]) == {"agree"}


def test_two_periods_of_one_draft_can_be_compared():
    map_ = drafted()
    later = log((100, "visit@0{channel=web} look@1d{channel=web}"), (100, "visit@1{channel=web}"))
    table = mk.compare(observe_map(map_, log(*DATA)), observe_map(map_, later)).table.set_index("cell")
    assert table.loc["actions/find/look", "verdict"] == "higher"
    assert table.loc["actions/find/visit", "verdict"] == "cannot tell"
    with pytest.raises(OptionError, match="window"):
        mk.compare(observe_map(map_, later, window="1d"), observe_map(map_, later))


def test_a_log_that_no_stage_covers_is_refused_with_the_next_step():
    with pytest.raises(OptionError, match="measure_coverage"):
        draft_map(log((40, "other@1")), model=MODEL)
    with pytest.raises(OptionError, match="30 customers"):
        draft_map(log((20, "visit@1")), model=MODEL)


def test_durations_are_written_as_the_map_reads_them():
    assert [span_text(each) for each in (0, 59, 90, 5_400, 86_400 * 400)] == ["0s", "59s", "1.5min", "1.5h", "400d"]
