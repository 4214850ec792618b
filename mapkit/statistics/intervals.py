"""Confidence intervals for shares and for the difference of two shares."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mapkit.errors import OptionError

Interval = tuple[NDArray[np.float64], NDArray[np.float64]]


def normal_quantile(confidence: float) -> float:
    """Return z for a two-sided interval: 1.96 for .95. Raises OptionError outside (0, 1)."""
    if not 0 < confidence < 1:
        raise OptionError(f"confidence={confidence!r} is not a share. Use a number between 0 and 1, such as 0.95.")
    return NormalDist().inv_cdf(0.5 + confidence / 2)


def wilson_interval(successes: ArrayLike, trials: ArrayLike, confidence: float = 0.95) -> Interval:
    """Return the low and high end of the Wilson score interval of ``successes / trials``, element by element.

    Shares are 0..1. Where ``trials`` is 0 both ends are NaN: nothing was observed, so nothing is claimed.

    Source: Wilson (1927), Journal of the American Statistical Association 22, 209-212.

    >>> low, high = wilson_interval(15, 50)
    >>> f"{low:.4f} {high:.4f}"
    '0.1910 0.4375'
    """
    hits, n = np.asarray(successes, dtype=float), np.asarray(trials, dtype=float)
    z = normal_quantile(confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = hits / n
        centre = (share + z * z / (2 * n)) / (1 + z * z / n)
        half = z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    # At 0 of n and n of n the formula gives the exact end up to rounding; say it exactly.
    low = np.where(hits == 0, np.where(n > 0, 0.0, np.nan), centre - half)
    high = np.where(hits == n, np.where(n > 0, 1.0, np.nan), centre + half)
    return low, high


def difference_interval(
    successes_a: ArrayLike, trials_a: ArrayLike, successes_b: ArrayLike, trials_b: ArrayLike, confidence: float = 0.95
) -> Interval:
    """Return the low and high end of Newcombe's interval of share a minus share b (independent samples).

    Source: Newcombe (1998), Statistics in Medicine 17, 873-890, method 10 (hybrid score, no continuity correction).

    >>> low, high = difference_interval(56, 70, 48, 80)
    >>> f"{low:.4f} {high:.4f}"
    '0.0524 0.3339'
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        a = np.asarray(successes_a, dtype=float) / np.asarray(trials_a, dtype=float)
        b = np.asarray(successes_b, dtype=float) / np.asarray(trials_b, dtype=float)
    low_a, high_a = wilson_interval(successes_a, trials_a, confidence)
    low_b, high_b = wilson_interval(successes_b, trials_b, confidence)
    low = a - b - np.sqrt((a - low_a) ** 2 + (high_b - b) ** 2)
    high = a - b + np.sqrt((high_a - a) ** 2 + (b - low_b) ** 2)
    return low, high
