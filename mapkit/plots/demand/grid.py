"""A week as a grid of weekdays and hours: darker is more, and the margins say how much in all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle

from mapkit.journeys.demand.hours import WEEKDAYS
from mapkit.plots.page import say
from mapkit.plots.style import FADED, INK, LIGHT, NOTE, PAPER, QUIET, SKY, SMALL, ramp

CELL, NAMES = 20.0, 74.0
_SHADES = 64
_HALF_LIGHT = 0.2


@dataclass(frozen=True)
class Week:
    """Numbers of one week, 7 x 24: what shades a cell, what is written in it, and which cells rest on little."""

    values: np.ndarray
    written: Sequence[Sequence[str]]
    thin: np.ndarray


def draw_week(ax: Axes, week: Week, *, top: float, most: float, cell: float = CELL) -> None:
    """Draw the grid from ``top`` (points) down; one hour is 1 wide. ``most`` is the number that gets the darkest."""
    shades = ramp(_SHADES)
    for day in range(7):
        y = top + day * cell
        say(ax, 0, y + cell / 2, WEEKDAYS[day], at="row", size=SMALL)
        for hour in range(24):
            value = float(week.values[day, hour])
            shade = LIGHT if not value > 0 else shades[min(int(value / most * (_SHADES - 1)), _SHADES - 1)]
            # Nothing at all is paler still than little.
            alpha = FADED if week.thin[day, hour] or not value > 0 else 1.0
            ax.add_patch(Rectangle((hour, y), 1, cell, facecolor=shade, edgecolor=PAPER, lw=1, alpha=alpha, zorder=1))
            if week.written[day][hour]:
                colour = _ink_on(shade, alpha)
                say(ax, hour + 0.5, y + cell / 2, week.written[day][hour], size=NOTE, colour=colour, align="center")


def say_hours(ax: Axes, y: float) -> None:
    """Write the hours of the day under a grid."""
    for hour in range(0, 24, 3):
        say(ax, hour + 0.5, y, f"{hour:02d}:00", dy=-9, size=NOTE, colour=QUIET, align="center")


def draw_hours(ax: Axes, rates: np.ndarray, ends: tuple[np.ndarray, np.ndarray], *, foot: float, high: float) -> None:
    """Draw what an hour of any day brings as bars that stand on ``foot``, with whiskers, above a grid."""
    most = float(np.nanmax([np.nanmax(rates), np.nanmax(np.nan_to_num(ends[1])), 1e-12]))
    for hour in range(24):
        tall = rates[hour] / most * high
        ax.add_patch(Rectangle((hour + 0.1, foot - tall), 0.8, tall, facecolor=SKY, lw=0, zorder=1))
        if rates[hour] > 0 and ends[0][hour] == ends[0][hour]:
            low, top = (foot - end[hour] / most * high for end in ends)
            ax.plot([hour + 0.5] * 2, [low, top], color=INK, lw=1, zorder=2)


def _ink_on(shade: str, alpha: float) -> str:
    # The eye's own scale of light, on which ink and paper are equally far from this shade.
    red, green, blue = (((1 - alpha + alpha * part + 0.055) / 1.055) ** 2.4 for part in to_rgb(shade))
    return INK if 0.2126 * red + 0.7152 * green + 0.0722 * blue > _HALF_LIGHT else PAPER
