"""What changed between two journey maps, part by part and field by field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from mapkit.maps.journey_map.journey_map import JourneyMap, Placed
from mapkit.maps.journey_map.matching import Renamed, find_renamed, match_cells, names, out_of_order
from mapkit.maps.journey_map.parts import Cell, Evidence, MapStep

Part = Literal["map", "stage", "step", "lane", "cell"]
Kind = Literal["added", "removed", "moved", "renamed", "changed"]
_FIELDS = (
    "says",
    "claimed",
    "about",
    "of",
    "to",
    "within",
    "touchpoint",
    "severity",
    "owner",
    "evidence",
    "source",
    "id",
)


@dataclass(frozen=True)
class Change:
    """One change: of which part, by its key in the newer map (the older, where it is gone), and from what to what."""

    part: Part
    key: str
    change: Kind
    field: str = ""
    before: Any = None
    after: Any = None
    lane: str = ""


def find_changes(before: JourneyMap, after: JourneyMap) -> list[Change]:
    """Return every change that turns one map into the other, in the order in which a map is read."""
    renamed = find_renamed(before, after)
    return [
        *_head(before, after),
        *_stages(before, after, renamed),
        *_steps(before, after, renamed),
        *_lanes(before, after, renamed),
        *_cells(before, after, renamed),
    ]


def _head(before: JourneyMap, after: JourneyMap) -> Iterator[Change]:
    for field in ("title", "state", "scenario", "description"):
        yield from _field("map", "map", field, getattr(before, field), getattr(after, field))
    for field in ("name", "segment", "who"):
        old, new = (getattr(each.persona, field, None) or None for each in (before, after))
        yield from _field("map", "map", f"persona {field}", old, new)


def _stages(before: JourneyMap, after: JourneyMap, renamed: Renamed) -> Iterator[Change]:
    old = [renamed.stages.get(name, name) for name in names(before.stages)]
    yield from _named("stage", names(before.stages), old, names(after.stages))


def _steps(before: JourneyMap, after: JourneyMap, renamed: Renamed) -> Iterator[Change]:
    old = {renamed.step(step.id): (step, stage.name) for stage in before.stages for step in stage.steps}
    new = {step.id: (step, stage.name) for stage in after.stages for step in stage.steps}
    for step_id, (step, stage) in old.items():
        if step_id not in new:
            yield Change("step", step.id, "removed", before=f"{step.name or step.id}, of stage {stage}")
    moved = _moved_within(before, after, renamed)
    for step_id, (step, stage) in new.items():
        if step_id not in old:
            yield Change("step", step_id, "added", after=f"{step.name or step_id}, in stage {stage}")
            continue
        was, was_in = old[step_id]
        if was.id != step_id:
            yield Change("step", step_id, "renamed", "id", was.id, step_id)
        if renamed.stages.get(was_in, was_in) != stage:
            yield Change("step", step_id, "moved", "stage", was_in, stage)
        elif step_id in moved:
            yield Change("step", step_id, "moved", "order", *moved[step_id])
        yield from _step_fields(was, step)


def _step_fields(was: MapStep, step: MapStep) -> Iterator[Change]:
    # A step without a name of its own is called by its id, and so witnessed by its own event: renaming changes both.
    for field in ("name", "events", "touchpoints"):
        old, new = getattr(was, field), getattr(step, field)
        own = {"name": (was.id, step.id), "events": ((was.id,), (step.id,))}.get(field)
        if (old, new) != own:
            yield from _field("step", step.id, field, old, new)


def _moved_within(before: JourneyMap, after: JourneyMap, renamed: Renamed) -> dict[str, tuple[str, str]]:
    """Return the steps that stand elsewhere within their stage: after which step they stood, and stand."""
    found: dict[str, tuple[str, str]] = {}
    old = {
        renamed.stages.get(stage.name, stage.name): [renamed.step(step.id) for step in stage.steps]
        for stage in before.stages
    }
    for stage in after.stages:
        ids = [step.id for step in stage.steps]
        was = old.get(stage.name, [])
        for step in out_of_order(was, ids):
            found[step] = (_after(was, step), _after(ids, step))
    return found


def _lanes(before: JourneyMap, after: JourneyMap, renamed: Renamed) -> Iterator[Change]:
    yield from _named(
        "lane", names(before.lanes), [renamed.lane(name) for name in names(before.lanes)], names(after.lanes)
    )


def _cells(before: JourneyMap, after: JourneyMap, renamed: Renamed) -> Iterator[Change]:
    for old, new in match_cells(before, after, renamed):
        if new is None and old is not None:
            yield Change("cell", old.key, "removed", before=in_words(old.cell), lane=old.lane)
        elif old is None and new is not None:
            yield Change("cell", new.key, "added", after=in_words(new.cell), lane=new.lane)
        elif old is not None and new is not None:
            yield from _cell(old, new, renamed)


def _cell(old: Placed, new: Placed, renamed: Renamed) -> Iterator[Change]:
    was = renamed.cell(old.cell)
    if renamed.lane(old.lane) != new.lane:
        yield Change("cell", new.key, "moved", "lane", old.lane, new.lane, new.lane)
    # A cell that went with its step did not move: the step did.
    if was.step != new.cell.step or (was.step is None and was.stage != new.cell.stage):
        yield Change("cell", new.key, "moved", "place", _where(old.cell), _where(new.cell), new.lane)
    for field in _FIELDS:
        for change in _field("cell", new.key, field, getattr(was, field), getattr(new.cell, field)):
            yield replace(change, lane=new.lane)


def _field(part: Part, key: str, field: str, old: Any, new: Any) -> Iterator[Change]:
    if old != new:
        yield Change(part, key, "changed", field, plain(old), plain(new))


def _named(part: Part, before: list[str], translated: list[str], after: list[str]) -> Iterator[Change]:
    for old, new in zip(before, translated, strict=True):
        if old != new:
            yield Change(part, new, "renamed", "name", old, new)
        elif old not in after:
            yield Change(part, old, "removed")
    moved = out_of_order(translated, after)
    for name in after:
        if name not in translated:
            yield Change(part, name, "added")
        elif name in moved:
            yield Change(part, name, "moved", "order", _after(translated, name), _after(after, name))


def _after(order: list[str], name: str) -> str:
    at = order.index(name)
    return f"after {order[at - 1]}" if at else "first"


def _where(cell: Cell) -> str:
    return f"{cell.stage}/{cell.step}" if cell.step else cell.stage


def in_words(cell: Cell) -> str:
    """Return a cell as one line: what it says and claims, and whose it is."""
    parts = [cell.says] if cell.says else []
    parts += [f"claims {plain(cell.claimed)}"] if cell.claimed is not None else []
    parts += [
        f"{name} {value}" for name in ("touchpoint", "owner", "severity") if (value := getattr(cell, name)) is not None
    ]
    return ", ".join(parts)


def plain(value: Any) -> Any:
    """Return a field's value as a number or a text; None for nothing."""
    if isinstance(value, tuple):
        return " > ".join(_evidence(each) if isinstance(each, Evidence) else str(each) for each in value) or None
    return None if value == "" else value


def _evidence(evidence: Evidence) -> str:
    n = f" (n {evidence.n:,})" if evidence.n is not None else ""
    return " ".join(part for part in (evidence.kind, evidence.ref) if part) + n
