"""Where everything of a map stands: its head, and under it band after band of stages, steps, curve and lanes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from matplotlib.axes import Axes
from matplotlib.colors import to_rgb

from mapkit.maps.journey_map import JourneyMap
from mapkit.plots.journey_map.bands import Band
from mapkit.plots.journey_map.feelings import HEIGHT, Feeling, draw_feelings, feelings_of
from mapkit.plots.journey_map.head import put_head
from mapkit.plots.journey_map.lanes import NAMES, lane_names, put_lane, title_of
from mapkit.plots.journey_map.paragraphs import paragraph
from mapkit.plots.journey_map.sheet import Box, Line, Sheet
from mapkit.plots.journey_map.statements import Statement
from mapkit.plots.names import fitted, shown
from mapkit.plots.style import INK, LIGHT, PAPER, SMALL, ramp

_NARROWEST, _WIDEST = 88.0, 190.0
_STAGE, _STEP, _GAP, _BETWEEN = 20.0, 31.0, 2.0, 20.0


@dataclass(frozen=True)
class Layout:
    """A map laid out on a sheet that is ``wide`` points; ``ends`` says how far down the head and each band reach."""

    wide: float
    column: float
    sheet: Sheet = field(default_factory=Sheet)
    curves: list[Curve] = field(default_factory=list)
    ends: list[float] = field(default_factory=list)

    @property
    def height(self) -> float:
        """The height of everything, in points."""
        return self.ends[-1] - _BETWEEN

    def draw(self, ax: Axes) -> None:
        """Draw everything on an axes of the layout's size."""
        ax.set_xlim(0, self.wide)
        ax.set_ylim(self.height, 0)
        self.sheet.draw(ax)
        for curve in self.curves:
            right = NAMES + self.column * curve.columns - _GAP
            draw_feelings(ax, curve.feelings, NAMES, curve.top, self.column, right)


@dataclass(frozen=True)
class Curve:
    """The emotions of one band: how far down their panel begins, and over how many columns it runs."""

    feelings: list[Feeling]
    top: float
    columns: int


def columns_of(wide: float) -> int:
    """Return how many steps stand beside one another on a sheet that is ``wide`` points."""
    return max(int((wide - NAMES) // _NARROWEST), 1)


def lay_out(journey_map: JourneyMap, statements: Sequence[Statement], bands: Sequence[Band], wide: float) -> Layout:
    """Return some bands of a map, laid out under its head."""
    layout = Layout(wide, min((wide - NAMES) / max(len(band.columns) for band in bands), _WIDEST))
    layout.ends.append(put_head(layout.sheet, journey_map, statements, wide))
    lanes = {lane: [each for each in statements if each.lane == lane] for lane in lane_names(journey_map, statements)}
    colours = ramp(len(journey_map.stages))
    for band in bands:
        _put_columns(layout, band, colours)
        layout.ends.append(_put_body(layout, band, statements, lanes))
    return layout


def _put_columns(layout: Layout, band: Band, colours: Sequence[str]) -> None:
    sheet, column, top = layout.sheet, layout.column, layout.ends[-1]
    for span in band.spans:
        left, wide = NAMES + span.first * column, span.columns * column - _GAP
        colour = colours[span.place]
        sheet.boxes.append(Box(left, top, wide, _STAGE, colour))
        name = f"{shown(span.stage)} (continued)" if span.continued else span.stage
        ink = PAPER if sum(to_rgb(colour)) < 1.7 else INK
        sheet.lines.append(Line(left + 6, top + 13.5, fitted(name, wide - 12, SMALL, True), ink, SMALL, True))
    for k, each in enumerate(band.columns):
        if each.step is None:
            continue
        left = NAMES + k * column
        sheet.boxes.append(Box(left, top + _STAGE + _GAP, column - _GAP, _STEP - 2 * _GAP, LIGHT))
        lines = paragraph(each.name, column - 14, most=2, size=SMALL, bold=True)
        first = top + _STAGE + _GAP + (11.5 if len(lines) > 1 else 17)
        for row, line in enumerate(lines):
            sheet.lines.append(Line(left + 6, first + 11 * row, line, INK, SMALL, True))


def _put_body(layout: Layout, band: Band, statements: Sequence[Statement], lanes: dict[str, list[Statement]]) -> float:
    """Put curve and lanes below the columns, and return how far down they reach."""
    top = layout.ends[-1] + _STAGE + _STEP
    feelings = feelings_of(band, statements)
    if feelings:
        layout.curves.append(Curve(feelings, top, len(band.columns)))
        layout.sheet.lines.append(Line(0, top + HEIGHT / 2 + 3, "emotion", size=SMALL, bold=True))
        top += HEIGHT
    for lane, own in lanes.items():
        # Below its curve the lane of emotions is what is said about them.
        title = "in words" if lane == "emotion" and feelings else title_of(lane)
        top += put_lane(layout.sheet, title, own, band, layout.column, top)
    return top + _BETWEEN
