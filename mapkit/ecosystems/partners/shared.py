"""Which unlinked pairs share neighbours: counted through the neighbours, block by block, so that no pair is tried."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mapkit.sequences.compiled import suited

_BLOCK = 4_000_000  # links between links held at once


@dataclass(frozen=True, eq=False)
class Pairs:
    """Unlinked pairs (``first`` < ``second``, codes) with what they share. ``hubs`` were not looked through."""

    first: np.ndarray
    second: np.ndarray
    shared: np.ndarray
    adamic_adar: np.ndarray
    p: np.ndarray
    sharing: int
    hubs: int


def simple_neighbours(n: int, sources: np.ndarray, targets: np.ndarray) -> Any:
    """Return the adjacency of the undirected simple graph as compressed sparse rows: no self-ties, every pair once."""
    from scipy import sparse

    apart = sources != targets
    ends = np.concatenate([sources[apart], targets[apart]]), np.concatenate([targets[apart], sources[apart]])
    adjacency = sparse.csr_array((np.ones(len(ends[0])), ends), shape=(n, n))
    adjacency.sum_duplicates()
    adjacency.data[:] = 1.0
    return adjacency


def expected_shared(degrees: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return how many neighbours chance would give the two of each pair.

    In a graph with these degrees and ties otherwise at random, actor k lies between i and j with probability
    d_i d_j d_k (d_k - 1) / (2m)^2; the sum runs over all actors but the two.
    """
    between = degrees * (degrees - 1.0)
    rest = between.sum() - between[first] - between[second]
    expected: np.ndarray = degrees[first] * degrees[second] * rest / max(float(degrees.sum()), 1.0) ** 2
    return expected


def sharing_pairs(
    adjacency: Any, allowed: np.ndarray | None, kinds: np.ndarray, *, hub: int, least: int, keep_below: float
) -> Pairs:
    """Return unlinked pairs that share at least ``least`` neighbours; ``sharing`` counts all of them.

    ``allowed`` is a matrix over ``kinds`` (a number for each actor) of which may pair; None is all. Kept are the pairs
    with p of at most ``keep_below`` and, of the others, as many as a reader may look at.
    """
    degrees = np.diff(adjacency.indptr).astype(float)
    used, weights = _weights(degrees, hub)
    parts: list[tuple[np.ndarray, ...]] = []
    sharing = 0
    for start, end, walks in _blocks(adjacency, degrees * used):
        found = _block(adjacency, weights, (start, end, walks), least)
        if allowed is not None:
            found = tuple(each[allowed[kinds[found[0]], kinds[found[1]]]] for each in found)
        sharing += len(found[0])
        p = _p_values(found[2], expected_shared(degrees, found[0], found[1]))
        keep = p <= keep_below
        if not keep.all():
            keep |= found[3] >= _nth(found[3], 1_000)
        parts.append(tuple(each[keep] for each in (*found, p)))
    if not parts:
        empty = np.empty(0)
        return Pairs(empty.astype(int), empty.astype(int), empty, empty, empty, 0, _hubs(degrees, hub))
    first, second, shared, score, p = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Pairs(first, second, shared, score, p, sharing, _hubs(degrees, hub))


def facts_of(
    adjacency: Any, first: np.ndarray, second: np.ndarray, hub: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return, for pairs given, the neighbours shared (hubs left out), their Adamic-Adar sum, and p."""
    degrees = np.diff(adjacency.indptr).astype(float)
    if not len(first):
        return np.empty(0), np.empty(0), np.empty(0)
    both = adjacency[first].multiply(adjacency[second]).tocsr()
    used, weights = _weights(degrees, hub)
    shared, score = both @ used.astype(float), both @ weights
    return shared, score, _p_values(shared, expected_shared(degrees, first, second))


def _weights(degrees: np.ndarray, hub: int) -> tuple[np.ndarray, np.ndarray]:
    used = (degrees > 1) & (degrees <= hub)
    return used, np.where(used, 1 / np.log(np.maximum(degrees, 2)), 0.0)


def _hubs(degrees: np.ndarray, hub: int) -> int:
    return int((degrees > hub).sum())


def _blocks(adjacency: Any, onward: np.ndarray) -> list[tuple[int, int, int]]:
    """Return ranges of rows, each with its walks of two steps: few enough to be held at once."""
    walks = np.concatenate([[0], np.cumsum(adjacency @ onward).astype(np.int64)])
    blocks, start, n = [], 0, adjacency.shape[0]
    while start < n:
        end = int(np.searchsorted(walks, walks[start] + _BLOCK, side="right")) - 1
        end = min(max(end, start + 1), n)
        blocks.append((start, end, int(walks[end] - walks[start])))
        start = end
    return blocks


def _block(adjacency: Any, weights: np.ndarray, span: tuple[int, int, int], least: int) -> tuple[np.ndarray, ...]:
    """Return the pairs of a range of rows: first, second, shared neighbours, and their Adamic-Adar sum."""
    start, end, walks = span
    n = adjacency.shape[0]
    first, second = np.empty(walks, dtype=np.int32), np.empty(walks, dtype=np.int32)
    shared, score = np.empty(walks), np.empty(walks)
    room = np.zeros(n, dtype=np.int32), np.zeros(n), np.zeros(n, dtype=np.int32)
    links = adjacency.indptr.astype(np.int64), adjacency.indices.astype(np.int32)
    found = suited(walk_two_steps, walks)(*links, weights, start, end, least, *room, first, second, shared, score)
    return first[:found], second[:found], shared[:found], score[:found]


def walk_two_steps(
    starts: Any, ends: Any, weights: Any, low: Any, high: Any, least: Any,
    counts: Any, sums: Any, touched: Any, first: Any, second: Any, shared: Any, score: Any,
) -> int:  # fmt: skip
    """Write down whom each actor of a range meets behind its neighbours: plain loops, written for numba."""
    found = 0
    for own in range(low, high):
        met = 0
        for place in range(starts[own], starts[own + 1]):
            neighbour = ends[place]
            if weights[neighbour] == 0.0:
                continue
            for onward in range(starts[neighbour], starts[neighbour + 1]):
                other = ends[onward]
                if other > own:
                    if counts[other] == 0:
                        touched[met] = other
                        met += 1
                    counts[other] += 1
                    sums[other] += weights[neighbour]
        for place in range(starts[own], starts[own + 1]):
            counts[ends[place]] = 0  # tied already
        for k in range(met):
            other = touched[k]
            if counts[other] >= least:
                first[found], second[found] = own, other
                shared[found], score[found] = counts[other], sums[other]
                found += 1
            counts[other], sums[other] = 0, 0.0
    return found


def _p_values(shared: np.ndarray, expected: np.ndarray) -> np.ndarray:
    from scipy.special import pdtrc

    # P(X >= s) of a Poisson: sums of rare, different chances are less spread than a Poisson, so this errs upwards.
    tail: np.ndarray = pdtrc(shared - 1, expected)
    return np.where(shared > 0, tail, 1.0)


def _nth(values: np.ndarray, most: int) -> float:
    return float(np.partition(values, len(values) - most)[len(values) - most]) if len(values) > most else -1.0
