"""The same ecosystem with its ties drawn anew: what would have been found with other ties of the same kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from mapkit.ecosystems.ecosystem import Ecosystem


def resampled(ecosystem: Ecosystem, times: int, seed: int) -> Iterator[Ecosystem]:
    """Yield the ecosystem with as many ties, drawn with replacement: a tie drawn twice is two parallel ties.

    Source: Efron (1979), Annals of Statistics 7, 1-26; for networks, Snijders and Borgatti (1999), Connections 22,
    161-170, who draw actors where this draws ties.
    """
    plain = bare(ecosystem)
    rng = np.random.default_rng(seed)
    for _ in range(times):
        yield plain.where(rng.integers(0, max(plain.m, 1), plain.m))


def bare(ecosystem: Ecosystem) -> Ecosystem:
    """Return the ecosystem without the further facts of its ties, which are dear to copy."""
    made = ecosystem.where(np.arange(0))
    made.ties = replace(ecosystem.ties, more=ecosystem.ties.more.select([]))
    return made
