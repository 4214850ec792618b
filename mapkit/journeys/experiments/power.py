"""The arithmetic between an effect, the customers it takes, and the chance to see it.

Everywhere ``variance_a`` and ``variance_b`` are the variances of one customer's outcome: p(1 - p) for shares.
"""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mapkit.errors import OptionError

_NORMAL = NormalDist()


def check_share(number: float, option: str) -> None:
    """Raise :class:`OptionError` unless ``number`` lies between 0 and 1."""
    if not (isinstance(number, int | float) and 0 < number < 1):
        raise OptionError(f"{option}={number!r} is not a share. Use a number between 0 and 1, such as 0.8.")


def quantiles(power: float, error: float) -> tuple[float, float]:
    """Return z of a two-sided ``error`` and z of ``power``: 1.96 and .84 for .05 and .8."""
    return _NORMAL.inv_cdf(1 - error / 2), _NORMAL.inv_cdf(power)


def needed(
    difference: ArrayLike,
    variance_a: ArrayLike,
    variance_b: ArrayLike,
    *,
    power: float,
    error: float,
    allocation: float = 1.0,
) -> NDArray[np.float64]:
    """Return how many customers the control arm needs; the other arm needs ``allocation`` times as many.

    Source: (z_{error/2} + z_power)^2 (p1 q1 + p2 q2) / (p1 - p2)^2, in any text on clinical trials; Fleiss, Levin and
    Paik (2003), Statistical Methods for Rates and Proportions.

    >>> float(needed(0.02, 0.1 * 0.9, 0.12 * 0.88, power=0.8, error=0.05)[()])
    3839.0
    """
    sides = sum(quantiles(power, error))
    spread = np.asarray(variance_a, float) + np.asarray(variance_b, float) / allocation
    # A hair below a whole number is that number: rounding must not ask for one customer more.
    return np.ceil(sides**2 * spread / np.asarray(difference, float) ** 2 - 1e-9)


def power_at(difference: ArrayLike, standard_error: ArrayLike, *, error: float) -> NDArray[np.float64]:
    """Return the chance that a two-sided test at ``error`` sees a difference that has this standard error."""
    from scipy.special import ndtr

    z = _NORMAL.inv_cdf(1 - error / 2)
    away = np.abs(np.asarray(difference, float)) / np.asarray(standard_error, float)
    return ndtr(away - z) + ndtr(-away - z)


def smallest_difference_of_shares(
    share: ArrayLike, n_control: ArrayLike, n: ArrayLike, *, power: float, error: float
) -> NDArray[np.float64]:
    """Return the smallest rise above ``share`` that a test of these sizes sees with this power; NaN where none."""
    base, n_a, n_b = (np.asarray(each, float) for each in (share, n_control, n))
    sides = sum(quantiles(power, error))
    low, high = np.zeros(np.broadcast(base, n_a, n_b).shape), np.broadcast_to(1 - base, np.broadcast(base, n_b).shape)
    reachable = _excess(high, base, n_a, n_b, sides) >= 0
    for _ in range(60):
        middle = (low + high) / 2
        enough = _excess(middle, base, n_a, n_b, sides) >= 0
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return np.where(reachable, high, np.nan)


def _excess(
    rise: NDArray[np.float64], base: NDArray[np.float64], n_a: NDArray[np.float64], n_b: NDArray[np.float64], z: float
) -> NDArray[np.float64]:
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.sqrt(base * (1 - base) / n_a + (base + rise) * (1 - base - rise).clip(0) / n_b)
        return rise - z * error
