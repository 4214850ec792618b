"""The edits of a journey map: each a small dictionary that says what to do, each giving another map."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from mapkit.errors import DocumentError, OptionError, listed, nearest, one_of
from mapkit.maps.journey_map import Cell, JourneyMap, Lane, MapStage, MapStep, Persona
from mapkit.widgets.map_cells import changed_cell
from mapkit.widgets.map_text import cut, named, names, place, plain

Edit = Mapping[str, Any]
Edited = tuple[str, JourneyMap]


def edited(journey_map: JourneyMap, edit: Edit) -> Edited:
    """Return what was done in words, and the map after it; the map that is given is not changed.

    ``edit["do"]`` is one of ``EDITS``. Cells are named by lane, by step or stage, and by ``at``: which one of that
    place, from 0.

    Raises
    ------
    OptionError
        There is no such edit, or it says something that the map cannot hold.
    DocumentError
        It names a stage, step, lane or cell that the map does not have, or the map would contradict itself.
    """
    one_of(edit.get("do"), EDITS, "do")
    try:
        return EDITS[edit["do"]](journey_map, edit)
    except KeyError as missing:
        raise OptionError(f"The edit {edit['do']!r} needs {missing.args[0]!r}. It has {listed(edit)}.") from None


def _edit_map(journey_map: JourneyMap, edit: Edit) -> Edited:
    given = dict(edit["set"])
    allowed = ("title", "scenario", "description", "state", "persona", "segment", "who")
    for name in given:
        one_of(name, allowed, "field")
    persona = journey_map.persona or Persona("")
    about = {"persona": persona.name, "segment": persona.segment or "", "who": persona.who}
    about |= {name: plain(given[name]) for name in about if name in given}
    if any(about.values()) and not about["persona"]:
        raise OptionError("A persona needs a name before it has a segment or a description.")
    who = Persona(about["persona"], about["segment"] or None, about["who"]) if about["persona"] else None
    texts: dict[str, Any] = {name: plain(given[name]) for name in ("scenario", "description") if name in given}
    if "title" in given:
        texts["title"] = named(given["title"], "The map's title")
    if "state" in given:
        one_of(given["state"], ("as-is", "to-be"), "state")
        texts["state"] = given["state"]
    return f"{listed(given)} of the map", replace(journey_map, persona=who, **texts)


def _add_stage(journey_map: JourneyMap, edit: Edit) -> Edited:
    name, stages = named(edit["name"], "A stage"), list(journey_map.stages)
    stages.insert(place(edit["at"], len(stages)), MapStage(name))
    return f"stage {cut(name)} added", replace(journey_map, stages=tuple(stages))


def _rename_stage(journey_map: JourneyMap, edit: Edit) -> Edited:
    old, new = edit["stage"], named(edit["name"], "A stage")
    _stage(journey_map, old)
    stages = tuple(replace(each, name=new) if each.name == old else each for each in journey_map.stages)
    lanes = _cells(journey_map, lambda cell: replace(cell, stage=new) if cell.stage == old else cell)
    return f"stage {cut(old)} renamed to {cut(new)}", replace(journey_map, stages=stages, lanes=lanes)


def _move_stage(journey_map: JourneyMap, edit: Edit) -> Edited:
    stage = _stage(journey_map, edit["stage"])
    stages = [each for each in journey_map.stages if each is not stage]
    stages.insert(place(edit["at"], len(stages)), stage)
    return f"stage {cut(stage.name)} moved", replace(journey_map, stages=tuple(stages))


def _remove_stage(journey_map: JourneyMap, edit: Edit) -> Edited:
    stage = _stage(journey_map, edit["stage"])
    if len(journey_map.stages) == 1:
        raise OptionError("A map has at least one stage. Rename this one, or add another one first.")
    stages = tuple(each for each in journey_map.stages if each is not stage)
    lanes = _cells(journey_map, lambda cell: None if cell.stage == stage.name else cell)
    return f"stage {cut(stage.name)} removed", replace(journey_map, stages=stages, lanes=lanes)


def _add_step(journey_map: JourneyMap, edit: Edit) -> Edited:
    name, stage = named(edit["name"], "A step"), _stage(journey_map, edit["stage"])
    steps = list(stage.steps)
    steps.insert(place(edit["at"], len(steps)), MapStep(_free_id(journey_map, name), name))
    return f"step {cut(name)} added", _with_steps(journey_map, {stage.name: steps})


def _edit_step(journey_map: JourneyMap, edit: Edit) -> Edited:
    step, given = journey_map.step(edit["step"]), dict(edit["set"])
    for name in given:
        one_of(name, ("name", "events", "touchpoints"), "field")
    changes: dict[str, Any] = {name: names(given[name]) for name in ("events", "touchpoints") if name in given}
    if "name" in given:
        changes["name"] = named(given["name"], "A step")
    stage = journey_map.stage_of(step.id)
    steps = [replace(each, **changes) if each is step else each for each in _stage(journey_map, stage).steps]
    return f"{listed(given)} of step {cut(step.id)}", _with_steps(journey_map, {stage: steps})


def _move_step(journey_map: JourneyMap, edit: Edit) -> Edited:
    step, to = journey_map.step(edit["step"]), _stage(journey_map, edit["stage"])
    steps = {stage.name: [each for each in stage.steps if each is not step] for stage in journey_map.stages}
    steps[to.name].insert(place(edit["at"], len(steps[to.name])), step)
    moved = replace(
        journey_map,
        stages=tuple(MapStage(name, tuple(each)) for name, each in steps.items()),
        lanes=_cells(journey_map, lambda cell: replace(cell, stage=to.name) if cell.step == step.id else cell),
    )
    return f"step {cut(step.name or step.id)} moved to {cut(to.name)}", moved


def _remove_step(journey_map: JourneyMap, edit: Edit) -> Edited:
    step = journey_map.step(edit["step"])
    stage = journey_map.stage_of(step.id)
    lanes = _cells(journey_map, lambda cell: None if cell.step == step.id else cell)
    # In one go: a map with cells at a step that it does not have is no map.
    steps = [each for each in _stage(journey_map, stage).steps if each is not step]
    without = _with_steps(replace(journey_map, lanes=lanes), {stage: steps})
    return f"step {cut(step.name or step.id)} removed", without


def _add_lane(journey_map: JourneyMap, edit: Edit) -> Edited:
    name, lanes = named(edit["name"], "A lane"), list(journey_map.lanes)
    lanes.insert(place(edit["at"], len(lanes)), Lane(name))
    return f"lane {cut(name)} added", replace(journey_map, lanes=tuple(lanes))


def _rename_lane(journey_map: JourneyMap, edit: Edit) -> Edited:
    lane, new = _lane(journey_map, edit["lane"]), named(edit["name"], "A lane")
    lanes = tuple(replace(each, name=new) if each is lane else each for each in journey_map.lanes)
    return f"lane {cut(lane.name)} renamed to {cut(new)}", replace(journey_map, lanes=lanes)


def _move_lane(journey_map: JourneyMap, edit: Edit) -> Edited:
    lane = _lane(journey_map, edit["lane"])
    lanes = [each for each in journey_map.lanes if each is not lane]
    lanes.insert(place(edit["at"], len(lanes)), lane)
    return f"lane {cut(lane.name)} moved", replace(journey_map, lanes=tuple(lanes))


def _remove_lane(journey_map: JourneyMap, edit: Edit) -> Edited:
    lane = _lane(journey_map, edit["lane"])
    lanes = tuple(each for each in journey_map.lanes if each is not lane)
    return f"lane {cut(lane.name)} removed", replace(journey_map, lanes=lanes)


def _add_cell(journey_map: JourneyMap, edit: Edit) -> Edited:
    lane, step = _lane(journey_map, edit["lane"]), edit.get("step")
    stage = journey_map.stage_of(step) if step is not None else _stage(journey_map, edit["stage"]).name
    cell = changed_cell(Cell(stage, step), edit["set"], journey_map)
    return f"cell added in {_where(lane.name, cell)}", journey_map.with_cell(lane.name, cell)


def _edit_cell(journey_map: JourneyMap, edit: Edit) -> Edited:
    lane, at = _cell(journey_map, edit)
    new = changed_cell(lane.cells[at], edit["set"], journey_map)
    changed = Lane(lane.name, (*lane.cells[:at], new, *lane.cells[at + 1 :]))
    return f"{listed(edit['set'])} of {_where(lane.name, new)}", _with_lane(journey_map, lane, changed)


def _remove_cell(journey_map: JourneyMap, edit: Edit) -> Edited:
    lane, at = _cell(journey_map, edit)
    changed = Lane(lane.name, (*lane.cells[:at], *lane.cells[at + 1 :]))
    return f"cell removed from {_where(lane.name, lane.cells[at])}", _with_lane(journey_map, lane, changed)


EDITS: dict[str, Callable[[JourneyMap, Edit], Edited]] = {
    "edit_map": _edit_map,
    "add_stage": _add_stage,
    "rename_stage": _rename_stage,
    "move_stage": _move_stage,
    "remove_stage": _remove_stage,
    "add_step": _add_step,
    "edit_step": _edit_step,
    "move_step": _move_step,
    "remove_step": _remove_step,
    "add_lane": _add_lane,
    "rename_lane": _rename_lane,
    "move_lane": _move_lane,
    "remove_lane": _remove_lane,
    "add_cell": _add_cell,
    "edit_cell": _edit_cell,
    "remove_cell": _remove_cell,
}
"""Every edit by its name; what each needs is in its function."""


def _stage(journey_map: JourneyMap, name: str) -> MapStage:
    known = {stage.name: stage for stage in journey_map.stages}
    if name not in known:
        raise DocumentError(f"The map has no stage {name!r}. It has {listed(known)}.{nearest(name, known)}")
    return known[name]


def _lane(journey_map: JourneyMap, name: str) -> Lane:
    known = {lane.name: lane for lane in journey_map.lanes}
    if name not in known:
        raise DocumentError(f"The map has no lane {name!r}. It has {listed(known)}.{nearest(name, known)}")
    return known[name]


def _cell(journey_map: JourneyMap, edit: Edit) -> tuple[Lane, int]:
    """Return the lane of a cell, and which of its cells it is."""
    lane, step = _lane(journey_map, edit["lane"]), edit.get("step")
    stage = None if step is not None else edit["stage"]
    here = [k for k, each in enumerate(lane.cells) if each.step == step and stage in (None, each.stage)]
    at = int(edit["at"])
    if not 0 <= at < len(here):
        where = step if step is not None else stage
        raise DocumentError(f"Lane {lane.name!r} has {len(here)} cells at {where!r}, so there is none at {at}.")
    return lane, here[at]


def _with_lane(journey_map: JourneyMap, old: Lane, new: Lane) -> JourneyMap:
    return replace(journey_map, lanes=tuple(new if each is old else each for each in journey_map.lanes))


def _cells(journey_map: JourneyMap, change: Callable[[Cell], Cell | None]) -> tuple[Lane, ...]:
    """Return the lanes with each cell changed; None takes it out."""
    changed = {lane.name: map(change, lane.cells) for lane in journey_map.lanes}
    return tuple(Lane(name, tuple(cell for cell in cells if cell is not None)) for name, cells in changed.items())


def _with_steps(journey_map: JourneyMap, steps: Mapping[str, list[MapStep]]) -> JourneyMap:
    stages = tuple(MapStage(each.name, tuple(steps.get(each.name, each.steps))) for each in journey_map.stages)
    return replace(journey_map, stages=stages)


def _free_id(journey_map: JourneyMap, name: str) -> str:
    """Return an id made of the name that no step has yet."""
    base = re.sub(r"\W+", "_", name.lower()).strip("_")[:60] or "step"
    taken = {step.id for step in journey_map.steps}
    return next(each for k in range(1, len(taken) + 2) if (each := base if k == 1 else f"{base}_{k}") not in taken)


def _where(lane: str, cell: Cell) -> str:
    return f"{cut(lane)} at {cut(cell.step or cell.stage)}"
