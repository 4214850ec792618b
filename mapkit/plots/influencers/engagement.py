"""Engagement as a dot plot: each rate as it was counted, and drawn toward those of its kind."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes

from mapkit.ecosystems.influencers import Engagement
from mapkit.plots.influencers.wording import left_out
from mapkit.plots.names import fitted, shown, width_of
from mapkit.plots.numbers import count, percent
from mapkit.plots.page import Heading, nothing_to_draw, points_wide, say
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.rows import COLUMN_GAP, name_column, open_rows, scale, whisker
from mapkit.plots.style import BLUE, INK, MID, NOTE, PAPER, QUIET, SMALL
from mapkit.plots.wording import level

_ROW, _SCALE, _HEAD, _NAMES = 17.0, 18.0, 14.0, 150.0


@drawing.register
def draw_engagement(engagement: Engagement, ax: Axes | None = None, *, most: int = 20) -> Axes:
    """Draw the ``most`` influencers with the highest drawn rates, a row each."""
    rows = engagement.table.dropna(subset=["rate"])
    if rows.empty:
        return nothing_to_draw(ax, engagement.title, "nobody has followers and posts enough for a rate")
    drawn = rows.head(most).to_dict("records")
    figures = max(width_of(_figure(row), SMALL, True) for row in drawn) + 2 * COLUMN_GAP + 50
    names = name_column(max(width_of(fitted(row["name"], _NAMES)) for row in drawn), figures)
    # One wild interval must not press the others flat.
    ends = sorted(row["rate_high"] for row in drawn if row["rate_high"] == row["rate_high"])
    middle = ends[len(ends) // 2] if ends else 0.0
    top = max([min(max(ends, default=0.0), 2.5 * middle), *(max(row["rate"], row["shrunk"]) for row in drawn)]) * 1.02
    height = _HEAD + _ROW * len(drawn) + _SCALE
    ax = open_rows(
        ax, _heading(engagement, len(rows), len(drawn)), height=height, names=names, figures=figures, top=top
    )
    scale(ax, top, _HEAD - 4, height - _SCALE)
    say(ax, 1, 4, "drawn rate", at="row", size=NOTE, colour=QUIET, align="right", dx=-50)
    say(ax, 1, 4, "posts", at="row", size=NOTE, colour=QUIET, align="right")
    for k, row in enumerate(drawn):
        _row(ax, row, _HEAD + _ROW * (k + 0.5), names, top)
    assert points_wide(ax) > 0
    return ax


def _row(ax: Axes, row: dict[Any, Any], y: float, names: float, top: float) -> None:
    ink = QUIET if row["note"] else INK
    say(ax, 0, y, fitted(row["name"], names - COLUMN_GAP, SMALL), at="row", size=SMALL, colour=ink)
    if row["rate_low"] == row["rate_low"]:
        whisker(ax, row["rate_low"], min(row["rate_high"], top), y - 3.5, colour=MID)
    ax.plot([row["rate"]], [y - 3.5], "o", color=PAPER, mec=MID, mew=1.4, markersize=5.5, zorder=4)
    whisker(ax, row["shrunk_low"], min(row["shrunk_high"], top), y + 3.5, colour=BLUE)
    ax.plot([row["shrunk"]], [y + 3.5], "o", color=BLUE, markersize=6, zorder=4, mew=0)
    say(ax, 1, y, _figure(row), at="row", size=SMALL, colour=ink, align="right", dx=-50)
    say(ax, 1, y, count(row["posts"]), at="row", size=SMALL, colour=QUIET, align="right")


def _figure(row: Any) -> str:
    return percent(row["shrunk"], row["shrunk_low"], row["shrunk_high"])


def _heading(engagement: Engagement, size: int, drawn: int) -> Heading:
    rows = engagement.table.dropna(subset=["rate"])
    first, last = rows.iloc[0], rows.iloc[-1]
    title = f"{fitted(first['name'], 140)} moves most: {_figure(first)} of its {engagement.per} a post"
    if len(rows) > 1:
        title += f", {first['shrunk'] / last['shrunk']:.0f} times the least" if last["shrunk"] > 0 else ""
    subtitle = (
        f"{', '.join(engagement.count)} per {engagement.per} of a post, {engagement.aggregation.replace('_', ' ')}"
    )
    subtitle += f" · n = {count(size)} influencers, {count(rows['posts'].sum())} posts · {level(engagement)}"
    note = "Hollow: as counted. Blue: drawn toward platform and tier, by as much as its own posts leave open."
    note += f" Not drawn: {count(size - drawn)} with lower rates." if size > drawn else ""
    return Heading(title, subtitle, note + left_out(engagement.table, "rate"))


@sentence.register
def say_engagement(engagement: Engagement) -> str:
    """Say the highest rates, in one sentence."""
    rows = engagement.table.dropna(subset=["rate"]).head(5).to_dict("records")
    named = "; ".join(f"{shown(row['name'])} {_figure(row)}" for row in rows)
    size = int(engagement.table["rate"].notna().sum())
    return f"Engagement per {engagement.per} of {count(size)} influencers, drawn toward their kind: {named or 'none'}."
