"""How wide a network is: the farthest anybody is from each actor, and the mean."""

from __future__ import annotations

from typing import Any

import numpy as np

from mapkit.ecosystems.position.adjacency import Adjacency
from mapkit.ecosystems.steps import spread_steps
from mapkit.sequences.compiled import suited


def spans(rows: Adjacency, sources: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return, for each source, how many others it reaches, the sum of the hops to them, and the most hops."""
    reached, far, farthest = (np.zeros(len(sources), dtype=np.int64) for _ in range(3))
    if len(sources):
        work = len(sources) * (len(rows.ends) + rows.actors)
        suited(reach_all, work)(rows.starts, rows.ends, sources.astype(np.int32), reached, far, farthest)
    return reached, far, farthest


def hops_from(rows: Adjacency, source: int) -> np.ndarray:
    """Return the hops from one actor to each, -1 where there is no way."""
    hops = np.full(rows.actors, -1, dtype=np.int32)
    hops[source] = 0
    loop = suited(spread_steps, 10 * (len(rows.ends) + rows.actors))
    loop(rows.starts, rows.ends, np.array([source], dtype=np.int64), rows.actors, hops)
    return hops


def reach_all(starts: Any, ends: Any, sources: Any, reached: Any, far: Any, farthest: Any) -> None:
    """Walk in hops from each source: plain loops, written for numba."""
    actors = starts.shape[0] - 1
    hops, queue = np.full(actors, -1, dtype=np.int32), np.empty(actors, dtype=np.int32)
    for s in range(sources.shape[0]):
        hops[sources[s]], queue[0] = 0, sources[s]
        head, tail = 0, 1
        while head < tail:
            actor = queue[head]
            head += 1
            for k in range(starts[actor], starts[actor + 1]):
                if hops[ends[k]] < 0:
                    hops[ends[k]] = hops[actor] + 1
                    queue[tail] = ends[k]
                    tail += 1
        reached[s] = tail - 1
        farthest[s] = hops[queue[tail - 1]]
        for place in range(tail):
            far[s] += hops[queue[place]]
            hops[queue[place]] = -1
