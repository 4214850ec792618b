"""Interview and observation snippets, each with an id that cells cite and a pseudonym instead of a name."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from mapkit.documents import Parsed, packaged_schema, parse_placed, read_placed, to_yaml, write_revised
from mapkit.documents.faults import Fault, FaultyDocumentError, repeated
from mapkit.documents.sheets import SHEET_ENDINGS, read_sheet, write_sheet
from mapkit.errors import DocumentError, nearest

if TYPE_CHECKING:
    import pandas as pd

Method = Literal["interview", "observation", "survey", "log", "experiment"]


@dataclass(frozen=True)
class ResearchNote:
    """One snippet: what was ``said`` or seen, when, by which method, by whom (a pseudonym), and what it is about.

    ``n`` is how many people it stands for.
    """

    id: str
    method: Method
    said: str
    when: str | None = None
    who: str | None = None
    stage: str | None = None
    step: str | None = None
    n: int = 1

    def to_document(self) -> dict[str, Any]:
        """Return the note as plain data, without what it does not say."""
        order = ("id", "when", "method", "who", "said", "stage", "step")
        plain = {name: getattr(self, name) for name in order if getattr(self, name) is not None}
        return plain if self.n == 1 else plain | {"n": self.n}


@dataclass(frozen=True)
class ResearchNotes:
    """The notes of a study.

    Raises
    ------
    DocumentError
        Two notes have one id, a day is none, or a pseudonym is an address of somebody.
    """

    notes: tuple[ResearchNote, ...] = ()

    def __post_init__(self) -> None:
        if faults := tuple(self._faults()):
            raise FaultyDocumentError(faults)

    @property
    def methods(self) -> dict[str, Method]:
        """The method of each note, by its id: what a cell's bare reference stands for."""
        return {note.id: note.method for note in self.notes}

    def note(self, id: str) -> ResearchNote:
        """Return a note by its id. Raises DocumentError, with the nearest id, when there is none such."""
        for note in self.notes:
            if note.id == id:
                return note
        raise DocumentError(f"There is no research note {id!r}.{nearest(id, self.methods)}")

    def to_frame(self) -> pd.DataFrame:
        """Return the notes as a frame, one row a note."""
        import pandas as pd

        return pd.DataFrame([asdict(note) for note in self.notes], columns=list(ResearchNote.__dataclass_fields__))

    def to_dict(self) -> dict[str, Any]:
        """Return the notes as plain data, as their documents hold them."""
        return {"notes": [note.to_document() for note in self.notes]}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ResearchNotes:
        """Return the notes that plain data says; the data fits the schema already."""
        return cls(tuple(ResearchNote(**note) for note in data["notes"]))

    @classmethod
    def read(cls, path: str | Path) -> ResearchNotes:
        """Return the notes in a YAML, JSON, CSV or Excel file. Raises DocumentError with the line of what is wrong."""
        path = Path(path)
        sheet = path.suffix in SHEET_ENDINGS
        return cls._of(read_sheet(path, _schema(), "notes") if sheet else read_placed(path, _schema()))

    @classmethod
    def from_yaml(cls, text: str) -> ResearchNotes:
        """Return the notes that a YAML text says."""
        return cls._of(parse_placed(text, _schema(), name="the research notes"))

    def to_yaml(self) -> str:
        """Return the notes as a YAML document."""
        return to_yaml(self.to_dict())

    def write(self, path: str | Path, *, existing: Literal["refuse", "replace"] = "refuse") -> Path:
        """Write the notes to a YAML, JSON, CSV or Excel file, whole or not at all, and return its path."""
        path = Path(path)
        if path.suffix in SHEET_ENDINGS:
            return write_sheet(self.to_dict(), path, _schema(), "notes", existing=existing)
        return write_revised(
            self.to_dict(), path, existing=existing, normal=lambda data: ResearchNotes.from_dict(data).to_dict()
        )

    @classmethod
    def _of(cls, parsed: Parsed) -> ResearchNotes:
        try:
            return cls.from_dict(parsed.data)
        except FaultyDocumentError as wrong:
            raise wrong.placed(parsed) from None

    def _faults(self) -> Iterator[Fault]:
        yield from repeated("notes", [(("notes", at, "id"), note.id) for at, note in enumerate(self.notes)])
        for at, note in enumerate(self.notes):
            if note.when is not None and not _is_day(note.when):
                yield Fault(("notes", at, "when"), f"{note.when!r} is not a day. Write it as 2025-03-02.")
            if note.who is not None and "@" in note.who:
                yield Fault(("notes", at, "who"), "This is an address of somebody. Write a pseudonym, such as P07.")


def _is_day(text: str) -> bool:
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _schema() -> dict[str, Any]:
    return packaged_schema("mapkit.maps.research_notes", "research_notes.schema.json")
