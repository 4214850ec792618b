"""Pipeline velocity: its four numbers as tiles, what they make, and the segments below."""

from __future__ import annotations

import math
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from mapkit.ecosystems.accounts import Pipeline
from mapkit.plots.names import fitted, shown, width_of
from mapkit.plots.numbers import count, nice_ticks, percent
from mapkit.plots.page import Heading, open_page, points_wide, say
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.rows import whisker
from mapkit.plots.style import BLUE, FADED, INK, LABEL, LIGHT, MID, NOTE, QUIET, SMALL, THIN_N, TITLE

_TILE, _GAP, _ROW, _HEAD, _NAMES, _MOST = 66.0, 16.0, 17.0, 30.0, 120.0, 15


@drawing.register
def draw_pipeline(pipeline: Pipeline, ax: Axes | None = None) -> Axes:
    """Draw five tiles and, by segment, a row of velocity with its interval; up to fifteen segments."""
    whole = pipeline.table.iloc[0].to_dict()
    parts = pipeline.table.iloc[1:].sort_values("velocity_per_day", ascending=False, kind="stable", na_position="last")
    rows = parts.head(_MOST).to_dict("records")
    high = _TILE + (_HEAD + _ROW * len(rows) + 20 if rows else 6)
    ax = open_page(ax, _heading(pipeline, whole, len(parts) - len(rows)), height=high)
    wide = points_wide(ax)
    ax.set_xlim(0, wide)
    ax.set_ylim(high, 0)
    _tiles(ax, whole, wide)
    if rows:
        _segments(ax, pipeline, rows, wide, high)
    return ax


def _tiles(ax: Axes, whole: dict[Any, Any], wide: float) -> None:
    room = (wide - 4 * _GAP) / 5
    share, _, ends = percent(whole["win_rate"], whole["win_rate_low"], whole["win_rate_high"]).partition(" ")
    spread = _ends(whole)
    tiles = (
        ("open", count(whole["open"]), f"and {count(whole['closed'])} closed", "×"),
        ("win rate", share, f"{ends} of {count(whole['closed'])}".strip(), "×"),
        ("value won", _money(whole["mean_value"]), f"mean of {count(whole['won'])} won", "÷"),
        ("days of a cycle", _money(whole["cycle_days"]), "from open to closed", "="),
        ("a day", _money(whole["velocity_per_day"]), spread, ""),
    )
    for k, (name, number, remark, sign) in enumerate(tiles):
        x, last = k * (room + _GAP), k == 4
        ax.add_patch(
            Rectangle((x, 0), room, _TILE, facecolor=BLUE if last else LIGHT, alpha=0.18 if last else 0.6, lw=0)
        )
        say(ax, x + 7, 13, name, size=SMALL, colour=QUIET)
        say(ax, x + 7, 34, fitted(number, room - 10, TITLE + 3, True), size=TITLE + 3, bold=True)
        size = NOTE if width_of(remark, NOTE) <= room - 8 else NOTE - 1
        say(ax, x + 7, 54, fitted(remark, room - 8, size), size=size, colour=QUIET)
        if sign:
            say(ax, x + room + _GAP / 2, _TILE / 2, sign, size=TITLE, colour=MID, align="center")


def _segments(ax: Axes, pipeline: Pipeline, rows: list[dict[Any, Any]], wide: float, high: float) -> None:
    names = min(max(width_of(fitted(row["segment"], _NAMES)) for row in rows), _NAMES) + 14
    figures = 150.0
    ends = [row["velocity_per_day_high"] for row in rows] + [row["velocity_per_day"] for row in rows]
    ends += [row["won_per_day"] for row in rows]
    top = max([float(end) for end in ends if not math.isnan(end)] or [1.0]) or 1.0
    start = _TILE + _HEAD

    def at(value: float) -> float:
        return names + value / top * (wide - names - figures - 12)

    for tick in nice_ticks(top, 4):
        ax.plot([at(tick)] * 2, [start, high - 18], color=LIGHT, lw=1, zorder=0)
        say(ax, at(tick), high - 9, _money(tick), size=NOTE, colour=QUIET, align="center")
    say(ax, names, start - 9, "a day: ● velocity, | earned", size=NOTE, colour=QUIET, bold=True)
    for x, text in ((wide - 96, "win rate"), (wide, "open, closed")):
        say(ax, x, start - 9, text, size=NOTE, colour=QUIET, bold=True, align="right")
    for k, row in enumerate(rows):
        y, thin = start + _ROW * (k + 0.5), row["closed"] < THIN_N
        say(ax, 0, y, fitted(row["segment"], names - 14), size=LABEL, colour=QUIET if thin else INK)
        alpha = FADED if thin else 1.0
        if not math.isnan(row["velocity_per_day_low"]):
            whisker(ax, at(row["velocity_per_day_low"]), at(row["velocity_per_day_high"]), y, colour=BLUE, alpha=alpha)
        if not math.isnan(row["velocity_per_day"]):
            ax.plot([at(row["velocity_per_day"])], [y], "o", color=BLUE, ms=6, mew=0, alpha=alpha, zorder=4)
        ax.plot([at(row["won_per_day"])], [y], "|", color=INK, ms=11, mew=2, alpha=alpha, zorder=4.5)
        rate = percent(row["win_rate"], row["win_rate_low"], row["win_rate_high"])
        say(ax, wide - 66, y, rate, size=SMALL, colour=QUIET, align="right")
        say(ax, wide, y, f"{count(row['open'])}, {count(row['closed'])}", size=SMALL, colour=QUIET, align="right")


def _money(value: float) -> str:
    if math.isnan(value):
        return "none"
    if value >= 1_000_000:
        return count(value)
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _ends(row: dict[Any, Any]) -> str:
    low, high = row["velocity_per_day_low"], row["velocity_per_day_high"]
    return "no interval" if math.isnan(low) else f"[{_money(low)}, {_money(high)}]"


def _heading(pipeline: Pipeline, whole: dict[Any, Any], left_out: int) -> Heading:
    title = (
        f"The pipeline would earn {_money(whole['velocity_per_day'])} a day; it earned {_money(whole['won_per_day'])}"
    )
    if math.isnan(whole["velocity_per_day"]):
        title = "Nothing was won, so the pipeline has no velocity"
    dates = f"{pipeline.start:%d %b %Y} to before {pipeline.end:%d %b %Y}" if pipeline.start and pipeline.end else ""
    subtitle = f"open × win rate × mean value won ÷ days of a cycle · {dates}"
    subtitle += f" · n = {count(whole['open'] + whole['closed'])}"
    note = "Open opportunities have no end yet: they are in no win rate, value or cycle."
    late = count(whole["open_overdue"])
    note += f" {100 * pipeline.confidence:.3g}% intervals. {late} open for longer than nine in ten cycles took."
    note += f" Not drawn: {left_out} slower segments." if left_out else ""
    return Heading(title, subtitle, note)


@sentence.register
def say_pipeline(pipeline: Pipeline) -> str:
    """Say the four numbers and the velocity, in one sentence."""
    row = pipeline.table.iloc[0].to_dict()
    parts = [
        f"{count(row['open'])} open, win rate {percent(row['win_rate'])} of {count(row['closed'])} closed",
        f"mean value won {_money(row['mean_value'])}, cycle {_money(row['cycle_days'])} days",
        f"velocity {_money(row['velocity_per_day'])} a day {_ends(row)}, earned {_money(row['won_per_day'])} a day",
    ]
    by = f" by {shown(pipeline.by)}" if pipeline.by else ""
    return f"Pipeline velocity{by}: {'; '.join(parts)}."
