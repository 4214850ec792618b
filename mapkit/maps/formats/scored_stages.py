"""A JSON list of stages with scored events, read only: happiness from 0 to 100, at best and at worst."""

from __future__ import annotations

from typing import Any

from mapkit.documents.reading import parse_plain
from mapkit.errors import DocumentError
from mapkit.maps.formats.form import Format, Names, Read, decoded, lanes_of, listed_texts
from mapkit.maps.formats.leftovers import leftovers
from mapkit.maps.formats.losses import Loss, is_number

TABLE = (
    ("title", "the file's name"),
    ("stage", "an item of the list: title"),
    ("step: id, name", "an item of its events: title"),
    ("cell in the lane emotion, -2 to 2", "happiness 0 to 100, or the middle of best.happiness and worst.happiness: "
     "the number less 50, over 25; both are said in the cell"),
    ("a cell a touchpoint in the lane touchpoints", "touchpoints"),
    ("a cell a channel in the lane channel", "channels"),
)  # fmt: skip

_READ = {
    "[].title", "[].events[].title", "[].events[].touchpoints", "[].events[].channels", "[].events[].happiness",
    "[].events[].best.happiness", "[].events[].worst.happiness",
}  # fmt: skip


def is_scored(data: Any) -> bool:
    """Say whether data has this shape."""
    return (
        isinstance(data, list)
        and bool(data)
        and all(isinstance(stage, dict) and isinstance(stage.get("events"), list) for stage in data)
    )


def _read(content: bytes, name: str) -> Read:
    data = parse_plain(decoded(content, name), name, "json")
    if not is_scored(data):
        raise DocumentError(f"{name} is not a list of stages, each with a title and a list of events.")
    names, ids = Names("stage"), Names("step")
    stages: list[dict[str, Any]] = []
    cells: list[tuple[str, dict[str, Any]]] = []
    losses: list[Loss] = []
    for stage in data:
        stages.append({"name": names.own(str(stage.get("title") or "stage")), "steps": []})
        for event in stage["events"]:
            if not isinstance(event, dict):
                raise DocumentError(f"{name}: an event of stage {stages[-1]['name']!r} is not a mapping: {event!r}.")
            step = ids.own(str(event.get("title") or "event"))
            stages[-1]["steps"].append(step)
            place = {"stage": stages[-1]["name"], "step": step}
            cells += [("touchpoints", place | {"says": each}) for each in listed_texts(event.get("touchpoints"))]
            cells += [("channel", place | {"says": each}) for each in listed_texts(event.get("channels"))]
            cells += [("emotion", place | emotion) for emotion in _emotion(event, step, losses)]
    document = {"title": name.removesuffix(".json"), "stages": stages, "lanes": lanes_of(cells)}
    return Read(document, [*names.losses, *ids.losses, *losses, *leftovers(data, _READ, where="file")])


def _emotion(event: dict[str, Any], step: str, losses: list[Loss]) -> list[dict[str, Any]]:
    both = {at: event[at].get("happiness") for at in ("best", "worst") if isinstance(event.get(at), dict)}
    both = both or {"": event.get("happiness")}
    numbers = [number for number in both.values() if is_number(number)]
    if not numbers:
        return []
    middle = sum(numbers) / len(numbers)
    emotion = round((min(max(middle, 0), 100) - 50) / 25, 6)
    if not 0 <= middle <= 100:
        losses.append(Loss(f"step {step}", "happiness", middle, emotion, "Happiness is from 0 to 100 here."))
    said = [f"{number:g} at {at}" if at else f"{number:g}" for at, number in both.items() if is_number(number)]
    return [{"claimed": emotion, "says": f"Happiness {' and '.join(said)}, of 0 to 100."}]


FORMAT = Format("scored-stages", "List of scored stages", (".json",), TABLE, _read)
