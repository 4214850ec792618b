"""What stands above a drawn map: who travels and why, what the marks mean, and how much of the map is evidence."""

from __future__ import annotations

from collections.abc import Sequence

from mapkit.maps.journey_map import JourneyMap
from mapkit.maps.two_sources import ObservedMap
from mapkit.plots.journey_map.cells import LINE, PANEL, STATE_COLOURS, grade_mark
from mapkit.plots.journey_map.paragraphs import paragraph
from mapkit.plots.journey_map.sheet import Box, Line, Sheet
from mapkit.plots.journey_map.statements import GRADES, STATES, Statement, evidence_counts, state_counts
from mapkit.plots.names import fitted, shown, width_of
from mapkit.plots.numbers import count, counted
from mapkit.plots.page import Heading
from mapkit.plots.style import INK, NOTE, QUIET, SMALL

_GAP, _PAD, _LEGEND = 8.0, 7.0, 15.0


def heading_of(
    journey_map: JourneyMap, observed: ObservedMap | None, statements: Sequence[Statement], note: str
) -> Heading:
    """Return the finding, the definition with its n, and the caution."""
    steps, stages = len(journey_map.steps), len(journey_map.stages)
    parts = [journey_map.state, f"{counted(steps, 'step')} in {counted(stages, 'stage')}"]
    parts.append(counted(sum(evidence_counts(statements).values()), "cell"))
    if observed is not None:
        who = f" of the segment {fitted(observed.segment, 120)}" if observed.segment is not None else ""
        parts.append(f"observed: n = {counted(observed.customers, 'customer')}{who}")
        parts.append(f"{100 * observed.confidence:.3g}% intervals")
    return Heading(f"{fitted(journey_map.title, 330)}: {finding(statements)}", " · ".join(parts), note)


def finding(statements: Sequence[Statement]) -> str:
    """Return what a reader should take away: what the data says of the claims, else how much of the map is evidence."""
    states, grades = state_counts(statements), evidence_counts(statements)
    wrong, right = states.get("disagree", 0), states.get("agree", 0)
    if wrong + right:
        judged = counted(wrong + right, "judged cell")
        return f"the data contradicts {count(wrong)} of {judged}" if wrong else f"the data contradicts none of {judged}"
    cells = sum(grades.values())
    if not cells:
        return "no cell is filled in yet"
    return f"{count(cells - grades['D'])} of {counted(cells, 'cell')} rest{'s' if cells == 1 else ''} on evidence"


def put_head(sheet: Sheet, journey_map: JourneyMap, statements: Sequence[Statement], wide: float) -> float:
    """Put persona, scenario and legend at the top of a sheet, and return the height they take."""
    boxes = []
    if journey_map.persona is not None:
        persona = journey_map.persona
        segment = f"segment {persona.segment}" if persona.segment else ""
        boxes.append(("PERSONA", persona.name, ". ".join(part for part in (segment, persona.who) if part)))
    if journey_map.scenario:
        boxes.append(("SCENARIO", "", journey_map.scenario))
    top = 0.0
    if boxes:
        each = (wide - _GAP * (len(boxes) - 1)) / len(boxes)
        laid = [(label, name, paragraph(text, each - 2 * _PAD, most=2)) for label, name, text in boxes]
        high = 2 * _PAD + LINE * max(1 + bool(name) + len(text) for _, name, text in laid)
        for k, (label, name, text) in enumerate(laid):
            _box(sheet, (label, name, text), (each + _GAP) * k, each, high)
        top = high + _GAP
    return top + _legend(sheet, statements, top, wide) + _GAP


def _box(sheet: Sheet, said: tuple[str, str, list[str]], left: float, wide: float, high: float) -> None:
    label, name, text = said
    sheet.boxes.append(Box(left, 0, wide, high, PANEL))
    x, y = left + _PAD, _PAD + NOTE
    sheet.lines.append(Line(x, y, label, QUIET, bold=True))
    if name:
        y += LINE + 1
        sheet.lines.append(Line(x, y, fitted(name, wide - 2 * _PAD, SMALL, bold=True), size=SMALL, bold=True))
    for line in text:
        y += LINE
        sheet.lines.append(Line(x, y, line))


def _legend(sheet: Sheet, statements: Sequence[Statement], top: float, wide: float) -> float:
    """Put what the marks mean, with how many cells have each, in as many rows as it takes; return their height."""
    states, grades = state_counts(statements), evidence_counts(statements)
    items: list[tuple[str, str, str]] = [("", "Evidence:", QUIET)]
    items += [(grade, f"{GRADES[grade]} {count(cells)}", INK) for grade, cells in grades.items()]
    if any(each.claimed for each in statements):
        items.append(("", "○ claimed", QUIET))
    if any(each.observed for each in statements):
        items.append(("", "● observed [interval]", INK))
    for state, cells in states.items():
        mark, word = STATES[state]
        items.append(("", f"{mark} {word} {count(cells)}", STATE_COLOURS[state]))
    x, y = 0.0, top
    for grade, text, ink in items:
        room = width_of(text, NOTE) + (15 if grade else 0)
        if x and x + room > wide:
            x, y = 0.0, y + _LEGEND
        if grade:
            grade_mark(sheet, grade, x, y)
        sheet.lines.append(Line(x + (15 if grade else 0), y + 8.5, shown(text), ink))
        x += room + 14
    return y - top + _LEGEND
