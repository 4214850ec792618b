"""Mean rates of counts that vary more than chance alone, with their intervals."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mapkit.statistics.intervals import normal_quantile

Numbers = NDArray[np.float64]


def rates(counts: Numbers, passed: Numbers, confidence: float) -> tuple[Numbers, Numbers, Numbers]:
    """Return each column's rate per unit of time passed, and its interval; rows are weeks.

    Weeks of a column vary by v = m + a m^2 (negative binomial), with one ``a`` of all columns: a busy hour varies more
    than chance by as much, in proportion, as a quiet one. The interval is the exact Poisson one of as many counts as
    that variance is worth, so it is right for small counts too, and for none: then it ends at what could be unseen.

    Source: Garwood (1936), Biometrika 28, 437-442, for the Poisson interval; the moment estimator of the dispersion is
    that of any text on overdispersed counts (Cameron and Trivedi, Regression Analysis of Count Data).
    """
    from scipy.special import gammaincinv

    normal_quantile(confidence)
    total, time = counts.sum(axis=0), passed.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = total / time
        worth = 1 + dispersion(counts, passed) * mean * (passed**2).sum(axis=0) / time
        effective = total / worth
        edge = (1 - confidence) / 2
        low = np.where(total > 0, gammaincinv(np.maximum(effective, 1e-12), edge), 0.0) * worth / time
        high = gammaincinv(effective + 1, 1 - edge) * worth / time
    # One week shows no spread between weeks, so it claims none.
    unknown = (time <= 0) | (len(counts) < 2)
    return np.where(time > 0, mean, np.nan), np.where(unknown, np.nan, low), np.where(unknown, np.nan, high)


def dispersion(counts: Numbers, passed: Numbers) -> float:
    """Return ``a`` of v = m + a m^2 between the rows of every column, by moments, never below 0 (Poisson)."""
    weeks = len(counts)
    if weeks < 2:
        return 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = np.nan_to_num(passed * (counts.sum(axis=0) / passed.sum(axis=0)))
    squares = (counts - expected) ** 2 * weeks / (weeks - 1)
    beyond = (squares - expected).sum()
    return float(max(beyond / max((expected**2).sum(), 1e-300), 0.0))
