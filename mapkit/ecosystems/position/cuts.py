"""Where a network comes apart: ties and actors that alone hold others to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mapkit.ecosystems.position.adjacency import Adjacency
from mapkit.sequences.compiled import suited


@dataclass(frozen=True, eq=False)
class Walk:
    """A walk into the depth of a network.

    Actor ``order[k]`` is the k-th to be met, ``place`` its inverse. Whoever is met by way of actor v stands in
    ``order[place[v]:place[v] + size[v]]``. ``low`` is the earliest place that those reach but by the tie they came by,
    ``parent`` who came before (-1: a walk begins).
    """

    order: np.ndarray
    place: np.ndarray
    low: np.ndarray
    parent: np.ndarray
    size: np.ndarray
    begun: np.ndarray

    @property
    def bridges(self) -> np.ndarray:
        """Actors whose tie to their parent is the only one between their side and the other."""
        child = np.flatnonzero(self.parent >= 0)
        return child[self.low[child] > self.place[self.parent[child]]]

    @property
    def hanging(self) -> np.ndarray:
        """Actors who, with all met by way of them, hang on their parent; children of a beginning are all among them."""
        child = np.flatnonzero(self.parent >= 0)
        return child[self.low[child] >= self.place[self.parent[child]]]

    def beyond(self, actor: int) -> np.ndarray:
        """Return an actor and those met by way of it."""
        first = self.place[actor]
        met: np.ndarray = self.order[first : first + self.size[actor]]
        return met

    def pieces(self) -> tuple[np.ndarray, np.ndarray]:
        """Return how many pieces each actor's part falls into without it, and how many lose the largest of them."""
        actors = len(self.order)
        whole = self.size[self.begun]  # of the part each actor belongs to
        child = self.hanging
        of = self.parent[child]
        count, taken, largest = (
            np.bincount(of, minlength=actors),
            np.zeros(actors, np.int64),
            np.zeros(actors, np.int64),
        )
        np.add.at(taken, of, self.size[child])
        np.maximum.at(largest, of, self.size[child])
        rest = whole - 1 - taken
        pieces = count + (rest > 0)
        return pieces, whole - 1 - np.maximum(largest, rest)


def walk_into_depth(around: Adjacency) -> Walk:
    """Return the walk that shows bridges and cut points.

    Source: Tarjan (1972), SIAM Journal on Computing 1, 146-160; Hopcroft and Tarjan (1973), Communications of the ACM
    16, 372-378.
    """
    n = around.actors
    found = [np.full(n, -1, dtype=np.int32) for _ in range(4)] + [np.ones(n, dtype=np.int64), np.zeros(n, np.int32)]
    if n:
        suited(go_deep, len(around.ends) + n)(around.starts, around.ends, *found)
    return Walk(*found)


def go_deep(starts: Any, ends: Any, order: Any, place: Any, low: Any, parent: Any, size: Any, begun: Any) -> None:
    """Walk into the depth without recursion: plain loops, written for numba."""
    actors, count = place.shape[0], 0
    stack, next_link = np.empty(actors, dtype=np.int32), starts[:-1].copy()
    for root in range(actors):
        if place[root] >= 0:
            continue
        stack[0], height = root, 1
        place[root], low[root], order[count], begun[root] = count, count, root, root
        count += 1
        while height > 0:
            actor = stack[height - 1]
            if next_link[actor] < starts[actor + 1]:
                end = ends[next_link[actor]]
                next_link[actor] += 1
                if place[end] < 0:
                    place[end], low[end], order[count] = count, count, end
                    parent[end], begun[end] = actor, root
                    count += 1
                    stack[height] = end
                    height += 1
                elif end != parent[actor]:
                    low[actor] = min(low[actor], place[end])
            else:
                height -= 1
                if height > 0:
                    above = stack[height - 1]
                    low[above] = min(low[above], low[actor])
                    size[above] += size[actor]
