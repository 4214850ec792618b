"""Who is tied to whom, each pair once: the rows that position is measured on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mapkit.ecosystems.links import Links, grouped
from mapkit.sequences.compiled import suited


@dataclass(frozen=True, eq=False)
class Adjacency:
    """Neighbours of actor k: ``ends[starts[k]:starts[k + 1]]``, ascending, each once, itself left out.

    ``weights`` are sums over parallel ties. ``own`` is what an actor's links to itself weigh.
    """

    starts: np.ndarray
    ends: np.ndarray
    weights: np.ndarray
    own: np.ndarray

    @property
    def actors(self) -> int:
        """How many actors there are."""
        return len(self.starts) - 1

    @property
    def rows(self) -> np.ndarray:
        """Whose neighbour each is."""
        return np.repeat(np.arange(self.actors, dtype=np.int32), np.diff(self.starts))

    def turned(self) -> Adjacency:
        """Return the same with every direction turned round."""
        order, starts = grouped(self.ends, self.actors)
        return Adjacency(starts, self.rows[order], self.weights[order], self.own)


def behind(links: Links, weights: np.ndarray) -> Adjacency:
    """Return who has links to each actor; ``weights`` are in the order of ``links.out``."""
    nobody = (np.zeros(links.actors + 1, dtype=np.int64), np.empty(0, dtype=np.int32), np.empty(0))
    into = links.into
    return _joined(links.actors, (into.starts, into.ends, weights[into.place]), nobody)


def around(links: Links, weights: np.ndarray) -> Adjacency:
    """Return who is linked to each actor in either direction; a pair's weight is the sum of both directions.

    So is that of an actor's links to itself.
    """
    into = links.into
    # Rows of `into` are in the order of `out`, hence ascending; turned round once more, those of `out` are so too.
    order, _ = grouped(into.ends, links.actors)
    ends = np.repeat(np.arange(links.actors, dtype=np.int32), np.diff(into.starts))[order]
    gathered = weights[into.place]
    ahead = (links.out.starts, ends, gathered[order])
    return _joined(links.actors, (into.starts, into.ends, gathered), ahead)


def _joined(actors: int, one: tuple[np.ndarray, ...], other: tuple[np.ndarray, ...]) -> Adjacency:
    most = len(one[1]) + len(other[1])
    starts, own = np.zeros(actors + 1, dtype=np.int64), np.zeros(actors)
    ends, weights = np.empty(most, dtype=np.int32), np.empty(most)
    kept = suited(join_rows, 10 * most)(*one, *other, starts, ends, weights, own)
    return Adjacency(starts, ends[:kept].copy(), weights[:kept].copy(), own)


def join_rows(
    starts_a: Any, ends_a: Any, weights_a: Any, starts_b: Any, ends_b: Any, weights_b: Any,
    starts: Any, ends: Any, weights: Any, own: Any,
) -> int:  # fmt: skip
    """Merge two sets of ascending rows and add up what stands twice: plain loops, written for numba."""
    at = 0
    for actor in range(starts.shape[0] - 1):
        a, b = starts_a[actor], starts_b[actor]
        last_a, last_b = starts_a[actor + 1], starts_b[actor + 1]
        first = at
        while a < last_a or b < last_b:
            if b >= last_b or (a < last_a and ends_a[a] <= ends_b[b]):
                end, weight = ends_a[a], weights_a[a]
                a += 1
            else:
                end, weight = ends_b[b], weights_b[b]
                b += 1
            if end == actor:
                own[actor] += weight
            elif at > first and ends[at - 1] == end:
                weights[at - 1] += weight
            else:
                ends[at] = end
                weights[at] = weight
                at += 1
        starts[actor + 1] = at
    return at
