"""How we get to somebody: the fewest steps from us, and the chain of ties that is strongest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mapkit.ecosystems.ecosystem import Ecosystem
from mapkit.ecosystems.flow.search import Reached, strongest_paths
from mapkit.ecosystems.links import link
from mapkit.ecosystems.steps import spread_steps
from mapkit.sequences.compiled import suited


@dataclass(frozen=True, eq=False)
class Access:
    """By code of the actors: ``steps`` from us (-1: no way) and ``strength`` of the strongest chain (NaN: no way)."""

    steps: np.ndarray
    strongest: Reached

    @cached_property
    def strength(self) -> np.ndarray:
        """The product of the weights along the strongest chain to each actor, NaN where there is none."""
        strength: np.ndarray = np.where(self.strongest.steps < 0, np.nan, self.strongest.strength)
        return strength

    def chain(self, code: int) -> list[int]:
        """Return the codes on the strongest chain from us to an actor, both ends in it; empty where there is none."""
        return self.strongest.way_to(code)[0]


def find_access(ecosystem: Ecosystem, own: np.ndarray, avoid: Iterable[str] = ()) -> Access:
    """Return how each actor is reached from any of ``own`` (codes), by ties in either direction.

    Ties that oppose (sign below 0) and actors of the types to ``avoid`` carry nobody. A chain is as strong as the
    product of its ties' weights. A tie whose weight is missing, not above 0 or above 1 is a step, and has no part in
    a chain's strength.
    """
    blocked = np.isin(ecosystem.types.astype(str), list(avoid))
    ties = ecosystem.ties
    usable = (ties.sources != ties.targets) & ~blocked[ties.sources] & ~blocked[ties.targets]
    if "sign" in ties.more.column_names:
        sign = ties.more["sign"].to_pandas().to_numpy(float)
        usable &= ~(sign < 0)
    weights = ties.weights[usable]
    strengths = np.where((weights > 0) & (weights <= 1), weights, 0.0)
    both_ways = np.ones(len(weights), dtype=bool)
    links = link(ecosystem.n, ties.sources[usable], ties.targets[usable], strengths, both_ways)
    steps = np.full(ecosystem.n, -1, dtype=np.int64)
    steps[own] = 0
    loop = suited(spread_steps, links.links)
    loop(links.out.starts, links.out.ends, own, ecosystem.n, steps)
    return Access(steps, strongest_paths(links, [int(code) for code in own]))
