"""Betweenness by hops: how often an actor stands on the shortest ways between two others."""

from __future__ import annotations

from typing import Any

import numpy as np


def walk_hops(starts: Any, ends: Any, sources: Any, totals: Any, squares: Any) -> None:
    """Add to ``totals`` each actor's dependency from every source, and its square to ``squares``.

    Plain loops, written for numba. A neighbour one hop further on is found by its distance, so no list of
    predecessors is kept.

    Source: Brandes (2001), Journal of Mathematical Sociology 25, 163-177.
    """
    actors = totals.shape[0]
    hops = np.full(actors, -1, dtype=np.int32)
    ways, carried = np.zeros(actors), np.zeros(actors)
    queue = np.empty(actors, dtype=np.int32)
    for s in range(sources.shape[0]):
        source = sources[s]
        hops[source], ways[source], queue[0] = 0, 1.0, source
        head, tail = 0, 1
        while head < tail:
            actor = queue[head]
            head += 1
            further, own = hops[actor] + 1, ways[actor]
            for k in range(starts[actor], starts[actor + 1]):
                end = ends[k]
                if hops[end] < 0:
                    hops[end] = further
                    queue[tail] = end
                    tail += 1
                    ways[end] = own
                elif hops[end] == further:
                    ways[end] += own
        for place in range(tail - 1, -1, -1):
            actor = queue[place]
            further, found = hops[actor] + 1, 0.0
            for k in range(starts[actor], starts[actor + 1]):
                if hops[ends[k]] == further:
                    found += carried[ends[k]]
            dependency = ways[actor] * found
            carried[actor] = (1.0 + dependency) / ways[actor]
            if place:
                totals[actor] += dependency
                squares[actor] += dependency * dependency
        for place in range(tail):
            hops[queue[place]] = -1
