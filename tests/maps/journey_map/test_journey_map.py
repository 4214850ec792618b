"""A map is read whole, or refused with the line of what is wrong; what is hostile stays text."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapkit.errors import DocumentError
from mapkit.maps.journey_map import Cell, JourneyMap, Lane, MapStage, MapStep
from tests.maps.journey_map.made import TEXT, journey_map

WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)


def test_a_map_read_is_the_map_written():
    read = journey_map()
    assert JourneyMap.from_yaml(read.to_yaml()) == read
    assert read.cell("basket").cell.says == "They fill the basket and wait.\n"
    assert read.stage_of("pay") == "purchase"


@settings(max_examples=40, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=4, unique=True), st.lists(st.tuples(WORDS, st.floats(-2, 2)), max_size=4))
def test_any_names_and_texts_come_back(names: list[str], cells: list[tuple[str, float]]):
    stages = tuple(MapStage(f"in {name}", (MapStep(name, name, (name,)),)) for name in names)
    held = tuple(Cell(f"in {names[0]}", names[0], says, claimed) for says, claimed in cells)
    written = JourneyMap("A map", stages, (Lane("emotion", held),))
    assert JourneyMap.from_yaml(written.to_yaml()) == written


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "- stage: purchase\n",
            "- stage: purchas\n",
            r"map.yaml, line 19, column 16 .*'purchas', which the map does not have.*Did you mean 'purchase'\?",
        ),
        (
            "step: add_to_cart, of",
            "step: first_visit, of",
            r"line 27, column 33 .*is at the step 'first_visit', not of stage 'purchase'.*is in stage 'awareness'",
        ),
        ("id: pay, ", "id: first_visit, ", r"line 12, .*two steps named 'first_visit'"),
        ("- name: rate", "- name: actions", r"line 25, .*two lanes named 'actions'"),
        ("- name: purchase ", "- name: awareness ", r"line 9, .*two stages named 'awareness'"),
        ("claimed: 0.5", "claimed: 0.5, id: basket", r"line 27, .*two cells named 'basket'"),
        ("claimed: 0.5", "claimd: 0.5", r"line 27, .*unknown key 'claimd'\. Did you mean 'claimed'\?"),
        ("severity: 0.6", "severity: 6", r"line 33, .*6 does not fit.*from 0 to 1"),
        ("says: They look.", "says: They look., says: x", r"line 18, .*the key 'says' is there twice"),
        ("evidence: [n1]", "evidence: &e [*e]", r"line 18, .*the alias \*e contains itself"),
        ("evidence: [n1]", "evidence: " + "[" * 80 + "]" * 80, r"line 18, .*nested more than 60 levels"),
        ("scenario: They", "scenario: !!python/object:os.system They", r"line 4, .*is not allowed"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(old: str, new: str, message: str):
    assert old in TEXT
    with pytest.raises(DocumentError, match=message):
        journey_map(TEXT.replace(old, new, 1))


def test_several_faults_are_told_at_once():
    with pytest.raises(DocumentError) as told:
        journey_map(TEXT.replace("step: add_to_cart", "step: basket").replace("step: pay", "step: paid"))
    assert str(told.value).count("map.yaml, line") == 4


def test_aliases_that_grow_without_end_are_refused():
    grows = "".join(f"  - &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9))
    with pytest.raises(DocumentError, match="more than 500,000 parts"):
        JourneyMap.from_yaml(f"title: x\nstages:\n  - &a0 [x, x]\n{grows}")


@pytest.mark.parametrize(
    "says", ["<script>alert(1)</script>", "x" * 1_000_000, "'); DROP TABLE", "=cmd()", "שלום\u202e"]
)
def test_hostile_text_is_text(tmp_path: Path, says: str):
    told = journey_map().with_cell("actions", Cell("purchase", "pay", says=says))
    assert JourneyMap.read(told.write(tmp_path / "map.yaml")) == told
    assert JourneyMap.read(told.write(tmp_path / "map.json")) == told
    assert told.check().ok
    assert len(str(journey_map().diff(told))) < 1_000


def test_a_fault_does_not_repeat_a_long_text():
    with pytest.raises(DocumentError) as told:
        replace(journey_map(), lanes=(Lane("actions", (Cell("nowhere", says="x" * 1_000_000),)),))
    assert len(str(told.value)) < 500


def test_a_changed_map_has_no_lines_of_the_old_one():
    read = journey_map()
    assert read.places is not None
    assert read.with_cell("actions", Cell("purchase")).places is None


@pytest.mark.parametrize("name", ["sample.yaml", "ikea.json"])
def test_a_map_of_another_kind_is_refused_with_what_is_known(real_data: Path, name: str):
    with pytest.raises(DocumentError, match=rf"{name}, line \d+"):
        JourneyMap.read(real_data / "journey_maps" / name)
