"""How likely each arm is the best one, given what was seen of all of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

_POINTS = 2_000
_Function = Callable[[NDArray[np.float64]], NDArray[np.float64]]


def share_chances(successes: ArrayLike, trials: ArrayLike) -> NDArray[np.float64]:
    """Return the probability that each arm's share is the highest, from flat priors: Beta(1, 1).

    Exact up to the grid of the integral (some 1e-6); no random numbers. Arms that are equal share the probability.

    >>> [round(float(p), 4) for p in share_chances([5, 5], [10, 10])]
    [0.5, 0.5]
    """
    from scipy.special import betainc, betaincinv

    hits, n = np.asarray(successes, float), np.asarray(trials, float)
    arms = list(zip(1 + hits, 1 + n - hits, strict=True))
    return _chances(
        [partial(betaincinv, a, b) for a, b in arms],
        [partial(betainc, a, b) for a, b in arms],
    )


def mean_chances(means: ArrayLike, errors: ArrayLike) -> NDArray[np.float64]:
    """Return the probability that each arm's mean is the highest, from flat priors: normal with these errors.

    NaN throughout where an arm has no standard error.
    """
    from scipy.stats import norm

    arms = list(zip(np.asarray(means, float), np.asarray(errors, float), strict=True))
    if not all(error > 0 for _, error in arms):
        return np.full(len(arms), np.nan)
    return _chances(
        [norm(mean, error).ppf for mean, error in arms],
        [norm(mean, error).cdf for mean, error in arms],
    )


def _chances(quantile: list[_Function], below: list[_Function]) -> NDArray[np.float64]:
    """Integrate P(all others below x) over each arm's own distribution, on the quantiles of every arm together.

    On that grid no distribution moves by more than 1 / points between neighbours, however different the arms are.
    """
    u = (np.arange(_POINTS) + 0.5) / _POINTS
    x = np.unique(np.concatenate([each(u) for each in quantile]))
    shares = np.array([each(x) for each in below])
    ends = np.zeros((len(shares), 1)), np.ones((len(shares), 1))
    shares = np.hstack([ends[0], shares, ends[1]])
    chances = np.empty(len(shares))
    for k, own in enumerate(shares):
        others = np.delete(shares, k, axis=0).prod(axis=0)
        chances[k] = (np.diff(own) * (others[1:] + others[:-1]) / 2).sum()
    return chances / chances.sum()
