"""Who would have reached an actor drawn at random: reverse-reachable sets, the sample behind seeds.

Source: Borgs, Brautbar, Chayes and Lucier (2014), SODA, 946-957; the jumps over links that fail: Guo, Feng, Zhang and
Bonchi (2020), SIGMOD, 2167-2181.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mapkit.ecosystems.spread.rules import Chances
from mapkit.errors import OptionError
from mapkit.sequences.compiled import compiled

_PILOTS = (20, 200)
_FEWEST, _MOST, _MOST_MEMBERS = 20_000, 1_000_000, 30_000_000


@dataclass(frozen=True, eq=False)
class ReverseSets:
    """Sets one after another: set k is ``members[starts[k]:starts[k + 1]]``, its root first."""

    members: np.ndarray
    starts: np.ndarray

    @property
    def count(self) -> int:
        """How many sets there are."""
        return len(self.starts) - 1

    @property
    def roots(self) -> np.ndarray:
        """The actor each set was drawn for."""
        first: np.ndarray = self.members[self.starts[:-1]]
        return first


def draw_sets(chances: Chances, weights: np.ndarray, count: int, seed: Any) -> ReverseSets:
    """Return ``count`` reverse-reachable sets whose roots are drawn in proportion to ``weights``."""
    rng = np.random.default_rng(seed)
    roots = _roots(rng, weights, count)
    starts_of = np.zeros(count + 1, dtype=np.int64)
    seen = np.zeros(chances.actors, dtype=np.int32)
    members = np.empty(chances.actors + 8 * count, dtype=np.int32)
    links, loop = _loop(chances)
    done = filled = 0
    while True:
        done, filled = loop(rng, roots, links, (members, starts_of, seen), done, filled)
        if done == count:
            return ReverseSets(members[:filled], starts_of)
        wanted = min(1.3 * count / max(done, 1), 4.0)  # the first sets may be larger than the others
        more = np.empty(chances.actors + int(wanted * len(members)), dtype=np.int32)
        more[:filled] = members[:filled]
        members = more


def affordable(chances: Chances, weights: np.ndarray, budget: int) -> int:
    """Return how many sets have about ``budget`` members in all, judged by a few of them.

    There are never fewer than 20,000, unless they are so large that these would not fit into memory.
    """
    for few in _PILOTS:
        pilot = draw_sets(chances, weights, few, 0)
        each = len(pilot.members) / few
        if len(pilot.members) > budget / 10:
            break
    count = int(np.clip(budget / each, _FEWEST, _MOST))
    return count if count * each <= _MOST_MEMBERS else max(int(_MOST_MEMBERS / each), _PILOTS[-1])


def _roots(rng: np.random.Generator, weights: np.ndarray, count: int) -> np.ndarray:
    total = np.cumsum(weights)
    if not total[-1] > 0:
        raise OptionError("No actor is a target: the weights of the targets add up to 0.")
    if weights.min() == weights.max():
        return rng.integers(0, len(weights), count).astype(np.int32)
    drawn = np.searchsorted(total, rng.random(count) * total[-1], side="right")
    return np.minimum(drawn, np.flatnonzero(weights)[-1]).astype(np.int32)


def _loop(chances: Chances) -> tuple[Any, Any]:
    """Return what a loop needs to know of the links, and the loop for this model and rule."""
    into = chances.into
    if chances.model == "lt":
        return (into.starts, into.ends, chances.along_into), compiled(walk_backwards)
    if chances.of_target is None:
        return (into.starts, into.ends, chances.along_into), compiled(spread_backwards)
    with np.errstate(divide="ignore"):
        # How far to jump for one unit of an exponential: to the next link that holds, on average 1/p links on.
        jumps = np.where(chances.of_target > 0, -1 / np.log1p(-chances.of_target), -1.0)
    return (into.starts, into.ends, jumps), compiled(jump_backwards)


def jump_backwards(rng: Any, roots: Any, links: Any, kept: Any, done: int, filled: int) -> tuple[int, int]:
    """Independent cascade where all links into an actor have one chance: jump from one that holds to the next."""
    starts, ends, jumps = links
    members, starts_of, seen = kept
    while done < roots.shape[0] and filled + seen.shape[0] <= members.shape[0]:
        at = filled
        members[filled] = roots[done]
        seen[roots[done]] = done + 1
        filled += 1
        while at < filled:
            actor = members[at]
            at += 1
            last, jump = starts[actor + 1], jumps[actor]
            if jump < 0.0:
                continue
            # A jump may be longer than a number can count; past the last link all are alike.
            place = starts[actor] + int(min(rng.standard_exponential() * jump, 1e9))
            while place < last:
                other = ends[place]
                if seen[other] != done + 1:
                    seen[other] = done + 1
                    members[filled] = other
                    filled += 1
                place += 1 + int(min(rng.standard_exponential() * jump, 1e9))
        done += 1
        starts_of[done] = filled
    return done, filled


def spread_backwards(rng: Any, roots: Any, links: Any, kept: Any, done: int, filled: int) -> tuple[int, int]:
    """Independent cascade with a chance for each link."""
    starts, ends, chances = links
    members, starts_of, seen = kept
    while done < roots.shape[0] and filled + seen.shape[0] <= members.shape[0]:
        at = filled
        members[filled] = roots[done]
        seen[roots[done]] = done + 1
        filled += 1
        while at < filled:
            actor = members[at]
            at += 1
            for place in range(starts[actor], starts[actor + 1]):
                other = ends[place]
                if seen[other] != done + 1 and rng.random() < chances[place]:
                    seen[other] = done + 1
                    members[filled] = other
                    filled += 1
        done += 1
        starts_of[done] = filled
    return done, filled


def walk_backwards(rng: Any, roots: Any, links: Any, kept: Any, done: int, filled: int) -> tuple[int, int]:
    """Linear threshold: every actor listens to one neighbour at most, drawn by the chances of its links."""
    starts, ends, chances = links
    members, starts_of, seen = kept
    while done < roots.shape[0] and filled + seen.shape[0] <= members.shape[0]:
        actor = roots[done]
        while actor >= 0 and seen[actor] != done + 1:
            seen[actor] = done + 1
            members[filled] = actor
            filled += 1
            left, heard = rng.random(), -1
            for place in range(starts[actor], starts[actor + 1]):
                left -= chances[place]
                if left < 0.0:
                    heard = ends[place]
                    break
            actor = heard
        done += 1
        starts_of[done] = filled
    return done, filled
