"""Journey map: stages and steps as columns, the emotion curve, lanes below, claimed and observed side by side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mapkit.maps.journey_map import JourneyMap
from mapkit.maps.journey_map.check import MapCheck
from mapkit.maps.two_sources import ObservedMap
from mapkit.plots.journey_map.bands import Band, bands_of
from mapkit.plots.journey_map.head import finding, heading_of
from mapkit.plots.journey_map.layout import Layout, columns_of, lay_out
from mapkit.plots.journey_map.statements import EVIDENCE, Statement, emotion, statements_of
from mapkit.plots.names import shown
from mapkit.plots.numbers import counted
from mapkit.plots.page import Heading, blank_page, open_page, points_wide
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.style import MARGIN

LANDSCAPE = 842.0
"""The width of a map's own page in points: A4 on its side."""


@drawing.register
def draw_journey_map(
    journey_map: JourneyMap,
    ax: Axes | None = None,
    *,
    observed: ObservedMap | None = None,
    check: MapCheck | None = None,
) -> Axes:
    """Draw a map in bands of stages.

    ``observed`` sets what the data shows beside what each cell claims; ``check`` knows what research notes are, and so
    what the cells that cite them rest on.
    """
    ax = _placed(ax)
    (page,) = pages_of(journey_map, observed, check, wide=points_wide(ax))
    return draw_page(page, ax)


@dataclass(frozen=True)
class Page:
    """A page of a map: its heading, and where everything stands."""

    heading: Heading
    layout: Layout


def pages_of(
    journey_map: JourneyMap,
    observed: ObservedMap | None = None,
    check: MapCheck | None = None,
    *,
    wide: float = LANDSCAPE - 2 * MARGIN,
    highest: float = math.inf,
) -> list[Page]:
    """Return a map on pages ``wide`` points, each with the head and as many bands as ``highest`` points hold."""
    statements = statements_of(journey_map, observed, check)
    bands = bands_of(journey_map, columns_of(wide))
    whole = lay_out(journey_map, statements, bands, wide)
    parts = _parts(bands, whole.ends, highest)
    layouts = [whole] if len(parts) == 1 else [lay_out(journey_map, statements, part, wide) for part in parts]
    note = _note(journey_map, statements)
    return [
        Page(heading_of(journey_map, observed, statements, f"{note}{_squares(layout)}"), layout) for layout in layouts
    ]


def draw_page(page: Page, ax: Axes | None = None) -> Axes:
    """Draw one page on an axes, or on a figure of its own that pyplot does not keep."""
    ax = _placed(blank_page(LANDSCAPE) if ax is None else ax)
    ax = open_page(ax, page.heading, height=page.layout.height)
    page.layout.draw(ax)
    return ax


def _squares(layout: Layout) -> str:
    drawn = any("□" in line.text for line in layout.sheet.lines)
    return " □ is a letter that no font here can draw; the HTML page has it." if drawn else ""


def _parts(bands: Sequence[Band], ends: Sequence[float], highest: float) -> list[list[Band]]:
    pages: list[list[Band]] = []
    room = 0.0
    for band, above, below in zip(bands, ends, ends[1:], strict=False):
        if not pages or room < below - above:
            pages.append([])
            room = highest - ends[0]
        pages[-1].append(band)
        room -= below - above
    return pages


def _placed(ax: Axes | None) -> Axes:
    """Return the axes placed on its figure, so that its width is known before anything is laid out."""
    own = ax is None
    ax = open_page(ax, Heading(""), height=1)
    if own and isinstance(ax.figure, Figure):
        ax.figure.set_figwidth(LANDSCAPE / 72)
        ax = open_page(ax, Heading(""), height=1)
    return ax


def _note(journey_map: JourneyMap, statements: Sequence[Statement]) -> str:
    notes = [EVIDENCE]
    if any(each.observed for each in statements):
        notes.append("Grey figures and hollow observed points rest on fewer than 30. Association, not cause.")
    stages = {stage.name for stage in journey_map.stages}
    if elsewhere := sum(each.stage not in stages for each in statements):
        notes.append(f"Not drawn: {counted(elsewhere, 'observation')} of no stage of the map.")
    return " ".join(notes)


@sentence.register
def say_journey_map(journey_map: JourneyMap) -> str:
    """Say a map in one sentence: who travels, its stages, how much of it is evidence, and where it feels worst."""
    statements = statements_of(journey_map)
    persona = f" of {shown(journey_map.persona.name)}" if journey_map.persona else ""
    steps, stages = counted(len(journey_map.steps), "step"), counted(len(journey_map.stages), "stage")
    named = ", ".join(shown(stage.name) for stage in journey_map.stages[:12])
    felt = [(each.valence.claimed, each) for each in statements if each.valence is not None]
    worst = min((pair for pair in felt if pair[0] == pair[0]), key=lambda pair: pair[0], default=None)
    low = (
        f"; emotion is claimed lowest at {shown(worst[1].step or worst[1].stage)}, {emotion(worst[0])}" if worst else ""
    )
    return (
        f"Journey map {shown(journey_map.title)}{persona}, {journey_map.state}: {steps} in {stages} ({named}); "
        f"{finding(statements)}{low}."
    )
