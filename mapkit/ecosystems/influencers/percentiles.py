"""Percentiles of influencers among their like: of the values themselves, and of many draws of them."""

from __future__ import annotations

import numpy as np

# The logarithm of nothing: far below any percentile's, whatever its weight.
NOTHING = np.float32(-1e4)


def percentiles(values: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """Return for each value the share of its cell below it, itself and its equals counting half.

    >>> percentiles(np.array([1.0, 5.0, 5.0, 9.0]), np.zeros(4, dtype=int)).tolist()
    [0.125, 0.5, 0.5, 0.875]
    """
    found = np.empty(len(values))
    for cell in np.unique(cells):
        mine = np.flatnonzero(cells == cell)
        ordered = np.sort(values[mine])
        below = np.searchsorted(ordered, values[mine], side="left")
        upto = np.searchsorted(ordered, values[mine], side="right")
        found[mine] = (below + upto) / (2 * len(mine))
    return found


def percentiles_of_draws(drawn: np.ndarray, cells: np.ndarray, *, killed: bool = False) -> np.ndarray:
    """Return the logarithms of each draw's percentiles, draws down and influencers across.

    ``killed``: a value of 0 has no percentile, and its logarithm is that of nothing.
    """
    found = np.empty(drawn.shape, dtype=np.float32)
    for cell in np.unique(cells):
        mine = np.flatnonzero(cells == cell)
        part = np.ascontiguousarray(drawn[:, mine])
        order = np.argsort(part, axis=1)
        shares = np.log((np.arange(len(mine), dtype=np.float32) + 0.5) / len(mine))
        placed = np.empty_like(part)
        np.put_along_axis(placed, order, np.broadcast_to(shares, part.shape), axis=1)
        if killed:
            placed[part <= 0] = NOTHING
        found[:, mine] = placed
    return found


def logs(values: np.ndarray) -> np.ndarray:
    """Return logarithms, that of 0 being that of nothing."""
    with np.errstate(divide="ignore"):
        found: np.ndarray = np.where(values > 0, np.log(values), NOTHING).astype(np.float32)
    return found
