"""Files that others made: what they say becomes a map, and what a map has no place for is reported."""

from __future__ import annotations

from pathlib import Path

import pytest

from mapkit.errors import DocumentError, OptionError
from mapkit.maps.formats import Conversion, read_map, write_map
from mapkit.maps.journey_map import JourneyMap
from tests.loaders.conftest import real_data as real_data
from tests.maps.formats.made import coffee

CJML = """<?xml version="1.0"?>
<!-- made by a spreadsheet -->
<CJML version="2.0">
<actualJourney><journeyID>AJ1</journeyID><journeyTitle>Order</journeyTitle><plannedReference>PJ1</plannedReference>
<journeyPhases><journeyPhase phaseID=" before"><phaseName> before</phaseName></journeyPhase></journeyPhases>
<complianceTiming>late</complianceTiming>
<actors><endUser actorID="Anna"/><serviceProvider actorID="Shop"/></actors>
<touchpoints>
<actualCommunicationPoint><touchpointID>T1</touchpointID><belongsTo phaseIDref=" before"/>
 <receiver><refersTo actorIDref="Anna"/><receiverLabel>Gets it</receiverLabel></receiver>
 <initiator><refersTo actorIDref="Shop"/><initiatorLabel>Sends</initiatorLabel></initiator>
 <channel><channelName>Email</channelName></channel><comment/>
 <timestamps><timeReceived>2025-01-01</timeReceived></timestamps>
 <touchpointExperience><experienceDescription>At last.</experienceDescription><experienceRating>1</experienceRating>
 </touchpointExperience></actualCommunicationPoint>
<actualAction><touchpointID>T1</touchpointID><belongsTo phaseIDref="after"/>
 <initiator><refersTo actorIDref="Anna"/><initiatorLabel>Opens</initiatorLabel></initiator></actualAction>
</touchpoints></actualJourney>
<plannedJourney><journeyTitle>The plan</journeyTitle></plannedJourney>
</CJML>"""

DRAWING = """undefined<cjml>
undefined<actor id='a1'><actorName>Clerk</actorName><actorRole>staff</actorRole></actor>
<actor id='a2'><actorName>Anna</actorName><actorRole>end user</actorRole></actor>
undefined<touchpoint id='t1' type="communication"><time>9:00</time><initiator>a2</initiator>
<initiatorDescription>Asks</initiatorDescription><receiver>a1</receiver><receiverDescription>undefined</receiverDescription>
<channel>phone</channel></touchpoint>
<touchpoint id='t2' type="action"><time>undefined</time><initiator>a2</initiator>
<initiatorDescription>Waits</initiatorDescription></touchpoint></cjml>"""

UJG = """{"@context": "https://ujg.specs.openuji.org/ed/context.jsonld", "type": "UJGDocument", "specVersion": "1.0",
"items": [
 {"type": "Journey", "id": "urn:x:j", "startState": "urn:x:b", "stateRefs": ["urn:x:b", "urn:x:a"],
  "transitionRefs": ["urn:x:t1", "urn:x:t2"]},
 {"type": "State", "id": "urn:x:a", "label": "Pay", "tags": ["late"]},
 {"type": "State", "id": "urn:x:b", "label": "Ship"},
 {"type": "Phase", "id": "urn:x:p", "label": "Checkout", "order": 2},
 {"type": "Touchpoint", "id": "urn:x:web", "label": "Web", "channel": "web"},
 {"type": "ExperienceStep", "id": "urn:x:sa", "label": "Pays", "stateRefs": ["urn:x:a"], "phaseRef": "urn:x:p"},
 {"type": "ExperienceStep", "id": "urn:x:sb", "label": "Address", "stateRefs": [{"id": "urn:x:b"}],
  "phaseRef": "urn:x:p", "touchpointRefs": ["urn:x:web"]},
 {"type": "PainPoint", "id": "urn:x:pain", "label": "Friction", "severity": 0.7, "graphRefs": ["urn:x:b"]},
 {"type": "Transition", "id": "urn:x:t1", "from": "urn:x:b", "to": "urn:x:a"},
 {"type": "Transition", "id": "urn:x:t2", "from": "urn:x:a", "to": "urn:x:b"},
 {"type": "RuntimeEvent", "id": "urn:x:e", "stateRef": "urn:x:a"}]}"""

XES = """<log xmlns="http://www.xes-standard.org/"><string key="concept:name" value="Help desk"/>
<trace><string key="concept:name" value="1"/>
 <event><string key="concept:name" value="call"/><date key="time:timestamp" value="2025-01-01T00:00:00Z"/></event>
 <event><string key="concept:name" value="wait"/><string key="lifecycle:transition" value="start"/></event>
 <event><string key="concept:name" value="wait"/><string key="lifecycle:transition" value="complete"/></event>
 <event><string key="concept:name" value="answer"/></event></trace>
<trace><string key="concept:name" value="2"/><event><string key="concept:name" value="call"/></event>
 <event><string key="concept:name" value="answer"/></event></trace></log>"""

MERMAID = """# Notes

```mermaid
journey
    title My day
    section Go to work
      Make tea: 5: Me
      Do work: 1: Me, Cat
      %% a remark
    section Go home
      Do work: 7: Me
```
"""


def lost(conversion: Conversion) -> dict[tuple[str, str], object]:
    return {(loss.where, loss.field): loss.lost for loss in conversion.lost}


def read(text: str, path: Path) -> Conversion:
    path.write_text(text, encoding="utf-8")
    return read_map(path)


def test_a_journey_of_cjml(tmp_path: Path) -> None:
    found = read(CJML, tmp_path / "order.xml")
    assert found.map.persona is not None
    assert found.map.persona.name == "Anna"
    assert [(stage.name, [step.id for step in stage.steps]) for stage in found.map.stages] == [
        ("before", ["T1"]),
        ("after", ["T1 (2)"]),
    ]
    assert found.map.cell("owner/before/T1").cell.says == "Shop"
    assert found.map.cell("emotion/before/T1").cell.claimed == 1
    assert lost(found) == {
        ("step T1 (2)", "name"): "T1",
        ("map", "plannedReference"): "PJ1",
        ("map", "complianceTiming"): "late",
        ("step T1", "receiverLabel"): "Gets it",
        ("step T1", "timeReceived"): "2025-01-01",
        ("step T1", "initiator"): "Shop",
        ("plannedJourney", "journey"): "The plan",
    }


def test_the_export_of_the_drawing_tool_with_its_undefined(tmp_path: Path) -> None:
    found = read(DRAWING, tmp_path / "drawing.xml")
    assert found.map.persona is not None
    assert found.map.persona.name == "Anna"
    assert [step.name for step in found.map.steps] == ["Asks", "Waits"]
    assert found.map.cell("owner/journey/t1").cell.says == "Clerk"
    assert lost(found) == {("step t1", "time"): "9:00"}


def test_a_user_journey_graph_becomes_one_line_of_steps(tmp_path: Path) -> None:
    found = read(UJG, tmp_path / "graph.json")
    assert found.format == "ujg"
    assert [step.name for step in found.map.steps] == ["Address", "Pays"]
    assert found.map.steps[0].touchpoints == ("Web",)
    assert found.map.cells[0].cell.severity == 0.7
    assert found.map.cells[0].cell.step == "urn:x:sb"
    assert lost(found) == {
        ("urn:x:a", "tags[]"): "late",
        ("urn:x:web", "channel"): "web",
        ("RuntimeEvent", "nodes"): "1 node",
        ("urn:x:t2", "Transition"): "urn:x:a to urn:x:b",
    }


def test_a_log_becomes_steps_in_the_order_of_their_mean_place(tmp_path: Path) -> None:
    found = read(XES, tmp_path / "log.xes")
    assert found.map.title == "Help desk"
    assert [step.id for step in found.map.steps] == ["call", "wait", "answer"]
    assert lost(found) == {
        ("map", "order of steps"): "1 of 2 traces",
        ("map", "traces"): "2 traces",
        ("event", "time:timestamp"): "1 value",
        ("event", "lifecycle:transition"): "2 values",
    }


def test_a_diagram_inside_of_notes(tmp_path: Path) -> None:
    found = read(MERMAID, tmp_path / "notes.md")
    assert [stage.name for stage in found.map.stages] == ["Go to work", "Go home"]
    assert [placed.cell.claimed for placed in found.map.cells if placed.lane == "emotion"] == [2, -2, 2]
    assert found.map.cell("actors/Go to work/Do work").cell.says == "Me, Cat"
    assert lost(found) == {
        ("file", "text"): "# Notes",
        ("file", "comment"): "a remark",
        ("step Do work (2)", "score"): 7.0,
        ("step Do work (2)", "name"): "Do work",
    }


def test_a_table_that_somebody_typed(tmp_path: Path) -> None:
    text = "stage;step;lane;says;colour\nbuy;pay;actions;Pays by card.;red\nbuy;;thoughts;'=why?;\n"
    found = read(text, tmp_path / "typed.csv")
    assert [step.id for step in found.map.steps] == ["pay"]
    assert found.map.cell("thoughts/buy").cell.says == "=why?"
    assert lost(found) == {("column", "colour"): "red"}


def test_formulas_are_defused_in_the_file_and_whole_on_the_way_back(tmp_path: Path) -> None:
    write_map(coffee(), tmp_path / "map.csv")
    assert ",'=2+2," in (tmp_path / "map.csv").read_text()
    assert read_map(tmp_path / "map.csv").map.cell("emotion/purchase/buy").cell.says == "=2+2"


BOMB = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "lol"><!ENTITY c "&b;&b;&b;">]><CJML>&c;</CJML>'
OUTSIDE = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><log><trace><event>&b;</event></trace></log>'


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.xml", BOMB, "document type or an entity"),
        ("a.xes", OUTSIDE, "document type or an entity"),
        ("a.xml", "<CJML><a></CJML>", "line 1, column 12: this is not XML"),
        ("a.xml", "<a>" * 100 + "</a>" * 100, "nested more than 60"),
        ("a.xml", "<svg/>", "not CJML"),
        ("a.jsonld", '{"nodes": 3}', "not a UJGDocument"),
        ("a.json", "[" * 100_000, "nested too deep"),
        ("a.mmd", "journey\n  Tea: much: Me\n", "line 2: 'Tea: much: Me' is not a task"),
        ("a.csv", "lane,says\nactions,hi\n", "no column 'stage'"),
        ("a.csv", "stage,part\nbuy,sel\n", "line 2: the part 'sel'"),
        ("a.csv", "stage,step,part\nbuy,pay,step\nbuy,pay,step\n", "line 3: the step 'pay' has a row of its own"),
        ("a.xlsx", "PK nothing", "not an Excel workbook"),
        ("a.yaml", "kind: cjm\nphases: []\n", "no phases"),
        ("a.yaml", "kind: cjm\n---\nkind: [\n", "line 4"),
        ("a.yaml", "title: x\nstages: [{name: a, stepss: []}]\n", "Did you mean 'steps'?"),
    ],
)
def test_a_file_that_is_no_map_is_refused_with_its_place(name: str, text: str, says: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(DocumentError) as refused:
        read_map(tmp_path / name)
    assert says in str(refused.value)


def test_a_name_that_a_format_cannot_hold_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    odd = JourneyMap.from_dict({"title": "a\x00b", "stages": [{"name": "s"}]})
    for ending in ("xml", "xes", "xlsx"):
        with pytest.raises(DocumentError, match="cannot hold"):
            write_map(odd, tmp_path / f"map.{ending}")
        assert not (tmp_path / f"map.{ending}").exists()


def test_a_cell_of_a_million_characters(tmp_path: Path) -> None:
    lanes = [{"name": "l", "cells": [{"stage": "s", "says": "x" * 10**6}]}]
    long = JourneyMap.from_dict({"title": "t", "stages": [{"name": "s"}], "lanes": lanes})
    assert not write_map(long, tmp_path / "map.csv").lost
    cut = write_map(long, tmp_path / "map.xlsx")
    assert list(cut.losses["field"]) == ["says"]
    assert len(cut.map.cells[0].cell.says) == 32_767
    assert len(str(cut)) < 1_000


def test_a_format_is_chosen_by_name_or_by_ending(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="Did you mean 'mermaid'"):
        write_map(coffee(), tmp_path / "map.txt", format="mermade")
    with pytest.raises(OptionError, match="no ending"):
        write_map(coffee(), tmp_path / "map.txt")
    with pytest.raises(OptionError, match="can be read, not written"):
        write_map(coffee(), tmp_path / "map.json", format="scored-stages")
    assert read_map(write_map(coffee(), tmp_path / "map.txt", format="mermaid").path).format == "mermaid"
    with pytest.raises(DocumentError, match="exists already"):
        write_map(coffee(), tmp_path / "map.txt", format="mermaid")


def test_happiness_from_0_to_100_becomes_an_emotion(tmp_path: Path) -> None:
    text = '[{"title": "Buy", "events": [{"title": "Pay", "best": {"happiness": 100}, "worst": {"happiness": 9}},'
    found = read(text + '{"title": "Go", "happiness": 25, "color": "red"}]}]', tmp_path / "list.json")
    emotions = {placed.cell.step: placed.cell for placed in found.map.cells}
    assert emotions["Go"].claimed == -1
    assert emotions["Pay"].claimed == 0.18
    assert emotions["Pay"].says == "Happiness 100 at best and 9 at worst, of 0 to 100."
    assert lost(found) == {("file", "[].events[].color"): "red"}


def test_a_published_list_of_scored_stages(real_data: Path) -> None:
    found = read_map(real_data / "journey_maps" / "ikea.json")
    assert (len(found.map.stages), len(found.map.steps), len(found.map.cells)) == (6, 14, 78)
    assert {loss.field.rpartition(".")[2] for loss in found.lost} == {"color"}


@pytest.mark.parametrize(
    ("name", "steps", "unserved"),
    [("sample", 6, 6), ("enterprise-ai-reach-value", 7, 0), ("ai-dev-org-standardization", 7, 0)],
)
def test_published_phases_and_actions(name: str, steps: int, unserved: int, real_data: Path) -> None:
    found = read_map(real_data / "journey_maps" / f"{name}.yaml")
    assert (len(found.map.stages), len(found.map.steps)) == (5, steps)
    assert found.map.persona is not None
    assert all(-2 <= placed.cell.claimed <= 2 for placed in found.map.cells if placed.lane == "emotion")
    assert sum(placed.lane == "emotion" for placed in found.map.cells) == steps
    # The journey itself is whole but for its version; what is lost is of the drawing and of other documents.
    assert [loss.field for loss in found.lost if loss.where == "cjm"] == ["version"]
    assert sum(loss.why == "It serves no step of the map." for loss in found.lost) == unserved


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", '[{"title": "s", "events": [{"title": "e", "touchpoints": 3, "channels": null}]}]'),
        ("a.yaml", "kind: cjm\nphases: [{id: p}]\nactions: [{id: [1], phase: p, touchpoints: 3}]\n"),
    ],
)
def test_a_lone_value_counts_as_a_list_of_one(name: str, text: str, tmp_path: Path) -> None:
    assert [placed.cell.says for placed in read(text, tmp_path / name).map.cells] == ["3"]


def test_a_blueprint_whose_tasks_are_no_tasks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="'tasks' must be a list of mappings"):
        read("kind: cjm\nphases: [{id: p}]\n---\nkind: sbp\ntasks: [3]\n", tmp_path / "a.yaml")
