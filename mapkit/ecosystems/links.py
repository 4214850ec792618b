"""Ties as two compressed sparse rows: whom an actor reaches, and who reaches an actor."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from mapkit.sequences.compiled import SMALL, compiled

# Up to so many links what is quickly worked out is kept nonetheless.
_FEW = 200_000


@dataclass(frozen=True, eq=False)
class Rows:
    """One direction: the ends of actor k's links are ``ends[starts[k]:starts[k + 1]]``.

    ``place`` tells where a link's other facts stand: in ``Links.out`` the tie's number.
    """

    starts: np.ndarray
    ends: np.ndarray
    place: np.ndarray


class Into(Rows):
    """The other direction. ``place`` of many links is worked out at each use: it is quick, and dear to keep."""

    def __init__(self, starts: np.ndarray, ends: np.ndarray, out: Rows) -> None:
        self.__dict__.update(starts=starts, ends=ends, out=out)

    @property
    def place(self) -> np.ndarray:
        """The links' places in ``out``."""
        known: np.ndarray | None = self.__dict__.get("_place")
        if known is None:
            known = grouped(self.__dict__["out"].ends, len(self.starts) - 1)[0]
            if len(known) <= _FEW:
                self.__dict__["_place"] = known
        return known


@dataclass(frozen=True, eq=False)
class Links:
    """Every link once in each direction; an undirected tie is two links, a self-tie one.

    ``tie_weights`` are those of the ties, which ``weights`` gathers in the order of ``out``. With a million ties both
    directions take about 14 MB beside what the ties themselves take.
    """

    out: Rows
    tie_weights: np.ndarray = field(repr=False)

    @property
    def actors(self) -> int:
        """How many actors there are."""
        return len(self.out.starts) - 1

    @property
    def links(self) -> int:
        """How many links there are."""
        return len(self.out.ends)

    @cached_property
    def into(self) -> Into:
        """Who has links to each actor, in ascending order."""
        order, starts = grouped(self.out.ends, self.actors)
        return Into(_narrow(starts), self.sources[order], self.out)

    @property
    def sources(self) -> np.ndarray:
        """Where each link starts, in the order of ``out``."""
        return np.repeat(np.arange(self.actors, dtype=np.int32), np.diff(self.out.starts))

    @property
    def weights(self) -> np.ndarray:
        """The weights in the order of ``out``."""
        gathered: np.ndarray = self.tie_weights[self.out.place]
        return gathered

    @property
    def weights_into(self) -> np.ndarray:
        """The weights in the order of ``into``."""
        gathered: np.ndarray = self.weights[self.into.place]
        return gathered

    @cached_property
    def has_parallel(self) -> bool:
        """Whether two links go from one actor to the same other."""
        into = self.into
        again = into.ends[1:] == into.ends[:-1]
        # Rows are ascending, so two of the same stand side by side; the first of a row is not compared with the last.
        first = into.starts[1:-1]
        again[first[(first > 0) & (first < self.links)] - 1] = False
        return bool(again.any())


def link(actors: int, sources: np.ndarray, targets: np.ndarray, weights: np.ndarray, two_way: np.ndarray) -> Links:
    """Return the links of ties from ``sources`` to ``targets``; ``two_way`` marks ties without a direction.

    Links of one actor keep the order of the ties.
    """
    ties = np.arange(len(sources), dtype=np.int32)
    back = np.flatnonzero(two_way & (sources != targets)).astype(np.int32)
    if len(back):
        sources, targets = np.concatenate([sources, targets[back]]), np.concatenate([targets, sources[back]])
        ties = np.concatenate([ties, ties[back]])
    order, starts = grouped(sources.astype(np.int32, copy=False), actors)
    return Links(Rows(_narrow(starts), targets.astype(np.int32, copy=False)[order], ties[order]), weights)


def _narrow(starts: np.ndarray) -> np.ndarray:
    """Return starts in four bytes each; links are numbered in as many, so these suffice."""
    return starts.astype(np.int32)


def grouped(keys: np.ndarray, groups: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the order that brings equal keys together, stably, and where each group starts."""
    if len(keys) <= SMALL:
        counts = np.bincount(keys, minlength=groups)
        return np.argsort(keys, kind="stable").astype(np.int32), np.concatenate([[0], np.cumsum(counts)])
    order, starts = np.empty(len(keys), dtype=np.int32), np.zeros(groups + 1, dtype=np.int64)
    compiled(count_into_groups)(keys, order, starts)
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
