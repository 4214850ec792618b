"""The emotion curve of a band: claimed hollow and dashed, observed filled with its interval, side by side."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from mapkit.plots.journey_map.bands import Band
from mapkit.plots.journey_map.statements import Statement, emotion
from mapkit.plots.page import say
from mapkit.plots.style import BAND, BLUE, LIGHT, MID, NOTE, PAPER, QUIET

HEIGHT = 118.0
_EDGE, _MOST = 17.0, 2.0


@dataclass(frozen=True)
class Feeling:
    """An emotion at a place: ``at`` counts columns from the band's left edge (0.5 is the middle of the first)."""

    at: float
    name: str
    claimed: float
    observed: float
    low: float
    high: float
    n: float
    thin: bool = False

    @property
    def highest(self) -> float:
        """The top of all that is drawn at this place."""
        return max(value for value in (self.claimed, self.observed, self.high) if not math.isnan(value))

    @property
    def lowest(self) -> float:
        """The bottom of all that is drawn at this place."""
        return min(value for value in (self.claimed, self.observed, self.low) if not math.isnan(value))


def feelings_of(band: Band, statements: Iterable[Statement]) -> list[Feeling]:
    """Return the emotions of a band from left to right, the first one said of each place."""
    places: dict[tuple[str, str | None], tuple[float, str]] = {}
    for span in band.spans:
        places[span.stage, None] = (span.first + span.columns / 2, span.stage)
    for k, column in enumerate(band.columns):
        if column.step is not None:
            places[column.stage, column.step.id] = (k + 0.5, column.name)
    found: dict[tuple[str, str | None], Feeling] = {}
    for each in statements:
        valence, place = each.valence, (each.stage, each.step)
        if valence is None or place not in places or place in found:
            continue
        if valence.claimed == valence.claimed or valence.observed == valence.observed:
            at, name = places[place]
            thin = not valence.n >= 30
            found[place] = Feeling(
                at, name, valence.claimed, valence.observed, valence.low, valence.high, valence.n, thin
            )
    return sorted(found.values(), key=lambda feeling: feeling.at)


def draw_feelings(ax: Axes, feelings: Sequence[Feeling], left: float, top: float, column: float, right: float) -> None:
    """Draw the curve into a panel that begins at ``left``, ``top``; a column is ``column`` points wide."""
    for level, label in ((2, "+2"), (0, "0"), (-2, "−2")):
        y = height_of(level, top)
        ax.plot([left, right], [y, y], color=MID if level == 0 else LIGHT, lw=0.8, zorder=0.5)
        say(ax, left, y, label, dx=-5, size=NOTE, colour=QUIET, align="right")
    claimed = [each for each in feelings if each.claimed == each.claimed]
    seen = [each for each in feelings if each.observed == each.observed]
    _line(ax, [(left + column * each.at, height_of(each.claimed, top)) for each in claimed], MID, "--")
    _line(ax, [(left + column * each.at, height_of(each.observed, top)) for each in seen], BLUE, "-")
    _band(ax, [each for each in seen if each.low == each.low], left, top, column)
    for k, each in enumerate(feelings):
        _point(ax, each, left + column * each.at, top)
        _numbers(ax, each, _is_valley(feelings[max(k - 1, 0) : k + 2], each), left + column * each.at, top)


def placed_numbers(each: Feeling, valley: bool = False) -> list[tuple[float, str, bool]]:
    """Return the numbers of a place, each with its colour and whether it stands below: of two, the lower one does."""
    known = [(value, ink) for value, ink in ((each.claimed, QUIET), (each.observed, BLUE)) if not math.isnan(value)]
    if len(known) == 1:
        return [(*known[0], valley)]
    claimed_below = each.claimed < each.observed
    return [(each.claimed, QUIET, claimed_below), (each.observed, BLUE, not claimed_below)]


def height_of(valence: float, top: float) -> float:
    """Return where a valence stands, in points from the sheet's top; beyond -2 and 2 it stays at the edge."""
    clipped = min(max(valence, -_MOST), _MOST)
    return top + _EDGE + (HEIGHT - 2 * _EDGE) * (_MOST - clipped) / (2 * _MOST)


def _line(ax: Axes, points: Sequence[tuple[float, float]], colour: str, style: str) -> None:
    if len(points) > 1:
        ax.plot(*zip(*points, strict=True), style, color=colour, lw=1.6, zorder=2)


def _band(ax: Axes, seen: Sequence[Feeling], left: float, top: float, column: float) -> None:
    x = [left + column * each.at for each in seen]
    low, high = ([height_of(getattr(each, end), top) for each in seen] for end in ("low", "high"))
    if len(seen) > 1:
        ax.fill_between(x, low, high, color=BLUE, alpha=BAND, lw=0, zorder=1)
    for place, one, other in zip(x, low, high, strict=True):
        ax.plot([place, place], [one, other], color=BLUE, lw=1.4, marker="_", ms=8, mew=1.4, zorder=2.5)


def _point(ax: Axes, each: Feeling, x: float, top: float) -> None:
    face = PAPER if each.thin else BLUE
    for value, fill, edge in ((each.claimed, PAPER, MID), (each.observed, face, BLUE)):
        if value == value:
            ax.plot([x], [height_of(value, top)], "o", ms=6, mfc=fill, mec=edge, mew=1.4, zorder=3)


def _numbers(ax: Axes, each: Feeling, valley: bool, x: float, top: float) -> None:
    """Write the numbers where the curve leaves room."""
    for value, ink, below in placed_numbers(each, valley):
        end, far = (each.lowest, -10) if below else (each.highest, 10)
        text = say(
            ax, x, height_of(end, top), emotion(value), dy=far, size=NOTE, colour=ink, bold=ink == BLUE, align="center"
        )
        text.set_bbox({"facecolor": PAPER, "edgecolor": "none", "pad": 0.6, "alpha": 0.8})


def _is_valley(near: Sequence[Feeling], each: Feeling) -> bool:
    values = [one.observed if one.observed == one.observed else one.claimed for one in (each, *near)]
    return values[0] < sum(values[1:]) / len(near)
