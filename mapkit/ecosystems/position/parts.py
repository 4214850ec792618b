"""Which actors hang together: the connected parts, the largest first."""

from __future__ import annotations

import numpy as np

from mapkit.ecosystems.links import Links


def connected_parts(links: Links, *, strong: bool = False) -> np.ndarray:
    """Return each actor's part: 0 the largest, and of equally large ones that with the first actor.

    ``strong``: parts within which everybody reaches everybody along the ties' directions.
    """
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components

    n = links.actors
    if not n:
        return np.zeros(0, dtype=np.int32)
    ones = np.ones(links.links, dtype=np.int8)
    matrix = sparse.csr_array((ones, links.out.ends, links.out.starts.astype(np.int32)), shape=(n, n))
    found = connected_components(matrix, directed=True, connection="strong" if strong else "weak")[1]
    sizes = np.bincount(found)
    first = np.full(len(sizes), n)
    np.minimum.at(first, found, np.arange(n))
    rank = np.empty(len(sizes), dtype=np.int32)
    rank[np.lexsort((first, -sizes))] = np.arange(len(sizes))
    ranked: np.ndarray = rank[found]
    return ranked
