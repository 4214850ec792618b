"""Research notes are read with their lines, cited by id, and name nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

from mapkit.errors import DocumentError
from mapkit.maps.research_notes import ResearchNote, ResearchNotes

YAML = """\
notes:
  - {id: n1, when: 2025-03-02, method: interview, who: P07, said: "=I look first.", stage: purchase}
  - id: n2
    method: observation
    said: |
      Four of nine
      looked.
    n: 9
"""


@pytest.mark.parametrize("ending", ["yaml", "json", "csv", "xlsx"])
def test_notes_come_back_as_they_were(tmp_path: Path, ending: str):
    notes = ResearchNotes.from_yaml(YAML)
    assert ResearchNotes.read(notes.write(tmp_path / f"notes.{ending}")) == notes


def test_a_note_is_found_by_its_id():
    notes = ResearchNotes.from_yaml(YAML)
    assert notes.note("n2") == ResearchNote("n2", "observation", "Four of nine\nlooked.\n", n=9)
    assert notes.methods == {"n1": "interview", "n2": "observation"}
    assert notes.to_frame()["n"].tolist() == [1, 9]
    with pytest.raises(DocumentError, match=r"no research note 'n22'\. Did you mean 'n2'\?"):
        notes.note("n22")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("id: n2", "id: n1", r"line 3, column 9 .*two notes named 'n1'"),
        ("2025-03-02", "2025-13-02", r"line 2, .*'2025-13-02' is not a day"),
        ("P07", "ann@example.org", r"line 2, .*address of somebody"),
        ("observation", "observed", r"line 4, .*one of .*Did you mean 'observation'\?"),
        ("n: 9", "n: 0", r"line 8, .*0 does not fit"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(old: str, new: str, message: str):
    with pytest.raises(DocumentError, match=message) as told:
        ResearchNotes.from_yaml(YAML.replace(old, new))
    assert "example.org" not in str(told.value)
