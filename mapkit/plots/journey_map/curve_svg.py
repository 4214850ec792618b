"""The emotion curve as SVG, inside a page or a picture: the same points as those matplotlib draws."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mapkit.plots.journey_map.feelings import Feeling, placed_numbers
from mapkit.plots.journey_map.statements import emotion
from mapkit.plots.names import shown
from mapkit.plots.numbers import count
from mapkit.plots.style import BAND, BLUE, LIGHT, MID, NOTE, PAPER, QUIET

_EDGE = 17.0


@dataclass(frozen=True)
class Panel:
    """The size of a curve in points: how wide a column is, how many there are, and how high the curve is."""

    column: float
    columns: int
    high: float

    def x(self, at: float) -> float:
        """Return where a place stands that counts columns."""
        return round(self.column * at, 1)

    def y(self, valence: float) -> float:
        """Return where a valence stands; beyond -2 and 2 it stays at the edge."""
        return round(_EDGE + (self.high - 2 * _EDGE) * (2 - min(max(valence, -2.0), 2.0)) / 4, 1)


def curve_svg(feelings: Sequence[Feeling], panel: Panel, place: str = "") -> str:
    """Return the curve with a description of every point for those who cannot see it.

    ``place`` holds attributes of the element: where it stands within another picture.
    """
    wide = panel.x(panel.columns)
    said = html.escape("Emotion from −2 to +2. " + "; ".join(_said(each) for each in feelings), quote=True)
    parts = [f'<svg {place} viewBox="0 0 {wide:g} {panel.high:g}" role="img" aria-label="{said}">']
    parts += [*_levels(panel), *_curves(feelings, panel)]
    for each in feelings:
        parts += _marks(each, panel)
    return "".join([*parts, "</svg>"])


def _levels(panel: Panel) -> Iterator[str]:
    for level, label in ((2, "+2"), (0, "0"), (-2, "−2")):
        y, colour = panel.y(level), MID if level == 0 else LIGHT
        yield f'<path d="M0 {y:g}H{panel.x(panel.columns):g}" stroke="{colour}"/>'
        yield f'<text x="2" y="{y - 3:g}" font-size="{NOTE:g}" fill="{QUIET}">{label}</text>'


def _curves(feelings: Sequence[Feeling], panel: Panel) -> Iterator[str]:
    seen = [each for each in feelings if each.observed == each.observed]
    banded = [each for each in seen if each.low == each.low]
    around = [*((each.at, each.low) for each in banded), *((each.at, each.high) for each in reversed(banded))]
    yield f'<polygon points="{_points(around, panel)}" fill="{BLUE}" fill-opacity="{BAND}"/>'
    claimed = [(each.at, each.claimed) for each in feelings if each.claimed == each.claimed]
    for points, colour, dash in (
        (claimed, MID, ' stroke-dasharray="5 4"'),
        ([(each.at, each.observed) for each in seen], BLUE, ""),
    ):
        yield f'<polyline points="{_points(points, panel)}" fill="none" stroke="{colour}" stroke-width="1.6"{dash}/>'
    for each in banded:
        x, low, high = panel.x(each.at), panel.y(each.low), panel.y(each.high)
        ends = f"M{x:g} {low:g}V{high:g}M{x - 5:g} {low:g}h10M{x - 5:g} {high:g}h10"
        yield f'<path d="{ends}" stroke="{BLUE}" stroke-width="1.6"/>'


def _marks(each: Feeling, panel: Panel) -> Iterator[str]:
    face, x = PAPER if each.thin else BLUE, panel.x(each.at)
    for value, fill, edge in ((each.claimed, PAPER, MID), (each.observed, face, BLUE)):
        if value == value:
            circle = f'cx="{x:g}" cy="{panel.y(value):g}" r="3.5"'
            yield f'<circle {circle} fill="{fill}" stroke="{edge}" stroke-width="1.5"/>'
    for value, ink, below in placed_numbers(each):
        y = panel.y(each.lowest) + 6 + NOTE if below else panel.y(each.highest) - 6
        look = f'font-size="{NOTE:g}" text-anchor="middle" fill="{ink}"'
        yield f'<text x="{x:g}" y="{y:g}" {look}>{emotion(value)}</text>'


def _said(each: Feeling) -> str:
    parts = [f"claimed {emotion(each.claimed)}"] if each.claimed == each.claimed else []
    if each.observed == each.observed:
        parts.append(f"observed {emotion(each.observed, each.low, each.high)}, n = {count(each.n)}")
    return f"{shown(each.name)}: {', '.join(parts)}"


def _points(points: Sequence[tuple[float, float]], panel: Panel) -> str:
    return " ".join(f"{panel.x(at):g},{panel.y(valence):g}" for at, valence in points)
