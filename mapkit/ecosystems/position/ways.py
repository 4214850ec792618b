"""Betweenness and closeness: exact, or from sampled pivots with the error that sampling leaves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mapkit.ecosystems.position.adjacency import Adjacency
from mapkit.ecosystems.position.between import walk_hops
from mapkit.ecosystems.position.between_lengths import walk_lengths
from mapkit.ecosystems.position.distances import sum_hops, sum_lengths
from mapkit.sequences.compiled import suited


@dataclass(frozen=True, eq=False)
class Ways:
    """The ties as ways: ``behind`` are the links that lead to each actor, ``lengths`` theirs; None counts hops.

    ``pivots`` are the actors from which ways are walked; None walks from all.
    """

    behind: Adjacency
    lengths: np.ndarray | None
    pivots: np.ndarray | None

    @property
    def sources(self) -> np.ndarray:
        """The actors from which ways are walked."""
        return np.arange(self.behind.actors, dtype=np.int32) if self.pivots is None else self.pivots


def betweenness(ways: Ways) -> tuple[np.ndarray, np.ndarray]:
    """Return the share of ordered pairs of others whose shortest ways pass an actor, and its standard error.

    With pivots the error is that of a sample without replacement; without, it is 0.

    Source: Freeman (1977), Sociometry 40, 35-41; Brandes and Pich (2007), International Journal of Bifurcation and
    Chaos 17, 2303-2318.
    """
    actors, sources = ways.behind.actors, ways.sources
    totals, squares = np.zeros(actors), np.zeros(actors)
    if actors < 3:
        return totals, squares
    work = len(sources) * (len(ways.behind.ends) + actors)
    # Ways turned round pass the same actors, so those behind serve as well as those ahead.
    if ways.lengths is None:
        suited(walk_hops, work)(ways.behind.starts, ways.behind.ends.view(np.uint32), sources, totals, squares)
    else:
        loop = suited(walk_lengths, work)
        loop(ways.behind.starts, ways.behind.ends, ways.lengths, sources, totals, squares)
    every = actors / len(sources) / ((actors - 1) * (actors - 2))
    return totals * every, _error(totals, squares, len(sources), actors) / ((actors - 1) * (actors - 2))


def _error(totals: np.ndarray, squares: np.ndarray, drawn: int, of: int) -> np.ndarray:
    """Return the standard error of a total of ``of`` that is estimated from ``drawn``."""
    if drawn >= of:
        return np.zeros(len(totals))
    if drawn < 2:
        return np.full(len(totals), np.nan)
    variance = np.maximum(squares - totals**2 / drawn, 0) / (drawn - 1)
    spread: np.ndarray = of * np.sqrt(variance / drawn * (1 - drawn / of))
    return spread


def closeness(ways: Ways) -> tuple[np.ndarray, np.ndarray]:
    """Return how near an actor is to those who reach it, times the share of all who do, and its standard error.

    Source: Wasserman and Faust (1994), Social Network Analysis, equation 5.22; sampled as in Eppstein and Wang (2004),
    Journal of Graph Algorithms and Applications 8, 39-45.
    """
    actors, exact = ways.behind.actors, ways.pivots is None
    reached, far, squares = np.zeros(actors), np.zeros(actors), np.zeros(actors)
    if actors < 2:
        return reached, far
    rows, lengths = ways.behind, ways.lengths
    if not exact:  # from a pivot ahead, to whomever it reaches
        if lengths is not None:
            rows = Adjacency(rows.starts, rows.ends, lengths, rows.own)
        rows = rows.turned()
        lengths = None if lengths is None else rows.weights
    work = len(ways.sources) * (len(rows.ends) + actors)
    if lengths is None:
        suited(sum_hops, work)(rows.starts, rows.ends, ways.sources, reached, far, squares, exact)
    else:
        suited(sum_lengths, work)(rows.starts, rows.ends, lengths, ways.sources, reached, far, squares, exact)
    drawn = np.full(actors, len(ways.sources), dtype=float)
    drawn[ways.sources] -= 1  # nobody is on the way to itself
    with np.errstate(divide="ignore", invalid="ignore"):
        values = np.where(far > 0, reached / far * reached / drawn, 0.0)
        if exact:
            return values, np.zeros(actors)
        by_reach, by_far = 2 * reached / far, (reached / far) ** 2
        met, hops = reached / drawn, far / drawn
        variance = by_reach**2 * met * (1 - met) + by_far**2 * (squares / drawn - hops**2)
        variance -= 2 * by_reach * by_far * hops * (1 - met)
        left = 1 - drawn / (actors - 1)
        error = np.sqrt(np.maximum(variance, 0) / (drawn - 1) * left)
    return values, np.where(far > 0, error, np.nan)
