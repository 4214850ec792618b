"""A user journey graph as a map: one line of steps through it, in the stages of its phases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from mapkit.errors import DocumentError
from mapkit.maps.formats.form import Names, Read
from mapkit.maps.formats.leftovers import WHY, counted, leftovers
from mapkit.maps.formats.losses import Loss

EXTENSION = "io.mapkit"
_PAIN = "pain_points"
_OURS = "urn:mapkit:"
_READ = {
    "Journey": {"label", "startState", "stateRefs", "transitionRefs"},
    "Phase": {"label", "order"},
    "State": {"label"},
    "CompositeState": {"label"},
    "ExperienceStep": {"label", "stateRefs", "phaseRef", "touchpointRefs"},
    "Touchpoint": {"label"},
    "PainPoint": {"label", "severity", "graphRefs"},
    "Transition": {"from", "to"},
}
_HEAD = {"@id", "@type", "id", "type", f"extensions.{EXTENSION}"}


def read_nodes(nodes: list[dict[str, Any]], name: str) -> Read:
    """Return the map of a document's nodes; steps are its ExperienceSteps, or its States where there are none."""
    kinds: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for node in nodes:
        kinds[_kind(node)].append(node)
    journey = _main(kinds["Journey"])
    rest = _extension(journey)
    steps = _steps(kinds, journey)
    if not steps and not kinds["Phase"]:
        raise DocumentError(f"{name} has no ExperienceStep, State or Phase, so there is no journey in it.")
    labels = {_id(touchpoint): _label(touchpoint) for touchpoint in kinds["Touchpoint"]}
    events = {_id(state): held["events"] for state in kinds["State"] if "events" in (held := _extension(state))}
    stages, place, losses = _stages(kinds["Phase"], steps, labels, events)
    pains = [_pain(node, place, kinds) for node in kinds["PainPoint"]]
    lanes = _lanes(rest.get("lanes", []), [pain for pain in pains if pain is not None])
    title = journey.get("label") or (_id(journey) if journey else name)
    document = {"title": title, **{key: value for key, value in rest.items() if key != "lanes"}, "stages": stages}
    losses += _unread(kinds, journey, steps, place)
    losses += [
        Loss(_id(node), "PainPoint", _label(node), None, "It is of no state that the map has.")
        for node, pain in zip(kinds["PainPoint"], pains, strict=True)
        if pain is None
    ]
    return Read(document | {"lanes": lanes}, losses)


def _kind(node: dict[str, Any]) -> str:
    kind = node.get("@type", node.get("type", ""))
    return str(kind).rpartition(":")[2]


def _id(node: dict[str, Any]) -> str:
    return str(node.get("@id", node.get("id", "")))


def _label(node: dict[str, Any]) -> str:
    return str(node.get("label") or _name(_id(node)))


def _name(identity: str) -> str:
    return unquote(identity.rpartition(":")[2]) if identity.startswith(_OURS) else identity


def _references(node: dict[str, Any], key: str) -> list[str]:
    found = node.get(key) or []
    listed = found if isinstance(found, list) else [found]
    return [_id(each) if isinstance(each, dict) else str(each) for each in listed]


def _extension(node: dict[str, Any]) -> dict[str, Any]:
    extensions = node.get("extensions")
    held = extensions.get(EXTENSION) if isinstance(extensions, dict) else None
    return dict(held) if isinstance(held, dict) else {}


def _main(journeys: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the journey with the most states: the others are journeys inside it."""
    return max(journeys, key=lambda journey: len(_references(journey, "stateRefs")), default={})


def _steps(kinds: dict[str, list[dict[str, Any]]], journey: dict[str, Any]) -> list[dict[str, Any]]:
    order = {state: at for at, state in enumerate(_references(journey, "stateRefs"))}
    states = [*kinds["State"], *kinds["CompositeState"]]
    found = kinds["ExperienceStep"] or [
        {"@id": _id(state), "label": state.get("label"), "stateRefs": [_id(state)]} for state in states
    ]

    def place(step: dict[str, Any]) -> float:
        return min((order[state] for state in _references(step, "stateRefs") if state in order), default=len(order))

    return sorted(found, key=place)


def _stages(
    phases: list[dict[str, Any]], steps: list[dict[str, Any]], labels: dict[str, str], events: dict[str, Any]
) -> tuple[list[dict[str, Any]], dict[str, tuple[str, str]], list[Loss]]:
    """Return the stages, the stage and step at which each state stands, and what had to be renamed."""
    names, ids = Names("stage"), Names("step")
    ordered = sorted(phases, key=lambda phase: phase["order"] if isinstance(phase.get("order"), int | float) else 1e9)
    stages: dict[str, dict[str, Any]] = {
        _id(phase): {"name": names.own(_label(phase)), "steps": []} for phase in ordered
    }
    place: dict[str, tuple[str, str]] = {}
    for step in steps:
        phase = next(iter(_references(step, "phaseRef")), "")
        if phase not in stages:
            stages[phase] = {"name": names.own(_name(phase) or "journey"), "steps": []}
        own: dict[str, Any] = {"id": ids.own(_name(_id(step))), "name": _label(step)}
        if touchpoints := [labels.get(each, each) for each in _references(step, "touchpointRefs")]:
            own["touchpoints"] = touchpoints
        stages[phase]["steps"].append(own)
        for state in _references(step, "stateRefs"):
            own |= {"events": events[state]} if state in events else {}
            place.setdefault(state, (stages[phase]["name"], own["id"]))
    return list(stages.values()), place, [*names.losses, *ids.losses]


def _pain(
    node: dict[str, Any],
    place: dict[str, tuple[str, str]],
    kinds: dict[str, list[dict[str, Any]]],
) -> dict[str, Any] | None:
    cell = _extension(node)
    if "stage" not in cell:
        at = next((place[each] for each in _references(node, "graphRefs") if each in place), None)
        if at is None:
            return None
        cell = {"stage": at[0], "step": at[1], **cell}
    if node.get("label"):
        cell["says"] = str(node["label"])
    return cell | ({"severity": node["severity"]} if "severity" in node else {})


def _lanes(given: Any, pains: list[dict[str, Any]]) -> list[dict[str, Any]]:
    lanes = [dict(lane) for lane in given if isinstance(lane, dict)] if isinstance(given, list) else []
    here = [lane for lane in lanes if lane.get("name") == _PAIN]
    if pains and not here:
        lanes.append({"name": _PAIN, "cells": pains})
    for lane in here:
        lane["cells"] = pains
    return lanes


def _unread(
    kinds: dict[str, list[dict[str, Any]]],
    journey: dict[str, Any],
    steps: list[dict[str, Any]],
    place: dict[str, tuple[str, str]],
) -> list[Loss]:
    losses: list[Loss] = []
    for kind, nodes in kinds.items():
        if kind not in _READ:
            losses.append(Loss(kind or "node", "nodes", counted(len(nodes), "node"), None, WHY))
            continue
        for node in nodes:
            losses += leftovers(node, _READ[kind] | _HEAD, where=_id(node))
    losses += [
        Loss(_id(other), "Journey", _label(other), None, "A map is one journey: the one with the most states.")
        for other in kinds["Journey"]
        if other is not journey
    ]
    return losses + list(_jumps(kinds["Transition"], steps)) + list(_more_states(kinds["PainPoint"], place))


def _jumps(transitions: list[dict[str, Any]], steps: list[dict[str, Any]]) -> Iterator[Loss]:
    at = {state: number for number, step in enumerate(steps) for state in _references(step, "stateRefs")}
    for each in transitions:
        ends = [next(iter(_references(each, end)), "") for end in ("from", "to")]
        one, other = (at.get(end) for end in ends)
        if one is None or other is None or other - one not in (0, 1):
            said = f"{_name(ends[0])} to {_name(ends[1])}"
            yield Loss(_id(each), "Transition", said, None, "A map leads from each step to the next one only.")


def _more_states(pains: list[dict[str, Any]], place: dict[str, tuple[str, str]]) -> Iterator[Loss]:
    for pain in pains:
        states = _references(pain, "graphRefs")
        if "stage" not in _extension(pain) and len(states) > 1:
            yield Loss(_id(pain), "graphRefs", states[1:], None, "A cell stands at one step.")
