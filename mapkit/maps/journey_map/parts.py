"""What a journey map is made of: persona, stages with their steps, and lanes with their cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

About = Literal["content", "sequence", "timing", "rate", "emotion"]
EvidenceKind = Literal["experiment", "log", "survey", "interview", "observation", "assertion"]
Claimed = float | str | tuple[str, ...] | None

LANES = (
    "actions",
    "touchpoints",
    "channel",
    "thoughts",
    "emotion",
    "pain_points",
    "owner",
    "backstage",
    "opportunities",
)
"""The usual lanes, in the order in which a map shows them; a map may have others."""

_ABOUT: dict[str, About] = {"emotion": "emotion", "rate": "rate", "timing": "timing"}


@dataclass(frozen=True)
class Persona:
    """Who travels: a name, the segment of the log that stands for them, and who that is in words."""

    name: str
    segment: str | None = None
    who: str = ""

    @classmethod
    def of(cls, given: str | Mapping[str, Any]) -> Persona:
        """Return the persona that a document says, in its short or long form."""
        return cls(given) if isinstance(given, str) else cls(**given)

    def to_document(self) -> str | dict[str, Any]:
        """Return the shortest form that says the same."""
        return _short(self.name, {"name": self.name, "segment": self.segment, "who": self.who})


@dataclass(frozen=True)
class MapStep:
    """One step: its id, what people call it, the events that witness it, and its touchpoints in the inventory."""

    id: str
    name: str = ""
    events: tuple[str, ...] = ()
    touchpoints: tuple[str, ...] = ()

    @classmethod
    def of(cls, given: str | Mapping[str, Any]) -> MapStep:
        """Return the step that a document says; a bare name is its own event."""
        if isinstance(given, str):
            return cls(given, given, (given,))
        step, touchpoints = given["id"], tuple(given.get("touchpoints", ()))
        return cls(step, given.get("name", step), tuple(given.get("events", (step,))), touchpoints)

    def to_document(self) -> str | dict[str, Any]:
        """Return the shortest form that says the same."""
        long: dict[str, Any] = {"id": self.id}
        if self.name not in ("", self.id):
            long["name"] = self.name
        if self.events != (self.id,):
            long["events"] = list(self.events)
        if self.touchpoints:
            long["touchpoints"] = list(self.touchpoints)
        return self.id if len(long) == 1 else long


@dataclass(frozen=True)
class MapStage:
    """One stage and its steps, in order."""

    name: str
    steps: tuple[MapStep, ...] = ()


@dataclass(frozen=True)
class Evidence:
    """What a cell rests on: its kind, a reference (a research note's id, a file), and how many stand behind it.

    A bare reference has the kind None until a research note says what it is.
    """

    kind: EvidenceKind | None = None
    ref: str = ""
    n: int | None = None

    @classmethod
    def of(cls, given: str | Mapping[str, Any]) -> Evidence:
        """Return the evidence that a document says, in its short or long form."""
        return cls(None, given) if isinstance(given, str) else cls(**given)

    def to_document(self) -> str | dict[str, Any]:
        """Return the shortest form that says the same."""
        if self.kind is None:
            return self.ref
        return _filled({"kind": self.kind, "ref": self.ref, "n": self.n})


@dataclass(frozen=True)
class Cell:
    """One statement of the map: where it stands, what it says, what it claims, and what it rests on.

    ``step`` is None for a cell of a whole stage. ``claimed`` is a number, a text such as "3d", or a tuple of step ids
    in the order claimed; None where the cell only says something. ``of`` and ``to`` name the steps of a rate.
    """

    stage: str
    step: str | None = None
    says: str = ""
    claimed: Claimed = None
    id: str | None = None
    about: About | None = None
    of: str | None = None
    to: str | None = None
    within: str | None = None
    touchpoint: str | None = None
    severity: float | None = None
    owner: str | None = None
    evidence: tuple[Evidence, ...] = ()
    source: str = ""

    @classmethod
    def from_document(cls, given: Mapping[str, Any]) -> Cell:
        """Return the cell that a document says."""
        fields = dict(given)
        if isinstance(fields.get("claimed"), list):
            fields["claimed"] = tuple(fields["claimed"])
        fields["evidence"] = tuple(Evidence.of(each) for each in fields.get("evidence", ()))
        return cls(**fields)

    def to_document(self) -> dict[str, Any]:
        """Return the cell as plain data, without what it does not say."""
        order = ("stage", "step", "id", "says", "claimed", "about", "of", "to", "within", "touchpoint")
        plain: dict[str, Any] = {name: getattr(self, name) for name in (*order, "severity", "owner", "source")}
        if isinstance(self.claimed, tuple):
            plain["claimed"] = list(self.claimed)
        plain["evidence"] = [each.to_document() for each in self.evidence]
        return _filled(plain)

    def is_about(self, lane: str) -> About:
        """Return what kind of statement it is: as it says itself, else by its claim and its lane."""
        if self.about is not None:
            return self.about
        return "sequence" if isinstance(self.claimed, tuple) else _ABOUT.get(lane, "content")


@dataclass(frozen=True)
class Lane:
    """One row of the map: a name and its cells."""

    name: str
    cells: tuple[Cell, ...] = ()


def _filled(plain: Mapping[str, Any]) -> dict[str, Any]:
    # 0 is something said; an empty text, list or None is nothing.
    return {name: value for name, value in plain.items() if value is not None and value != "" and value != []}


def _short(name: str, long: Mapping[str, Any]) -> str | dict[str, Any]:
    filled = _filled(long)
    return name if set(filled) == {"name"} else filled
