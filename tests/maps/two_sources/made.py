"""Small maps and crowds of customers who all do the same, written as a test's sentence would say them."""

from __future__ import annotations

import itertools
from typing import Any

import pandas as pd

from mapkit.maps.journey_map import Cell, JourneyMap, Lane, MapStage, MapStep, Persona
from mapkit.maps.two_sources import ObservedMap, observe_map
from mapkit.tables import Table
from tests.literal import events


def log(*crowds: tuple[int, str]) -> Table:
    """Return a log in which each crowd of so many customers does the same: ``log((40, "visit@1"), (20, "buy@2"))``."""
    numbers = itertools.count()
    return events(*(f"c{next(numbers)}: {doing}" for many, doing in crowds for _ in range(many)))


def journey(stages: dict[str, list[str | MapStep]], persona: Persona | None = None, **lanes: list[Cell]) -> JourneyMap:
    """Return a map of bare steps with its lanes: ``journey({"try": ["visit"]}, actions=[Cell("try", "visit")])``."""
    parts = [
        MapStage(name, tuple(step if isinstance(step, MapStep) else MapStep.of(step) for step in steps))
        for name, steps in stages.items()
    ]
    return JourneyMap(
        "A journey", tuple(parts), tuple(Lane(name, tuple(cells)) for name, cells in lanes.items()), persona
    )


def one_cell(lane: str, cell: Cell, steps: list[str | MapStep] | None = None) -> JourneyMap:
    """Return a map of the stage ``try`` with a single cell."""
    return journey({"try": steps or ["visit", "look", "buy"]}, **{lane: [cell]})


def observed(map_: JourneyMap, data: Any, *more: Any, **options: Any) -> dict[str, Any]:
    """Return the only cell of a map as observed."""
    found = observe_map(map_, data, *more, **options)
    rows = cells(found)
    assert len(rows) == 1
    return rows[0]


def cells(found: ObservedMap) -> list[dict[Any, Any]]:
    return found.cells.to_dict("records")


def feelings(scores: list[float], **columns: Any) -> pd.DataFrame:
    """Return feedback about emotion, one answer a score."""
    return pd.DataFrame({"metric": "emotion", "score": [float(each) for each in scores], **columns})
