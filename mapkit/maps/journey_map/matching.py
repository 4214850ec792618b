"""Which stage, step, lane and cell of one map is which of another, renamed and moved ones included."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mapkit.maps.journey_map.journey_map import JourneyMap, Placed
from mapkit.maps.journey_map.parts import Cell, MapStep

Pair = tuple[Placed | None, Placed | None]


@dataclass(frozen=True)
class Renamed:
    """The names that parts of the first map have in the second; what kept its name is not in them."""

    stages: Mapping[str, str]
    steps: Mapping[str, str]
    lanes: Mapping[str, str]

    def cell(self, cell: Cell) -> Cell:
        """Return a cell of the first map as the second would name its place and the steps it speaks of."""
        claimed = tuple(map(self.step, cell.claimed)) if isinstance(cell.claimed, tuple) else cell.claimed
        steps: dict[str, Any] = {
            name: self.step(value) for name in ("step", "of", "to") if (value := getattr(cell, name)) is not None
        }
        return replace(cell, stage=self.stages.get(cell.stage, cell.stage), claimed=claimed, **steps)

    def step(self, step: str) -> str:
        """Return the id that a step has in the second map."""
        return self.steps.get(step, step)

    def lane(self, lane: str) -> str:
        """Return the name that a lane has in the second map."""
        return self.lanes.get(lane, lane)


def find_renamed(before: JourneyMap, after: JourneyMap) -> Renamed:
    """Return which parts have another name.

    A step is known again by what people call it or by its events, a stage by the steps it shares with the old one, a
    lane by its cells: half of them at least.
    """
    steps = _renamed({step.id: step for step in before.steps}, {step.id: step for step in after.steps}, _same_step)
    stages = _renamed(
        {stage.name: {steps.get(step.id, step.id) for step in stage.steps} for stage in before.stages},
        {stage.name: {step.id for step in stage.steps} for stage in after.stages},
        _half_shared,
    )
    lanes = _renamed(
        {lane.name: {_said(cell) for cell in lane.cells} for lane in before.lanes},
        {lane.name: {_said(cell) for cell in lane.cells} for lane in after.lanes},
        _half_shared,
    )
    return Renamed(stages, steps, lanes)


def match_cells(before: JourneyMap, after: JourneyMap, renamed: Renamed) -> list[Pair]:
    """Return the cells that belong together, those of the first map only, and those of the second only.

    Cells belong together by their id; then by their place, those that say the same before the others; then, wherever
    they stand, by what they say.
    """
    old = {each.key: Placed(each.key, renamed.lane(each.lane), renamed.cell(each.cell)) for each in before.cells}
    new = {each.key: each for each in after.cells}
    original = {each.key: each for each in before.cells}
    pairs: list[Pair] = []
    keys: tuple[Callable[[Placed], Hashable | None], ...] = (
        lambda each: each.cell.id,
        lambda each: (_place(each), each.cell) if each.cell.id is None else None,
        lambda each: _place(each) if each.cell.id is None else None,
        lambda each: (each.lane, _said(each.cell)),
        lambda each: _said(each.cell),
    )
    for key in keys:
        waiting: dict[Hashable, deque[str]] = defaultdict(deque)
        for name, each in old.items():
            if (found := key(each)) is not None:
                waiting[found].append(name)
        for name, each in list(new.items()):
            found = key(each)
            if found is not None and waiting[found]:
                partner = waiting[found].popleft()
                del old[partner], new[name]
                pairs.append((original[partner], each))
    order = {each.key: number for number, each in enumerate(after.cells)}
    pairs.sort(key=lambda pair: order[pair[1].key] if pair[1] else -1)
    return [*pairs, *((original[name], None) for name in old), *((None, each) for each in new.values())]


def out_of_order(before: Sequence[str], after: Sequence[str]) -> set[str]:
    """Return the fewest names that have to be moved so that those in both sequences stand in the second's order.

    >>> out_of_order(["a", "b", "c", "d"], ["d", "a", "b", "c"])
    {'d'}
    """
    places = {name: at for at, name in enumerate(before)}
    common = [name for name in after if name in places]
    kept = _longest_rising([places[name] for name in common])
    return {name for at, name in enumerate(common) if at not in kept}


def _longest_rising(numbers: list[int]) -> set[int]:
    """Return the positions of a longest rising subsequence."""
    ends: list[int] = []
    tails: list[int] = []
    previous: list[int | None] = []
    for position, number in enumerate(numbers):
        length = bisect_left(tails, number)
        previous.append(ends[length - 1] if length else None)
        tails[length : length + 1] = [number]
        ends[length : length + 1] = [position]
    kept: set[int] = set()
    at = ends[-1] if ends else None
    while at is not None:
        kept.add(at)
        at = previous[at]
    return kept


def _renamed(before: Mapping[str, Any], after: Mapping[str, Any], alike: Callable[[Any, Any], bool]) -> dict[str, str]:
    gone = [name for name in before if name not in after]
    come = [name for name in after if name not in before]
    found: dict[str, str] = {}
    for old in gone:
        for new in come:
            if new not in found.values() and alike(before[old], after[new]):
                found[old] = new
                break
    return found


def _same_step(old: MapStep, new: MapStep) -> bool:
    named = bool(old.name) and old.name == new.name and old.name != old.id
    return named or (bool(old.events) and old.events == new.events)


def _half_shared(old: set[Any], new: set[Any]) -> bool:
    shared = len(old & new)
    return shared > 0 and 2 * shared >= max(len(old), len(new))


def _place(placed: Placed) -> tuple[str, str, str]:
    # A step's id is enough: its cells follow it to another stage.
    return (placed.lane, "step", placed.cell.step) if placed.cell.step else (placed.lane, "stage", placed.cell.stage)


def _said(cell: Cell) -> Cell:
    """Return the cell without its place: what it says, wherever it stands."""
    return replace(cell, stage="", step=None, id=None)


def names(parts: Iterable[Any]) -> list[str]:
    """Return the names of stages or lanes, in order."""
    return [part.name for part in parts]
