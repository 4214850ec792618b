"""A journey map together with what it is checked against: inventory, research notes, log, as-is map."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path as File
from typing import Any

from mapkit.documents.parsing import Path
from mapkit.documents.sheets import SHEET_ENDINGS
from mapkit.documents.writing import DOCUMENT_ENDINGS
from mapkit.maps.journey_map.grades import grade_of
from mapkit.maps.journey_map.journey_map import JourneyMap
from mapkit.maps.journey_map.parts import Cell, EvidenceKind, MapStage, MapStep
from mapkit.maps.research_notes import ResearchNotes
from mapkit.maps.touchpoint_inventory import Touchpoint, TouchpointInventory


@dataclass(frozen=True)
class CellAt:
    """A cell with its key, its lane, its place in the document, and the grade of its evidence."""

    key: str
    lane: str
    cell: Cell
    path: Path
    grade: str

    @property
    def is_pain(self) -> bool:
        """Whether the cell tells of a pain point."""
        return self.lane == "pain_points" or self.cell.severity is not None


@dataclass(frozen=True)
class Subject:
    """A map and what it is checked against: None for what was not given. The inventory is by touchpoint."""

    map: JourneyMap
    inventory: Mapping[str, Touchpoint] | None = None
    notes: ResearchNotes | None = None
    events: frozenset[str] | None = None
    as_is: JourneyMap | None = None

    @cached_property
    def methods(self) -> dict[str, EvidenceKind]:
        """What each research note is, by its id."""
        return dict(self.notes.methods) if self.notes is not None else {}

    @cached_property
    def cells(self) -> tuple[CellAt, ...]:
        """Every cell of the map with its place."""
        placed = iter(self.map.cells)
        return tuple(
            CellAt(
                next(placed).key, lane.name, cell, ("lanes", at, "cells", number), grade_of(cell.evidence, self.methods)
            )
            for at, lane in enumerate(self.map.lanes)
            for number, cell in enumerate(lane.cells)
        )

    @cached_property
    def stages(self) -> tuple[tuple[Path, MapStage], ...]:
        """Every stage with its place."""
        return tuple((("stages", at), stage) for at, stage in enumerate(self.map.stages))

    def touchpoints(self, step: MapStep) -> set[str]:
        """Return a step's touchpoints: those it names, and those of the inventory that are it or share its events."""
        named = set(step.touchpoints)
        for name, touchpoint in (self.inventory or {}).items():
            if name == step.id or set(step.events) & set(touchpoint.events):
                named.add(name)
        return named

    def line(self, path: Path) -> int | None:
        """Return the line that a part is on, or None for a map that was read from no file."""
        if self.map.places is None:
            return None
        for length in range(len(path), -1, -1):
            if found := self.map.places.values.get(path[:length]):
                return found[0]
        return None


def steps_of(subject: Subject) -> Iterator[tuple[Path, MapStage, MapStep]]:
    """Yield every step with its place and its stage."""
    for path, stage in subject.stages:
        for number, step in enumerate(stage.steps):
            yield (*path, "steps", number), stage, step


def subject_of(journey_map: JourneyMap, inventory: Any, notes: Any, events: Any, as_is: Any) -> Subject:
    """Return the map together with what it is checked against, each read where it is not read yet."""
    if isinstance(notes, str | File):
        notes = ResearchNotes.read(notes)
    if isinstance(as_is, str | File):
        as_is = JourneyMap.read(as_is)
    names = None
    if events is not None:
        from mapkit.loaders import read_events

        names = frozenset(read_events(events).event_names)
    return Subject(journey_map, None if inventory is None else _inventory(inventory), notes, names, as_is)


def _inventory(inventory: Any) -> dict[str, Touchpoint]:
    if not isinstance(inventory, TouchpointInventory):
        # A file is read as a document, for the lines of its faults.
        file = isinstance(inventory, str | File) and File(inventory).suffix in (*DOCUMENT_ENDINGS, *SHEET_ENDINGS)
        inventory = TouchpointInventory.read(inventory) if file else TouchpointInventory.of(inventory)
    return {each.touchpoint: each for each in inventory.touchpoints}
