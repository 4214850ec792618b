"""What a map loses on its way through a file: every field that is not the same afterwards, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from mapkit.maps.journey_map import Cell, JourneyMap, MapStep, Placed

COLUMNS = ["where", "field", "lost", "became", "why"]
_SHOWN = 200


@dataclass(frozen=True)
class Loss:
    """One field that is gone or different: where it was, what it held, and what it holds now (None: nothing)."""

    where: str
    field: str
    lost: Any
    became: Any = None
    why: str = ""


@dataclass(frozen=True)
class Keeps:
    """What a format can keep, for saying why something was lost.

    ``lanes`` says which field of a cell each lane keeps, one cell a step; None where every cell is kept whole.
    ``scale`` and ``texts`` say how numbers and texts change.
    """

    title: str
    lanes: Mapping[str, str] | None = None
    scale: str = ""
    texts: str = ""


def table_of(losses: Iterable[Loss]) -> pd.DataFrame:
    """Return losses as a frame: where, field, lost, became, why."""
    rows = [[loss.where, loss.field, _shown(loss.lost), _shown(loss.became), loss.why] for loss in losses]
    return pd.DataFrame(rows, columns=COLUMNS, dtype="object")


def losses_between(before: JourneyMap, after: JourneyMap, keeps: Keeps) -> list[Loss]:
    """Return what is in one map and not, or otherwise, in the other; both have the same stages and step ids."""
    return [
        *_of_fields("map", _head(before), _head(after), keeps),
        *_of_steps(before, after, keeps),
        *_of_lanes(before, after, keeps),
    ]


def _head(journey_map: JourneyMap) -> dict[str, Any]:
    document = journey_map.to_dict()
    persona = document.pop("persona", {})
    persona = {"name": persona} if isinstance(persona, str) else persona
    plain = {name: value for name, value in document.items() if name not in ("stages", "lanes")}
    return plain | {f"persona.{name}": value for name, value in persona.items()}


def _of_fields(where: str, before: Mapping[str, Any], after: Mapping[str, Any], keeps: Keeps) -> Iterator[Loss]:
    for field in [*before, *(name for name in after if name not in before)]:
        lost, became = before.get(field), after.get(field)
        if lost != became:
            yield Loss(where, field, lost, became, _why_field(field, lost, became, keeps))


def _of_steps(before: JourneyMap, after: JourneyMap, keeps: Keeps) -> Iterator[Loss]:
    for old, new in zip(before.steps, after.steps, strict=True):
        yield from _of_fields(f"step {old.id}", _plain(old), _plain(new), keeps)


def _plain(step: MapStep) -> dict[str, Any]:
    return {"name": step.name, "events": list(step.events), "touchpoints": list(step.touchpoints)}


def _of_lanes(before: JourneyMap, after: JourneyMap, keeps: Keeps) -> Iterator[Loss]:
    paired, gone, added = _paired(before, after)
    # Cells are known by their identity here: two of them may say the same.
    kept = {id(old.cell): id(new.cell) for old, new in paired}
    for old in gone:
        yield Loss(old.key, "cell", old.cell.to_document(), None, _why_cell(old, keeps))
    for new in added:
        yield Loss(new.key, "cell", None, new.cell.to_document(), f"{keeps.title} cannot say that there is none.")
    for old, new in paired:
        yield from _of_fields(old.key, old.cell.to_document(), new.cell.to_document(), keeps)
    now = {lane.name: lane for lane in after.lanes}
    for lane in before.lanes:
        if lane.name not in now:
            if not lane.cells:
                yield Loss(f"lane {lane.name}", "lane", lane.name, None, f"{keeps.title} has no empty lanes.")
            continue
        order = [kept[id(cell)] for cell in lane.cells if id(cell) in kept]
        held = [id(cell) for cell in now[lane.name].cells if id(cell) in set(order)]
        if order != held:
            yield Loss(f"lane {lane.name}", "order of cells", None, None, f"{keeps.title} sorts cells by their step.")
    names = [lane.name for lane in before.lanes if lane.name in now]
    if names != [name for name in now if name in set(names)]:
        yield Loss("map", "order of lanes", names, list(now), f"{keeps.title} has an order of lanes of its own.")


def _paired(before: JourneyMap, after: JourneyMap) -> tuple[list[tuple[Placed, Placed]], list[Placed], list[Placed]]:
    """Pair the cells that stand in one place: those that say the same first, the rest in their order."""
    old, new = _places(before), _places(after)
    pairs: list[tuple[Placed, Placed]] = []
    gone: list[Placed] = []
    added = [placed for place, held in new.items() if place not in old for placed in held]
    for place, cells in old.items():
        free = list(new.get(place, []))
        pairs_here: dict[int, Placed] = {}
        for alike in (_whole, _says, _any):
            waiting: dict[Any, list[Placed]] = defaultdict(list)
            for placed in free:
                waiting[alike(placed.cell)].append(placed)
            for at, placed in enumerate(cells):
                if at not in pairs_here and (found := waiting.get(alike(placed.cell))):
                    pairs_here[at] = found.pop(0)
            taken = {id(placed) for placed in pairs_here.values()}
            free = [placed for placed in free if id(placed) not in taken]
        pairs += [(cells[at], pairs_here[at]) for at in sorted(pairs_here)]
        gone += [placed for at, placed in enumerate(cells) if at not in pairs_here]
        added += free
    return pairs, gone, added


def _places(journey_map: JourneyMap) -> dict[tuple[str, str, str | None], list[Placed]]:
    found: dict[tuple[str, str, str | None], list[Placed]] = defaultdict(list)
    for placed in journey_map.cells:
        found[placed.lane, placed.cell.stage, placed.cell.step].append(placed)
    return found


def _whole(cell: Cell) -> Any:
    return repr(cell)


def _says(cell: Cell) -> Any:
    return cell.says, repr(cell.claimed)


def _any(cell: Cell) -> Any:
    return None


def _why_cell(placed: Placed, keeps: Keeps) -> str:
    if keeps.lanes is None:
        return f"{keeps.title} cannot hold it."
    if placed.lane not in keeps.lanes:
        return f"{keeps.title} has no place for the lane {_shown(placed.lane)!r}."
    if placed.cell.step is None:
        return f"{keeps.title} has cells of steps, none of a whole stage."
    field = keeps.lanes[placed.lane]
    if getattr(placed.cell, field) in (None, "") or (field == "claimed" and not is_number(placed.cell.claimed)):
        what = "the number that is claimed" if field == "claimed" else "what is said"
        return f"{keeps.title} keeps {what} in the lane {placed.lane!r}, and this cell has none."
    return f"{keeps.title} has one cell a step in the lane {placed.lane!r}."


def _why_field(field: str, lost: Any, became: Any, keeps: Keeps) -> str:
    if became is None or field in ("events", "touchpoints", "name"):
        return f"{keeps.title} has no place for it."
    if lost is None:
        return f"{keeps.title} cannot say that there is none."
    if is_number(lost) and is_number(became):
        return keeps.scale or f"{keeps.title} holds another precision."
    return keeps.texts or f"{keeps.title} cannot hold this text as it is."


def is_number(value: Any) -> bool:
    """Say whether a claim is a number; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _shown(value: Any) -> Any:
    if value is None or is_number(value):
        return value
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
