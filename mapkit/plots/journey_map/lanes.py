"""The lanes of a band: every cell in its place, as high as the fullest of its row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mapkit.maps.journey_map import LANES, JourneyMap
from mapkit.plots.journey_map.bands import Band
from mapkit.plots.journey_map.cells import Card, card, put
from mapkit.plots.journey_map.paragraphs import paragraph
from mapkit.plots.journey_map.sheet import Box, Line, Sheet
from mapkit.plots.journey_map.statements import NOT_CLAIMED, Statement
from mapkit.plots.style import INK, LIGHT, QUIET, SMALL

NAMES = 90.0
"""The width of the column that names the lanes, in points."""

_GAP, _EMPTY = 2.0, 13.0
_MOST_IN_A_PLACE = 4


def lane_names(journey_map: JourneyMap, statements: Iterable[Statement]) -> list[str]:
    """Return emotion, which stands below its curve, then the lanes in the map's own order, then those of statements."""
    own = [lane.name for lane in journey_map.lanes]
    first = ["emotion"] if "emotion" in own else []
    return list(dict.fromkeys([*first, *own, *(each.lane for each in statements)]))


def title_of(lane: str) -> str:
    """Return what a lane is called: the usual ones without the underscore of their documents."""
    return lane.replace("_", " ") if lane in LANES else lane


def put_lane(sheet: Sheet, title: str, statements: Sequence[Statement], band: Band, column: float, top: float) -> float:
    """Put one lane of a band on the sheet and return its height; an empty one stays visible as a thin line."""
    whole = [_stack(statements, span.stage, None, span.columns * column - _GAP) for span in band.spans]
    single = [_stack(statements, each.stage, each.step.id, column - _GAP) if each.step else [] for each in band.columns]
    places = [NAMES + span.first * column for span in band.spans]
    y = _put_row(sheet, whole, places, top + _GAP)
    y = _put_row(sheet, single, [NAMES + k * column for k in range(len(band.columns))], y)
    empty = y == top + _GAP
    lines = paragraph(title, NAMES - 10, most=1 if empty else 3, size=SMALL, bold=not empty)
    for k, line in enumerate(lines):
        ink = QUIET if empty else INK
        sheet.lines.append(Line(0, top + (_EMPTY - 4 if empty else 15) + 11 * k, line, ink, SMALL, not empty))
    high = _EMPTY if empty else max(y - top, 11 * len(lines) + 8)
    sheet.boxes.append(Box(0, top + high, NAMES + len(band.columns) * column - _GAP, 0, edge=LIGHT))
    return high + _GAP


def _stack(statements: Sequence[Statement], stage: str, step: str | None, wide: float) -> list[Card]:
    here = [each for each in statements if each.stage == stage and each.step == step]
    cards = [card(each, wide) for each in here[:_MOST_IN_A_PLACE]]
    more = len(here) - len(cards)
    lane = here[0].lane if here else NOT_CLAIMED
    return [*cards, card(Statement("", lane, stage, step, f"and {more:,} more"), wide)] if more else cards


def _put_row(sheet: Sheet, stacks: Sequence[Sequence[Card]], places: Sequence[float], top: float) -> float:
    """Put stacks of cards beside one another, and return where the row ends."""
    highest = max((sum(card.high + _GAP for card in stack) for stack in stacks), default=0.0)
    for stack, left in zip(stacks, places, strict=True):
        y = top
        for k, each in enumerate(stack):
            # The last card of a stack reaches down to the row's end, so that a row reads as one.
            high = top + highest - _GAP - y if k == len(stack) - 1 else each.high
            put(sheet, each, left, y, high)
            y += high + _GAP
    return top + highest
