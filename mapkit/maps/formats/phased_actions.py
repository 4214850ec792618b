"""A YAML journey of phases and actions, read only; a service blueprint behind it gives the backstage.

The file holds a document of kind ``cjm``: a persona, phases, and actions with touchpoints, thoughts and an emotion from
-2 to 2. A document of kind ``sbp`` may follow: tasks of teams, each of which serves an action.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from mapkit.documents.reading import parse_plain
from mapkit.errors import DocumentError, listed
from mapkit.maps.formats.form import Format, Names, Read, decoded, lanes_of, listed_texts
from mapkit.maps.formats.leftovers import leftovers
from mapkit.maps.formats.losses import Loss, is_number

TABLE = (
    ("title", "cjm: id"),
    ("persona: name, who", "cjm: persona.name, persona.description"),
    ("stage", "cjm: phases: name"),
    ("step: id, name", "cjm: actions: id, name; their phase"),
    ("a cell a touchpoint in the lane touchpoints", "cjm: actions: touchpoints"),
    ("a cell a thought in the lane thoughts", "cjm: actions: thoughts_feelings"),
    ("cell in the lane emotion", "cjm: actions: emotion_score, -2 to 2, as it is"),
    ("cell in the lane backstage: id, says, owner", "sbp: tasks that serve an action: id, name and description, the "
     "name of their lane"),
)  # fmt: skip

_CJM_READ = {
    "kind", "id", "persona.name", "persona.description", "phases[].name", "phases[].id", "actions[].id",
    "actions[].name", "actions[].phase", "actions[].touchpoints", "actions[].thoughts_feelings",
    "actions[].emotion_score",
}  # fmt: skip
_SBP_READ = {"kind", "lanes[].name", "lanes[].id", "tasks"}
_TASK_READ = {"id", "lane", "name", "description", "source_id", "readonly"}


def _read(content: bytes, name: str) -> Read:
    parts = _documents(decoded(content, name), name)
    journeys = [part for part in parts if part.get("kind") == "cjm"]
    if not journeys:
        kinds = listed(part.get("kind") for part in parts)
        raise DocumentError(f"{name} has no document of kind 'cjm'. It has {kinds}.")
    journey = journeys[0]
    stages, cells, losses = _journey(journey, name)
    steps = {step["id"]: stage["name"] for stage in stages.values() for step in stage["steps"]}
    losses += leftovers(journey, _CJM_READ, where="cjm")
    for part in parts:
        if part.get("kind") == "sbp":
            losses += _backstage(part, steps, cells, name)
        elif part is not journey:
            losses += leftovers(part, {"kind"}, where=str(part.get("kind")), why="It is no part of a journey map.")
    given = journey.get("persona")
    persona = given if isinstance(given, dict) else {"name": given}
    who = {"who": str(persona["description"]).strip()} if persona.get("description") else {}
    head = {"title": str(journey.get("id") or name)}
    document = head | ({"persona": {"name": str(persona["name"]), **who}} if persona.get("name") else {})
    return Read(document | {"stages": list(stages.values()), "lanes": lanes_of(cells)}, losses)


def _documents(text: str, name: str) -> list[dict[str, Any]]:
    starts = [0, *(found.start() for found in re.finditer(r"^---(?=\s|$)", text, re.MULTILINE)), len(text)]
    parts = []
    for start, end in pairwise(starts):
        body = re.sub(r"\A---", "", text[start:end])
        if body.strip():
            # Line breaks before it, so that a fault is told with the line of the file.
            parts.append(parse_plain("\n" * text.count("\n", 0, start) + body, name, "yaml"))
    if not parts or not all(isinstance(part, dict) for part in parts):
        raise DocumentError(f"{name} is not a file of documents with a kind each, one of them 'cjm'.")
    return parts


def _journey(
    journey: dict[str, Any], name: str
) -> tuple[dict[str, dict[str, Any]], list[tuple[str, dict[str, Any]]], list[Loss]]:
    names, ids = Names("stage"), Names("step")
    stages: dict[str, dict[str, Any]] = {
        str(phase.get("id")): {"name": names.own(str(phase.get("name") or phase.get("id"))), "steps": []}
        for phase in _mappings(journey, "phases", name)
    }
    cells: list[tuple[str, dict[str, Any]]] = []
    for action in _mappings(journey, "actions", name):
        phase = str(action.get("phase"))
        if phase not in stages:
            raise DocumentError(f"{name}: the action {action.get('id')!r} is in no phase of the file: {phase!r}.")
        step = ids.own(str(action.get("id") or action.get("name")))
        stages[phase]["steps"].append({"id": step, "name": str(action.get("name") or step)})
        place = {"stage": stages[phase]["name"], "step": step}
        cells += [("touchpoints", place | {"says": each}) for each in listed_texts(action.get("touchpoints"))]
        cells += [("thoughts", place | {"says": each}) for each in listed_texts(action.get("thoughts_feelings"))]
        if is_number(score := action.get("emotion_score")):
            cells.append(("emotion", place | {"claimed": score}))
    if not stages:
        raise DocumentError(f"{name} has no phases, so there is no journey in it.")
    return stages, cells, [*names.losses, *ids.losses]


def _mappings(document: dict[str, Any], key: str, name: str) -> list[dict[str, Any]]:
    found = document.get(key) or []
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise DocumentError(f"{name}: {key!r} must be a list of mappings.")
    return found


def _backstage(
    blueprint: dict[str, Any], steps: dict[str, str], cells: list[tuple[str, dict[str, Any]]], name: str
) -> list[Loss]:
    lanes = {str(lane.get("id")): str(lane.get("name") or "") for lane in _mappings(blueprint, "lanes", name)}
    losses = leftovers(blueprint, _SBP_READ, where="sbp")
    ids = Names("cell")
    tasks = _mappings(blueprint, "tasks", name)
    losses += leftovers(tasks, {f"[].{key}" for key in _TASK_READ}, where="sbp.tasks")
    for task in tasks:
        if str(task.get("id")) in steps:
            continue  # the action itself, shown again
        step = str(task.get("source_id"))
        said = "\n".join(str(task[key]).strip() for key in ("name", "description") if task.get(key))
        if step not in steps:
            losses.append(Loss("sbp.tasks", str(task.get("id")), said, None, "It serves no step of the map."))
            continue
        owner = lanes.get(str(task.get("lane")))
        cell = {"stage": steps[step], "step": step, "id": ids.own(str(task.get("id"))), "says": said}
        cells.append(("backstage", cell | ({"owner": owner} if owner else {})))
    return [*losses, *ids.losses]


FORMAT = Format("phased-actions", "Phases and actions in YAML", (".yaml", ".yml"), TABLE, _read)
