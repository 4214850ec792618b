"""Which stages of a map stand beside one another, so that every step is wide enough to read."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from mapkit.maps.journey_map import JourneyMap, MapStep


@dataclass(frozen=True)
class Column:
    """One step; a stage without steps has one column of its own, whose ``step`` is None."""

    stage: str
    step: MapStep | None

    @property
    def name(self) -> str:
        """What the step is called."""
        return "" if self.step is None else self.step.name or self.step.id


@dataclass(frozen=True)
class Span:
    """A stage's columns within one band: ``place`` is the stage's number in the map; ``continued``: begun before."""

    stage: str
    place: int
    first: int
    columns: int
    continued: bool = False


@dataclass(frozen=True)
class Band:
    """Columns that stand beside one another, and the stages above them."""

    columns: tuple[Column, ...]
    spans: tuple[Span, ...]


def bands_of(journey_map: JourneyMap, most: int) -> list[Band]:
    """Return the map in bands of at most ``most`` columns, as even as whole stages allow.

    A stage is broken over two bands only where it has more steps than one band holds.
    """
    stages = [
        [Column(stage.name, step) for step in stage.steps] or [Column(stage.name, None)] for stage in journey_map.stages
    ]
    parts = [(k, start, part) for k, columns in enumerate(stages) for start, part in _chunks(columns, most)]
    narrowest = max(len(columns) for *_, columns in parts)
    fewest = _packed(parts, most)
    # The fewest bands, and of those the narrowest: columns are then as wide as can be, and the last band is not a stub.
    even = next(wide for wide in range(narrowest, most + 1) if len(_packed(parts, wide)) == len(fewest))
    return [_band(band) for band in _packed(parts, even)]


_Part = tuple[int, int, list[Column]]


def _chunks(columns: list[Column], most: int) -> Iterator[tuple[int, list[Column]]]:
    """Yield a stage in the fewest parts that a band holds, as even as can be, each with where it begins."""
    size = math.ceil(len(columns) / math.ceil(len(columns) / most))
    for start in range(0, len(columns), size):
        yield start, columns[start : start + size]


def _packed(parts: list[_Part], most: int) -> list[list[_Part]]:
    bands: list[list[_Part]] = [[]]
    for part in parts:
        if bands[-1] and sum(len(columns) for *_, columns in bands[-1]) + len(part[2]) > most:
            bands.append([])
        bands[-1].append(part)
    return bands


def _band(parts: list[_Part]) -> Band:
    columns: list[Column] = []
    spans: list[Span] = []
    for place, start, own in parts:
        spans.append(Span(own[0].stage, place, len(columns), len(own), start > 0))
        columns.extend(own)
    return Band(tuple(columns), tuple(spans))
