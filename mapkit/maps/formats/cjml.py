"""CJML 2.0, the Customer Journey Modelling Language: touchpoints between an end user and service providers, as XML.

An as-is map is written as an actual journey and a to-be map as a planned one, which has no experience. Both are read,
and so is the shorter dialect of the drawing tool in the browser (:mod:`mapkit.maps.formats.cjml_drawing`).

Source: Halvorsrud, Kvale & Følstad, "Improving service quality through customer journey analysis", Journal of Service
Theory and Practice, 2016.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from mapkit.documents.scalars import plain_value
from mapkit.errors import DocumentError
from mapkit.maps.formats.cjml_drawing import read_drawing
from mapkit.maps.formats.form import Format, Names, Read, lanes_of, step_values
from mapkit.maps.formats.leftovers import WHY, counted
from mapkit.maps.formats.losses import Keeps, Loss, is_number
from mapkit.maps.formats.xml_tree import add, parse_xml, text_at, xml_bytes
from mapkit.maps.journey_map import JourneyMap

TABLE = (
    ("title, scenario, description", "journeyTitle, journeyShortSummary, journeyLongSummary"),
    ("state as-is, to-be", "actualJourney, plannedJourney"),
    ("name of the persona", "actors/endUser"),
    ("stage", "journeyPhase: phaseID, phaseName"),
    ("step: id, name", "actual- or plannedCommunicationPoint, or Action without channel and owner: touchpointID, "
     "initiatorLabel"),
    ("a step's cell in the lane channel", "channel/channelName"),
    ("... owner", "receiver, one of actors/serviceProvider"),
    ("... actions", "comment"),
    ("... thoughts", "touchpointExperience/experienceDescription, of actual journeys"),
    ("... emotion, a number", "touchpointExperience/experienceRating, of actual journeys; as it is, -2 to 2"),
)  # fmt: skip

_USER, _ROOT = "end user", "CJML"
_PLANNED = {"channel": "says", "owner": "says", "actions": "says"}
_ACTUAL = _PLANNED | {"thoughts": "says", "emotion": "claimed"}
_JOURNEY_PARTS = {"journeyID", "journeyTitle", "journeyShortSummary", "journeyLongSummary", "actors", "touchpoints"}
_TOUCHPOINT_PARTS = {
    "touchpointID", "belongsTo", "initiator", "receiver", "refersTo", "initiatorLabel", "channel", "channelName",
    "comment", "touchpointExperience", "experienceDescription", "experienceRating",
}  # fmt: skip


def _keeps(journey_map: JourneyMap) -> Keeps:
    lanes = _ACTUAL if journey_map.state == "as-is" else _PLANNED
    return Keeps("CJML 2.0" if journey_map.state == "as-is" else "A planned journey of CJML 2.0", lanes)


def _write(journey_map: JourneyMap, name: str) -> bytes:
    kind = "actual" if journey_map.state == "as-is" else "planned"
    held = step_values(journey_map, _keeps(journey_map).lanes or {})
    root = ET.Element(_ROOT, version="2.0")
    journey = ET.SubElement(root, f"{kind}Journey")
    add(journey, "journeyID", "J1")
    add(journey, "journeyTitle", journey_map.title)
    phases = ET.SubElement(journey, "journeyPhases")
    for number, stage in enumerate(journey_map.stages, start=1):
        add(add(phases, "journeyPhase", phaseID=f"P{number}"), "phaseName", stage.name)
    for tag, text in (("Short", journey_map.scenario), ("Long", journey_map.description)):
        if text:
            add(journey, f"journey{tag}Summary", text)
    user = journey_map.persona.name if journey_map.persona else _USER
    actors = ET.SubElement(journey, "actors")
    add(actors, "endUser", actorID=user)
    for owner in dict.fromkeys(values["owner"] for values in held.values() if "owner" in values):
        add(actors, "serviceProvider", actorID=owner)
    touchpoints = ET.SubElement(journey, "touchpoints")
    for number, stage in enumerate(journey_map.stages, start=1):
        for step in stage.steps:
            point = _point(touchpoints, kind, held[step.id])
            add(point, "touchpointID", step.id)
            add(point, "belongsTo", phaseIDref=f"P{number}")
            _put(point, step.name, user, held[step.id])
    return xml_bytes(root, "CJML")


def _point(touchpoints: ET.Element, kind: str, values: dict[str, Any]) -> ET.Element:
    form = "CommunicationPoint" if "channel" in values or "owner" in values else "Action"
    return ET.SubElement(touchpoints, f"{kind}{form}")


def _put(point: ET.Element, label: str, user: str, values: dict[str, Any]) -> None:
    initiator = add(point, "initiator")
    add(initiator, "refersTo", actorIDref=user)
    add(initiator, "initiatorLabel", label)
    if "owner" in values:
        add(add(point, "receiver"), "refersTo", actorIDref=values["owner"])
    if "channel" in values:
        add(add(point, "channel"), "channelName", values["channel"])
    if "actions" in values:
        add(point, "comment", values["actions"])
    if "thoughts" in values or "emotion" in values:
        experience = add(point, "touchpointExperience")
        if "thoughts" in values:
            add(experience, "experienceDescription", values["thoughts"])
        if "emotion" in values:
            add(experience, "experienceRating", repr(values["emotion"]))


def _read(content: bytes, name: str) -> Read:
    root = parse_xml(content, name)
    if root.tag == "cjml" and root.find("touchpoint") is not None:
        return read_drawing(root, name)
    journeys = [child for child in root if child.tag in ("actualJourney", "plannedJourney")]
    if root.tag.upper() != _ROOT or not journeys:
        raise DocumentError(
            f"{name} is not CJML: its first element is <{root.tag}>, and there is no <actualJourney> or "
            "<plannedJourney> in it."
        )
    read = _journey(journeys[0], name)
    for other in journeys[1:]:
        said = text_at(other, "journeyTitle") or text_at(other, "journeyID")
        read.losses.append(Loss(other.tag, "journey", said, None, "A map is one journey: the first of the file."))
    return read


def _journey(journey: ET.Element, name: str) -> Read:
    planned = journey.tag == "plannedJourney"
    user = _attribute(journey.find("actors/endUser"), "actorID")
    names = Names("stage")
    stages: dict[str, dict[str, Any]] = {}
    for phase in journey.iterfind("journeyPhases/journeyPhase"):
        reference = (phase.get("phaseID") or "").strip()
        # Some files name phases by their id alone.
        stages[reference] = {"name": names.own(text_at(phase, "phaseName") or reference or "phase"), "steps": []}
    ids, order = Names("step"), list[str]()
    cells: list[tuple[str, dict[str, Any]]] = []
    losses: list[Loss] = []
    for number, point in enumerate(journey.iterfind("touchpoints/*"), start=1):
        reference = _attribute(point.find("belongsTo"), "phaseIDref").strip()
        if reference not in stages:
            stages[reference] = {"name": names.own(reference or "journey"), "steps": []}
        step = ids.own(text_at(point, "touchpointID") or f"touchpoint {number}")
        label = text_at(point, "initiator/initiatorLabel")
        stages[reference]["steps"].append({"id": step, **({"name": label} if label else {})})
        order.append(reference)
        for lane, cell in _cells(point, user):
            cells.append((lane, {"stage": stages[reference]["name"], "step": step, **cell}))
        losses += _unread(point, f"step {step}", user)
    if not stages:
        raise DocumentError(f"{name} has no touchpoints and no phases, so there is no journey in it.")
    if [order.index(each) for each in order] != sorted(order.index(each) for each in order):
        why = "The steps of a stage stand together in a map."
        losses.append(Loss("map", "order of steps", f"phases change {counted(_changes(order), 'time')}", None, why))
    document = _document(journey, planned, user, [*stages.values()], lanes_of(cells))
    return Read(document, [*names.losses, *ids.losses, *_unread_head(journey, user), *losses])


def _document(
    journey: ET.Element, planned: bool, user: str, stages: list[dict[str, Any]], lanes: list[dict[str, Any]]
) -> dict[str, Any]:
    title = text_at(journey, "journeyTitle") or text_at(journey, "journeyID") or "journey"
    plain = {"title": title, "state": "to-be" if planned else "as-is"}
    said = {"scenario": text_at(journey, "journeyShortSummary"), "description": text_at(journey, "journeyLongSummary")}
    persona = {"persona": user} if user not in ("", _USER) else {}
    return plain | persona | {key: text for key, text in said.items() if text} | {"stages": stages, "lanes": lanes}


def _cells(point: ET.Element, user: str) -> Iterator[tuple[str, dict[str, Any]]]:
    parties = [_attribute(point.find(f"{role}/refersTo"), "actorIDref") for role in ("initiator", "receiver")]
    owner = next((party for party in parties if party not in ("", user)), "")
    said = {
        "channel": text_at(point, "channel/channelName"),
        "owner": owner,
        "actions": text_at(point, "comment"),
        "thoughts": text_at(point, "touchpointExperience/experienceDescription"),
    }
    yield from ((lane, {"says": text}) for lane, text in said.items() if text)
    if rating := text_at(point, "touchpointExperience/experienceRating"):
        value = plain_value(rating)
        yield "emotion", {"claimed": value if is_number(value) else rating}


def _unread(point: ET.Element, where: str, user: str) -> Iterator[Loss]:
    if (began := _attribute(point.find("initiator/refersTo"), "actorIDref")) not in ("", user):
        yield Loss(where, "initiator", began, None, "A map does not say who began a contact.")
    for element in point.iter():
        said = (element.text or "").strip()
        if element.tag not in _TOUCHPOINT_PARTS and element is not point and said:
            yield Loss(where, element.tag, said, None, WHY)


def _unread_head(journey: ET.Element, user: str) -> Iterator[Loss]:
    for element in journey:
        if element.tag == "journeyPhases":
            for described in element.iter("phaseDescription"):
                if text := (described.text or "").strip():
                    yield Loss("stage", "phaseDescription", text, None, WHY)
        elif element.tag not in _JOURNEY_PARTS and (text := " ".join("".join(element.itertext()).split())):
            yield Loss("map", element.tag, text, None, WHY)
    for other in journey.findall("actors/endUser")[1:]:
        yield Loss("persona", "endUser", _attribute(other, "actorID"), None, "A map is one persona's.")


def _attribute(element: ET.Element | None, name: str) -> str:
    return "" if element is None else element.get(name) or ""


def _changes(order: list[str]) -> int:
    return sum(1 for one, other in pairwise(order) if one != other)


FORMAT = Format("cjml", "CJML 2.0", (".cjml", ".xml"), TABLE, _read, _write, _keeps)
