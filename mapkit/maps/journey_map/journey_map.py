"""A journey map as a document: read, checked as a whole, changed by copies, and written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from mapkit.documents import Parsed, packaged_schema, parse_placed, read_placed, to_yaml, write_revised
from mapkit.documents.faults import FaultyDocumentError
from mapkit.errors import DocumentError, listed, nearest
from mapkit.maps.journey_map.faults import refuse_faults
from mapkit.maps.journey_map.parts import Cell, Lane, MapStage, MapStep, Persona

if TYPE_CHECKING:
    from mapkit.maps.journey_map.check import MapCheck
    from mapkit.maps.journey_map.diff import MapDiff


@dataclass(frozen=True)
class Placed:
    """A cell in its place: the key that stays the same between versions of the map, its lane, and the cell."""

    key: str
    lane: str
    cell: Cell


@dataclass(frozen=True)
class JourneyMap:
    """A map: who travels (persona), what they set out to do (scenario), stages of steps, and lanes of cells.

    A map never changes; :meth:`with_cell` and its kin return another one. Two maps with the same content are equal.

    Raises
    ------
    DocumentError
        Two stages, steps, lanes or cell ids have one name, or a cell names a stage or step that the map does not have.
    """

    title: str
    stages: tuple[MapStage, ...]
    lanes: tuple[Lane, ...] = ()
    persona: Persona | None = None
    scenario: str = ""
    state: Literal["as-is", "to-be"] = "as-is"
    description: str = field(default="", repr=False)
    # Where each part stands in the file that the map was read from; a changed copy has no places.
    places: Parsed | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        refuse_faults(self)

    @property
    def steps(self) -> tuple[MapStep, ...]:
        """Every step, in order of the stages."""
        return tuple(step for stage in self.stages for step in stage.steps)

    @property
    def cells(self) -> tuple[Placed, ...]:
        """Every cell with its key: its own id, or lane/stage/step with #2, #3 for more in one place."""
        return tuple(self._placed())

    def step(self, step: str) -> MapStep:
        """Return a step by its id. Raises DocumentError, with the nearest id, when there is none such."""
        for known in self.steps:
            if known.id == step:
                return known
        known_ids = [each.id for each in self.steps]
        raise DocumentError(f"The map has no step {step!r}. It has {listed(known_ids)}.{nearest(step, known_ids)}")

    def stage_of(self, step: str) -> str:
        """Return the name of the stage that a step is in."""
        self.step(step)
        return next(stage.name for stage in self.stages if any(each.id == step for each in stage.steps))

    def cell(self, key: str) -> Placed:
        """Return a cell by its key. Raises DocumentError, with the nearest key, when there is none such."""
        placed = {each.key: each for each in self.cells}
        if key not in placed:
            raise DocumentError(f"The map has no cell {key!r}.{nearest(key, placed)}")
        return placed[key]

    def with_cell(self, lane: str, cell: Cell, *, key: str | None = None) -> JourneyMap:
        """Return the map with a cell more, or with the cell of a ``key`` replaced; a new lane is put last."""
        if key is not None:
            old = self.cell(key).cell
            return self._with_lanes(
                {each.name: [cell if one is old else one for one in each.cells] for each in self.lanes}
            )
        lanes: dict[str, list[Cell]] = {each.name: list(each.cells) for each in self.lanes}
        lanes.setdefault(lane, []).append(cell)
        return self._with_lanes(lanes)

    def without_cell(self, key: str) -> JourneyMap:
        """Return the map without one of its cells."""
        old = self.cell(key).cell
        return self._with_lanes({lane.name: [one for one in lane.cells if one is not old] for lane in self.lanes})

    def check(self, inventory: Any = None, notes: Any = None, events: Any = None, *, as_is: Any = None) -> MapCheck:
        """Return what is wrong with the map or missing from it, and how much of it is evidence.

        Parameters
        ----------
        inventory
            The touchpoints: a table, a frame, or a YAML, CSV or Excel file.
        notes
            The research notes that cells cite: :class:`ResearchNotes`, or their file.
        events
            The log whose events witness the steps: anything that ``read_events`` takes.
        as_is
            The map of what is, for a to-be map.
        """
        from mapkit.maps.journey_map.check import check_map

        return check_map(self, inventory, notes, events, as_is)

    def diff(self, other: JourneyMap) -> MapDiff:
        """Return what turns this map into another: what was added, removed, moved, renamed and changed, by cell."""
        from mapkit.maps.journey_map.diff import diff_maps

        return diff_maps(self, other)

    def to_dict(self) -> dict[str, Any]:
        """Return the map as plain data, as its documents hold it."""
        head: dict[str, Any] = {"title": self.title}
        if self.state != "as-is":
            head["state"] = self.state
        if self.persona is not None:
            head["persona"] = self.persona.to_document()
        head |= {name: getattr(self, name) for name in ("scenario", "description") if getattr(self, name)}
        stages = [
            {"name": stage.name, **({"steps": [step.to_document() for step in stage.steps]} if stage.steps else {})}
            for stage in self.stages
        ]
        lanes = [{"name": lane.name, "cells": [cell.to_document() for cell in lane.cells]} for lane in self.lanes]
        return {**head, "stages": stages, **({"lanes": lanes} if lanes else {})}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> JourneyMap:
        """Return the map that plain data says; the data fits the schema already."""
        stages = tuple(
            MapStage(stage["name"], tuple(MapStep.of(step) for step in stage.get("steps", ())))
            for stage in data["stages"]
        )
        lanes = tuple(
            Lane(lane["name"], tuple(Cell.from_document(cell) for cell in lane.get("cells", ())))
            for lane in data.get("lanes", ())
        )
        persona = Persona.of(data["persona"]) if "persona" in data else None
        plain = {name: data[name] for name in ("scenario", "state", "description") if name in data}
        return cls(data["title"], stages, lanes, persona, **plain)

    @classmethod
    def read(cls, path: str | Path) -> JourneyMap:
        """Return the map in a YAML or JSON file. Raises DocumentError with file and line of what does not fit."""
        return cls.from_placed(read_placed(Path(path), _schema()))

    @classmethod
    def from_yaml(
        cls, text: str, *, name: str = "the journey map", form: Literal["yaml", "json"] = "yaml"
    ) -> JourneyMap:
        """Return the map that a YAML text says; ``name`` stands for it in errors."""
        return cls.from_placed(parse_placed(text, _schema(), name=name, form=form))

    @classmethod
    def from_placed(cls, parsed: Parsed) -> JourneyMap:
        """Return the map of a parsed document that fits the schema; it remembers on which line each part stands."""
        try:
            journey_map = cls.from_dict(parsed.data)
        except FaultyDocumentError as wrong:
            raise wrong.placed(parsed) from None
        object.__setattr__(journey_map, "places", parsed)
        return journey_map

    def to_yaml(self) -> str:
        """Return the map as a YAML document; :meth:`from_yaml` gives an equal map back."""
        return to_yaml(self.to_dict())

    def write(self, path: str | Path, *, existing: Literal["refuse", "replace"] = "refuse") -> Path:
        """Write the map to a YAML or JSON file, whole or not at all, and return its path.

        With ``existing="replace"`` a file that holds a map already keeps its comments, and the lines of what did not
        change. Whoever edits a file that others may edit too opens it as a :class:`MapFile`, which notices that.
        """
        return write_revised(self.to_dict(), path, existing=existing, normal=self.normal)

    @classmethod
    def normal(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return the shortest form of a map's plain data, of all that say the same."""
        return cls.from_dict(data).to_dict()

    def _placed(self) -> Iterator[Placed]:
        seen: dict[str, int] = {}
        for lane in self.lanes:
            for cell in lane.cells:
                key = cell.id or "/".join(part for part in (lane.name, cell.stage, cell.step) if part)
                seen[key] = seen.get(key, 0) + 1
                yield Placed(key if seen[key] == 1 else f"{key}#{seen[key]}", lane.name, cell)

    def _with_lanes(self, lanes: Mapping[str, list[Cell]]) -> JourneyMap:
        return replace(self, lanes=tuple(Lane(name, tuple(cells)) for name, cells in lanes.items()))


def _schema() -> dict[str, Any]:
    return packaged_schema("mapkit.maps.journey_map", "journey_map.schema.json")
