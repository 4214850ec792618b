"""How amounts that are not percentages are written and scaled on pictures of spread."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from mapkit.plots.numbers import count
from mapkit.plots.page import say
from mapkit.plots.style import LIGHT, NOTE, QUIET


def amount(value: float) -> str:
    """Return an amount: whole from a hundred on, else with three digits.

    >>> amount(113.9), amount(41.57), amount(0.2003)
    ('114', '41.6', '0.2')
    """
    return count(value) if abs(value) >= 99.5 else f"{value:.3g}"


def interval(value: float, low: float, high: float) -> str:
    """Return an amount with its interval; the interval decides the decimals.

    >>> interval(30.2085, 29.8339, 30.5874), interval(2.0, 2.0, 2.0)
    ('30.2 [29.8, 30.6]', '2 [2, 2]')
    """
    width = high - low
    decimals = 0 if width >= 20 or width == 0 else 1 if width >= 0.4 else 2 if width >= 0.04 else 3
    return f"{value:,.{decimals}f} [{low:,.{decimals}f}, {high:,.{decimals}f}]"


def columns_of_grid(ax: Axes, ticks: Sequence[tuple[float, str]], y_from: float, y_to: float) -> None:
    """Draw vertical grid lines at places of the scale, with their labels below."""
    for at, label in ticks:
        ax.plot([at, at], [y_from, y_to], color=LIGHT, lw=1, zorder=0)
        say(ax, at, y_to, label, dy=-9, size=NOTE, colour=QUIET, align="center")
