"""Ties as pairs without a direction, which is how communities see them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mapkit.ecosystems.ecosystem import Ecosystem


@dataclass(frozen=True, eq=False)
class Pairs:
    """Ties between two different actors, by code; a pair with several ties stands several times."""

    actors: int
    first: np.ndarray
    second: np.ndarray
    weights: np.ndarray
    self_ties: int

    @property
    def strengths(self) -> np.ndarray:
        """The sum of each actor's weights."""
        ends = (self.first, self.second)
        each: np.ndarray = sum(np.bincount(end, self.weights, self.actors) for end in ends)  # type: ignore[assignment]
        return each

    @property
    def total(self) -> float:
        """The sum of all weights."""
        return float(self.weights.sum())

    def merged(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return each pair once, the lower code first, with the sum of its weights."""
        low, high = np.minimum(self.first, self.second), np.maximum(self.first, self.second)
        keys, owner = np.unique(low.astype(np.int64) * max(self.actors, 1) + high, return_inverse=True)
        weights = np.bincount(owner, self.weights, len(keys))
        return keys // max(self.actors, 1), keys % max(self.actors, 1), weights


def pairs_of(ecosystem: Ecosystem, measure: str) -> Pairs:
    """Return an ecosystem's ties as pairs; self-ties and ties of weight 0 are left out.

    Raises
    ------
    OptionError
        A weight is missing, negative or infinite.
    """
    ties = ecosystem.ties
    if not np.isfinite(ties.weights).all() or (ties.weights < 0).any():
        ecosystem.weights_for(measure)
    selves = ties.sources == ties.targets
    keep = ~selves & (ties.weights > 0)
    if keep.all():
        return Pairs(ecosystem.n, ties.sources, ties.targets, ties.weights, 0)
    return Pairs(ecosystem.n, ties.sources[keep], ties.targets[keep], ties.weights[keep], int(selves.sum()))
