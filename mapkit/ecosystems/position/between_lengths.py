"""Betweenness by length: the shortest ways where a strong tie is a short one."""

from __future__ import annotations

import heapq
from typing import Any

import numpy as np


def walk_lengths(starts: Any, ends: Any, lengths: Any, sources: Any, totals: Any, squares: Any) -> None:
    """Add to ``totals`` each actor's dependency from every source, and its square to ``squares``.

    ``lengths`` are above 0. Plain loops, written for numba.

    Source: Brandes (2001), Journal of Mathematical Sociology 25, 163-177.
    """
    actors = totals.shape[0]
    far = np.full(actors, np.inf)
    settled = np.zeros(actors, dtype=np.bool_)
    ways, carried = np.zeros(actors), np.zeros(actors)
    order = np.empty(actors, dtype=np.int32)
    for s in range(sources.shape[0]):
        source = sources[s]
        far[:], settled[:], ways[:] = np.inf, False, 0.0
        far[source], ways[source] = 0.0, 1.0
        heap, count = [(0.0, source)], 0
        while len(heap) > 0:
            distance, actor = heapq.heappop(heap)
            if settled[actor]:
                continue
            settled[actor] = True
            order[count] = actor
            count += 1
            for k in range(starts[actor], starts[actor + 1]):
                end, length = ends[k], distance + lengths[k]
                if length < far[end]:
                    far[end], ways[end] = length, ways[actor]
                    heapq.heappush(heap, (length, end))
                elif length == far[end] and not settled[end]:
                    ways[end] += ways[actor]
        for place in range(count - 1, -1, -1):
            actor, found = order[place], 0.0
            for k in range(starts[actor], starts[actor + 1]):
                if far[actor] + lengths[k] == far[ends[k]]:
                    found += carried[ends[k]]
            dependency = ways[actor] * found
            carried[actor] = (1.0 + dependency) / ways[actor]
            if place:
                totals[actor] += dependency
                squares[actor] += dependency * dependency
