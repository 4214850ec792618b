"""A check finds what is wrong with a map and what is missing from it, and says how much of it is evidence."""

from __future__ import annotations

from pathlib import Path

import pytest

import mapkit as mk
from mapkit.maps.journey_map import Cell, Evidence, JourneyMap, Lane, MapStage, MapStep
from mapkit.maps.research_notes import ResearchNote, ResearchNotes
from mapkit.maps.touchpoint_inventory import Touchpoint, TouchpointInventory
from tests.literal import events
from tests.maps.journey_map.made import TEXT, journey_map

NOTES = ResearchNotes((ResearchNote("n1", "interview", "I look first."),))
INVENTORY = TouchpointInventory(
    (
        Touchpoint("home_page", owner="web", events=("first_visit",)),
        Touchpoint("basket", owner="web", events=("add_to_cart",)),
        Touchpoint("payment", owner="payments"),
    )
)
LOG = events("ann: first_visit@1 add_to_cart@2 purchase@3")


def found(text: str = TEXT, **against: object) -> list[tuple[str, int]]:
    table = journey_map(text).check(**against).table
    return list(zip(table["code"], table["line"], strict=True))


def test_a_map_is_checked_by_itself():
    assert found() == [
        ("step_without_touchpoint", 11),
        ("claim_without_evidence", 27),
        ("pain_without_owner", 33),
        ("notes_not_given", 2),
    ]


def test_a_complete_map_has_nothing_to_mend():
    checked = journey_map(TEXT.replace("claimed: 0.5}", "claimed: 0.5, evidence: [{kind: log, n: 30}]}")).check(
        INVENTORY, NOTES, LOG
    )
    assert checked.ok
    assert checked.table.empty
    assert checked.title == "How a household buys: nothing to mend"


def test_references_are_followed():
    text = TEXT.replace("[n1]", "[n2]").replace("home_page", "homepage").replace("events: [purchase]", "events: [buy]")
    told = journey_map(text).check(INVENTORY, NOTES, LOG).errors
    assert set(zip(told["code"], told["line"], strict=True)) == {
        ("unknown_note", 18),
        ("unknown_touchpoint", 18),
        ("unknown_event", 12),
    }
    assert "Did you mean 'home_page'?" in " ".join(told["what"])


def test_a_step_called_by_its_touchpoint_is_witnessed_by_it():
    text = TEXT.replace("add_to_cart", "basket").replace("id: basket", "id: cell")
    assert "unknown_event" not in [code for code, _ in found(text, inventory=INVENTORY, events=LOG)]


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("claimed: -1", "claimed: -3", "emotion_out_of_range", 30),
        ("claimed: -1", "claimed: sad", "emotion_not_a_number", 30),
        ("claimed: 0.5", "claimed: 50", "rate_out_of_range", 27),
        ("to: pay", "to: paid", "unknown_step", 27),
        ("claimed: 0.5", "claimed: [pay, pay]", "repeated_step", 27),
        ("kind: survey, ref: wave 1, n: 40", "kind: survey, ref: wave 1", "evidence_without_n", 30),
        ("steps: [first_visit]", "steps: [first_visit, ad_click]", "step_without_cell", 8),
        ("steps: [first_visit]", "steps: [first_visit, {id: walk, events: []}]", "step_without_event", 8),
        ("- add_to_cart\n", "- {id: add_to_cart, events: [purchase]}\n", "event_of_two_steps", 12),
        ("- add_to_cart\n", "- {id: add_to_cart, name: Pays}\n", "same_name", 12),
        ("lanes:\n", "  - name: after\nlanes:\n", "empty_stage", 14),
        ("lanes:\n", "lanes:\n  - name: thoughts\n", "empty_lane", 15),
        ("says: Shipping comes last., severity: 0.6", "severity: 0.6", "empty_cell", 33),
        ("severity: 0.6", "owner: web", "pain_without_severity", 33),
        ("touchpoint: home_page, ", "", "stage_without_touchpoint", 7),
    ],
)
def test_each_fault_is_found_on_its_line(old: str, new: str, code: str, line: int):
    assert old in TEXT
    assert (code, line) in found(TEXT.replace(old, new, 1))
    assert code not in [each for each, _ in found()]


def test_the_same_said_twice_in_one_place_is_found():
    cell = "      - {stage: purchase, step: pay, says: Shipping comes last., severity: 0.6}\n"
    assert ("said_twice", 34) in found(TEXT.replace(cell, cell * 2))


@pytest.mark.parametrize("owner", ["owner: web", "touchpoint: payment"])
def test_pain_is_owned_by_its_cell_or_by_its_touchpoint(owner: str):
    text = TEXT.replace("severity: 0.6", f"severity: 0.6, {owner}")
    assert "pain_without_owner" not in [code for code, _ in found(text, inventory=INVENTORY)]


def test_evidence_is_graded_by_its_kind_its_n_and_its_notes():
    kinds = [Evidence("experiment", n=9), Evidence("log", n=30), Evidence("log", n=29), Evidence(ref="n1"), None]
    cells = tuple(Cell("a", says=str(at), evidence=(each,) if each else ()) for at, each in enumerate(kinds))
    checked = JourneyMap("m", (MapStage("a"),), (Lane("actions", cells),)).check(notes=NOTES)
    assert checked.grades["grade"].tolist() == ["A", "B", "D", "C", "D"]
    assert checked.evidence["cells"].tolist() == [1, 1, 1, 2]
    assert (checked.evidence_share.value, checked.evidence_share.n) == (0.6, 5)


def test_a_to_be_map_is_held_against_what_is():
    text = TEXT.replace("scenario:", "state: to-be\nscenario:").replace(
        "- add_to_cart", "- add_to_cart\n      - new", 1
    )
    assert "as_is_not_given" in [code for code, _ in found(text)]
    as_is = journey_map().without_cell("emotion/purchase/pay")
    codes = [code for code, _ in found(text, as_is=as_is)]
    assert codes.count("without_as_is") == 1
    assert "new_step" in codes


def test_a_map_made_in_memory_has_findings_without_lines():
    checked = JourneyMap("m", (MapStage("a", (MapStep("b"),)),)).check()
    assert checked.table["line"].isna().all()
    assert not checked.table.empty


def test_inventory_and_notes_are_taken_as_files(tmp_path: Path):
    inventory = INVENTORY.write(tmp_path / "touchpoints.csv")
    notes = NOTES.write(tmp_path / "notes.xlsx")
    assert found(inventory=inventory, notes=notes) == found(inventory=INVENTORY, notes=NOTES)
    assert found(inventory=INVENTORY.to_table()) == found(inventory=INVENTORY)


def test_the_hand_map_of_harbour_is_sound_but_rests_on_words():
    harbour = mk.load_dataset("harbour", customers=200)
    checked = JourneyMap.read(harbour.path("hand_map.yaml")).check(harbour.touchpoints, events=harbour.events)
    assert checked.ok
    assert checked.evidence.set_index("grade").loc["D", "of_cells"] == 1
    assert set(checked.table["code"]) >= {"claim_without_evidence", "step_without_cell"}
