"""Who comes first: ranks of values that are sums of floats."""

from __future__ import annotations

import numpy as np


def ranked(values: np.ndarray, *, least: bool) -> np.ndarray:
    """Return ranks, 1 the best; equal values, as far as sums of floats can tell, share the better one; NaN is last."""
    from scipy.stats import rankdata

    largest = np.nanmax(np.abs(values), initial=0)
    even = np.round(values / largest, 11) if largest > 0 else np.zeros(len(values))
    even = np.where(np.isnan(values), np.inf, even if least else -even)
    ranks: np.ndarray = rankdata(even, method="min").astype(int)
    return ranks
