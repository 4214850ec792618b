"""AARRR scorecard: five tiles with the number, its interval, its trend, and whether it changed."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from mapkit.journeys.growth.periods import ALL
from mapkit.journeys.growth.scorecard import AARRRScorecard
from mapkit.plots.growth.aarrr_segments import draw_by_segment, say_by_segment
from mapkit.plots.growth.figures import change, figure, metric_name
from mapkit.plots.growth.sparkline import draw_sparkline
from mapkit.plots.names import fitted, width_of
from mapkit.plots.numbers import count, counted
from mapkit.plots.page import Heading, nothing_to_draw, open_page, points_wide, say
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.style import (
    BAD_TEXT,
    BLUE,
    INK,
    LABEL,
    LIGHT,
    NOTE,
    PAPER,
    QUIET,
    SMALL,
    THIN_N,
    TITLE,
    ramp,
)
from mapkit.plots.wording import level

_HEIGHT, _GAP, _PAD, _EDGE = 184.0, 9.0, 9.0, 5.0
_FIGURE = 1.5 * TITLE
_SPARK_TOP, _SPARK = 88.0, 44.0
_ARROWS = {"higher": "▲", "lower": "▼", "cannot tell": "≈", "too few": "too few:"}


@drawing.register
def draw_aarrr(card: AARRRScorecard, ax: Axes | None = None) -> Axes:
    """Draw a tile a stage, or, split by segment, a column a stage with a dot a segment."""
    if not _customers(card) > 0:
        return nothing_to_draw(ax, card.title, "no customer came in this log")
    if card.segments:
        return draw_by_segment(card, ax)
    tiles = card.tiles
    ax = open_page(ax, _heading(card, tiles), height=_HEIGHT)
    wide = points_wide(ax)
    ax.set_xlim(0, wide)
    ax.set_ylim(_HEIGHT, 0)
    each = (wide - _GAP * (len(tiles) - 1)) / len(tiles)
    for k, (tile, colour) in enumerate(zip(tiles.to_dict("records"), ramp(len(tiles) + 1)[1:], strict=True)):
        _tile(ax, card, tile, (each + _GAP) * k, each, colour)
    return ax


def _tile(ax: Axes, card: AARRRScorecard, tile: dict[Any, Any], left: float, wide: float, colour: str) -> None:
    ax.add_patch(Rectangle((left, 0), wide, _HEIGHT, facecolor=PAPER, edgecolor=LIGHT, lw=1, zorder=0))
    ax.add_patch(Rectangle((left, 0), wide, _EDGE, facecolor=colour, lw=0, zorder=1))
    x, room = left + _PAD, wide - 2 * _PAD
    say(ax, x, 20, fitted(tile["stage"].capitalize(), room, LABEL, True), bold=True)
    say(ax, x, 34, fitted(_what(tile, card), room, NOTE), size=NOTE, colour=QUIET)
    value, interval = figure(tile["value"], tile["low"], tile["high"], tile["unit"])
    if value == "–":
        say(ax, x, 60, "unknown", size=TITLE, colour=QUIET)
        say(ax, x, 78, "see the notes", size=NOTE, colour=QUIET)
        return
    thin = tile["n"] < THIN_N and tile["unit"] != "customers"
    size = _FIGURE * min(1.0, room / width_of(value, _FIGURE, True))
    say(ax, x, 58, value, size=size, bold=True, colour=QUIET if thin else INK)
    say(ax, x, 75, fitted(interval, room, SMALL), size=SMALL, colour=QUIET)
    trend = card.trend(tile["metric"])
    at = pd.NaT if tile["period"] == ALL else pd.Timestamp(tile["period"])
    draw_sparkline(ax, trend, (x, _SPARK_TOP, room, _SPARK), colour, at)
    said, look = _change(tile)
    say(ax, x, 146, fitted(said, room, SMALL, True), size=SMALL, colour=look, bold=look != QUIET)
    for k, text in enumerate((_when(tile, card), f"n = {count(tile['n'])}")):
        say(ax, x, 160 + 12 * k, fitted(text, room, NOTE), size=NOTE, colour=QUIET)


def _what(tile: dict[Any, Any], card: AARRRScorecard) -> str:
    """Return what the number is, in the few words that a tile has room for."""
    days = card.definition["within"] / pd.Timedelta(days=1) if "within" in card.definition else 0
    own, at = card.definition.get("retained", ("month", 1))
    return {
        "activated": f"within {days:g} days" if days else "share activated",
        "retained": f"back in {own} {at}",
        "k": "K per customer",
        "arpu": f"{tile['unit']} per active",
        "paying": "active who pay",
    }.get(tile["metric"], metric_name(tile["metric"]))


def _change(tile: dict[Any, Any]) -> tuple[str, str]:
    """Return the change in words, and its colour: only what is clear of chance has one."""
    if not tile["verdict"]:
        return "nothing before", QUIET
    width = tile["difference_high"] - tile["difference_low"]
    said = f"{_ARROWS[tile['verdict']]} {change(tile['difference'], tile['unit'], width)}"
    return said, {"higher": BLUE, "lower": BAD_TEXT}.get(tile["verdict"], QUIET)


def _when(tile: dict[Any, Any], card: AARRRScorecard) -> str:
    if tile["period"] == ALL:
        return "all together"
    start = pd.Timestamp(tile["period"])
    return f"{start:%b %Y}" if card.period == "month" else f"{start.day} {start:%b %Y}"


def _heading(card: AARRRScorecard, tiles: pd.DataFrame) -> Heading:
    said = f"latest complete {card.period} of each stage, against the {card.period} before"
    subtitle = f"{said} · n = {counted(_customers(card), 'new customer')} · {level(card)}"
    note = (
        f"Lines: by {card.period}, from 0, with band; hollow: unfinished. ▲▼ clear of chance, each by itself;"
        " ≈ cannot tell. The stages are no sequence. Association, not cause."
    )
    unknown = [row["stage"] for row in tiles.to_dict("records") if row["value"] != row["value"]]
    if unknown:
        note += f" Unknown: {', '.join(unknown)} (the result's notes say what is missing)."
    return Heading(_finding(card, tiles), subtitle, note)


def _finding(card: AARRRScorecard, tiles: pd.DataFrame) -> str:
    """Return which stages changed, as far as the intervals allow."""
    said = {verdict: list(rows["stage"]) for verdict, rows in tiles.groupby("verdict", sort=False)}
    rose, fell = said.get("higher", []), said.get("lower", [])
    rest = [*said.get("cannot tell", []), *said.get("too few", [])]
    parts = [f"{_listed(names)} {verb}" for names, verb in ((rose, "rose"), (fell, "fell")) if names]
    if not parts:
        if not rest:
            return f"{counted(_customers(card), 'new customer')}; no {card.period} to compare with yet"
        return f"No stage changed beyond chance since the {card.period} before"
    if rest:
        parts.append(f"{_listed(rest)}: cannot tell")
    text = "; ".join(parts)
    return text[0].upper() + text[1:]


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _customers(card: AARRRScorecard) -> float:
    rows = card.table[(card.table["metric"] == "new_customers") & (card.table["period"] == ALL)]
    return float(rows["value"].sum())


@sentence.register
def say_aarrr(card: AARRRScorecard) -> str:
    """Say each stage's latest number and its change, in one sentence."""
    if not _customers(card) > 0:
        return "AARRR scorecard with nothing to draw: no customer came in this log."
    if card.segments:
        return say_by_segment(card)
    parts = []
    for tile in card.tiles.to_dict("records"):
        value, interval = figure(tile["value"], tile["low"], tile["high"], tile["unit"])
        known = f"{metric_name(tile['metric'])} {value} {interval}".rstrip() if value != "–" else "unknown"
        verdict = f", {tile['verdict']} against the {card.period} before" if tile["verdict"] else ""
        parts.append(f"{tile['stage']}: {known}{verdict}")
    return f"AARRR scorecard, latest complete {card.period}: {'; '.join(parts)}."
