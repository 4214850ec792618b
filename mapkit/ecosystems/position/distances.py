"""How far it is to each actor: the sums of hops that closeness is made of."""

from __future__ import annotations

import heapq
from typing import Any

import numpy as np


def sum_hops(starts: Any, ends: Any, sources: Any, reached: Any, far: Any, squares: Any, by_source: bool) -> None:
    """Add up the hops from each source: plain loops, written for numba.

    ``by_source``: number k of ``reached`` and ``far`` is that of source k. Else they are those of the actor reached,
    and ``squares`` takes the squares.
    """
    actors = starts.shape[0] - 1
    hops = np.full(actors, -1, dtype=np.int32)
    queue = np.empty(actors, dtype=np.int32)
    for s in range(sources.shape[0]):
        hops[sources[s]], queue[0] = 0, sources[s]
        head, tail = 0, 1
        while head < tail:
            actor = queue[head]
            head += 1
            for k in range(starts[actor], starts[actor + 1]):
                end = ends[k]
                if hops[end] < 0:
                    hops[end] = hops[actor] + 1
                    queue[tail] = end
                    tail += 1
        for place in range(tail):
            actor = queue[place]
            if place:
                at = s if by_source else actor
                reached[at] += 1
                far[at] += hops[actor]
                squares[at] += float(hops[actor]) * hops[actor]
            hops[actor] = -1


def sum_lengths(
    starts: Any, ends: Any, lengths: Any, sources: Any, reached: Any, far: Any, squares: Any, by_source: bool
) -> None:
    """Add up the lengths from each source, as ``sum_hops`` does hops: plain loops, written for numba."""
    actors = starts.shape[0] - 1
    best = np.full(actors, np.inf)
    settled = np.zeros(actors, dtype=np.bool_)
    for s in range(sources.shape[0]):
        best[:], settled[:] = np.inf, False
        best[sources[s]] = 0.0
        heap = [(0.0, sources[s])]
        while len(heap) > 0:
            distance, actor = heapq.heappop(heap)
            if settled[actor]:
                continue
            settled[actor] = True
            if actor != sources[s]:
                at = s if by_source else actor
                reached[at] += 1
                far[at] += distance
                squares[at] += distance * distance
            for k in range(starts[actor], starts[actor + 1]):
                length = distance + lengths[k]
                if length < best[ends[k]]:
                    best[ends[k]] = length
                    heapq.heappush(heap, (length, ends[k]))
