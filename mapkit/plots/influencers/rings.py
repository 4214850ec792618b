"""The influence map: influencers in rings around a brand, the nearer the higher their rank, a sector a platform."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Circle

from mapkit.ecosystems.influencers import InfluencerRanking
from mapkit.plots.influencers.wording import followers, left_out
from mapkit.plots.names import fitted, width_of
from mapkit.plots.numbers import count
from mapkit.plots.page import Heading, open_page, points_wide, say
from mapkit.plots.style import (
    INK,
    LEADING,
    LIGHT,
    MARKERS,
    MOST_SERIES,
    NOTE,
    OTHER,
    PAPER,
    QUIET,
    SERIES,
    SMALL,
    readable,
)

_HIGH, _RADIUS, _CORE = 410.0, 180.0, 34.0
_BIGGEST, _SMALLEST = 15.0, 4.0
_LABEL = 92.0
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Spot:
    """Where an influencer stands on the map, and how it is drawn."""

    name: str
    sector: str
    x: float
    y: float
    size: float
    colour: str
    marker: str


def draw_rings(ranking: InfluencerRanking, ax: Axes | None, most: int, brand: str, by: str) -> Axes:
    """Draw the first ``most`` influencers around ``brand``: rings are bands of rank, sectors platforms or topics."""
    rows = ranking.table.dropna(subset=["score"]).head(most)
    sectors = _sectors(ranking, rows, by)
    ax = open_page(ax, _heading(ranking, rows, brand, by), height=_HIGH)
    wide = points_wide(ax)
    ax.set_xlim(-wide / 2, wide / 2)
    ax.set_ylim(-_HIGH / 2, _HIGH / 2)
    ax.set_aspect("equal", adjustable="box", anchor="C")
    bands = _bands(len(rows))
    radii = [_CORE + (_RADIUS - _CORE) * k / (len(bands) - 1) for k in range(len(bands))]
    for k, radius in reversed(list(enumerate(radii))):
        ax.add_patch(
            Circle((0, 0), radius, facecolor=PAPER, edgecolor=LIGHT if k else INK, lw=1.2, zorder=0.1 * (9 - k))
        )
    say(ax, 0, 0, fitted(brand, 2 * _CORE - 10, SMALL, True), size=SMALL, bold=True, align="center")
    places = _places(rows, sectors, bands, radii)
    taken = [(-_CORE, -_CORE, _CORE, _CORE), *_dots(ax, places)]
    taken += _ring_names(ax, bands, radii)
    taken += _sector_names(ax, sectors, places, wide)
    _names(ax, places, taken, wide)
    return ax


def _bands(size: int) -> list[int]:
    """Return the last rank within each ring, 0 for the core."""
    ends = [end for end in (5, 15, 40, 100, 300) if end < size]
    return [0, *ends, size]


def _sectors(ranking: InfluencerRanking, rows: pd.DataFrame, by: str) -> pd.Series:
    if by == "platform":
        names = rows["platform"]
    else:
        people = ranking.prepared.people.set_index("actor")
        topics = people.get("topics", pd.Series(index=people.index, dtype=object)).reindex(rows["actor"])
        names = pd.Series(
            [str(each).replace(";", "|").split("|")[0] if pd.notna(each) else None for each in topics], rows.index
        )
    names = names.astype(object).where(names.notna(), "not known")
    usual = names.value_counts().index[: MOST_SERIES - 1]
    return names.where(names.isin(usual), "other")


def _places(rows: pd.DataFrame, sectors: pd.Series, bands: list[int], radii: list[float]) -> list[Spot]:
    """Return x, y, size, colour and marker of each influencer."""
    sizes = sectors.value_counts()
    spans, start = {}, math.pi / 2
    weights = np.sqrt(sizes)
    for k, name in enumerate(sizes.index):
        angle = 2 * math.pi * weights[name] / weights.sum()
        spans[name] = (start, start - angle, SERIES[k] if name != "other" else OTHER, MARKERS[k % len(MARKERS)])
        start -= angle
    largest = float(np.sqrt(rows["followers"].max()))
    found: list[Spot] = []
    order = np.arange(1, len(rows) + 1)
    for k, (low, high) in enumerate(pairwise(bands)):
        ring = rows[(order > low) & (order <= high)]
        for name, mine in ring.groupby(sectors[ring.index], sort=False):
            begin, end, colour, marker = spans[name]
            for place, row in enumerate(mine.to_dict("records")):
                angle = begin + (end - begin) * (place + 0.5) / len(mine)
                depth = 0.5 if len(mine) < 4 else (0.3, 0.7)[place % 2]
                radius = radii[k] + (radii[k + 1] - radii[k]) * depth
                size = _SMALLEST + (_BIGGEST - _SMALLEST) * math.sqrt(row["followers"]) / max(largest, 1.0)
                x, y = radius * math.cos(angle), radius * math.sin(angle)
                found.append(Spot(str(row["name"]), str(name), x, y, size, colour, marker))
    return found


def _dots(ax: Axes, places: list[Spot]) -> list[Box]:
    boxes = []
    for row in places:
        ax.plot([row.x], [row.y], row.marker, color=row.colour, markersize=row.size, mec=PAPER, mew=0.8, zorder=3)
        half = row.size / 2 + 1
        boxes.append((row.x - half, row.y - half, row.x + half, row.y + half))
    return boxes


def _ring_names(ax: Axes, bands: list[int], radii: list[float]) -> list[Box]:
    boxes = []
    for (low, high), radius in zip(pairwise(bands), radii[1:], strict=True):
        text = f"rank {low + 1}-{high}" if low + 1 < high else f"rank {high}"
        half, y = width_of(text, NOTE) / 2, -radius
        written = say(ax, 0, y, text, size=NOTE, colour=QUIET, align="center")
        written.set_bbox({"facecolor": PAPER, "edgecolor": "none", "pad": 1})
        boxes.append((-half - 2, y - 6, half + 2, y + 6))
    return boxes


def _sector_names(ax: Axes, sectors: pd.Series, places: list[Spot], wide: float) -> list[Box]:
    """Write each sector's name beside the outermost ring, with its marker and number: the legend in its place."""
    boxes: list[Box] = []
    sizes = sectors.value_counts()
    weights, start = np.sqrt(sizes), math.pi / 2
    for name in sizes.index:
        angle = 2 * math.pi * weights[name] / weights.sum()
        middle = start - angle / 2
        ax.plot(
            [_CORE * math.cos(start), _RADIUS * math.cos(start)], [_CORE * math.sin(start), _RADIUS * math.sin(start)],
            color=LIGHT, lw=1, ls=(0, (3, 3)), zorder=1,
        )  # fmt: skip
        start -= angle
        x, y = (_RADIUS + 10) * math.cos(middle), (_RADIUS + 10) * math.sin(middle)
        mine = next(spot for spot in places if spot.sector == name)
        text = fitted(name, max(wide / 2 - abs(x) - 4, 40), SMALL, True)
        side = "left" if x >= 0 else "right"
        say(ax, x, y, text, size=SMALL, colour=readable(mine.colour), bold=True, align=side)
        ax.plot(
            [x + (-7 if x >= 0 else 7)],
            [y],
            mine.marker,
            color=mine.colour,
            markersize=6,
            mew=0,
            clip_on=False,
        )
        say(ax, x, y, count(sizes[name]), dy=-SMALL * LEADING, size=NOTE, colour=QUIET, align=side)
        reach = width_of(text, SMALL, True)
        boxes.append((x - 10, y - 18, x + reach, y + 7) if x >= 0 else (x - reach, y - 18, x + 10, y + 7))
    return boxes


def _names(ax: Axes, places: list[Spot], taken: list[Box], wide: float) -> None:
    """Write names where nothing else stands, the highest ranks first; a name without room is left to the board."""
    for row in places:
        text = fitted(row.name, _LABEL, NOTE)
        reach, off = width_of(text, NOTE), row.size / 2 + 3
        options = (
            (row.x + off, row.y, "left"), (row.x - off, row.y, "right"),
            (row.x, row.y - off - 5, "center"), (row.x, row.y + off + 5, "center"),
            (row.x + off, row.y + 8, "left"), (row.x + off, row.y - 8, "left"),
            (row.x - off, row.y + 8, "right"), (row.x - off, row.y - 8, "right"),
        )  # fmt: skip
        for x, y, side in options:
            left = x if side == "left" else x - reach if side == "right" else x - reach / 2
            box = (left - 1, y - 5, left + reach + 1, y + 5)
            if abs(left) < wide / 2 and left + reach < wide / 2 and not any(_meet(box, each) for each in taken):
                name = say(ax, x, y, text, size=NOTE, colour=INK, align=side)
                name.set_zorder(5)
                taken.append(box)
                break


def _meet(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _heading(ranking: InfluencerRanking, rows: pd.DataFrame, brand: str, by: str) -> Heading:
    inner = rows.head(5)
    largest = rows.nlargest(1, "followers").iloc[0]
    place = f"rank {largest['rank']:.0f}"
    title = f"Nearest to {fitted(brand, 110)}: {', '.join(fitted(name, 110) for name in inner['name'].head(2))}"
    about = f" for {fitted(', '.join(ranking.prepared.topics), 120)}" if ranking.prepared.topics else ""
    subtitle = (
        f"rings: rank{about} · sectors: {by} · size: audience · the first {count(len(rows))} of {count(ranking.scored)}"
    )
    biggest = f"Largest audience: {fitted(largest['name'], 110)}, {followers(largest['followers'])}, {place}."
    return Heading(
        title,
        subtitle,
        f"{biggest} Where in a sector somebody stands has no meaning.{left_out(ranking.table, 'score')}",
    )
