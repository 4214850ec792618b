"""How often each actor stands between two that are not tied, by the groups of the three."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from mapkit.ecosystems.links import Links, Rows, link
from mapkit.sequences.compiled import suited

ROLES = ("coordinator", "itinerant", "gatekeeper", "representative", "liaison")


def plain_rows(links: Links) -> Rows:
    """Return the links out of each actor once each, in order of their ends, without ties of an actor to itself."""
    size = max(links.actors, 1)
    pairs = np.unique(links.sources.astype(np.int64) * size + links.out.ends)
    sources, ends = pairs // size, pairs % size
    keep = sources != ends
    one_way = np.zeros(int(keep.sum()), dtype=bool)
    return link(links.actors, sources[keep], ends[keep], np.ones(int(keep.sum())), one_way).out


def role_counts(rows: Rows, groups: np.ndarray) -> np.ndarray:
    """Return the five counts of each actor; a group of -1 is not known, and its actor's ways are not counted."""
    return next(_counted(rows, [groups], times=1))


def shuffled_counts(rows: Rows, groups: np.ndarray, *, times: int, seed: int) -> Iterator[np.ndarray]:
    """Yield the five counts of each actor with the known groups dealt anew, once for each time."""
    rng = np.random.default_rng(seed)
    known = np.flatnonzero(groups >= 0)

    def dealt() -> Iterator[np.ndarray]:
        for _ in range(times):
            again = groups.copy()
            again[known] = rng.permutation(groups[known])
            yield again

    yield from _counted(rows, dealt(), times=times)


def chances(groups: np.ndarray) -> np.ndarray:
    """Return how likely each role is for three different actors when groups are dealt at random."""
    sizes = np.bincount(groups[groups >= 0]).astype(float)
    everybody = sizes.sum()
    triples = everybody * (everybody - 1) * (everybody - 2)
    if triples <= 0:
        return np.full(len(ROLES), np.nan)
    same = (sizes * (sizes - 1) * (sizes - 2)).sum() / triples
    two = (sizes * (sizes - 1) * (everybody - sizes)).sum() / triples
    return np.array([same, two, two, two, 1 - same - 3 * two])


def _counted(rows: Rows, many: Any, *, times: int) -> Iterator[np.ndarray]:
    actors = len(rows.starts) - 1
    ways = int(np.diff(rows.starts)[rows.ends].sum())
    loop = suited(count_roles, ways * times)
    for groups in many:
        counts = np.zeros((actors, len(ROLES)), dtype=np.int64)
        loop(rows.starts, rows.ends, groups, np.full(actors, -1, dtype=np.int64), counts)
        yield counts


def count_roles(starts: Any, ends: Any, groups: Any, met: Any, counts: Any) -> None:
    """Walk every way of two steps whose ends are not tied: written for numba."""
    for first in range(starts.shape[0] - 1):
        own = groups[first]
        if own < 0:
            continue
        met[first] = first
        for tie in range(starts[first], starts[first + 1]):
            met[ends[tie]] = first
        for tie in range(starts[first], starts[first + 1]):
            between = ends[tie]
            middle = groups[between]
            if middle < 0:
                continue
            for onward in range(starts[between], starts[between + 1]):
                last = ends[onward]
                other = groups[last]
                if other < 0 or met[last] == first:
                    continue
                if own == middle:
                    role = 0 if middle == other else 3
                elif own == other:
                    role = 1
                else:
                    role = 2 if middle == other else 4
                counts[between, role] += 1
