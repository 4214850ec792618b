"""Betweenness by hops: how often an actor stands on the shortest ways between two others."""

from __future__ import annotations

from typing import Any

import numpy as np


def walk_hops(starts: Any, ends: Any, sources: Any, totals: Any, squares: Any) -> None:
    """Add to ``totals`` each actor's dependency from every source, and its square to ``squares``.

    Plain loops, written for numba; ``ends`` without a sign spare it a check at every look-up. The search writes down
    the links that lead one hop on, ``onward``, so the way back reads these alone, in turn, and looks up no distance.

    Source: Brandes (2001), Journal of Mathematical Sociology 25, 163-177.
    """
    actors = totals.shape[0]
    hops = np.full(actors, -1, dtype=np.int32)
    ways, carried = np.zeros(actors), np.zeros(actors)
    queue = np.empty(actors, dtype=np.int32)
    onward = np.empty(ends.shape[0], dtype=np.uint32)
    until = np.zeros(actors + 1, dtype=np.int64)  # where the onward links of each place in the queue end
    for s in range(sources.shape[0]):
        source = sources[s]
        hops[source], ways[source], queue[0] = 0, 1.0, source
        head, tail, found = 0, 1, 0
        while head < tail:
            actor = queue[head]
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
                else:
                    continue
                onward[found] = end
                found += 1
            head += 1
            until[head] = found
        for place in range(tail - 1, -1, -1):
            actor, passed = queue[place], 0.0
            for k in range(until[place], until[place + 1]):
                passed += carried[onward[k]]
            dependency = ways[actor] * passed
            carried[actor] = (1.0 + dependency) / ways[actor]
            hops[actor] = -1
            if place:
                totals[actor] += dependency
                squares[actor] += dependency * dependency
