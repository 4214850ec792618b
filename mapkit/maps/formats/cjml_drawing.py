"""The shorter dialect of CJML that the drawing tool in the browser exports: actors, and touchpoints in a row."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

from mapkit.maps.formats.form import Names, Read, lanes_of
from mapkit.maps.formats.leftovers import WHY
from mapkit.maps.formats.losses import Loss
from mapkit.maps.formats.xml_tree import text_at

_STAGE = "journey"
_READ = {"initiator", "initiatorDescription", "receiver", "channel"}


def read_drawing(root: ET.Element, name: str) -> Read:
    """Return the map of a ``<cjml>`` document: its touchpoints are the steps of one stage, in their order.

    The persona is the first actor whose role is that of an end user or customer, else the first actor.
    """
    # The exporter writes "undefined" for what was never filled in, and before the list of actors.
    actors = {actor.get("id", ""): _said(actor, "actorName") for actor in root.iterfind("actor")}
    roles = {actor.get("id", ""): _said(actor, "actorRole") for actor in root.iterfind("actor")}
    user = next((key for key, role in roles.items() if "user" in role.lower() or "customer" in role.lower()), None)
    user = next(iter(actors), "") if user is None else user
    ids, steps, losses = Names("step"), [], []
    cells: list[tuple[str, dict[str, Any]]] = []
    for number, point in enumerate(root.iterfind("touchpoint"), start=1):
        step = ids.own(point.get("id") or f"touchpoint {number}")
        label = _said(point, "initiatorDescription")
        steps.append({"id": step, **({"name": label} if label else {})})
        place = {"stage": _STAGE, "step": step}
        began, received = _said(point, "initiator"), _said(point, "receiver")
        owner = next((party for party in (began, received) if party not in ("", user)), "")
        said = {"channel": _said(point, "channel"), "owner": actors.get(owner, owner)}
        cells += [(lane, place | {"says": text}) for lane, text in said.items() if text]
        losses += _unread(point, f"step {step}", began if began != user else "")
    persona = {"persona": actors[user]} if actors.get(user) else {}
    stages = [{"name": _STAGE, "steps": steps}]
    return Read({"title": name, **persona, "stages": stages, "lanes": lanes_of(cells)}, [*ids.losses, *losses])


def _unread(point: ET.Element, where: str, began: str) -> list[Loss]:
    losses = [Loss(where, part.tag, text, None, WHY) for part in point if (text := _unread_text(part))]
    if began:
        losses.append(Loss(where, "initiator", began, None, "A map does not say who began a contact."))
    return losses


def _unread_text(part: ET.Element) -> str:
    text = (part.text or "").strip()
    return "" if part.tag in _READ or text == "undefined" else text


def _said(parent: ET.Element, path: str) -> str:
    text = text_at(parent, path)
    return "" if text == "undefined" else text
