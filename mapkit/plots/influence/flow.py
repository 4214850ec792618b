"""Who flows to the end: bands of customers by the influencer they had met, from stage to stage."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from mapkit.maps.influence import InfluenceByStage
from mapkit.maps.influence.counts import ANY
from mapkit.plots.influence.wording import NOTES
from mapkit.plots.names import fitted, shown, width_of
from mapkit.plots.numbers import count, percent
from mapkit.plots.page import Heading, open_page, points_wide, say
from mapkit.plots.style import LIGHT, NOTE, OTHER, QUIET, SERIES, SMALL
from mapkit.statistics import wilson_interval

_NODE, _HEAD, _HIGH, _GAP, _LABEL = 8.0, 30.0, 300.0, 6.0, 12.0
_MOST_BANDS = 6


@dataclass(frozen=True)
class _Band:
    name: str
    customers: list[int]
    colour: str


def draw_flow(influence: InfluenceByStage, ax: Axes | None, *, most: int) -> Axes:
    """Draw a column a stage and a band a group: single influencers, others, several of them, nobody."""
    bands = _bands(influence, min(most, _MOST_BANDS))
    stages = influence.stages
    total = sum(band.customers[0] for band in bands)
    height = _HEAD + sum(_slots(bands, total, 0)) + _GAP * len(bands)
    ax = open_page(ax, _heading(influence, bands), height=height)
    wide = points_wide(ax)
    ax.set_xlim(0, wide)
    ax.set_ylim(height, 0)
    names = max(width_of(fitted(band.name, 110, SMALL), SMALL) for band in bands) + 8
    figures = max(width_of(_end(band), SMALL) for band in bands) + 8
    span = wide - names - figures - _NODE
    columns = [names + span * k / (len(stages) - 1) for k in range(len(stages))]
    tops = _tops(bands, total)
    for k, (x, stage) in enumerate(zip(columns, stages, strict=True)):
        entered = sum(band.customers[k] for band in bands)
        align = "left" if k == 0 else "right" if k == len(stages) - 1 else "center"
        at = x if k == 0 else x + _NODE if k == len(stages) - 1 else x + _NODE / 2
        room = span / (len(stages) - 1) - 4
        say(ax, at, 6, fitted(stage, room, NOTE, True), size=NOTE, bold=True, align=align)
        say(ax, at, 18, count(entered), size=NOTE, colour=QUIET, align=align)
    for band, top in zip(bands, tops, strict=True):
        _draw(ax, band, top, columns, total)
        tall = band.customers[0] / total * _HIGH
        say(ax, names - 6, top[0] + tall / 2, fitted(band.name, 110, SMALL), size=SMALL, align="right")
        low = top[-1] + band.customers[-1] / total * _HIGH / 2
        say(ax, columns[-1] + _NODE + 5, low, _end(band), size=SMALL, colour=QUIET)
    return ax


def _slots(bands: list[_Band], total: int, column: int) -> list[float]:
    """Return how much height each band takes in a column: its own, and at least a label's."""
    return [max(band.customers[column] / total * _HIGH, _LABEL) for band in bands]


def _tops(bands: list[_Band], total: int) -> list[list[float]]:
    """Return where each band begins in each column."""
    tops: list[list[float]] = [[] for _ in bands]
    for k in range(len(bands[0].customers)):
        y = _HEAD
        for band, slot, top in zip(bands, _slots(bands, total, k), tops, strict=True):
            top.append(y + (slot - max(band.customers[k] / total * _HIGH, 1.0)) / 2)
            y += slot + _GAP
    return tops


def _draw(ax: Axes, band: _Band, tops: list[float], columns: list[float], total: int) -> None:
    tall = [max(each / total * _HIGH, 1.0) for each in band.customers]
    for k, x in enumerate(columns):
        ax.add_patch(Rectangle((x, tops[k]), _NODE, tall[k], facecolor=band.colour, lw=0, zorder=3))
        if k + 1 < len(columns):
            kept = min(tall[k], tall[k + 1])
            # What goes on is as thick as what arrives; what is left of the node ended here.
            path = _ribbon(x + _NODE, columns[k + 1], tops[k], tops[k] + kept, tops[k + 1], tops[k + 1] + tall[k + 1])
            ax.add_patch(PathPatch(path, facecolor=band.colour, lw=0, alpha=0.3))
            ax.add_patch(Rectangle((x + _NODE, tops[k] + kept), 5, tall[k] - kept, facecolor=LIGHT, lw=0, zorder=1))


def _ribbon(left: float, right: float, a: float, b: float, c: float, d: float) -> Path:
    middle = (left + right) / 2
    points = [
        (left, a),
        (middle, a),
        (middle, c),
        (right, c),
        (right, d),
        (middle, d),
        (middle, b),
        (left, b),
        (left, a),
    ]
    curve = [Path.CURVE4] * 3
    return Path(points, [Path.MOVETO, *curve, Path.LINETO, *curve, Path.CLOSEPOLY])


def _bands(influence: InfluenceByStage, most: int) -> list[_Band]:
    feeds, stages = influence.feeds, list(influence.stages)
    own = feeds[feeds["kind"] == "influencer"]
    alone = own.pivot(index="influencer", columns="stage", values="entrants_alone").reindex(columns=stages).fillna(0)
    together = feeds[(feeds["kind"] == "all") & (feeds["influencer"] == ANY)].set_index("stage").reindex(stages)
    together = together[["entrants", "entrants_met"]].fillna(0)
    order = list(alone[stages[0]].sort_values(ascending=False, kind="stable").index)
    first, rest = order[:most], order[most:]
    several = together["entrants_met"] - alone.sum()
    parts = [(shown(name), alone.loc[name], SERIES[k]) for k, name in enumerate(first)]
    if rest:
        parts.append((f"{count(len(rest))} others", alone.loc[rest].sum(), SERIES[7]))
    parts.append(("several", several, SERIES[6]))
    parts.append(("nobody", together["entrants"] - together["entrants_met"], OTHER))
    bands = [_Band(name, [int(each) for each in pd.Series(numbers)], colour) for name, numbers, colour in parts]
    return [band for band in bands if band.customers[0] > 0]


def _end(band: _Band) -> str:
    low, high = wilson_interval(band.customers[-1], band.customers[0])
    return f"{percent(band.customers[-1] / band.customers[0], float(low), float(high))} of {count(band.customers[0])}"


def _heading(influence: InfluenceByStage, bands: list[_Band]) -> Heading:
    first, last = influence.stages[0], influence.stages[-1]
    met = influence.fed(last)
    title = f"{percent(met.value, met.low, met.high)} of those who reach {fitted(last, 120)} had met an influencer"
    start = influence.fed(first)
    subtitle = (
        f"at {fitted(first, 110)} it was {percent(start.value)} of {count(start.n)} · right: share of each band that"
    )
    subtitle += f" gets to {fitted(last, 90)}, 95% intervals"
    return Heading(title, subtitle, NOTES["flow"])
