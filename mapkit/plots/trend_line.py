"""One line of a trend: its band, its points, and what is unfinished."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from mapkit.plots.numbers import nice_ticks
from mapkit.plots.page import say
from mapkit.plots.periods import DAYS
from mapkit.plots.style import BAND, LIGHT, PAPER, QUIET, SMALL

_MANY = 60


def draw_line(ax: Axes, rows: pd.DataFrame, colour: str) -> None:
    """Draw the band and the line through the periods, broken where nobody entered; unfinished points are hollow."""
    ax.fill_between(
        rows["middle"], rows["of_entered_low"], rows["of_entered_high"], color=colour, alpha=BAND, lw=0, zorder=1
    )
    value = rows["of_entered"]
    alone = rows[value.notna() & value.shift().isna() & value.shift(-1).isna()]
    ax.vlines(alone["middle"], alone["of_entered_low"], alone["of_entered_high"], color=colour, alpha=2 * BAND, lw=3)
    few = len(rows) <= _MANY
    ax.plot(rows["middle"], rows["of_entered"], color=colour, lw=1.8 if few else 1.3, zorder=3)
    # Among many points the marks shrink to the line's own width: a period that stands alone is still seen.
    done, unfinished = rows[rows["complete"]], rows[~rows["complete"]]
    look: dict[str, Any] = {"color": colour, "clip_on": False, "ls": "none", "marker": "o"}
    ax.plot(done["middle"], done["of_entered"], **look, ms=5 if few else 1.6, mew=1 if few else 0, mec=PAPER, zorder=4)
    ax.plot(unfinished["middle"], unfinished["of_entered"], **look, ms=5 if few else 3, mfc=PAPER, zorder=4.1)


def draw_context(ax: Axes, top: float, table: pd.DataFrame, period: str, *, most_ticks: int = 5) -> None:
    """Set the scales, draw the grid with its percentages, and hatch the stretch that is not finished yet."""
    ax.set_xlim(table["at"].min(), table["at"].max() + DAYS[period])
    ax.set_ylim(0, top)
    for tick in nice_ticks(top, most_ticks):
        ax.axhline(tick, color=LIGHT, lw=1, zorder=0)
        say(ax, 0, tick / top, f"{100 * tick:.3g}%", at="axes", dx=-6, size=SMALL, colour=QUIET, align="right")
    unfinished = table.loc[~table["complete"], "at"]
    if len(unfinished):
        # What is unfinished is always the end of the log: one stretch, however many periods.
        end = unfinished.max() + DAYS[period]
        ax.axvspan(unfinished.min(), end, facecolor="none", edgecolor=LIGHT, hatch="////", lw=0, zorder=0.5)
