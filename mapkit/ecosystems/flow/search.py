"""The strongest way from some actors to every other: Dijkstra's search on minus the logarithm of tie strengths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mapkit.ecosystems.links import Links
from mapkit.sequences.compiled import suited


@dataclass(frozen=True, eq=False)
class Reached:
    """What a search found, by code of actor.

    ``strength`` is the product of the strengths along the strongest way, 0 where there is none; ``steps`` its ties,
    -1 where there is none; ``parent`` the actor before, and ``via`` the link from there (its place in ``Links.out``),
    both -1 at the start.
    """

    strength: np.ndarray
    steps: np.ndarray
    parent: np.ndarray
    via: np.ndarray

    def way_to(self, actor: int) -> tuple[list[int], list[int]]:
        """Return the actors of the strongest way to an actor, and the links between them; both empty for no way."""
        if self.steps[actor] < 0:
            return [], []
        actors, links = [actor], []
        while self.parent[actors[-1]] >= 0:
            links.append(int(self.via[actors[-1]]))
            actors.append(int(self.parent[actors[-1]]))
        return actors[::-1], links[::-1]


def strongest_paths(links: Links, source: int | Sequence[int]) -> Reached:
    """Return the strongest way from an actor, or from the nearest of several, to every other.

    The links' weights are strengths above 0 and up to 1; a link of weight 0 leads nowhere. Of ways of the same
    strength the one with the fewest ties is taken.
    """
    seeds = np.atleast_1d(np.asarray(source, dtype=np.int64))
    none = np.zeros(links.actors, dtype=bool)
    return search_from(links, costs_of(links), seeds, closed=none, shut=none)


def costs_of(links: Links) -> np.ndarray:
    """Return minus the logarithm of each link's strength."""
    with np.errstate(divide="ignore"):
        costs: np.ndarray = -np.log(links.weights)
    return costs


def search_from(
    links: Links, costs: np.ndarray, seeds: np.ndarray, *, closed: np.ndarray, shut: np.ndarray, goal: int = -1
) -> Reached:
    """Return the strongest ways from the seeds that enter no ``closed`` actor, and none that is ``shut`` as first step.

    The search stops once it knows the way to the ``goal``.
    """
    size = links.actors
    distance, steps = np.full(size, np.inf), np.full(size, size + 1, dtype=np.int64)
    parent, via = np.full(size, -1, dtype=np.int64), np.full(size, -1, dtype=np.int64)
    rows = links.out
    loop = suited(search, 20 * links.links)  # a heap costs more than a pass over the ties
    loop(rows.starts, rows.ends, costs, seeds, closed, shut, goal, distance, steps, parent, via)
    return Reached(np.exp(-distance), np.where(np.isinf(distance), -1, steps), parent, via)


def search(
    starts: Any,
    ends: Any,
    costs: Any,
    seeds: Any,
    closed: Any,
    shut: Any,
    goal: Any,
    distance: Any,
    steps: Any,
    parent: Any,
    via: Any,
) -> None:
    """Settle actors in order of distance, from a binary heap that knows where each stands: written for numba."""
    heap = np.empty(distance.shape[0], dtype=np.int64)
    place = np.full(distance.shape[0], -1, dtype=np.int64)  # -1: not met yet, -2: settled
    size = 0
    for seed in seeds:
        if place[seed] == -1:
            distance[seed], steps[seed] = 0.0, 0
            heap[size], place[seed] = seed, size
            size += 1
    while size > 0:
        nearest = heap[0]
        place[nearest] = -2
        size -= 1
        if size > 0:
            moved, at = heap[size], 0
            while True:
                child = 2 * at + 1
                if child >= size:
                    break
                least = heap[child]
                if child + 1 < size:
                    other = heap[child + 1]
                    if distance[other] < distance[least] or (
                        distance[other] == distance[least] and steps[other] < steps[least]
                    ):
                        child, least = child + 1, other
                if distance[moved] < distance[least] or (
                    distance[moved] == distance[least] and steps[moved] <= steps[least]
                ):
                    break
                heap[at], place[least], at = least, at, child
            heap[at], place[moved] = moved, at
        if nearest == goal:
            break
        for link in range(starts[nearest], starts[nearest + 1]):
            end = ends[link]
            far, count = distance[nearest] + costs[link], steps[nearest] + 1
            if place[end] == -2 or not (
                far < distance[end] or (far == distance[end] and count < steps[end] and far < np.inf)
            ):
                continue
            if closed[end] or (count == 1 and shut[end]):
                continue
            distance[end], steps[end], parent[end], via[end] = far, count, nearest, link
            if place[end] == -1:
                place[end] = size
                size += 1
            at = place[end]
            while at > 0:
                above = heap[(at - 1) // 2]
                if distance[above] < far or (distance[above] == far and steps[above] <= count):
                    break
                heap[at], place[above] = above, at
                at = (at - 1) // 2
            heap[at], place[end] = end, at
