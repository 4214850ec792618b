"""A map goes through each format and comes back without what was reported as lost, and with all else."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings

import mapkit as mk
from mapkit.errors import DocumentError
from mapkit.maps.formats import Conversion, read_map, write_map
from mapkit.maps.journey_map import JourneyMap
from tests.maps.formats.made import coffee, maps

WHOLE = ["yaml", "json", "jsonld", "csv", "xlsx"]
PARTLY = ["cjml", "xes", "mmd", "md"]


@pytest.mark.parametrize("ending", WHOLE + PARTLY)
def test_what_is_reported_is_what_is_lost(ending: str, tmp_path: Path) -> None:
    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(maps())
    def holds(journey_map: JourneyMap) -> None:
        path = tmp_path / f"map.{ending}"
        try:
            written = write_map(journey_map, path, existing="replace")
        except DocumentError:
            # Not every format can hold every name; that is said before anything is written.
            assume(False)
        returned = read_map(path)
        assert not returned.lost
        assert returned.map == written.map
        assert _facts(_without(journey_map, written)) == _facts(returned.map.to_dict())
        again = write_map(returned.map, path, existing="replace")
        assert not again.lost, "what came through once comes through again"

    holds()


@pytest.mark.parametrize("ending", WHOLE)
def test_nothing_is_lost_where_everything_has_a_place(ending: str, tmp_path: Path) -> None:
    written = write_map(coffee(), tmp_path / f"map.{ending}")
    assert not written.lost
    assert read_map(tmp_path / f"map.{ending}").map == coffee()
    assert str(written) == f"map.{ending} ({written.format}) written: nothing is lost."


def test_cjml_keeps_contacts_and_says_why_it_does_not_keep_the_rest(tmp_path: Path) -> None:
    written = write_map(coffee(), tmp_path / "map.xml")
    table = written.losses.set_index(["where", "field"])
    assert written.format == "cjml"
    assert {placed.key for placed in written.map.cells} == {
        "channel/purchase/buy", "owner/purchase/search", "actions/purchase/buy", "emotion/awareness/visit",
        "emotion/purchase/buy",
    }  # fmt: skip
    assert written.map.cell("emotion/purchase/buy").cell.claimed == -0.4
    assert written.map.step("buy").name == "Buys: at last"
    assert table.loc[("slow", "cell"), "why"] == "CJML 2.0 has no place for the lane 'pain_points'."
    assert table.loc[("emotion/purchase", "cell"), "why"] == "CJML 2.0 has cells of steps, none of a whole stage."
    assert table.loc[("channel/purchase/buy#2", "cell"), "why"] == "CJML 2.0 has one cell a step in the lane 'channel'."
    assert table.loc[("step visit", "events"), "lost"] == "['first_visit', 'visit']"
    assert ("emotion/purchase/buy", "claimed") not in table.index


def test_a_planned_journey_of_cjml_has_no_experience(tmp_path: Path) -> None:
    plan = JourneyMap.from_dict(coffee().to_dict() | {"state": "to-be"})
    written = write_map(plan, tmp_path / "map.cjml")
    assert "<plannedJourney>" in (tmp_path / "map.cjml").read_text()
    assert written.map.state == "to-be"
    assert "emotion/awareness/visit" in set(written.losses["where"])


def test_mermaid_rounds_an_emotion_and_says_so(tmp_path: Path) -> None:
    written = write_map(coffee(), tmp_path / "map.mmd")
    table = written.losses.set_index(["where", "field"])
    row = table.loc[("emotion/purchase/buy", "claimed")]
    assert (row["lost"], row["became"]) == (-0.4, 0)
    assert row["why"] == "Mermaid's scores are whole, 1 to 5: an emotion is rounded, and cut at -2 and 2."
    assert ("emotion/awareness/visit", "claimed") not in table.index
    assert [step.id for step in written.map.steps] == ["visit", "search", "buy"]
    assert (tmp_path / "map.mmd").read_text() == (
        "journey\n    title How a household comes to drink coffee\n    section awareness\n      %% step: visit\n"
        "      Visits the shop: 4: Families\n    section purchase\n      %% no emotion\n      search: 3: Families\n"
        "      %% step: buy\n      Buys#58; at last: 3: Families\n    section service\n"
    )


def test_an_emotion_nobody_claimed_does_not_come_back_as_neutral(tmp_path: Path) -> None:
    returned = write_map(coffee(), tmp_path / "map.md").map
    assert [placed.cell.step for placed in returned.cells if placed.lane == "emotion"] == ["visit", "buy"]


def test_xes_is_the_trace_that_is_expected(tmp_path: Path) -> None:
    returned = write_map(coffee(), tmp_path / "map.xes").map
    assert [stage.name for stage in returned.stages] == ["awareness", "purchase", "service"]
    assert returned.step("visit") == coffee().step("visit")
    assert returned.cell("owner/purchase/search").cell.says == "Search team"


def test_ujg_has_pain_points_and_a_line_of_transitions_of_its_own(tmp_path: Path) -> None:
    import json

    write_map(coffee(), tmp_path / "map.jsonld")
    nodes = json.loads((tmp_path / "map.jsonld").read_text())["nodes"]
    of = {kind: [node for node in nodes if node["@type"] == kind] for kind in {node["@type"] for node in nodes}}
    assert [(each["from"], each["to"]) for each in of["Transition"]] == [
        ("urn:mapkit:state:visit", "urn:mapkit:state:search"),
        ("urn:mapkit:state:search", "urn:mapkit:state:buy"),
    ]
    assert of["PainPoint"][0]["severity"] == 0.7
    assert of["PainPoint"][0]["graphRefs"] == ["urn:mapkit:state:buy"]
    assert len({node["@id"] for node in nodes}) == len(nodes)


def test_the_hand_drawn_map_of_harbour_loses_what_cjml_has_no_place_for(tmp_path: Path) -> None:
    drawn = JourneyMap.read(mk.load_dataset("harbour").path("hand_map.yaml"))
    for ending in WHOLE:
        assert not write_map(drawn, tmp_path / f"map.{ending}").lost
    lost = write_map(drawn, tmp_path / "map.cjml").losses
    assert set(lost.loc[lost["field"] == "cell", "where"]) == {
        placed.key for placed in drawn.cells if placed.lane in ("timing", "rate")
    }


def _without(journey_map: JourneyMap, written: Conversion) -> dict[str, Any]:
    """The map with every reported loss done to it, and nothing else."""
    document = copy.deepcopy(journey_map.to_dict())
    lanes = {lane["name"]: lane for lane in document.setdefault("lanes", [])}
    at = {placed.key: (placed.lane, number) for placed, number in _numbered(journey_map)}
    document["stages"] = [_long(stage) for stage in document["stages"]]
    steps = {f"step {step['id']}": step for stage in document["stages"] for step in stage["steps"]}
    added, gone = [], set()
    for loss in written.lost:
        if loss.field in ("order of cells", "order of lanes"):
            continue
        if loss.field == "lane":
            lanes.pop(loss.lost)
        elif loss.field == "cell" and loss.lost is None:
            added.append((written.map.cell(loss.where).lane, loss.became))
        elif loss.field == "cell":
            gone.add(at[loss.where])
        elif loss.where == "map":
            _set_head(document, loss.field, loss.lost, loss.became)
        else:
            lane, number = at.get(loss.where, ("", 0))
            part = lanes[lane]["cells"][number] if loss.where in at else steps[loss.where]
            assert part.get(loss.field) == loss.lost
            _set(part, loss.field, loss.became)
    for name, lane in list(lanes.items()):
        kept = [cell for number, cell in enumerate(lane["cells"]) if (name, number) not in gone]
        if lane["cells"] and not kept:
            lanes.pop(name)  # with its last cell
        lane["cells"] = kept
    for name, cell in added:
        lanes.setdefault(name, {"name": name, "cells": []})["cells"].append(cell)
    return document | {"lanes": list(lanes.values())}


def _numbered(journey_map: JourneyMap) -> Any:
    seen: dict[str, int] = {}
    for placed in journey_map.cells:
        yield placed, seen.setdefault(placed.lane, 0)
        seen[placed.lane] += 1


def _set_head(document: dict[str, Any], field: str, lost: Any, became: Any) -> None:
    persona = document.get("persona", {})
    persona = {"name": persona} if isinstance(persona, str) else persona
    head = persona if field.startswith("persona.") else document
    assert head.get(field.removeprefix("persona.")) == lost
    _set(head, field.removeprefix("persona."), became)
    document["persona"] = persona


def _set(part: dict[str, Any], field: str, became: Any) -> None:
    if became is None:
        part.pop(field, None)
    else:
        part[field] = became


def _long(stage: dict[str, Any]) -> dict[str, Any]:
    steps = []
    for step in stage.get("steps", []):
        long = {"id": step} if isinstance(step, str) else step
        steps.append({"name": long["id"], "events": [long["id"]], "touchpoints": []} | long)
    return {"name": stage["name"], "steps": steps}


def _facts(document: dict[str, Any]) -> Any:
    """A document without the order of its lanes and of the cells in a lane, which are losses of their own."""
    persona = document.get("persona") or {}
    head = {key: value for key, value in document.items() if key not in ("stages", "lanes", "persona")}
    lanes = {lane["name"]: sorted(map(repr, map(_sorted, lane["cells"]))) for lane in document.get("lanes", [])}
    stages = [_long(stage) for stage in document["stages"]]
    return head, {"name": persona} if isinstance(persona, str) else persona, lanes, stages


def _sorted(cell: dict[str, Any]) -> Any:
    return sorted((key, repr(value + 0.0 if isinstance(value, int | float) else value)) for key, value in cell.items())
