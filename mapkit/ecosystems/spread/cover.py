"""Which few actors stand in most reverse-reachable sets: greedy covers, plain loops written for numba.

Gains are exact at every moment: whenever a set is covered, each of its members stands in one open set fewer.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import Any

import numpy as np

from mapkit.ecosystems.spread.reverse_sets import ReverseSets
from mapkit.sequences.compiled import compiled


@dataclass(frozen=True, eq=False)
class Membership:
    """In which sets each actor stands: those of actor v are ``sets[starts[v]:starts[v + 1]]``."""

    starts: np.ndarray
    sets: np.ndarray


def membership(sets: ReverseSets, actors: int) -> Membership:
    """Return the sets of each actor."""
    starts, of = np.zeros(actors + 1, dtype=np.int64), np.empty(len(sets.members), dtype=np.int32)
    compiled(turn_over)(sets.members, sets.starts, starts, of)
    return Membership(starts, of)


def turn_over(members: Any, starts_of: Any, starts: Any, of: Any) -> None:
    """Sort members by actor, by counting."""
    for k in range(members.shape[0]):
        starts[members[k] + 1] += 1
    for actor in range(starts.shape[0] - 1):
        starts[actor + 1] += starts[actor]
    free = starts[:-1].copy()
    for k in range(starts_of.shape[0] - 1):
        for place in range(starts_of[k], starts_of[k + 1]):
            actor = members[place]
            of[free[actor]] = k
            free[actor] += 1


def cover_evenly(
    sets: ReverseSets, within: Membership, allowed: np.ndarray, forced: np.ndarray, k: int
) -> tuple[np.ndarray, int]:
    """Return ``k`` actors, the forced first, each next one with the largest gain; and the most that any k can cover.

    The bound is the smallest, over all rounds, of what is covered plus the largest gains that the rest of k could add
    (Tang, Tang, Xiao and Yuan 2018, SIGMOD, 991-1005).
    """
    gains = np.diff(within.starts)
    chosen, covered = np.empty(k, dtype=np.int64), np.zeros(sets.count, dtype=np.bool_)
    arrays = (sets.members, sets.starts, within.starts, within.sets)
    bound = compiled(pick_from_buckets)(arrays, gains, allowed.copy(), forced, covered, chosen)
    return chosen, int(bound)


def pick_from_buckets(arrays: Any, gains: Any, allowed: Any, forced: Any, covered: Any, chosen: Any) -> int:
    """Keep actors in buckets by gain; an actor whose gain has dropped moves down when its bucket is looked into."""
    members, starts_of, starts, of = arrays
    actors, count = gains.shape[0], covered.shape[0]
    first, after = np.full(count + 1, -1, np.int64), np.full(actors, -1, np.int64)
    # How many allowed actors have each gain just now: the buckets themselves lag behind.
    many, top = np.zeros(count + 1, np.int64), 0
    for k in range(forced.shape[0]):
        allowed[forced[k]] = False
    for actor in range(actors - 1, -1, -1):
        if allowed[actor]:
            gain = gains[actor]
            after[actor], first[gain] = first[gain], actor
            many[gain] += 1
            top = max(top, gain)
    total, bound = 0, count
    for turn in range(chosen.shape[0] + 1):
        if turn >= forced.shape[0]:
            left, gain, sum_of_gains = chosen.shape[0] - forced.shape[0], top, 0
            while left > 0 and gain > 0:
                taken = min(left, many[gain])
                sum_of_gains += taken * gain
                left -= taken
                gain -= 1
            bound = min(bound, total + sum_of_gains)
        if turn == chosen.shape[0]:
            break
        if turn < forced.shape[0]:
            best = forced[turn]
        else:
            best = -1
            while best < 0:
                while first[top] < 0:
                    top -= 1
                actor = first[top]
                first[top] = after[actor]
                if gains[actor] == top:
                    best = actor
                else:
                    after[actor], first[gains[actor]] = first[gains[actor]], actor
            many[gains[best]] -= 1
            allowed[best] = False
        chosen[turn] = best
        for place in range(starts[best], starts[best + 1]):
            if not covered[of[place]]:
                covered[of[place]] = True
                total += 1
                for k in range(starts_of[of[place]], starts_of[of[place] + 1]):
                    actor = members[k]
                    if allowed[actor]:
                        many[gains[actor]] -= 1
                        many[gains[actor] - 1] += 1
                    gains[actor] -= 1
    return bound


@dataclass(frozen=True, eq=False)
class Worth:
    """What covered sets are worth: each group's ``scales`` x (its covered sets) ** ``power``."""

    groups: np.ndarray
    scales: np.ndarray
    power: float = 1.0

    @classmethod
    def plain(cls, sets: ReverseSets) -> Worth:
        """Every set is worth 1."""
        return cls(np.zeros(sets.count, dtype=np.int32), np.ones(1), 1.0)


@dataclass(frozen=True, eq=False)
class Limits:
    """Each actor's cost, the budget, and the most actors; ``fill``: take also those who add nothing."""

    costs: np.ndarray
    budget: float
    most: int
    fill: bool


def cover_by_value(
    within: Membership, worth: Worth, allowed: np.ndarray, forced: np.ndarray, limits: Limits, *, by_ratio: bool
) -> np.ndarray:
    """Return actors within the limits, the forced first, each next one with the largest gain, or gain for its cost.

    Source: lazy evaluation, Leskovec and others (2007), KDD, 420-429: gains can only have fallen, so they are worked
    out anew for an actor only when it is about to be chosen.
    """
    chosen = np.empty(min(limits.most, len(allowed)), dtype=np.int64)
    ends, covered = (within.starts, within.sets), np.zeros(len(worth.groups), dtype=np.bool_)
    spend = (limits.costs, float(limits.budget), limits.fill, by_ratio)
    reward = (worth.groups, worth.scales, float(worth.power))
    size = compiled(pick_from_heap)(ends, reward, allowed.copy(), forced, spend, covered, chosen)
    picked: np.ndarray = chosen[:size]
    return picked


def pick_from_heap(ends: Any, reward: Any, allowed: Any, forced: Any, spend: Any, covered: Any, chosen: Any) -> int:
    """Keep actors in a heap by what they were worth when last looked at."""
    starts, of = ends
    groups, scales, power = reward
    costs, left, fill, by_ratio = spend
    counts, more = np.zeros(scales.shape[0], np.int64), np.zeros(scales.shape[0], np.int64)
    judged, size = np.full(allowed.shape[0], -1, np.int64), 0
    # Equal values are already in the order of a heap; a first look at each gives its worth.
    heap = [(-np.inf, actor) for actor in range(allowed.shape[0])]
    while size < chosen.shape[0] and len(heap) > 0:
        best = -1
        if size < forced.shape[0]:
            best = forced[size]
        else:
            value, actor = heapq.heappop(heap)
            if not allowed[actor] or costs[actor] > left + 1e-9:
                continue
            if judged[actor] == size:
                if value >= 0.0 and not fill:
                    break
                best = actor
            else:
                for place in range(starts[actor], starts[actor + 1]):
                    if not covered[of[place]]:
                        more[groups[of[place]]] += 1
                gain = 0.0
                for group in range(scales.shape[0]):
                    if more[group] > 0:
                        gain += scales[group] * ((counts[group] + more[group]) ** power - counts[group] ** power)
                        more[group] = 0
                judged[actor] = size
                heapq.heappush(heap, (-gain / max(costs[actor], 1e-12) if by_ratio else -gain, actor))
        if best >= 0:
            allowed[best] = False
            chosen[size] = best
            left -= costs[best]
            size += 1
            for place in range(starts[best], starts[best + 1]):
                if not covered[of[place]]:
                    covered[of[place]] = True
                    counts[groups[of[place]]] += 1
    return size
