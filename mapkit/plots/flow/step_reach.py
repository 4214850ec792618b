"""Reach within so many steps: a curve a type, rising with every step."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from mapkit.ecosystems.flow import StepReach
from mapkit.ecosystems.flow.step_reach import ALL
from mapkit.ecosystems.flow.strengths import DIRECTIONS, Direction
from mapkit.errors import one_of
from mapkit.plots.names import fitted, shown, width_of
from mapkit.plots.numbers import count, percent
from mapkit.plots.page import Heading, nothing_to_draw, open_page, points_high, say
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.style import INK, LIGHT, MARKERS, MOST_SERIES, NOTE, OTHER, QUIET, SERIES, SMALL, readable

_HEIGHT, _SCALE, _LEFT, _NAMES = 210.0, 26.0, 34.0, 150.0
_APART = 12.0
_COLOURS = [*(each for each in SERIES if each != INK), OTHER]  # ink is for all together
_WORDS = {"along": "along the ties", "against": "against the ties", "both": "in either direction"}


@drawing.register
def draw_step_reach(reach: StepReach, ax: Axes | None = None, *, direction: Direction = "along") -> Axes:
    """Draw the share of each type that is within so many steps, along, against or in both directions."""
    one_of(direction, DIRECTIONS, "direction")
    rows = reach.table[(reach.table["direction"] == direction) & (reach.table["actors"] > 0)]
    if rows.empty:
        return nothing_to_draw(ax, reach.title, "there is nobody else")
    kinds = _kinds(rows)
    labels = {kind: _label(rows, kind, reach.steps) for kind in kinds}
    right = min(max(width_of(text, SMALL, kind == ALL) for kind, text in labels.items()), _NAMES + 60) + 12
    ax = open_page(ax, _heading(reach, rows, direction), height=_HEIGHT, left=_LEFT, right=right, bottom=_SCALE)
    ax.set_xlim(0, reach.steps)
    ax.set_ylim(0, 1.02)
    for tick in (0, 0.25, 0.5, 0.75, 1):
        ax.plot([0, reach.steps], [tick, tick], color=LIGHT, lw=1, zorder=0)
        say(ax, 0, tick, f"{100 * tick:.0f}%", dx=-8, size=NOTE, colour=QUIET, align="right")
    for step in range(reach.steps + 1):
        words = f"{step} step{'' if step == 1 else 's'}"
        align = "left" if step == 0 else "right" if step == reach.steps else "center"
        say(ax, step, 0, words if reach.steps <= 8 else str(step), dy=-12, size=NOTE, colour=QUIET, align=align)
    heights = _spread({kind: _last(rows, kind) for kind in kinds}, points_high(ax))
    for k, kind in enumerate(kinds):
        colour, marker = (INK, "o") if kind == ALL else _look(k)
        shares = [0.0, *rows.loc[rows["type"] == kind].sort_values("steps")["of_actors"]]
        ax.plot(range(reach.steps + 1), shares, color=colour, lw=2.6 if kind == ALL else 1.5, marker=marker,
                ms=5, mew=0, zorder=3 if kind == ALL else 2, clip_on=False)  # fmt: skip
        text = fitted(labels[kind], right - 12, SMALL, kind == ALL)
        dy = heights[kind] - shares[-1] / 1.02 * points_high(ax)
        say(ax, reach.steps, shares[-1], text, dx=9, dy=dy, size=SMALL, colour=readable(colour), bold=kind == ALL)
    return ax


def _look(k: int) -> tuple[str, str]:
    return _COLOURS[(k - 1) % len(_COLOURS)], MARKERS[(k - 1) % len(MARKERS)]


def _kinds(rows: pd.DataFrame) -> list[str]:
    """Return all actors first, then the types with most actors, at most eight."""
    sizes = rows[rows["type"] != ALL].drop_duplicates("type").sort_values("actors", ascending=False, kind="stable")
    return [ALL, *sizes["type"].head(MOST_SERIES)] if len(sizes) > 1 else [ALL]


def _last(rows: pd.DataFrame, kind: str) -> float:
    return float(rows.loc[rows["type"] == kind].sort_values("steps")["of_actors"].iloc[-1])


def _label(rows: pd.DataFrame, kind: str, steps: int) -> str:
    row = rows[(rows["type"] == kind) & (rows["steps"] == steps)].iloc[0]
    name = "all" if kind == ALL else fitted(kind, _NAMES - 60, SMALL)
    return f"{name} {percent(row['of_actors'])} of {count(row['actors'])}"


def _spread(shares: dict[str, float], high: float) -> dict[str, float]:
    """Return the height in points of each label: by its curve's end, but apart from the others."""
    order = sorted(shares, key=lambda kind: shares[kind])
    heights = [shares[kind] / 1.02 * high for kind in order]
    for _ in range(200):
        for k in range(len(heights) - 1):
            close = _APART - (heights[k + 1] - heights[k])
            if close > 0:
                heights[k], heights[k + 1] = heights[k] - close / 2, heights[k + 1] + close / 2
        lift, press = max(-heights[0], 0.0), max(heights[-1] - high, 0.0)
        if lift:
            heights[0] += lift
        if press:
            heights[-1] -= press
    return dict(zip(order, heights, strict=True))


def _heading(reach: StepReach, rows: pd.DataFrame, direction: Direction) -> Heading:
    share = _last(rows, ALL)
    others = int(rows["actors"].max())
    start = fitted(reach.names[0], 180) if len(reach.names) == 1 else f"{count(len(reach.names))} actors together"
    title = f"{start} reach{'es' if len(reach.names) == 1 else ''} {percent(share)} of"
    title += f" {count(others)} others within {reach.steps} step{'' if reach.steps == 1 else 's'}"
    named = ", ".join(fitted(name, 110) for name in reach.names[:2])
    named += f" and {len(reach.names) - 2} more" if len(reach.names) > 2 else ""
    subtitle = f"share of each type within so many ties, {_WORDS[direction]} · from {named} · n = {count(others)}"
    note = "A step is a tie, however weak. These are all actors of the ecosystem, no sample: no intervals."
    hidden = rows["type"].nunique() - 1 - MOST_SERIES
    note += f" Not drawn: {hidden} smaller type{'' if hidden == 1 else 's'}." if hidden > 0 else ""
    return Heading(title, subtitle, note)


@sentence.register
def say_step_reach(reach: StepReach) -> str:
    """Say how many are within reach, in each direction."""
    rows = reach.table[(reach.table["type"] == ALL) & (reach.table["steps"] == reach.steps)]
    parts = "; ".join(
        f"{percent(row['of_actors'])} of {count(row['actors'])} {_WORDS[row['direction']]}"
        for row in rows.to_dict("records")
    )
    start = shown(reach.names[0]) if len(reach.names) == 1 else f"{len(reach.names)} actors"
    return f"Curves of how many actors are within {reach.steps} steps of {start}: {parts}."
