"""Ties as two compressed sparse rows: whom an actor reaches, and who reaches an actor."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from mapkit.sequences.compiled import suited


@dataclass(frozen=True, eq=False)
class Rows:
    """One direction: the ends of actor k's links are ``ends[starts[k]:starts[k + 1]]``.

    ``place`` tells where a link's other facts stand: in ``Links.out`` the tie's number, in ``Links.into`` the link's
    place in ``out``.
    """

    starts: np.ndarray
    ends: np.ndarray
    place: np.ndarray


@dataclass(frozen=True, eq=False)
class Links:
    """Every link once in each direction; an undirected tie is two links, a self-tie one.

    Weights are kept once, in the order of ``out``: a million links take about 24 MB.
    """

    out: Rows
    into: Rows
    weights: np.ndarray

    @property
    def actors(self) -> int:
        """How many actors there are."""
        return len(self.out.starts) - 1

    @property
    def links(self) -> int:
        """How many links there are."""
        return len(self.out.ends)

    @property
    def sources(self) -> np.ndarray:
        """Where each link starts, in the order of ``out``."""
        return np.repeat(np.arange(self.actors, dtype=np.int32), np.diff(self.out.starts))

    @property
    def weights_into(self) -> np.ndarray:
        """The weights in the order of ``into``."""
        gathered: np.ndarray = self.weights[self.into.place]
        return gathered

    @cached_property
    def has_parallel(self) -> bool:
        """Whether two links go from one actor to the same other."""
        pairs = self.sources.astype(np.int64) * max(self.actors, 1) + self.out.ends
        pairs.sort()
        return bool((pairs[1:] == pairs[:-1]).any())


def link(actors: int, sources: np.ndarray, targets: np.ndarray, weights: np.ndarray, two_way: np.ndarray) -> Links:
    """Return the links of ties from ``sources`` to ``targets``; ``two_way`` marks ties without a direction.

    Links of one actor keep the order of the ties.
    """
    ties = np.arange(len(sources), dtype=np.int32)
    back = np.flatnonzero(two_way & (sources != targets)).astype(np.int32)
    if len(back):
        sources, targets = np.concatenate([sources, targets[back]]), np.concatenate([targets, sources[back]])
        ties, weights = np.concatenate([ties, ties[back]]), np.concatenate([weights, weights[back]])
    order, starts = _grouped(sources.astype(np.int32), actors)
    out = Rows(starts, targets.astype(np.int32)[order], ties[order])
    kept_weights = weights[order]
    ends_by_source = sources.astype(np.int32)[order]
    order, starts = _grouped(out.ends, actors)
    return Links(out, Rows(starts, ends_by_source[order], order), kept_weights)


def _grouped(keys: np.ndarray, groups: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the order that brings equal keys together, stably, and where each group starts."""
    order, starts = np.empty(len(keys), dtype=np.int32), np.zeros(groups + 1, dtype=np.int64)
    suited(count_into_groups, len(keys))(keys, order, starts)
    return order, starts


def count_into_groups(keys: Any, order: Any, starts: Any) -> None:
    """Sort by counting: plain loops, written for numba."""
    for k in range(keys.shape[0]):
        starts[keys[k] + 1] += 1
    for group in range(starts.shape[0] - 1):
        starts[group + 1] += starts[group]
    free = starts[:-1].copy()
    for k in range(keys.shape[0]):
        order[free[keys[k]]] = k
        free[keys[k]] += 1
