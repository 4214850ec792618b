"""What every map format is: its name, its endings, what it keeps, and how it is read and written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from mapkit.errors import DocumentError
from mapkit.maps.formats.losses import Keeps, Loss, is_number
from mapkit.maps.journey_map import LANES, JourneyMap


class Read(NamedTuple):
    """What a file says as a map's document, and what else was in it."""

    document: dict[str, Any]
    losses: list[Loss]


@dataclass(frozen=True)
class Format:
    """One format: ``table`` says what in a map is what in the file, as its documentation shows it.

    ``read`` and ``write`` take the file's name too; ``write`` is None for what is only read.
    """

    name: str
    title: str
    endings: tuple[str, ...]
    table: tuple[tuple[str, str], ...]
    read: Callable[[bytes, str], Read]
    write: Callable[[JourneyMap, str], bytes] | None = None
    keeps: Callable[[JourneyMap], Keeps] | None = None


def step_values(journey_map: JourneyMap, lanes: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Return for each step what its first cell of each lane holds in the one field that the lane keeps."""
    held: dict[str, dict[str, Any]] = {step.id: {} for step in journey_map.steps}
    for placed in journey_map.cells:
        field = lanes.get(placed.lane)
        if field is None or placed.cell.step is None:
            continue
        value = getattr(placed.cell, field)
        if value not in (None, "") and (field != "claimed" or is_number(value)):
            held[placed.cell.step].setdefault(placed.lane, value)
    return held


def lanes_of(cells: Iterable[tuple[str, Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """Return cells, each with its lane, as the lanes of a document: the usual ones first, in their usual order."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for lane, cell in cells:
        found.setdefault(lane, []).append(cell)
    order = [*(lane for lane in LANES if lane in found), *(lane for lane in found if lane not in LANES)]
    return [{"name": lane, "cells": found[lane]} for lane in order]


def listed_texts(value: Any) -> list[str]:
    """Return what should be a list of texts as one: a lone value is a list of one, nothing is none."""
    items = value if isinstance(value, list) else [value]
    return [str(item) for item in items if item is not None and item != ""]


class Names:
    """Names that must differ: the second of a kind is given a number, and that is a loss."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.losses: list[Loss] = []
        self._taken: set[str] = set()

    def own(self, wanted: str) -> str:
        """Return the name, or the name with the next free number."""
        name, number = wanted, 1
        while name in self._taken:
            number += 1
            name = f"{wanted} ({number})"
        self._taken.add(name)
        if name != wanted:
            self.losses.append(
                Loss(f"{self.what} {name}", "name", wanted, name, f"Each {self.what} of a map has a name of its own.")
            )
        return name


def decoded(content: bytes, name: str) -> str:
    """Return a file's text. Raises DocumentError where it is not UTF-8."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise DocumentError(f"{name} is not UTF-8 text (byte {fault.start:,}). Save it as UTF-8.") from None
