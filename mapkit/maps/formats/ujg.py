"""UJG, the User Journey Graph of the W3C community group: states and transitions, and the experience of them.

What has a place in UJG is written there; the rest of the map goes into an extension named ``io.mapkit``, which the
format provides for and other tools pass over.

Source: User Journey Graph, editor's draft: Core, Graph, Experience.
"""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any
from urllib.parse import quote

from mapkit.documents.reading import parse_plain
from mapkit.errors import DocumentError
from mapkit.maps.formats.form import Format, Read, decoded
from mapkit.maps.formats.losses import Keeps
from mapkit.maps.formats.ujg_reading import EXTENSION, read_nodes
from mapkit.maps.journey_map import Cell, JourneyMap

TABLE = (
    ("title", "Journey: label"),
    ("stage, their order", "Phase: label, order"),
    ("step: id, name", "State and ExperienceStep: @id, label"),
    ("the step's stage", "ExperienceStep: phaseRef"),
    ("the order of steps", "Journey: startState, stateRefs; a Transition from each step to the next"),
    ("the step's touchpoints", "Touchpoint: label; ExperienceStep: touchpointRefs"),
    ("a cell in the lane pain_points", "PainPoint: label, severity, graphRefs"),
    ("everything else", "extensions: io.mapkit, which other tools pass over"),
)

_CONTEXT = "https://ujg.specs.openuji.org/ed/context.jsonld"
_PAIN = "pain_points"


def _keeps(journey_map: JourneyMap) -> Keeps:
    return Keeps("UJG")


def urn(kind: str, name: str) -> str:
    """Return the id of a node: ``urn:mapkit:step:add%20to%20cart``."""
    return f"urn:mapkit:{kind}:{quote(name, safe='')}"


def _write(journey_map: JourneyMap, name: str) -> bytes:
    states = [urn("state", step.id) for step in journey_map.steps]
    pairs = list(pairwise(journey_map.steps))
    transitions = [
        _node("Transition", urn("transition", f"{one.id}>{other.id}#{number}"))
        | {"from": urn("state", one.id), "to": urn("state", other.id)}
        for number, (one, other) in enumerate(pairs, start=1)
    ]
    journey = _node("Journey", urn("journey", journey_map.title)) | {"label": journey_map.title}
    journey |= {"startState": states[0]} if states else {}
    journey |= {"stateRefs": states, "transitionRefs": [each["@id"] for each in transitions]}
    phases = [
        _node("Phase", urn("phase", stage.name)) | {"label": stage.name, "order": number}
        for number, stage in enumerate(journey_map.stages, start=1)
    ]
    touchpoints = dict.fromkeys(each for step in journey_map.steps for each in step.touchpoints)
    nodes = [_extended(journey, _rest(journey_map)), *phases]
    nodes += [_node("Touchpoint", urn("touchpoint", each)) | {"label": each} for each in touchpoints]
    nodes += [node for stage in journey_map.stages for step in stage.steps for node in _step(step, stage.name)]
    nodes += [*transitions, *_pains(journey_map)]
    document = {"@context": _CONTEXT, "@type": "UJGDocument", "specVersion": "1.0", "nodes": nodes}
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def _node(kind: str, identity: str) -> dict[str, Any]:
    return {"@type": kind, "@id": identity}


def _extended(node: dict[str, Any], rest: dict[str, Any]) -> dict[str, Any]:
    return node | ({"extensions": {EXTENSION: rest}} if rest else {})


def _step(step: Any, stage: str) -> list[dict[str, Any]]:
    events = {} if step.events == (step.id,) else {"events": list(step.events)}
    experience = _node("ExperienceStep", urn("step", step.id)) | {"label": step.name}
    experience |= {"stateRefs": [urn("state", step.id)], "phaseRef": urn("phase", stage)}
    if step.touchpoints:
        experience["touchpointRefs"] = [urn("touchpoint", each) for each in step.touchpoints]
    state = _node("State", urn("state", step.id)) | {"label": step.name}
    return [_extended(state, events), experience]


def _pains(journey_map: JourneyMap) -> list[dict[str, Any]]:
    lane = next((each for each in journey_map.lanes if each.name == _PAIN), None)
    return [] if lane is None else [_pain(journey_map, cell, at) for at, cell in enumerate(lane.cells, start=1)]


def _pain(journey_map: JourneyMap, cell: Cell, number: int) -> dict[str, Any]:
    rest = cell.to_document()
    pain = _node("PainPoint", f"urn:mapkit:pain:{number}") | {"label": rest.pop("says", "")}
    if "severity" in rest:
        pain["severity"] = rest.pop("severity")
    if cell.step is not None:
        del rest["stage"], rest["step"]
        return _extended(pain | {"graphRefs": [urn("state", cell.step)]}, rest)
    stage = next(each for each in journey_map.stages if each.name == cell.stage)
    return _extended(pain | {"graphRefs": [urn("state", step.id) for step in stage.steps]}, rest)


def _rest(journey_map: JourneyMap) -> dict[str, Any]:
    document = journey_map.to_dict()
    rest = {name: document[name] for name in ("state", "persona", "scenario", "description") if name in document}
    lanes = [
        {"name": lane["name"]} if lane["name"] == _PAIN else lane
        for lane in document.get("lanes", ())
    ]  # fmt: skip
    return rest | ({"lanes": lanes} if lanes else {})


def _read(content: bytes, name: str) -> Read:
    data = parse_plain(decoded(content, name), name, "json")
    nodes = data.get("nodes", data.get("items")) if isinstance(data, dict) else None
    if not isinstance(nodes, list) or not all(isinstance(node, dict) for node in nodes):
        raise DocumentError(f"{name} is not a UJGDocument: it has no list of nodes under 'nodes' (or 'items').")
    return read_nodes(nodes, name)


FORMAT = Format("ujg", "UJG", (".jsonld", ".json"), TABLE, _read, _write, _keeps)
