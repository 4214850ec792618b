"""Several ways of choosing seeds, each within the same limits: greedy ones, and rules of thumb."""

from __future__ import annotations

import numpy as np

from mapkit.ecosystems.spread.cover import Membership, Worth, cover_by_value, cover_evenly
from mapkit.ecosystems.spread.heuristics import by_degree, by_degree_discount, by_pagerank
from mapkit.ecosystems.spread.plan import Plan
from mapkit.ecosystems.spread.reverse_sets import ReverseSets
from mapkit.ecosystems.spread.rules import Chances

GREEDY, RATIO, PAGERANK = "plain greedy", "ratio greedy", "reversed PageRank"
DISCOUNT, DEGREE = "degree discount", "degree"


def contestants(
    passing: Chances, plan: Plan, sets: ReverseSets, within: Membership
) -> tuple[dict[str, np.ndarray], int | None]:
    """Return the seeds of each way, in order, and the most sets any can cover where greedy choice has told it."""
    ways, coverable = _greedy(plan, sets, within)
    given = (plan.allowed, plan.forced, plan.limits)
    ways[PAGERANK] = by_pagerank(passing, plan.weights, *given)
    ways[DISCOUNT] = by_degree_discount(passing, plan.weights, *given)
    ways[DEGREE] = by_degree(passing, *given)
    return ways, coverable


def _greedy(plan: Plan, sets: ReverseSets, within: Membership) -> tuple[dict[str, np.ndarray], int | None]:
    priced = np.isfinite(plan.limits.budget)
    if plan.groups is None and not priced:
        seeds, coverable = cover_evenly(sets, within, plan.allowed, plan.forced, plan.limits.most)
        return {GREEDY: seeds}, coverable
    worth = Worth.plain(sets) if plan.groups is None else _rewards(plan, sets)
    names = {GREEDY: False, RATIO: True} if priced else {GREEDY: False}
    given = (within, worth, plan.allowed, plan.forced, plan.limits)
    return {name: cover_by_value(*given, by_ratio=ratio) for name, ratio in names.items()}, None


def _rewards(plan: Plan, sets: ReverseSets) -> Worth:
    assert plan.groups is not None
    sizes = np.bincount(plan.groups, weights=plan.weights, minlength=len(plan.group_names))
    return Worth(plan.groups[sets.roots], np.sqrt(sizes * plan.weights.sum() / sets.count), 0.5)
