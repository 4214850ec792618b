"""A journey map as its editor's page shows it: cells in their places, with evidence and what was observed."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

from mapkit.maps.journey_map import Cell, JourneyMap, Persona
from mapkit.maps.journey_map.grades import grade_of
from mapkit.widgets.map_cells import claim_text

Rows = list[list[Any]]
Seen = Mapping[tuple[str, Cell], Mapping[str, Any]]

_STILL_STEPS = 60
_STILL_TEXT = 500


def head_of(journey_map: JourneyMap) -> dict[str, str]:
    """Return what a map says about itself: title, scenario, description, state, persona, segment, who."""
    persona = journey_map.persona or Persona("")
    about = {"persona": persona.name, "segment": persona.segment or "", "who": persona.who}
    return {name: getattr(journey_map, name) for name in ("title", "scenario", "description", "state")} | about


def stages_of(journey_map: JourneyMap) -> list[dict[str, Any]]:
    """Return the stages with their steps."""
    return [
        {
            "name": stage.name,
            "steps": [
                {"id": s.id, "name": s.name or s.id, "events": list(s.events), "touchpoints": list(s.touchpoints)}
                for s in stage.steps
            ],
        }
        for stage in journey_map.stages
    ]


def rows_of(journey_map: JourneyMap, seen: Seen) -> Rows:
    """Return the cells by their places: [lane, "step" or "stage", its id or name, cells]."""
    places: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for lane in journey_map.lanes:
        for cell in lane.cells:
            kind, name = ("stage", cell.stage) if cell.step is None else ("step", cell.step)
            places.setdefault((lane.name, kind, name), []).append(_cell(lane.name, cell, seen))
    return [[*where, cells] for where, cells in places.items()]


def changed_rows(before: Rows, after: Rows) -> Rows:
    """Return the places whose cells are others now; a place that is empty now has no cells."""
    old, new = ({tuple(row[:3]): row[3] for row in rows} for rows in (before, after))
    return [[*where, new.get(where, [])] for where in {**old, **new} if old.get(where) != new.get(where)]


def still_of(journey_map: JourneyMap, seen: Seen) -> str:
    """Return the map as one HTML table, for print and for pages without Python."""
    columns = [(stage.name, step.id) for stage in journey_map.stages for step in stage.steps or (_NoStep,)]
    shown = columns[:_STILL_STEPS]
    rows = {tuple(row[:3]): row[3] for row in rows_of(journey_map, seen)}
    stages = "".join(
        f'<th colspan="{len(own)}">{_text(stage.name)}</th>'
        for stage in journey_map.stages
        if (own := [each for each in shown if each[0] == stage.name])
    )
    named = {step.id: step.name or step.id for step in journey_map.steps}
    steps = "".join(f"<th>{_text(named.get(step, ''))}</th>" for _, step in shown)
    lanes = "".join(_still_lane(lane.name, shown, rows) for lane in journey_map.lanes)
    more = f"<p>and {len(columns) - len(shown):,} more steps</p>" if len(columns) > len(shown) else ""
    return (
        f"<p><b>{_text(journey_map.title)}</b> {_text(journey_map.scenario)}</p>"
        f"<table><tr><th></th>{stages}</tr><tr><th></th>{steps}</tr>{lanes}</table>{more}"
    )


class _NoStep:
    id = ""


def _still_lane(lane: str, columns: list[tuple[str, str]], rows: Mapping[tuple[Any, ...], Any]) -> str:
    before, cells = None, ""
    for stage, step in columns:
        # What is said of a whole stage stands in the first of its columns.
        whole = rows.get((lane, "stage", stage), []) if stage != before else []
        said = "<br>".join(_said(cell) for cell in (*whole, *rows.get((lane, "step", step), [])))
        cells, before = f"{cells}<td>{said}</td>", stage
    return f"<tr><th>{_text(lane)}</th>{cells}</tr>"


def _said(cell: Mapping[str, Any]) -> str:
    claimed = f" [{cell['claimed']}]" if cell["claimed"] else ""
    observed = f"; {cell['seen']['sentence']}" if cell["seen"] else ""
    return f"{_text(cell['says'])}{_text(claimed)}{_text(observed)} ({cell['grade']})"


def _text(text: str) -> str:
    return html.escape(text if len(text) <= _STILL_TEXT else f"{text[: _STILL_TEXT - 1]}…")


def _cell(lane: str, cell: Cell, seen: Seen) -> dict[str, Any]:
    observed = dict(seen.get((lane, cell), {}))
    return {
        "says": cell.says,
        "claimed": claim_text(cell.claimed),
        "value": float(cell.claimed) if isinstance(cell.claimed, int | float) else None,
        "kind": cell.is_about(lane),
        "about": cell.about or "",
        "of": cell.of or "",
        "to": cell.to or "",
        "within": cell.within or "",
        "touchpoint": cell.touchpoint or "",
        "severity": cell.severity,
        "owner": cell.owner or "",
        "source": cell.source,
        "evidence": [{"kind": each.kind or "", "ref": each.ref, "n": each.n} for each in cell.evidence],
        "grade": observed.get("grade") or grade_of(cell.evidence),
        "seen": observed,
    }
