"""Intervals of a net promoter score and of a mean on a bounded scale."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mapkit.statistics import wilson_interval
from mapkit.statistics.intervals import Interval, normal_quantile

_HALVINGS = 60  # of an interval 2 wide: beyond what a float can tell apart


def net_share_interval(up: ArrayLike, down: ArrayLike, n: ArrayLike, confidence: float = 0.95) -> Interval:
    """Return the ends of Tango's score interval of (up - down) / n, where each of n answers is up, down or neither.

    Shares, -1..1. Unlike the interval of a normal with the observed spread it never leaves the scale, and it has a
    width when all answers are alike. NaN where n is 0.

    Source: Tango (1998), Statistics in Medicine 17, 891-908: the difference of two shares of one sample.

    >>> low, high = net_share_interval(50, 17, 100)
    >>> f"{low:.3f} {high:.3f}"
    '0.175 0.467'
    """
    up, down, n = np.broadcast_arrays(*(np.asarray(each, dtype=float) for each in (up, down, n)))
    z = normal_quantile(confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        net = np.where(n > 0, (up - down) / n, np.nan)
    return _end(up, down, n, z, net, -1.0), _end(up, down, n, z, net, 1.0)


def mean_interval(
    mean: ArrayLike, sd: ArrayLike, n: ArrayLike, scale: tuple[ArrayLike, ArrayLike], confidence: float = 0.95
) -> Interval:
    """Return the ends of Student's t interval of a mean, kept within the scale of the answers.

    Where all answers are alike (or there is but one) t knows no spread. The ends then say how far the mean could lie if
    as many answers as Wilson's interval of 0 of n allows had been at either end of the scale.
    """
    from scipy.special import stdtrit

    mean, sd, n = (np.asarray(each, dtype=float) for each in (mean, sd, n))
    lowest, highest = (np.asarray(each, dtype=float) for each in scale)
    _, unseen = wilson_interval(np.zeros_like(n), n, confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        half = stdtrit(np.maximum(n - 1, 1), 0.5 + confidence / 2) * sd / np.sqrt(n)
    alike = ~(sd > 0)
    low = np.where(alike, mean - (mean - lowest) * unseen, np.maximum(mean - half, lowest))
    high = np.where(alike, mean + (highest - mean) * unseen, np.minimum(mean + half, highest))
    return low, high


def _end(
    up: NDArray[np.float64],
    down: NDArray[np.float64],
    n: NDArray[np.float64],
    z: float,
    net: NDArray[np.float64],
    limit: float,
) -> NDArray[np.float64]:
    """Return the difference between ``net`` and ``limit`` at which the score test is just not rejected, by halving."""
    inside, outside = net.copy(), np.full_like(net, limit)
    for _ in range(_HALVINGS):
        middle = (inside + outside) / 2
        held = np.abs(_score(up, down, n, middle)) <= z
        inside, outside = np.where(held, middle, inside), np.where(held, outside, middle)
    return np.where(n > 0, inside, np.nan)


def _score(
    up: NDArray[np.float64], down: NDArray[np.float64], n: NDArray[np.float64], net: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the score of a difference ``net``: what was seen over its spread were ``net`` true."""
    b = -up - down + (2 * n - up + down) * net
    c = -down * net * (1 - net)
    with np.errstate(divide="ignore", invalid="ignore"):
        # The likeliest share of down, given the difference.
        share = (np.sqrt(np.maximum(b * b - 8 * n * c, 0)) - b) / (4 * n)
        spread = np.sqrt(np.maximum(n * (2 * share + net * (1 - net)), 0))
        seen = up - down - n * net
        return np.where(spread > 0, seen / spread, np.where(np.abs(seen) < 1e-9, 0.0, np.inf))
