"""What makes a journey map contradict itself: names used twice, and cells that stand nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mapkit.documents.faults import Fault, FaultyDocumentError, cut, repeated
from mapkit.documents.parsing import Path
from mapkit.errors import listed, nearest

if TYPE_CHECKING:
    from mapkit.maps.journey_map.journey_map import JourneyMap
    from mapkit.maps.journey_map.parts import Cell


def refuse_faults(journey_map: JourneyMap) -> None:
    """Raise :class:`FaultyDocumentError` where names are used twice or cells stand nowhere."""
    if faults := tuple(_faults(journey_map)):
        raise FaultyDocumentError(faults)


def _faults(journey_map: JourneyMap) -> Iterator[Fault]:
    stages: list[tuple[Path, str]] = []
    steps: list[tuple[Path, str]] = []
    for at, stage in enumerate(journey_map.stages):
        stages.append((("stages", at, "name"), stage.name))
        steps += [(("stages", at, "steps", number), step.id) for number, step in enumerate(stage.steps)]
    cells: list[tuple[Path, str, Cell]] = [
        (("lanes", at, "cells", number), lane.name, cell)
        for at, lane in enumerate(journey_map.lanes)
        for number, cell in enumerate(lane.cells)
    ]
    yield from repeated("stages", stages)
    yield from repeated("steps", steps)
    yield from repeated("lanes", [(("lanes", at, "name"), lane.name) for at, lane in enumerate(journey_map.lanes)])
    yield from repeated("cells", [((*path, "id"), cell.id) for path, _, cell in cells if cell.id is not None])
    known = {stage.name: [step.id for step in stage.steps] for stage in journey_map.stages}
    for path, lane, cell in cells:
        yield from _misplaced(path, lane, cell, known)


def _misplaced(path: Path, lane: str, cell: Cell, stages: dict[str, list[str]]) -> Iterator[Fault]:
    where = f"A cell of lane {cut(lane)!r}" + (f" that says {cut(cell.says)!r}" if cell.says else "")
    if cell.stage not in stages:
        yield Fault(
            (*path, "stage"),
            f"{where} is in the stage {cut(cell.stage)!r}, which the map does not have. It has {listed(stages)}."
            f"{nearest(cell.stage, stages)}",
        )
    elif cell.step is not None and cell.step not in stages[cell.stage]:
        steps = stages[cell.stage]
        elsewhere = next((stage for stage, ids in stages.items() if cell.step in ids), None)
        hint = f" The step is in stage {elsewhere!r}." if elsewhere else nearest(cell.step, steps)
        yield Fault(
            (*path, "step"),
            f"{where} is at the step {cut(cell.step)!r}, not of stage {cell.stage!r}. It has {listed(steps)}.{hint}",
        )
