"""The chooser's card: which map, the reasons with their points, the data it needs, and where to begin."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from mapkit.maps.influence import MapChoice
from mapkit.maps.influence.questionnaire import BOTH, ECOSYSTEM, INFLUENCER, LESSONS, STARTS
from mapkit.plots.names import shown, wrapped
from mapkit.plots.page import Heading, open_page, points_wide, say
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.style import BLUE, GREEN, INK, LABEL, LEADING, LIGHT, MID, NOTE, ORANGE, QUIET, SMALL

_HEAD, _BARS, _PAD = 22.0, 46.0, 8.0
_SIDES = (("ecosystem", "ecosystem map", BLUE), ("influencer", "influencer map", ORANGE))


@drawing.register
def draw_map_choice(choice: MapChoice, ax: Axes | None = None) -> Axes:
    """Draw a card: two bars of points, the reasons beside them, the data needed, and the calls to begin with."""
    lines = [(row, wrapped(str(row["reason"]), 430, SMALL, most=3)) for row in choice.table.to_dict("records")]
    tall = [SMALL * LEADING * len(text) + 6 for _, text in lines]
    needs = choice.needs.drop_duplicates("data").to_dict("records")
    begin = _begin(choice)
    heights = (_BARS, _HEAD + sum(tall), _HEAD + 15 * len(needs), _HEAD + NOTE * LEADING * len(begin))
    ax = open_page(ax, _heading(choice), height=sum(heights) + 3 * _PAD)
    wide = points_wide(ax)
    ax.set_xlim(0, wide)
    ax.set_ylim(sum(heights) + 3 * _PAD, 0)
    _bars(ax, choice, wide)
    y = heights[0] + _PAD
    say(ax, 0, y + 8, "Why", bold=True)
    at = y + _HEAD
    for (row, text), high in zip(lines, tall, strict=True):
        _reason(ax, row, text, at)
        at += high
    y += heights[1] + _PAD
    say(ax, 0, y + 8, "Data it needs", bold=True)
    for k, need in enumerate(needs):
        _need(ax, need, y + _HEAD + 15 * k + 6)
    y += heights[2] + _PAD
    say(ax, 0, y + 8, "Begin with", bold=True)
    for k, line in enumerate(begin):
        say(ax, 0, y + _HEAD + NOTE * LEADING * k + 4, line, size=NOTE, colour=QUIET)
    return ax


def _begin(choice: MapChoice) -> list[str]:
    """Return a line or two for each map, with what to call and what to open."""
    maps = (ECOSYSTEM, INFLUENCER, BOTH) if choice.choice == BOTH else (choice.choice,)
    lines: list[str] = []
    for each in maps:
        lines += wrapped(f"{each}: {', '.join((*STARTS[each], *LESSONS[each]))}", 500, NOTE, most=2)
    return lines


def _bars(ax: Axes, choice: MapChoice, wide: float) -> None:
    points = choice.table[["ecosystem", "influencer"]].sum()
    each = (wide - 150) / max(6, int(points.max()))
    for k, (column, name, colour) in enumerate(_SIDES):
        y, drawn = 4 + 20 * k, choice.choice in (name, "both maps")
        say(ax, 0, y + 7, name, size=LABEL, bold=drawn, colour=INK if drawn else QUIET)
        for point in range(int(points[column])):
            where = (110 + point * each + 1, y)
            ax.add_patch(Rectangle(where, each - 2, 14, facecolor=colour if drawn else LIGHT, lw=0))
        said = f"{int(points[column])} {'point' if points[column] == 1 else 'points'}"
        say(ax, 110 + points[column] * each + 5, y + 7, said, size=NOTE, colour=QUIET)


def _reason(ax: Axes, row: dict[Any, Any], lines: list[str], y: float) -> None:
    for k, (column, _, colour) in enumerate(_SIDES):
        if row[column]:
            say(ax, 4 + 30 * k, y + 6, f"+{row[column]}", size=SMALL, bold=True, colour=INK).set_bbox(
                {"facecolor": colour, "alpha": 0.35, "edgecolor": "none", "boxstyle": "round,pad=0.15"}
            )
    for k, text in enumerate(lines):
        say(ax, 66, y + 6 + SMALL * LEADING * k, text, size=SMALL)


def _need(ax: Axes, need: dict[Any, Any], y: float) -> None:
    there = bool(need["there"])
    marker, colour = ("o", GREEN) if there else ("o", MID)
    ax.plot([7], [y], marker, ms=7, mew=1.4, mec=colour, mfc=colour if there else "none")
    optional = "" if need["needed"] else " (helps)"
    say(ax, 18, y, f"{shown(need['what'])}{optional}", size=SMALL, colour=INK if need["needed"] else QUIET)


def _heading(choice: MapChoice) -> Heading:
    lacks = f" · still needed: {', '.join(choice.missing)}" if choice.missing else " · the data is there"
    subtitle = "points declared by a short questionnaire: read the reasons, and overrule them"
    return Heading(choice.title, f"{subtitle}{lacks}", "Filled: at hand; hollow: not, or not said. No measurement.")


@sentence.register
def say_map_choice(choice: MapChoice) -> str:
    """Say which map and why, in one sentence."""
    points = choice.table[["ecosystem", "influencer"]].sum()
    return (
        f"{choice.title} (ecosystem map {points['ecosystem']} points, influencer map {points['influencer']});"
        f" needed and not there: {', '.join(choice.missing) or 'nothing'}."
    )
