"""Time to convert: the share that has converted by each time, with its band, the median, and who is still at risk."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from mapkit.journeys.results import TimeToConvert
from mapkit.plots.names import fitted, shown
from mapkit.plots.numbers import count, duration, duration_interval, nice_ticks, percent, unit_of_time
from mapkit.plots.page import Heading, nothing_to_draw, open_page, say
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.rows import whisker
from mapkit.plots.style import BAND, BLUE, INK, LABEL, LIGHT, MID, NOTE, PAPER, QUIET, SMALL
from mapkit.plots.wording import level, quoted

_HEIGHT, _LEFT, _RIGHT, _BOTTOM = 210.0, 64.0, 52.0, 42.0
_NICE = {"s": (1, 2, 5, 10), "min": (1, 2, 3, 6, 10), "h": (1, 2, 3, 6, 12, 24), "days": (1, 2, 3, 7, 14, 28)}


@drawing.register
def draw_time_to_convert(result: TimeToConvert, ax: Axes | None = None, *, until_seconds: float | None = None) -> Axes:
    """Draw the Kaplan-Meier curve of conversion; ``until_seconds`` is where the time axis ends."""
    if not result.entered or result.table.empty:
        return nothing_to_draw(ax, result.title, "nobody entered the funnel, so there is no time to measure")
    table = result.table.sort_values("seconds", kind="stable").reset_index(drop=True)
    end = until_seconds or _end(table)
    size, unit = unit_of_time(end)
    ax = open_page(ax, _heading(result, end), height=_HEIGHT, left=_LEFT, right=_RIGHT, bottom=_BOTTOM)
    top = min(1.0, max(table.loc[table["seconds"] <= end, "share_converted_high"].max() * 1.08, 0.01))
    ax.set_xlim(0, end / size)
    ax.set_ylim(0, top)
    for tick in nice_ticks(top):
        ax.axhline(tick, color=LIGHT, lw=1, zorder=0)
        say(ax, 0, tick / top, f"{100 * tick:.3g}%", at="axes", dx=-6, size=SMALL, colour=QUIET, align="right")
    _curve(ax, table, size, end)
    _median(ax, result, size, end)
    _under_the_axis(ax, table, end / size, size, unit)
    return ax


def _end(table: pd.DataFrame) -> float:
    """Return where the picture stops: a while after nearly all conversions, or where the log does."""
    final = table["share_converted"].max()
    reached = table.loc[table["share_converted"] >= 0.95 * final, "seconds"]
    last = float(table["seconds"].max())
    return min(last, 2.0 * float(reached.iloc[0])) if len(reached) and reached.iloc[0] > 0 else last or 1.0


def _curve(ax: Axes, table: pd.DataFrame, size: float, end: float) -> None:
    inside = table[table["seconds"] <= end]
    columns = ["share_converted", "share_converted_low", "share_converted_high"]
    x = np.r_[0.0, inside["seconds"] / size, end / size]
    value, low, high = (np.r_[0.0, inside[name], inside[name].iloc[-1:]] for name in columns)
    ax.fill_between(x, low, high, step="post", color=BLUE, alpha=BAND, lw=0, zorder=1)
    ax.step(x, value, where="post", color=BLUE, lw=2, zorder=3)
    written = percent(value[-1], low[-1], high[-1])
    share, _, interval = written.partition(" ")
    say(ax, end / size, value[-1], share, dx=6, dy=1, bold=True, colour=BLUE)
    say(ax, end / size, value[-1], interval, dx=6, dy=-LABEL * 1.2, size=NOTE, colour=QUIET)


def _median(ax: Axes, result: TimeToConvert, size: float, end: float) -> None:
    median = result.median_seconds
    if not math.isfinite(median) or median > end:
        return
    low = result.median_low_seconds if math.isfinite(result.median_low_seconds) else 0.0
    high = min(result.median_high_seconds, end) if math.isfinite(result.median_high_seconds) else end
    ax.plot([0, median / size], [0.5, 0.5], ":", color=MID, lw=1.2, zorder=2)
    ax.plot([median / size] * 2, [0, 0.5], ":", color=MID, lw=1.2, zorder=2)
    whisker(ax, low / size, high / size, 0.5)
    ax.plot([median / size], [0.5], "o", color=INK, markersize=6, mec=PAPER, zorder=4)
    # Right of the whisker and under the curve there is always room: the curve has risen past a half by then.
    text = f"half by {_with_interval(result)}"
    right_of_middle = high / size > 0.6 * ax.get_xlim()[1]
    at, dx, align = (low, -8, "right") if right_of_middle else (high, 8, "left")
    say(ax, at / size, 0.5, text, dx=dx, dy=10 if right_of_middle else -10, size=SMALL, align=align)


def _under_the_axis(ax: Axes, table: pd.DataFrame, end: float, size: float, unit: str) -> None:
    """Write the times, and below each how many had neither converted nor been lost from sight."""
    steps = _NICE.get(unit)
    ticks = [t for t in _ticks(end, steps) if t <= end * 1.0001]
    seconds, at_risk = table["seconds"].to_numpy(float), table["at_risk"].to_numpy(float)
    for tick in ticks:
        place = int(np.searchsorted(seconds, tick * size - 1e-6, side="left"))
        left = at_risk[place] if place < len(at_risk) else 0
        for dy, text in ((-12, f"{tick:g}"), (-31, count(left))):
            say(ax, tick / end, 0, text, at="axes", dy=dy, size=SMALL, colour=QUIET, align="center")
        ax.plot([tick, tick], [0, -4 / _HEIGHT * ax.get_ylim()[1]], color=MID, lw=1, clip_on=False)
    ax.axhline(0, color=MID, lw=1.2, zorder=2)
    for dy, text in ((-12, {"s": "seconds", "min": "minutes", "h": "hours"}.get(unit, unit)), (-31, "still open")):
        say(ax, 0, 0, text, at="axes", dx=-_LEFT, dy=dy, size=SMALL, colour=QUIET)


def _ticks(end: float, steps: tuple[int, ...] | None) -> list[float]:
    if steps:
        step = next((each for each in steps if end / each <= 8), None)
        if step:
            return [float(k * step) for k in range(int(end / step + 1e-9) + 1)]
    return nice_ticks(end, 8)


def _with_interval(result: TimeToConvert) -> str:
    return duration_interval(result.median_seconds, result.median_low_seconds, result.median_high_seconds)


def _heading(result: TimeToConvert, end: float) -> Heading:
    start, goal = (fitted(step, 150) for step in (result.steps[0], result.steps[-1])) if result.steps else ("", "")
    if math.isfinite(result.median_seconds):
        title = f"Half reach {goal} within {_with_interval(result)}"
    else:
        last = result.table.sort_values("seconds", kind="stable").iloc[-1]
        reached = quoted(last, "share_converted")
        title = f"{reached} reach {goal} within {duration(last['seconds'])}"
    subtitle = (
        f"time from {start} to {goal} · n = {count(result.entered)}, {count(result.converted)} converted · "
        f"Kaplan-Meier, {level(result)}"
    )
    note = "Still open: not converted yet, and the log still covers them at that time."
    last_seconds = float(result.table["seconds"].max())
    if last_seconds > end * 1.01:
        final = result.table.iloc[int(result.table["seconds"].to_numpy().argmax())]
        stands = quoted(final, "share_converted")
        note += f" The curve goes on to {duration(last_seconds)}, where it stands at {stands}."
    return Heading(title, subtitle, note)


@sentence.register
def say_time_to_convert(result: TimeToConvert) -> str:
    """Say how long conversion takes, in one sentence."""
    if not result.entered or result.table.empty:
        return "Time to convert with nothing to draw: nobody entered."
    half = _with_interval(result) if math.isfinite(result.median_seconds) else "a time that is not reached in this log"
    return (
        f"Rising curve of the time from {shown(result.steps[0])} to {shown(result.steps[-1])}: of "
        f"{count(result.entered)} who entered {count(result.converted)} converted; half by {half}."
    )
