"""A map as rows and back: a row for each stage, step, lane and cell, as CSV and Excel hold it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, get_args

from mapkit.documents.scalars import plain_value
from mapkit.errors import DocumentError, listed, nearest
from mapkit.maps.formats.form import Read
from mapkit.maps.formats.leftovers import WHY
from mapkit.maps.formats.losses import Loss, is_number
from mapkit.maps.journey_map import JourneyMap
from mapkit.maps.journey_map.parts import EvidenceKind

Row = dict[str, Any]

PARTS: dict[str, tuple[str, ...]] = {
    "map": ("name", "says"),
    "stage": ("stage",),
    "step": ("stage", "step", "name", "events", "touchpoints"),
    "lane": ("lane",),
    "cell": (
        "lane", "stage", "step", "id", "says", "claimed", "about", "of", "to", "within", "touchpoint", "severity",
        "owner", "evidence", "source",
    ),
}  # fmt: skip
_FIRST = ("part", "lane", "stage", "step", "name", "says")
COLUMNS = tuple(dict.fromkeys([*_FIRST, *(column for columns in PARTS.values() for column in columns)]))

_HEAD = ("title", "state", "persona", "persona.segment", "persona.who", "scenario", "description")
_CELL_TEXTS = ("id", "about", "of", "to", "within", "touchpoint", "owner", "source", "says")
# A spreadsheet runs what begins with one of these as a formula; apostrophes before them are doubled and halved.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_EVIDENCE = re.compile(rf"({'|'.join(get_args(EvidenceKind))})(?:: (.+?))?(?: \(n=(\d+)\))?", re.DOTALL)


def rows_of(journey_map: JourneyMap) -> Iterator[Row]:
    """Return the rows of a map: columns of ``COLUMNS``, with nothing under what a row does not say."""
    yield from ({"part": "map", "name": key, "says": text} for key, text in _head(journey_map).items())
    for stage in journey_map.stages:
        yield {"part": "stage", "stage": stage.name}
        for step in stage.steps:
            row: Row = {"part": "step", "stage": stage.name, "step": step.id}
            row |= {"name": step.name} if step.name != step.id else {}
            row |= {"events": _packed(list(step.events), _list)} if step.events != (step.id,) else {}
            yield row | ({"touchpoints": _packed(list(step.touchpoints), _list)} if step.touchpoints else {})
    yield from ({"part": "lane", "lane": lane.name} for lane in journey_map.lanes)
    for placed in journey_map.cells:
        document = placed.cell.to_document()
        if "claimed" in document and not is_number(document["claimed"]):
            document["claimed"] = _packed(document["claimed"], _claim)
        if "evidence" in document:
            document["evidence"] = _packed(document["evidence"], _evidence)
        yield {"part": "cell", "lane": placed.lane, **document}


def read_rows(rows: Iterable[tuple[str, Mapping[str, Any]]], name: str) -> Read:
    """Return the map of rows, each with the place where it stands ("line 3"); a row without a part is a cell.

    Stages, steps and lanes that have no row of their own are made in the order in which cells name them.
    """
    head: dict[str, str] = {}
    stages: dict[str, dict[str, Row]] = {}
    lanes: dict[str, list[Row]] = {}
    unknown: dict[str, Any] = {}
    for where, row in rows:
        given = {key: value for key, value in row.items() if value not in (None, "")}
        if not given:
            continue
        part = str(given.pop("part", "cell")).strip()
        if part not in PARTS:
            raise DocumentError(f"{name}, {where}: the part {part!r} is none of {listed(PARTS)}.{nearest(part, PARTS)}")
        unknown |= {key: value for key, value in given.items() if key not in PARTS[part] and key not in unknown}
        _take(part, given, f"{name}, {where}", (head, stages, lanes))
    if not stages:
        raise DocumentError(f"{name} has no stage: give each cell a value in the column 'stage'.")
    document = _document(head, name) | {
        "stages": [{"name": stage, "steps": list(steps.values())} for stage, steps in stages.items()],
        "lanes": [{"name": lane, "cells": cells} for lane, cells in lanes.items()],
    }
    return Read(document, [Loss("column", key, value, None, WHY) for key, value in unknown.items()])


def defused(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula; :func:`restored` gives it back."""
    return f"'{text}" if _FORMULA.match(text) else text


def restored(text: str) -> str:
    """Return a text as it was before :func:`defused`."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def _head(journey_map: JourneyMap) -> dict[str, str]:
    persona = journey_map.persona
    who = {"persona": persona.name, "persona.segment": persona.segment, "persona.who": persona.who} if persona else {}
    plain = {name: getattr(journey_map, name) for name in ("title", "state", "scenario", "description")}
    found = plain | who
    return {name: found[name] for name in _HEAD if found.get(name)}


def _take(
    part: str, given: Row, where: str, held: tuple[dict[str, str], dict[str, dict[str, Row]], dict[str, list[Row]]]
) -> None:
    head, stages, lanes = held
    if part == "map":
        key = _text(given.get("name", ""))
        if key not in _HEAD:
            raise DocumentError(f"{where}: a map has no {key!r}. It has {listed(_HEAD)}.{nearest(key, _HEAD)}")
        head[key] = _text(given.get("says", ""))
    elif part == "lane":
        lanes.setdefault(_need(given, "lane", where), [])
    else:
        steps = stages.setdefault(_need(given, "stage", where), {})
        step = _text(given["step"]) if "step" in given else None
        if part == "step":
            _put_step(steps, _need(given, "step", where), given, where)
        elif part == "cell":
            if step is not None and not any(step in each for each in stages.values()):
                steps[step] = {"id": step}
            cell = {"stage": _text(given["stage"]), **({"step": step} if step is not None else {}), **_cell(given)}
            lanes.setdefault(_need(given, "lane", where), []).append(cell)


def _put_step(steps: dict[str, Row], step: str, given: Row, where: str) -> None:
    if len(steps.get(step, {})) > 1 or (step in steps and set(given) <= {"stage", "step"}):
        raise DocumentError(f"{where}: the step {step!r} has a row of its own already. Remove one of them.")
    lists: Row = {key: _unpacked(_text(given[key]), _list) for key in ("events", "touchpoints") if key in given}
    steps[step] = {"id": step, **({"name": _text(given["name"])} if "name" in given else {}), **lists}


def _cell(given: Row) -> Row:
    cell: Row = {key: _text(given[key]) for key in _CELL_TEXTS if key in given}
    if "severity" in given:
        severity = given["severity"]
        cell["severity"] = severity if is_number(severity) else plain_value(_text(severity))
    if "claimed" in given:
        claimed = given["claimed"]
        cell["claimed"] = claimed if is_number(claimed) else _unpacked(_text(claimed), _claim)
    if "evidence" in given:
        cell["evidence"] = _unpacked(_text(given["evidence"]), _evidence)
    return cell


def _document(head: dict[str, str], name: str) -> dict[str, Any]:
    persona = {key: head[f"persona.{key}"] for key in ("segment", "who") if f"persona.{key}" in head}
    document: dict[str, Any] = {"title": name} | {key: text for key, text in head.items() if "." not in key}
    return document | ({"persona": {"name": head.get("persona", ""), **persona}} if persona else {})


def _need(given: Row, column: str, where: str) -> str:
    if column not in given:
        raise DocumentError(f"{where}: the column {column!r} is empty. There is {listed(given)}.")
    return _text(given[column])


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _packed(value: Any, parse: Callable[[str], Any]) -> str:
    """Return a value as people would write it where that reads back as the same, else as JSON."""
    items = value if isinstance(value, list) else [value]
    plain = "; ".join(item if isinstance(item, str) else _said(item) for item in items)
    return plain if plain and _unpacked(plain, parse) == value else json.dumps(value, ensure_ascii=False)


def _unpacked(text: str, parse: Callable[[str], Any]) -> Any:
    if text[:1] in ("[", '"'):
        try:
            return json.loads(text)
        except json.JSONDecodeError:
            pass
    return parse(text)


def _list(text: str) -> list[str]:
    return [part for part in re.split(r"\s*;\s*", text.strip()) if part]


def _claim(text: str) -> Any:
    if len(parts := _list(text)) > 1:
        return parts
    value = plain_value(text)
    return value if is_number(value) else text


def _evidence(text: str) -> list[Any]:
    return [_one_evidence(part) for part in _list(text)]


def _one_evidence(text: str) -> Any:
    found = _EVIDENCE.fullmatch(text)
    if not found:
        return text
    kind, reference, n = found.groups()
    return {"kind": kind} | ({"ref": reference} if reference else {}) | ({"n": int(n)} if n else {})


def _said(evidence: Mapping[str, Any]) -> str:
    said = str(evidence["kind"]) + (f": {evidence['ref']}" if "ref" in evidence else "")
    return said + (f" (n={evidence['n']})" if "n" in evidence else "")
