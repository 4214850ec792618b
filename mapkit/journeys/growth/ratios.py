"""Intervals of counts, of means over people, and of ratios of sums, from sums alone."""

from __future__ import annotations

import math
from collections.abc import Sequence

from mapkit.statistics.intervals import normal_quantile

Number = tuple[float, float, float]  # value, low, high
UNKNOWN: Number = (math.nan, math.nan, math.nan)


def of_count(count: float, confidence: float = 0.95) -> Number:
    """Return a count with the exact interval of a Poisson's mean.

    Source: Garwood (1936), Biometrika 28, 437-442.

    >>> [round(end, 2) for end in of_count(10)]
    [10, 4.8, 18.39]
    """
    from scipy.stats import chi2

    tail = (1 - confidence) / 2
    low = float(chi2.ppf(tail, 2 * count)) / 2 if count else 0.0
    return count, low, float(chi2.ppf(1 - tail, 2 * count + 2)) / 2


def of_ratio(
    y: float, x: float, yy: float, xx: float, xy: float, *, clusters: float, confidence: float = 0.95
) -> Number:
    """Return sum(y) / sum(x) over independent clusters (people), with its delta interval on the log scale.

    What one person does many times is not many independent things: the spread is that between people. For a mean over
    people every x is 1. A ratio that is not positive gets the interval on its own scale; a y that was never seen gets
    the upper end of a Poisson's zero.

    Source: Cochran (1977), Sampling Techniques, 3rd edition, chapter 6.
    """
    if not x > 0 or not clusters > 0:
        return UNKNOWN
    ratio = y / x
    if y == 0 and yy == 0:
        return 0.0, 0.0, of_count(0, confidence)[2] / x
    if clusters < 2:
        return ratio, math.nan, math.nan
    spread = max(yy - 2 * ratio * xy + ratio * ratio * xx, 0.0) * clusters / (clusters - 1)
    half = normal_quantile(confidence) * math.sqrt(spread) / x
    if ratio <= 0:
        return ratio, ratio - half, ratio + half
    return ratio, ratio * math.exp(-half / ratio), ratio * math.exp(half / ratio)


def of_product(*factors: tuple[Number, float]) -> Number:
    """Return the product of numbers raised to powers, with the interval combined from theirs on the log scale (MOVER).

    The numbers are taken as independent. One that is not positive leaves the product unknown.

    Source: Zou and Donner (2008), Statistics in Medicine 27, 1693-1702.

    >>> [round(end, 3) for end in of_product(((6, 3, 12), 1), ((2, 2, 2), -1))]
    [3.0, 1.5, 6.0]
    """
    if not all(number[0] > 0 for number, _ in factors):
        return UNKNOWN
    value = math.prod(number[0] ** power for number, power in factors)
    down = math.hypot(*(_reach(number, power, upwards=False) for number, power in factors))
    up = math.hypot(*(_reach(number, power, upwards=True) for number, power in factors))
    return value, value * math.exp(-down), value * _exp(up)


def _reach(number: Number, power: float, *, upwards: bool) -> float:
    """Return how far, in logs, a factor moves the product up or down."""
    value, low, high = number
    end = high if upwards == (power > 0) else low
    if end <= 0 or math.isinf(end):
        return math.inf
    return abs(power) * abs(math.log(end / value))


def _exp(power: float) -> float:
    return math.inf if power > 700 else math.exp(power)


def scaled(number: Number, factor: float) -> Number:
    """Return a number and its interval times a positive constant."""
    value, low, high = number
    return value * factor, low * factor, high * factor


def sums(values: Sequence[str]) -> list[str]:
    """Return the names of the sums that a ratio of ``values`` (y, x) needs, in the order of :func:`of_ratio`.

    >>> sums(["sent", "here"])
    ['sent', 'here', 'sent_sent', 'here_here', 'sent_here']
    """
    y, x = values
    return [y, x, f"{y}_{y}", f"{x}_{x}", f"{y}_{x}"]
