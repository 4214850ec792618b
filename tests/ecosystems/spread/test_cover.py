"""Greedy covers: the same as by the definition, and never above what the bound says anybody can cover."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mapkit.ecosystems.spread.bounds import coverable_within
from mapkit.ecosystems.spread.cover import Limits, Worth, cover_by_value, cover_evenly, membership
from mapkit.ecosystems.spread.reverse_sets import ReverseSets
from mapkit.ecosystems.spread.scores import covered_by, first_coverers, replay, sole_coverers

ACTORS = 7
NOBODY = np.zeros(0, dtype=np.int64)
families = st.lists(st.sets(st.integers(0, ACTORS - 1), min_size=1, max_size=4), min_size=1, max_size=25)


def sets_of(family: list[set[int]]) -> ReverseSets:
    starts = np.concatenate([[0], np.cumsum([len(each) for each in family])])
    return ReverseSets(np.array([actor for each in family for actor in each], dtype=np.int32), starts.astype(np.int64))


def covered(family: list[set[int]], seeds) -> int:
    return sum(bool(each & set(seeds)) for each in family)


def allowed(*banned: int) -> np.ndarray:
    mask = np.ones(ACTORS, dtype=bool)
    mask[list(banned)] = False
    return mask


@settings(max_examples=60, deadline=None)
@given(families, st.integers(1, 4), st.booleans())
def test_each_seed_has_the_largest_gain_and_no_others_cover_more_than_the_bound(family, k, force) -> None:
    sets, mask = sets_of(family), allowed(0)
    forced = np.array([3]) if force else NOBODY
    seeds, bound = cover_evenly(sets, membership(sets, ACTORS), mask, forced, k)
    assert len(set(seeds)) == k and 0 not in seeds
    assert seeds[: len(forced)].tolist() == forced.tolist()
    for place in range(len(forced), k):
        before = seeds[:place]
        best = max(covered(family, [*before, other]) for other in range(1, ACTORS))
        assert covered(family, seeds[: place + 1]) == best
    fixed = forced.tolist()
    free = [actor for actor in range(1, ACTORS) if actor not in fixed]
    most = max(covered(family, [*fixed, *others]) for others in combinations(free, k - len(fixed)))
    assert most <= bound <= len(family)


@settings(max_examples=60, deadline=None)
@given(families, st.lists(st.integers(1, 5), min_size=ACTORS, max_size=ACTORS), st.integers(1, 12), st.booleans())
def test_within_a_budget_each_seed_is_the_best_that_still_fits(family, prices, budget, by_ratio) -> None:
    sets, costs = sets_of(family), np.array(prices, dtype=float)
    within = membership(sets, ACTORS)
    limits = Limits(costs, budget, ACTORS, False)
    seeds = cover_by_value(within, Worth.plain(sets), allowed(), NOBODY, limits, by_ratio=by_ratio)
    assert costs[seeds].sum() <= budget
    for place in range(len(seeds) + 1):
        before, left = list(seeds[:place]), budget - costs[seeds[:place]].sum()
        gains = {
            actor: (covered(family, [*before, actor]) - covered(family, before)) / (costs[actor] if by_ratio else 1)
            for actor in range(ACTORS)
            if actor not in before and costs[actor] <= left
        }
        best = max(gains.values(), default=0)
        assert best == (gains[seeds[place]] if place < len(seeds) else 0)
    _, gains = replay(sets, within, seeds, allowed(), costs)
    gains[seeds] = 0
    bound = coverable_within(gains, costs, covered(family, seeds), budget, ACTORS)
    groups = [group for size in range(ACTORS + 1) for group in combinations(range(ACTORS), size)]
    most = max(covered(family, group) for group in groups if costs[list(group)].sum() <= budget)
    assert most <= bound + 1e-9


@settings(max_examples=60, deadline=None)
@given(families, st.integers(1, 4))
def test_with_groups_a_seed_adds_most_to_the_sum_of_roots(family, k) -> None:
    sets = sets_of(family)
    groups = (np.arange(len(family)) % 3).astype(np.int32)
    worth = Worth(groups, np.array([1.0, 2.0, 0.5]), 0.5)
    limits = Limits(np.ones(ACTORS), np.inf, k, True)
    seeds = cover_by_value(membership(sets, ACTORS), worth, allowed(), NOBODY, limits, by_ratio=False)

    def value(actors) -> float:
        hits = [covered([s for s, g in zip(family, groups, strict=True) if g == group], actors) for group in range(3)]
        return float((worth.scales * np.sqrt(hits)).sum())

    assert len(seeds) == k
    for place in range(k):
        best = max(value([*seeds[:place], other]) for other in range(ACTORS))
        assert value(seeds[: place + 1]) >= best - 1e-9


@settings(max_examples=40, deadline=None)
@given(families, st.lists(st.integers(0, ACTORS - 1), min_size=1, max_size=4, unique=True))
def test_sets_know_who_covers_them_first_alone_and_at_all(family, seeds) -> None:
    sets, ordered = sets_of(family), np.array(seeds)
    assert covered_by(sets, ACTORS, [ordered, np.array([0])]).sum(axis=1).tolist() == [
        covered(family, seeds),
        covered(family, [0]),
    ]
    first = [next((k for k, s in enumerate(seeds) if s in each), len(seeds)) for each in family]
    assert first_coverers(sets, ACTORS, ordered).tolist() == first
    inside = [[k for k, s in enumerate(seeds) if s in each] for each in family]
    sole = [-1 if not each else each[0] if len(each) == 1 else -2 for each in inside]
    assert sole_coverers(sets, ACTORS, ordered).tolist() == sole


def test_others_who_would_do_nearly_as_well_are_counted() -> None:
    sets = sets_of([{0}] * 100 + [{1}] * 99 + [{2}] * 98 + [{3}] * 5)
    ties, _ = replay(sets, membership(sets, ACTORS), np.array([0, 3]), allowed(), np.ones(ACTORS))
    assert ties.tolist() == [1, 2]
    dear = np.array([1.0, 2.0, 1.0, 1.0, 1.0, 1.0, 1.0])
    ties, _ = replay(sets, membership(sets, ACTORS), np.array([0, 3]), allowed(2), dear)
    assert ties.tolist() == [0, 0]
