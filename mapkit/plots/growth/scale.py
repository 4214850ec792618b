"""Scales of growth pictures that are not percentages: light grid lines with their numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matplotlib.axes import Axes

from mapkit.plots.numbers import count
from mapkit.plots.page import say
from mapkit.plots.style import LIGHT, QUIET, SMALL


def plain(value: float) -> str:
    """Return a tick's number: whole from ten on, else as short as it is.

    >>> plain(0.15), plain(2500.0)
    ('0.15', '2,500')
    """
    return count(value) if abs(value) >= 10 else f"{value:.3g}"


def rows_of_grid(ax: Axes, ticks: Sequence[float], write: Callable[[float], str] = plain) -> None:
    """Draw horizontal grid lines at the ticks, with their numbers at the left."""
    low, high = ax.get_ylim()
    for tick in ticks:
        ax.axhline(tick, color=LIGHT, lw=1, zorder=0)
        share = (tick - low) / (high - low)
        say(ax, 0, share, write(tick), at="axes", dx=-6, size=SMALL, colour=QUIET, align="right")
