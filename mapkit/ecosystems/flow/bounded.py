"""The strongest way in at most so many steps: a round over the links for each step."""

from __future__ import annotations

from typing import Any

import numpy as np

from mapkit.ecosystems.links import Links
from mapkit.sequences.compiled import suited


class Rounds:
    """The strongest ways of at most 0, 1, 2, ... steps; ``cost`` holds those of the last round."""

    def __init__(
        self, links: Links, costs: np.ndarray, seeds: np.ndarray, *, closed: np.ndarray, shut: np.ndarray, most: int
    ) -> None:
        self.cost = np.full(links.actors, np.inf)
        self.cost[seeds] = 0.0
        self._links = links
        self._via: list[np.ndarray] = []
        loop = suited(one_round, links.links)
        start = np.zeros(links.actors, dtype=bool)
        start[seeds] = True
        for _ in range(most):
            via = np.full(links.actors, -1, dtype=np.int64)
            after = self.cost.copy()
            if not loop(links.out.starts, links.out.ends, costs, start, shut, closed, self.cost, after, via):
                break
            self.cost = after
            self._via.append(via)

    def way_to(self, actor: int) -> tuple[list[int], list[int]]:
        """Return the actors of the strongest way to an actor, and the links between them; both empty for no way."""
        if np.isinf(self.cost[actor]):
            return [], []
        starts = self._links.out.starts
        actors, links = [actor], []
        for via in reversed(self._via):
            link = int(via[actors[-1]])
            if link >= 0:
                links.append(link)
                actors.append(int(np.searchsorted(starts, link, side="right")) - 1)
        return actors[::-1], links[::-1]


def one_round(
    starts: Any, ends: Any, costs: Any, start: Any, shut: Any, closed: Any, before: Any, after: Any, via: Any
) -> Any:
    """Let every actor reached so far reach one step further, and tell whether any did better: written for numba."""
    better = False
    for actor in range(before.shape[0]):
        if not before[actor] < np.inf:
            continue
        for link in range(starts[actor], starts[actor + 1]):
            end = ends[link]
            if closed[end] or (start[actor] and shut[end]):
                continue
            far = before[actor] + costs[link]
            if far < after[end]:
                after[end], via[end], better = far, link, True
    return better
