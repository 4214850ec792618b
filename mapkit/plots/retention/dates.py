"""Dates under an axis whose columns are periods."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes

from mapkit.plots.page import say
from mapkit.plots.style import NOTE, QUIET, SMALL

BELOW = 30.0  # points that the dates take
_MOST = 7


def draw_dates(ax: Axes, starts: Sequence[pd.Timestamp], period: str) -> None:
    """Write when the columns 0, 1, 2 ... begin, and below it the year (for hours, the day) where it changes."""
    low, high = ax.get_xlim()
    written = ""
    for column in range(0, len(starts), -(-len(starts) // _MOST)):
        start, x = starts[column], (column - low) / (high - low)
        day = f"{start.day} {start:%b}"
        known = {"hour": (f"{start:%H:%M}", day), "month": (f"{start:%b}", f"{start:%Y}")}
        text, below = known.get(period, (day, f"{start:%Y}"))
        say(ax, x, 0, text, at="axes", dy=-12, size=SMALL, colour=QUIET, align="center")
        if below != written:
            say(ax, x, 0, below, at="axes", dy=-24, size=NOTE, colour=QUIET, align="center")
        written = below
