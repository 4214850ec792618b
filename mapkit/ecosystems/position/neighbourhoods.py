"""What an actor's neighbours are to each other: clustering, constraint and effective size, from the triangles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mapkit.ecosystems.position.adjacency import Adjacency
from mapkit.sequences.compiled import suited


@dataclass(frozen=True, eq=False)
class Neighbourhoods:
    """One number an actor: ``clustering``, ``constraint`` and ``effective_size`` (both NaN where nobody is a tie away).

    ``triangles`` are those that the actor is a corner of.
    """

    triangles: np.ndarray
    clustering: np.ndarray
    constraint: np.ndarray
    effective_size: np.ndarray


def neighbourhoods(around: Adjacency) -> Neighbourhoods:
    """Return what closes each actor's neighbourhood; each triangle is found once, and tells on its three corners.

    Source: Burt (1992), Structural Holes, chapter 2; Watts and Strogatz (1998), Nature 393, 440-442. Triangles as in
    Latapy (2008), Theoretical Computer Science 407, 458-473.
    """
    actors, links = around.actors, len(around.ends)
    degree = np.diff(around.starts)
    total, strongest = np.zeros(actors), np.zeros(actors)
    triangles, redundancy = np.zeros(actors, dtype=np.int64), np.zeros(actors)
    indirect = np.zeros(links)
    loop = suited(walk_triangles, 20 * links)
    constraint = np.zeros(actors)
    loop(around.starts, around.ends, around.weights, total, strongest, triangles, redundancy, indirect, constraint)
    alone = total <= 0
    with np.errstate(divide="ignore", invalid="ignore"):
        clustering = np.where(degree > 1, 2 * triangles / (degree * (degree - 1.0)), 0.0)
    return Neighbourhoods(
        triangles, clustering, np.where(alone, np.nan, constraint), np.where(alone, np.nan, degree - redundancy)
    )


def walk_triangles(
    starts: Any, ends: Any, weights: Any,
    total: Any, strongest: Any, triangles: Any, redundancy: Any, indirect: Any, constraint: Any,
) -> None:  # fmt: skip
    """Visit each triangle from its corner of least degree: plain loops, written for numba.

    ``indirect[k]`` gathers, for the link k from i to j, what of i's ties reaches j through others. Work grows as
    links**1.5 at most, whatever the hubs.
    """
    actors, links = total.shape[0], ends.shape[0]
    degree = starts[1:] - starts[:-1]
    back, free = np.empty(links, dtype=np.int32), starts[:-1].copy()
    up_starts = np.zeros(actors + 1, dtype=np.int64)
    up = np.empty(links // 2, dtype=np.int32)  # links to those of higher degree, by their place
    at = 0
    for i in range(actors):
        for k in range(starts[i], starts[i + 1]):
            j = ends[k]
            total[i] += weights[k]
            strongest[i] = max(strongest[i], weights[k])
            back[k] = free[j]  # rows are ascending, so the link back is the next of j's that is not yet taken
            free[j] += 1
            if degree[j] > degree[i] or (degree[j] == degree[i] and j > i):
                up[at] = k
                at += 1
        up_starts[i + 1] = at
    share, top = np.empty(actors), np.empty(actors)
    for i in range(actors):
        share[i] = 1.0 / total[i] if total[i] > 0 else 0.0
        top[i] = 1.0 / strongest[i] if strongest[i] > 0 else 0.0
    link_to = np.full(actors, -1, dtype=np.int32)
    for a in range(actors):
        for x in range(up_starts[a], up_starts[a + 1]):
            link_to[ends[up[x]]] = up[x]
        for x in range(up_starts[a], up_starts[a + 1]):
            ab = up[x]
            b = ends[ab]
            for y in range(up_starts[b], up_starts[b + 1]):
                bc = up[y]
                c = ends[bc]
                ac = link_to[c]
                if ac < 0:
                    continue
                triangles[a] += 1
                triangles[b] += 1
                triangles[c] += 1
                w_ab, w_bc, w_ac = weights[ab], weights[bc], weights[ac]
                indirect[ab] += w_ac * share[a] * w_bc * share[c]
                indirect[ac] += w_ab * share[a] * w_bc * share[b]
                indirect[back[ab]] += w_bc * share[b] * w_ac * share[c]
                indirect[bc] += w_ab * share[b] * w_ac * share[a]
                indirect[back[ac]] += w_bc * share[c] * w_ab * share[b]
                indirect[back[bc]] += w_ac * share[c] * w_ab * share[a]
                redundancy[a] += share[a] * w_bc * (w_ac * top[b] + w_ab * top[c])
                redundancy[b] += share[b] * w_ac * (w_bc * top[a] + w_ab * top[c])
                redundancy[c] += share[c] * w_ab * (w_bc * top[a] + w_ac * top[b])
        for x in range(up_starts[a], up_starts[a + 1]):
            link_to[ends[up[x]]] = -1
    for i in range(actors):
        for k in range(starts[i], starts[i + 1]):
            constraint[i] += (weights[k] * share[i] + indirect[k]) ** 2
