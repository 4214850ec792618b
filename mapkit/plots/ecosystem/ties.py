"""Which ties are drawn, and the lines and arrow heads they become."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mapkit.ecosystems import Ecosystem
from mapkit.plots.ecosystem.layout import Layout, size_of_weights

_BEND, _LONGEST_BEND = 0.1, 16.0
_POINTS = 9


@dataclass(frozen=True, eq=False)
class Drawn:
    """The ties a picture shows: numbers of rows of the ecosystem's ties, and how wide each line is (0..1)."""

    rows: np.ndarray
    share: np.ndarray
    found: int
    to_themselves: int


def strongest(ecosystem: Ecosystem, most: int) -> Drawn:
    """Return all ties between two actors, or, where there are more than ``most``, each actor's strongest.

    First comes every actor's strongest tie, then every actor's second, and so on, until ``most`` are taken.
    """
    ties = ecosystem.ties
    real = np.flatnonzero(ties.sources != ties.targets)
    sizes = size_of_weights(ties.weights)[real]
    rows = real
    if len(real) > most:
        both = _rank(np.concatenate([ties.sources[real], ties.targets[real]]), np.concatenate([sizes, sizes]))
        rank = both.reshape(2, -1).min(axis=0)
        rows = np.sort(real[np.lexsort((-sizes, rank))[:most]])
    drawn = size_of_weights(ties.weights)[rows]
    low, high = (float(drawn.min()), float(drawn.max())) if len(drawn) else (0.0, 0.0)
    share = (drawn - low) / (high - low) if high > low else np.full(len(drawn), 0.3)
    return Drawn(rows, share, len(real), ecosystem.m - len(real))


def _rank(ends: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Return the place of each tie among those of its actor, from the strongest: 0, 1, 2."""
    order = np.lexsort((-sizes, ends))
    grouped = ends[order]
    starts = np.searchsorted(grouped, grouped)
    rank = np.empty(len(ends), dtype=np.int64)
    rank[order] = np.arange(len(ends)) - starts
    return rank


def negative(ecosystem: Ecosystem) -> np.ndarray:
    """Return a mask of the ties that are against rather than for: of a negative weight or sign."""
    below = ecosystem.ties.weights < 0
    if "sign" in ecosystem.ties.more.column_names:
        import pandas as pd

        signs = pd.to_numeric(ecosystem.ties.more["sign"].to_pandas(), errors="coerce")
        below = below | (signs < 0).to_numpy(dtype=bool)
    return np.asarray(below)


def curves(ecosystem: Ecosystem, layout: Layout, rows: np.ndarray) -> np.ndarray:
    """Return each tie as points of a bent line from rim to rim: an array of ties, points, and x and y.

    A tie bends to its left, so that two ties there and back lie side by side; one without a direction is straight.
    """
    ties = ecosystem.ties
    sources, targets = ties.sources[rows], ties.targets[rows]
    one, other = layout.at[sources], layout.at[targets]
    way = other - one
    gone = np.maximum(np.hypot(way[:, 0], way[:, 1]), 1e-9)[:, None]
    bend = np.minimum(_BEND * gone, _LONGEST_BEND) * ~ties.two_way[rows][:, None]
    across = np.column_stack([way[:, 1], -way[:, 0]]) / gone
    middle = (one + other) / 2 + across * bend
    begin = one + _unit(middle - one) * np.minimum(layout.radii[sources][:, None], 0.45 * gone)
    end = other - _unit(other - middle) * np.minimum(layout.radii[targets][:, None] + 0.4, 0.45 * gone)
    t = np.linspace(0, 1, _POINTS)[None, :, None]
    line = (1 - t) ** 2 * begin[:, None] + 2 * t * (1 - t) * middle[:, None] + t**2 * end[:, None]
    return np.asarray(line)


def heads(lines: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Return a triangle at the end of each line, as long as its size: an array of ties, three corners, x and y."""
    tip = lines[:, -1]
    back = _unit(lines[:, -1] - lines[:, -2])
    side = np.column_stack([back[:, 1], -back[:, 0]])
    root = tip - back * sizes[:, None]
    half = side * 0.38 * sizes[:, None]
    return np.stack([tip, root + half, root - half], axis=1)


def _unit(ways: np.ndarray) -> np.ndarray:
    return np.asarray(ways / np.maximum(np.hypot(ways[:, 0], ways[:, 1]), 1e-9)[:, None])
