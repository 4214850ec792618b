"""Seeds by rules of thumb: degree, degree discount, and PageRank on reversed ties. What a search has to beat."""

from __future__ import annotations

from typing import Any

import numpy as np

from mapkit.ecosystems.spread.cover import Limits
from mapkit.ecosystems.spread.rules import Chances
from mapkit.sequences.compiled import suited

# Ten rounds leave a fifth of the rank to be passed on, and hardly change who comes first.
_DAMPING, _ROUNDS = 0.85, 10


def by_degree(chances: Chances, allowed: np.ndarray, forced: np.ndarray, limits: Limits) -> np.ndarray:
    """Return the actors with most links out."""
    return in_order(np.diff(chances.out.starts).astype(float), allowed, forced, limits)


def by_pagerank(
    chances: Chances, weights: np.ndarray, allowed: np.ndarray, forced: np.ndarray, limits: Limits
) -> np.ndarray:
    """Return the actors with the highest PageRank on reversed ties: whose word reaches those whose word reaches far."""
    links = chances.links
    shares = 1.0 / np.maximum(np.diff(chances.into.starts), 1)
    loop = suited(pass_backwards, links * _ROUNDS)
    rank = np.empty(chances.actors)
    loop(chances.out.starts, chances.out.ends, shares, weights / weights.sum(), _DAMPING, _ROUNDS, rank)
    return in_order(rank, allowed, forced, limits)


def pass_backwards(starts: Any, ends: Any, shares: Any, rests: Any, damping: Any, rounds: Any, rank: Any) -> None:
    """Give each actor a share of the rank of those it reaches, a few times over: a plain loop, written for numba."""
    actors = rank.shape[0]
    passed = np.empty(actors)
    for actor in range(actors):
        rank[actor] = rests[actor]
    for _ in range(rounds):
        for actor in range(actors):
            passed[actor] = rank[actor] * shares[actor]
        for actor in range(actors):
            heard = 0.0
            for place in range(starts[actor], starts[actor + 1]):
                heard += passed[ends[place]]
            rank[actor] = (1 - damping) * rests[actor] + damping * heard


def by_degree_discount(
    chances: Chances, weights: np.ndarray, allowed: np.ndarray, forced: np.ndarray, limits: Limits
) -> np.ndarray:
    """Return actors by how many they reach in one step, less what the chosen reach already.

    Source: after Chen, Wang and Yang (2009), KDD, 199-208, with each link's own chance in place of one for all.
    """
    first_step = chances.along_out * weights[chances.out.ends]
    direct = np.bincount(_sources(chances), weights=first_step, minlength=chances.actors)
    open_, left, spent = np.ones(chances.actors), allowed.copy(), 0.0
    left[forced] = False
    chosen: list[int] = []
    for code in forced:
        _discount(chances, weights, int(code), direct, open_)
        chosen.append(int(code))
        spent += limits.costs[code]
    while len(chosen) < limits.most:
        left &= limits.costs <= limits.budget - spent + 1e-9
        if not left.any():
            break
        code = int(np.argmax(np.where(left, open_ * (weights + direct), -np.inf)))
        left[code] = False
        _discount(chances, weights, code, direct, open_)
        chosen.append(code)
        spent += limits.costs[code]
    return np.array(chosen, dtype=np.int64)


def _sources(chances: Chances) -> np.ndarray:
    return np.repeat(np.arange(chances.actors), np.diff(chances.out.starts))


def _discount(chances: Chances, weights: np.ndarray, code: int, direct: np.ndarray, open_: np.ndarray) -> None:
    """Take a chosen actor from what others reach, and make those it reaches worth less as seeds."""
    out, into = chances.out, chances.into
    reached = slice(out.starts[code], out.starts[code + 1])
    np.multiply.at(open_, out.ends[reached], 1 - chances.along_out[reached])
    hearing = slice(into.starts[code], into.starts[code + 1])
    chance = chances.along_into[hearing] if chances.of_target is None else chances.of_target[code]
    np.subtract.at(direct, into.ends[hearing], chance * weights[code])


def in_order(score: np.ndarray, allowed: np.ndarray, forced: np.ndarray, limits: Limits) -> np.ndarray:
    """Return the forced, then the actors with the highest scores as long as they fit the limits."""
    left = allowed.copy()
    left[forced] = False
    codes = np.flatnonzero(left)
    ordered = codes[np.argsort(-score[codes], kind="stable")]
    if np.isinf(limits.budget):
        return np.concatenate([forced, ordered[: max(limits.most - len(forced), 0)]]).astype(np.int64)
    chosen, spent = [int(code) for code in forced], float(limits.costs[forced].sum())
    for code in ordered:
        if len(chosen) >= limits.most:
            break
        if spent + limits.costs[code] <= limits.budget + 1e-9:
            chosen.append(int(code))
            spent += float(limits.costs[code])
    return np.array(chosen, dtype=np.int64)
