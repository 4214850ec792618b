"""Chance that can be repeated: one stream of random numbers per question.

A stream belongs to (seed, cohort, question). Changing how one question is answered leaves the others'
numbers alone: a stronger incident moves a few purchases and nothing else.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np

from .planted import Floats, Ints


@dataclass(frozen=True, slots=True)
class Chance:
    """The streams of one cohort of customers (or of one table, with a cohort number of its own)."""

    seed: int
    cohort: int
    scope: str = ""

    def within(self, scope: str) -> Chance:
        """Return streams apart from this one's, for a part of the cohort that is asked the same questions."""
        return Chance(self.seed, self.cohort, scope)

    def of(self, question: str) -> np.random.Generator:
        """Return the stream that answers one question; the same question gives the same numbers again."""
        key = (self.cohort, zlib.crc32(f"{self.scope}/{question}".encode()))
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=key))


def draw(rng: np.random.Generator, weights: Floats, size: int) -> Ints:
    """Draw `size` positions, each drawn with probability in proportion to its weight."""
    ladder = np.cumsum(weights) / np.sum(weights)
    return np.searchsorted(ladder, rng.random(size), side="right").astype(np.int64).clip(0, len(weights) - 1)


def draw_by_group(rng: np.random.Generator, tables: list[Floats], group: Ints) -> Ints:
    """Draw as `draw` does, with the weights of each element's group."""
    chosen = np.zeros(len(group), dtype=np.int64)
    for number, weights in enumerate(tables):
        of_group = np.flatnonzero(group == number)
        chosen[of_group] = draw(rng, weights, len(of_group))
    return chosen


def truncated_exponential(rng: np.random.Generator, mean: float, most: Floats) -> Floats:
    """Draw exponential waiting times of the given mean, none longer than its `most` (same unit)."""
    reach = -np.expm1(-np.maximum(most, 0) / mean)
    waits: Floats = -mean * np.log1p(-rng.random(len(most)) * reach)
    return waits
