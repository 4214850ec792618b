"""XES, the format of process logs: a map as the trace that is expected, and a log as the steps of a map.

Source: IEEE 1849-2016, eXtensible Event Stream. Expected and actual journeys as traces: Bernard & Andritsos, "A process
mining based model for customer journey mapping", CAiSE Forum, 2017.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from mapkit.documents.scalars import plain_value
from mapkit.errors import DocumentError
from mapkit.maps.formats.form import Format, Names, Read, lanes_of, step_values
from mapkit.maps.formats.leftovers import counted
from mapkit.maps.formats.losses import Keeps, Loss, is_number
from mapkit.maps.formats.xml_tree import add, parse_xml, xml_bytes
from mapkit.maps.journey_map import JourneyMap

TABLE = (
    ("title", "the trace's concept:name"),
    ("state, scenario, description, name of the persona", "attributes of the trace: state, scenario, description, "
     "persona"),
    ("stage", "the trace's list 'stages', and each event's stage"),
    ("step: id, name, events, touchpoints", "event: concept:name, step, and the lists events, touchpoints"),
    ("a step's cell in the lane channel", "event: channel"),
    ("... owner", "event: org:resource"),
    ("... emotion, a number", "event: emotion, -2 to 2"),
    ("", "a log of many traces: the activities in the order of their mean place; times and counts are not kept"),
)  # fmt: skip

_LANES = {"channel": "says", "owner": "says", "emotion": "claimed"}
_KEYS = {"channel": "channel", "owner": "org:resource", "emotion": "emotion"}
_HEAD = ("state", "scenario", "description", "persona")
_NO_CASES = "A map holds no cases: measure the log itself."
_OWN = {"concept:name", "step", "stage", "events", "touchpoints", *_KEYS.values()}


def _keeps(journey_map: JourneyMap) -> Keeps:
    return Keeps("XES", _LANES)


def _write(journey_map: JourneyMap, name: str) -> bytes:
    root = ET.Element("log", {"xes.version": "1849-2016", "xes.features": "nested-attributes"})
    for extension in ("Concept", "Organizational"):
        prefix = {"Concept": "concept", "Organizational": "org"}[extension]
        uri = f"http://www.xes-standard.org/{prefix}.xesext"
        ET.SubElement(root, "extension", name=extension, prefix=prefix, uri=uri)
    trace = ET.SubElement(root, "trace")
    persona = journey_map.persona.name if journey_map.persona else ""
    head = {"concept:name": journey_map.title, "state": journey_map.state, "persona": persona}
    for key, text in (head | {"scenario": journey_map.scenario, "description": journey_map.description}).items():
        if text:
            add(trace, "string", key=key, value=text)
    _add_list(trace, "stages", [stage.name for stage in journey_map.stages])
    held = step_values(journey_map, _LANES)
    for stage in journey_map.stages:
        for step in stage.steps:
            event = ET.SubElement(trace, "event")
            for key, text in (("concept:name", step.id), ("step", step.name), ("stage", stage.name)):
                add(event, "string", key=key, value=text)
            if step.events != (step.id,):
                _add_list(event, "events", step.events)
            if step.touchpoints:
                _add_list(event, "touchpoints", step.touchpoints)
            for lane, value in held[step.id].items():
                tag = "float" if lane == "emotion" else "string"
                add(event, tag, key=_KEYS[lane], value=value if isinstance(value, str) else repr(value))
    return xml_bytes(root, "XES")


def _add_list(parent: ET.Element, key: str, items: Any) -> None:
    values = add(add(parent, "list", key=key), "values")
    for item in items:
        add(values, "string", key=key, value=item)


def _read(content: bytes, name: str) -> Read:
    root = parse_xml(content, name)
    traces = root.findall("trace")
    head = _attributes(traces[0]) if len(traces) == 1 else {}
    if root.tag != "log" or not (any(True for _ in root.iter("event")) or head.get("stages")):
        raise DocumentError(f"{name} is not an XES log with events: its first element is <{root.tag}>.")
    logged = _attributes(root)
    title = str(head.get("concept:name") or logged.get("concept:name") or name)
    stages: dict[str, list[dict[str, Any]]] = {stage: [] for stage in head.get("stages", ())}
    cells: list[tuple[str, dict[str, Any]]] = []
    firsts = _first_events(traces)
    ids = Names("step")
    for activity in _order(traces) if len(traces) > 1 else [activity for activity, _ in firsts]:
        held = dict(firsts)[activity]
        stage, step = str(held.get("stage") or "journey"), ids.own(activity)
        stages.setdefault(stage, []).append(_step(step, held))
        cells += _cells(stage, step, held)
    persona = {key: head[key] for key in _HEAD if isinstance(head.get(key), str)}
    document = {"title": title, **persona, "stages": [{"name": key, "steps": steps} for key, steps in stages.items()]}
    return Read(document | {"lanes": lanes_of(cells)}, list(_unread(root, traces, stages)))


def _step(step: str, held: dict[str, Any]) -> dict[str, Any]:
    lists = {key: list(held[key]) for key in ("events", "touchpoints") if isinstance(held.get(key), tuple)}
    return {"id": step, "name": str(held.get("step") or step), **lists}


def _cells(stage: str, step: str, held: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for lane, key in _KEYS.items():
        value = held.get(key)
        if value in (None, "") or isinstance(value, tuple):
            continue
        field = _LANES[lane]
        number = plain_value(str(value)) if field == "claimed" else value
        if field == "says" or is_number(number):
            yield lane, {"stage": stage, "step": step, field: number}


def _attributes(element: ET.Element) -> dict[str, Any]:
    """Return the attributes of a log, trace or event: texts by their keys, and lists as tuples."""
    found: dict[str, Any] = {}
    for child in element:
        key = child.get("key")
        if key is None or child.tag in ("trace", "event"):
            continue
        if child.tag == "list":
            found[key] = tuple(item.get("value", "") for item in child.iterfind("values/*"))
        else:
            found[key] = child.get("value", "")
    return found


def _activities(trace: ET.Element) -> Iterator[tuple[str, dict[str, Any]]]:
    """Return the activities of a trace in their order: what has started is counted when it is complete."""
    for event in trace.iterfind("event"):
        held = _attributes(event)
        if str(held.get("lifecycle:transition", "complete")).lower() == "complete":
            yield str(held.get("concept:name") or "event"), held


def _first_events(traces: list[ET.Element]) -> list[tuple[str, dict[str, Any]]]:
    firsts: dict[str, dict[str, Any]] = {}
    for trace in traces:
        for activity, held in _activities(trace):
            firsts.setdefault(activity, held)
    return list(firsts.items())


def _order(traces: list[ET.Element]) -> list[str]:
    """Return the activities by the mean of the place, 0 to 1, at which traces come to them first."""
    places: dict[str, list[float]] = defaultdict(list)
    for trace in traces:
        came = [activity for activity, _ in _activities(trace)]
        for activity in dict.fromkeys(came):
            places[activity].append(came.index(activity) / max(len(came) - 1, 1))
    return sorted(places, key=lambda activity: sum(places[activity]) / len(places[activity]))


def _unread(root: ET.Element, traces: list[ET.Element], stages: dict[str, list[dict[str, Any]]]) -> Iterator[Loss]:
    order = [step["id"] for steps in stages.values() for step in steps]
    came = [[activity for activity, _ in _activities(trace)] for trace in traces]
    if different := sum(1 for one in came if one != order):
        said = f"{different:,} of {counted(len(traces), 'trace')}"
        yield Loss("map", "order of steps", said, None, "A map is one sequence: these traces follow another.")
    if len(traces) > 1:
        yield Loss(
            "map", "traces", counted(len(traces), "trace"), None, "A map holds no cases: measure the log itself."
        )
    counts: Counter[str] = Counter()
    for event in root.iter("event"):
        counts.update(key for key in _attributes(event) if key not in _OWN)
    for key, number in counts.items():
        yield Loss("event", key, counted(number, "value"), None, _NO_CASES)
    for key, value in _attributes(root).items():
        if key != "concept:name" or (len(traces) == 1 and _attributes(traces[0]).get("concept:name")):
            yield Loss("log", key, value, None, "A journey map has no place for it.")


FORMAT = Format("xes", "XES", (".xes",), TABLE, _read, _write, _keeps)
