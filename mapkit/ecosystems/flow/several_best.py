"""The k strongest ways from some actors to one, none of which visits an actor twice."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mapkit.ecosystems.flow.bounded import Rounds
from mapkit.ecosystems.flow.search import search_from
from mapkit.ecosystems.links import Links

Way = tuple[tuple[int, ...], tuple[int, ...]]


def best_ways(
    links: Links, costs: np.ndarray, seeds: np.ndarray, goal: int, k: int, most: int | None
) -> list[tuple[list[int], list[int]]]:
    """Return up to ``k`` ways, the strongest first, each as its actors and the links between them.

    No way passes through a second seed. Of two ways of the same strength the one with fewer ties comes first.

    Source: Yen (1971), Management Science 17, 712-716.
    """
    none = np.zeros(links.actors, dtype=bool)
    found: list[Way] = []
    waiting = {way for way in [_strongest(links, costs, seeds, none, none, goal, most)] if way}
    while waiting and len(found) < k:
        way = min(waiting, key=lambda each: (_cost(costs, each), len(each[0]), each[0]))
        waiting.discard(way)
        found.append(way)
        if len(found) < k:
            known = {each[0] for each in found} | {each[0] for each in waiting}
            waiting |= {each for each in _detours(links, costs, seeds, goal, most, found) if each[0] not in known}
    return [(list(actors), list(ties)) for actors, ties in found]


def _detours(
    links: Links, costs: np.ndarray, seeds: np.ndarray, goal: int, most: int | None, found: list[Way]
) -> Iterator[Way]:
    """Leave the way found last at each of its actors, and before its first, by a turn that no way found has taken."""
    actors, ties = found[-1]
    others = np.setdiff1d(seeds, [goal])
    taken = [each[0][0] for each in found]
    closed, shut = _open(links)
    closed[taken] = True
    yield from _kept(_strongest(links, costs, np.setdiff1d(seeds, taken), closed, shut, goal, most))
    for turn in range(len(actors) - 1):
        closed, shut = _open(links)
        closed[list(actors[:turn])] = True
        closed[others] = True
        shut[
            [
                each[0][turn + 1]
                for each in found
                if each[0][: turn + 1] == actors[: turn + 1] and len(each[0]) > turn + 1
            ]
        ] = True
        left = None if most is None else most - turn
        rest = _strongest(links, costs, np.array([actors[turn]]), closed, shut, goal, left)
        for way in _kept(rest):
            yield (*actors[:turn], *way[0]), (*ties[:turn], *way[1])


def _open(links: Links) -> tuple[np.ndarray, np.ndarray]:
    return np.zeros(links.actors, dtype=bool), np.zeros(links.actors, dtype=bool)


def _kept(way: Way | None) -> Iterator[Way]:
    if way:
        yield way


def _strongest(
    links: Links,
    costs: np.ndarray,
    seeds: np.ndarray,
    closed: np.ndarray,
    shut: np.ndarray,
    goal: int,
    most: int | None,
) -> Way | None:
    if not len(seeds):
        return None
    if most is None:
        actors, ties = search_from(links, costs, seeds, closed=closed, shut=shut, goal=goal).way_to(goal)
    else:
        actors, ties = Rounds(links, costs, seeds, closed=closed, shut=shut, most=most).way_to(goal)
    return (tuple(actors), tuple(ties)) if actors else None


def _cost(costs: np.ndarray, way: Way) -> float:
    return float(costs[list(way[1])].sum())
