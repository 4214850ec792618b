"""The strip under a time line: how many entered in each period, and the dates."""

from __future__ import annotations

from datetime import UTC

import pandas as pd
from matplotlib import dates
from matplotlib.axes import Axes

from mapkit.plots.numbers import count
from mapkit.plots.page import points_high, say
from mapkit.plots.periods import DAYS
from mapkit.plots.style import LIGHT, MID, NOTE, PAPER, QUIET, SMALL

_BARS, _ABOVE = 34.0, 16.0
STRIP = _BARS + _ABOVE + 28.0  # points that the strip and its dates take below an axes
_MOST_BARS = 200
_MOST_DATES = 7


def draw_strip(ax: Axes, table: pd.DataFrame, period: str) -> None:
    """Draw entries by period below an axes; ``table`` has ``at`` (a date number), ``entered`` and ``complete``."""
    high, wide = points_high(ax), DAYS[period]
    strip = ax.inset_axes((0, -(_BARS + _ABOVE) / high, 1, _BARS / high))
    strip.set_axis_off()
    entered = table.groupby("at").agg(entered=("entered", "sum"), complete=("complete", "all")).reset_index()
    if len(entered) > _MOST_BARS:
        strip.fill_between(entered["at"], entered["entered"], step="post", color=LIGHT, lw=0)
    else:
        bars = strip.bar(entered["at"] + wide / 2, entered["entered"], width=wide * 0.8, color=LIGHT, lw=0)
        for bar, complete in zip(bars, entered["complete"], strict=True):
            if not complete:
                bar.set(facecolor=PAPER, edgecolor=MID, hatch="////", linewidth=0.5)
    strip.set_xlim(*ax.get_xlim())
    strip.set_ylim(0, max(entered["entered"].max(), 1) * 1.02)
    down = -(_BARS + _ABOVE)
    say(ax, 0, 0, "entered", at="axes", dx=-6, dy=down + 8, size=NOTE, colour=QUIET, align="right")
    most = entered.iloc[int(entered["entered"].to_numpy().argmax())]
    x = _place(ax, most["at"], wide)
    say(ax, x, 0, count(most["entered"]), at="axes", dy=-9, size=NOTE, colour=QUIET, align="center")
    _dates(ax, list(entered["at"]), period, down)


def _dates(ax: Axes, starts: list[float], period: str, down: float) -> None:
    """Write when periods begin, and below it the year (for hours, the day) where it changes."""
    written = ""
    for at in starts[:: -(-len(starts) // _MOST_DATES)]:
        moment = dates.num2date(at, tz=UTC)
        day = f"{moment.day} {moment:%b}"
        text, below = {"hour": (f"{moment:%H:%M}", day), "month": (f"{moment:%b}", f"{moment:%Y}")}.get(
            period, (day, f"{moment:%Y}")
        )
        x = _place(ax, at, DAYS[period])
        say(ax, x, 0, text, at="axes", dy=down - 10, size=SMALL, colour=QUIET, align="center")
        if below != written:
            say(ax, x, 0, below, at="axes", dy=down - 22, size=NOTE, colour=QUIET, align="center")
        written = below


def _place(ax: Axes, at: float, wide: float) -> float:
    low, high = ax.get_xlim()
    return (at + wide / 2 - low) / (high - low)
