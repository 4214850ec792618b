"""A persona card holds statements with their share, n and evidence, and refuses a share of nobody knows what."""

from __future__ import annotations

from pathlib import Path

import pytest

from mapkit.errors import DocumentError
from mapkit.maps.journey_map import Evidence, Persona
from mapkit.maps.persona_card import PersonaCard, Statement
from mapkit.maps.research_notes import ResearchNote, ResearchNotes

YAML = """\
name: The daily cup
segment: households
who: A household.
size: {says: of all customers, share: 0.6, low: 0.5, high: 0.7, n: 100}
attributes:
  - {says: lives in town, share: 0.3, n: 60, others: 0.2, distinctive: true, evidence: [{kind: log, n: 60}]}
goals: [Coffee.]
needs:
  - {says: to taste first, evidence: [n1]}
"""


def test_a_card_comes_back_as_it_was(tmp_path: Path):
    card = PersonaCard.from_yaml(YAML)
    assert PersonaCard.read(card.write(tmp_path / "card.yaml")) == card
    assert PersonaCard.from_yaml(card.to_yaml()) == card
    assert card.goals == (Statement("Coffee."),)
    assert card.attributes[0].evidence == (Evidence("log", n=60),)


def test_a_map_takes_the_persona_from_its_card():
    assert PersonaCard.from_yaml(YAML).persona == Persona("The daily cup", "households", "A household.")


def test_each_statement_has_a_grade():
    frame = PersonaCard.from_yaml(YAML).to_frame(ResearchNotes((ResearchNote("n1", "interview", "I taste."),)))
    assert frame["list"].tolist() == ["size", "attributes", "goals", "needs"]
    assert frame["grade"].tolist() == ["D", "B", "D", "C"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (", n: 60, others", ", others", r"line 6, .*gives a share without its n"),
        ("low: 0.5", "low: 0.65", r"line 4, .*outside its interval"),
        ("share: 0.3", "share: 30", r"line 6, .*30 does not fit.*a share from 0 to 1"),
        ("goals", "goal", r"line 7, .*unknown key 'goal'\. Did you mean 'goals'\?"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(old: str, new: str, message: str):
    with pytest.raises(DocumentError, match=message):
        PersonaCard.from_yaml(YAML.replace(old, new))
