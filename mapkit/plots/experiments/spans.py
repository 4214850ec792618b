"""Rows along a scale that may begin below 0, and how numbers with a sign are written."""

from __future__ import annotations

import math

from matplotlib.axes import Axes

from mapkit.plots.page import Heading, open_page, points_wide


def open_span(
    ax: Axes | None, heading: Heading, *, height: float, names: float, figures: float, span: tuple[float, float]
) -> Axes:
    """Return a page whose scale runs over ``span`` between a column for names and one for figures (in points)."""
    ax = open_page(ax, heading, height=height)
    low, high = span
    per_point = (high - low) / max(points_wide(ax) - names - figures, 40.0)
    ax.set_xlim(low - names * per_point, high + figures * per_point)
    ax.set_ylim(height, 0)
    return ax


def signed(value: float, low: float = math.nan, high: float = math.nan, *, scale: float = 1.0, unit: str = "") -> str:
    """Return a number with its sign, and its interval; digits that the interval does not support are not printed.

    >>> signed(0.1008, 0.0539, 0.1469, scale=100), signed(-5.685, -25.31, 13.94), signed(0.2)
    ('+10.1 [+5.4, +14.7]', '−6 [−25, +14]', '+0.20')
    """
    if math.isnan(value):
        return "unknown"
    value, low, high = value * scale, low * scale, high * scale
    width = abs(high - low) if not math.isnan(high - low) else abs(value)
    decimals = max(0, 1 - math.floor(math.log10(width))) if 0 < width < 10 else 1 if width < 20 else 0
    ends = [f"{end:+,.{decimals}f}".replace("-", "−") for end in (value, low, high)]
    interval = "" if math.isnan(low) or math.isnan(high) else f" [{ends[1]}, {ends[2]}]"
    return f"{ends[0]}{unit}{interval}"


def ticks_between(low: float, high: float, most: int = 5) -> list[float]:
    """Return evenly spaced round numbers from ``low`` to ``high``, 0 among them where it lies between.

    >>> ticks_between(-0.04, 0.15)
    [0.0, 0.05, 0.1, 0.15]
    """
    if not high > low:
        return [low]
    power = 10.0 ** math.floor(math.log10((high - low) / most))
    step = next((size * power for size in (1, 2, 2.5, 5) if (high - low) / (size * power) <= most), 10 * power)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(k * step, 12) for k in range(first, last + 1)]
