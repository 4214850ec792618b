"""How far two partitions of the same actors agree, and how firmly an actor sits in its community."""

from __future__ import annotations

import numpy as np


def adjusted_rand(one: np.ndarray, other: np.ndarray) -> float:
    """Return the adjusted Rand index: 1 for the same partition, 0 as good as chance, NaN for no actors.

    Source: Hubert and Arabie (1985), Journal of Classification 2, 193-218.
    """
    if not len(one):
        return float("nan")
    cells, rows, columns = _crossed(one, other)
    together, in_rows, in_columns = (_pairs(each) for each in (cells, rows, columns))
    chance = in_rows * in_columns / max(_pairs(np.array([len(one)])), 1)
    most = (in_rows + in_columns) / 2
    return 1.0 if most == chance else float((together - chance) / (most - chance))


def normalised_information(one: np.ndarray, other: np.ndarray) -> float:
    """Return the mutual information divided by the mean of both entropies: 1 for the same partition, 0 for none shared.

    Source: Danon, Diaz-Guilera, Duch and Arenas (2005), Journal of Statistical Mechanics, P09008.
    """
    if not len(one):
        return float("nan")
    cells, rows, columns = (each / len(one) for each in _crossed(one, other))
    separate = _entropy(rows) + _entropy(columns)
    return 1.0 if separate == 0 else float(max(2 * (separate - _entropy(cells)) / separate, 0.0))


def stays(kept: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return a mask of the actors that are, in the other partition, where most of their community are."""
    if not len(kept):
        return np.zeros(0, dtype=bool)
    wide = int(other.max()) + 1
    keys, owner, counts = np.unique(kept * wide + other, return_inverse=True, return_counts=True)
    community, place = keys // wide, keys % wide
    order = np.lexsort((place, -counts, community))
    most = np.full(int(kept.max()) + 1, -1)
    firsts = order[np.unique(community[order], return_index=True)[1]]
    most[community[firsts]] = place[firsts]
    mask: np.ndarray = (place == most[community])[owner]
    return mask


def _crossed(one: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return how many actors are in each pair of groups, in each group of the one, and in each of the other."""
    left, right = np.unique(one, return_inverse=True)[1], np.unique(other, return_inverse=True)[1]
    cells = np.unique(left * (int(right.max()) + 1) + right, return_counts=True)[1]
    return cells, np.bincount(left), np.bincount(right)


def _pairs(counts: np.ndarray) -> float:
    exact = counts.astype(float)
    return float((exact * (exact - 1) / 2).sum())


def _entropy(shares: np.ndarray) -> float:
    return float(-(shares * np.log(shares)).sum())
