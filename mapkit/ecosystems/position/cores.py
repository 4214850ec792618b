"""Cores: the largest k such that an actor belongs to a group in which everybody has k neighbours."""

from __future__ import annotations

from typing import Any

import numpy as np

from mapkit.ecosystems.position.adjacency import Adjacency
from mapkit.sequences.compiled import suited


def core_numbers(around: Adjacency) -> np.ndarray:
    """Return each actor's core number.

    Source: Batagelj and Zaversnik (2003), An O(m) algorithm for cores decomposition of networks, arXiv cs/0310049.
    """
    core = np.diff(around.starts).astype(np.int32)
    if len(core):
        suited(peel, len(around.ends) + len(core))(around.starts, around.ends, core)
    return core


def peel(starts: Any, ends: Any, core: Any) -> None:
    """Turn degrees into core numbers by taking the actor of least degree away: plain loops, written for numba."""
    actors = core.shape[0]
    first = np.zeros(core.max() + 2, dtype=np.int32)
    for actor in range(actors):
        first[core[actor] + 1] += 1
    for degree in range(first.shape[0] - 1):
        first[degree + 1] += first[degree]
    order, place, free = np.empty(actors, dtype=np.int32), np.empty(actors, dtype=np.int32), first.copy()
    for actor in range(actors):
        place[actor] = free[core[actor]]
        order[place[actor]] = actor
        free[core[actor]] += 1
    for k in range(actors):
        actor = order[k]
        for link in range(starts[actor], starts[actor + 1]):
            other = ends[link]
            if core[other] > core[actor]:
                # The neighbour changes places with the first of its degree, and the bounds move past it.
                start = first[core[other]]
                swapped = order[start]
                order[start], order[place[other]] = other, swapped
                place[swapped], place[other] = place[other], start
                first[core[other]] += 1
                core[other] -= 1
