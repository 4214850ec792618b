"""A persona and what is known of it: attributes, goals, needs, channels and pain points, each with its evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from mapkit.documents import Parsed, packaged_schema, parse_placed, read_placed, to_yaml, write_revised
from mapkit.documents.faults import Fault, FaultyDocumentError
from mapkit.maps.journey_map import Evidence, Persona
from mapkit.maps.journey_map.grades import grade_of

if TYPE_CHECKING:
    import pandas as pd

    from mapkit.maps.research_notes import ResearchNotes

LISTS = ("attributes", "goals", "needs", "channels", "pain_points")
"""The lists of statements on a card, in the order in which it shows them."""


@dataclass(frozen=True)
class Statement:
    """One statement: what it ``says``, the ``share`` of ``n`` it holds for with its interval, and what it rests on.

    ``others`` is the same share among everybody else; ``distinctive`` says that the two differ beyond chance.
    A share of None is a statement in words only.
    """

    says: str
    share: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    others: float | None = None
    distinctive: bool | None = None
    evidence: tuple[Evidence, ...] = ()
    source: str = ""

    @classmethod
    def of(cls, given: str | Mapping[str, Any]) -> Statement:
        """Return the statement that a document says, in its short or long form."""
        if isinstance(given, str):
            return cls(given)
        return cls(**{**given, "evidence": tuple(Evidence.of(each) for each in given.get("evidence", ()))})

    def to_document(self) -> str | dict[str, Any]:
        """Return the shortest form that says the same."""
        plain = {field.name: getattr(self, field.name) for field in fields(self)}
        plain["evidence"] = [each.to_document() for each in self.evidence]
        long = {name: value for name, value in plain.items() if value is not None and value not in ("", [])}
        return self.says if set(long) == {"says"} else long


@dataclass(frozen=True)
class PersonaCard:
    """A persona: its name, the ``segment`` of the log it stands for, who that is, its size, and lists of statements.

    Raises
    ------
    DocumentError
        A statement gives a share without its n, or an interval that its share is not in.
    """

    name: str
    segment: str | None = None
    who: str = ""
    size: Statement | None = None
    attributes: tuple[Statement, ...] = ()
    goals: tuple[Statement, ...] = ()
    needs: tuple[Statement, ...] = ()
    channels: tuple[Statement, ...] = ()
    pain_points: tuple[Statement, ...] = ()
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if faults := tuple(self._faults()):
            raise FaultyDocumentError(faults)

    @property
    def persona(self) -> Persona:
        """Who travels, as a journey map says it."""
        return Persona(self.name, self.segment, self.who)

    def to_frame(self, notes: ResearchNotes | None = None) -> pd.DataFrame:
        """Return one row a statement: list, says, share, low, high, n, others, distinctive, grade, source.

        The grade is A experiment, B observed with an n of 30 or more, C reported, D asserted.
        """
        import pandas as pd

        names = ("says", "share", "low", "high", "n", "others", "distinctive")
        methods = dict(notes.methods) if notes is not None else {}
        rows = [
            {"list": name, **{each: getattr(said, each) for each in names}}
            | {"grade": grade_of(said.evidence, methods), "source": said.source}
            for name, said in self._statements()
        ]
        return pd.DataFrame(rows, columns=["list", *names, "grade", "source"])

    def to_dict(self) -> dict[str, Any]:
        """Return the card as plain data, as its documents hold it."""
        plain: dict[str, Any] = {"name": self.name}
        plain |= {name: getattr(self, name) for name in ("segment", "who") if getattr(self, name)}
        if self.size is not None:
            plain["size"] = self.size.to_document()
        plain |= {name: [said.to_document() for said in getattr(self, name)] for name in LISTS if getattr(self, name)}
        return plain | ({"notes": list(self.notes)} if self.notes else {})

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> PersonaCard:
        """Return the card that plain data says; the data fits the schema already."""
        lists: dict[str, Any] = {
            name: tuple(Statement.of(each) for each in data[name]) for name in LISTS if name in data
        }
        size = Statement.of(data["size"]) if "size" in data else None
        plain = {name: data[name] for name in ("segment", "who") if name in data}
        return cls(data["name"], size=size, notes=tuple(data.get("notes", ())), **plain, **lists)

    @classmethod
    def read(cls, path: str | Path) -> PersonaCard:
        """Return the card in a YAML or JSON file. Raises DocumentError with file and line of what does not fit."""
        return cls._of(read_placed(Path(path), _schema()))

    @classmethod
    def from_yaml(cls, text: str) -> PersonaCard:
        """Return the card that a YAML text says."""
        return cls._of(parse_placed(text, _schema(), name="the persona card"))

    def to_yaml(self) -> str:
        """Return the card as a YAML document."""
        return to_yaml(self.to_dict())

    def write(self, path: str | Path, *, existing: Literal["refuse", "replace"] = "refuse") -> Path:
        """Write the card to a YAML or JSON file, whole or not at all, and return its path."""
        return write_revised(
            self.to_dict(), path, existing=existing, normal=lambda data: PersonaCard.from_dict(data).to_dict()
        )

    @classmethod
    def _of(cls, parsed: Parsed) -> PersonaCard:
        try:
            return cls.from_dict(parsed.data)
        except FaultyDocumentError as wrong:
            raise wrong.placed(parsed) from None

    def _statements(self) -> Iterator[tuple[str, Statement]]:
        yield from (("size", self.size),) if self.size is not None else ()
        for name in LISTS:
            yield from ((name, said) for said in getattr(self, name))

    def _faults(self) -> Iterator[Fault]:
        placed = [((name, at), said) for name in LISTS for at, said in enumerate(getattr(self, name))]
        for path, said in [*placed, *(((("size",), self.size),) if self.size is not None else ())]:
            if said.share is not None and said.n is None:
                yield Fault(path, f"{said.says!r} gives a share without its n. Say how many it is of.")
            ends = [end for end in (said.low, said.share, said.high) if end is not None]
            if ends != sorted(ends):
                yield Fault(path, f"{said.says!r} gives a share outside its interval from low to high.")


def _schema() -> dict[str, Any]:
    return packaged_schema("mapkit.maps.persona_card", "persona_card.schema.json")
