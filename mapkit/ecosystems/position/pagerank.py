"""PageRank: how much a walker who follows ties at random is found at each actor."""

from __future__ import annotations

from typing import Any

import numpy as np

from mapkit.ecosystems.links import Rows
from mapkit.sequences.compiled import suited

DAMPING = 0.85
_CLOSE = 1e-13
_MOST_ROUNDS = 2_000


def pagerank(behind: Rows, weights: np.ndarray, leaving: np.ndarray, damping: float = DAMPING) -> np.ndarray:
    """Return PageRank, adding up to 1, of actors reached from ``behind`` by links of ``weights``.

    ``leaving`` is what each actor's links away weigh; from where none leads away, the walker goes on anywhere.

    Source: Brin and Page (1998), Computer Networks 30, 107-117. Dangling actors as in Langville and Meyer (2004),
    Internet Mathematics 1, 335-380.
    """
    actors = len(leaving)
    if not actors:
        return np.zeros(0)
    rank, passed = np.ones(actors), np.zeros(actors)
    loop = suited(sweep_until_settled, 50 * (len(behind.ends) + actors))  # sweeps are many
    loop(behind.starts, behind.ends, weights, leaving, damping, _CLOSE, _MOST_ROUNDS, rank, passed)
    normalised: np.ndarray = rank / rank.sum()
    return normalised


def sweep_until_settled(
    starts: Any, ends: Any, weights: Any, leaving: Any, damping: float, close: float, most: int, rank: Any, passed: Any
) -> int:
    """Solve ``rank = (1 - damping) + damping * links * rank`` in place, scaled to its right sum after each sweep.

    Gauss and Seidel's sweeps: plain loops, written for numba. Jumps from dangling actors only scale the solution.
    """
    actors = rank.shape[0]
    for actor in range(actors):
        passed[actor] = rank[actor] / leaving[actor] if leaving[actor] > 0 else 0.0
    for sweep in range(most):
        moved, total, dangling = 0.0, 0.0, 0.0
        for actor in range(actors):
            found, own = 0.0, 0.0
            for k in range(starts[actor], starts[actor + 1]):
                if ends[k] == actor:
                    own += weights[k]
                else:
                    found += weights[k] * passed[ends[k]]
            value = 1.0 - damping + damping * found
            if leaving[actor] > 0:
                value /= 1.0 - damping * own / leaving[actor]
                passed[actor] = value / leaving[actor]
            else:
                dangling += value
            moved += abs(value - rank[actor])
            total += value
            rank[actor] = value
        scale = actors * (1.0 - damping) / (total - damping * (total - dangling))
        for actor in range(actors):
            rank[actor] *= scale
            passed[actor] *= scale
        if moved <= close * total:
            return sweep + 1
    return most
