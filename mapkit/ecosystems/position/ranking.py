"""Who comes first by a measure, and how much of that order rests on which ties were found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mapkit.ecosystems.ecosystem import Ecosystem
from mapkit.ecosystems.position.position import MEASURES, PIVOTS, Distance, measure_position, named
from mapkit.ecosystems.position.position_result import LEAST_FIRST
from mapkit.ecosystems.position.ranking_result import Ranking
from mapkit.ecosystems.position.ranks import ranked
from mapkit.ecosystems.position.resampled import bare, resampled
from mapkit.errors import OptionError, one_of
from mapkit.statistics.intervals import wilson_interval

_EXACT_BELOW = 1_000


def rank_actors(
    ecosystem: Any,
    by: str | Mapping[str, float] = "betweenness",
    *,
    resamples: int = 200,
    first: int = 10,
    weights: bool = True,
    distance: Distance = "hops",
    confidence: float = 0.95,
    seed: int = 0,
) -> Ranking:
    """Return the actors in the order of a measure, with an interval for every rank.

    Ties are drawn anew, with replacement, ``resamples`` times, and the actors ranked each time. The intervals thus say
    how much the order rests on which ties happened to be found; not what a wrong kind or weight of tie would do.

    ``table`` columns, a row an actor, the first at the top: ``actor``, ``name``, ``type`` and

    - ``value``: the measure, or the score (0..1) of several; ``low``, ``high``: the resamples' spread around their
      mean, put around the value, because a network with repeated ties has fewer pairs and so another mean
    - ``rank`` (1 the first; equal values share the better one) and ``rank_low``, ``rank_high``: the middle of the
      resamples' ranks, stretched to the rank itself where that lies outside
    - ``times_in_top`` of ``resamples``, and their share ``in_top`` with ``in_top_low``, ``in_top_high`` (Wilson): how
      often the actor was among the first ``first``

    Parameters
    ----------
    ecosystem
        An :class:`Ecosystem`, or anything ``Ecosystem.of`` takes.
    by
        A measure of :func:`measure_position`, or several with weights: {"betweenness": 2, "prestige": 1}. Each is
        then turned into the share of actors that stand no better, and the shares averaged by weight. The least come
        first by constraint.
    resamples
        0 leaves the intervals out.

    Raises
    ------
    OptionError
        A measure is not known, or weights (of measures or of ties) are missing or negative.

    Source: named in ``resampled``; percentile intervals of ranks as in Goldstein and Spiegelhalter (1996), Journal of
    the Royal Statistical Society A 159, 385-443.
    """
    given, wanted = Ecosystem.of(ecosystem), _checked(by, first, resamples, confidence)
    options: dict[str, Any] = {"weights": weights, "distance": distance, "seed": seed}
    values = _values(bare(given), wanted, options)
    drawn = np.array([_values(each, wanted, options) for each in resampled(given, resamples, seed)])
    name = by if isinstance(by, str) else " + ".join(f"{weight:g} {each}" for each, weight in wanted.items())
    least = len(wanted) == 1 and next(iter(wanted)) in LEAST_FIRST
    shape = _Order(least=least, first=first, most=np.inf if len(wanted) == 1 else 1.0, confidence=confidence)
    table = _table(given, values, drawn.reshape(resamples, given.n), shape)
    title = f"{given.n:,} actors in order of {name}"
    return Ranking(title, table, tuple(_notes(given, wanted, resamples, least)), name, first, resamples, confidence)


def _checked(by: str | Mapping[str, float], first: int, resamples: int, confidence: float) -> dict[str, float]:
    wanted = {by: 1.0} if isinstance(by, str) else {str(name): float(weight) for name, weight in by.items()}
    for name, weight in wanted.items():
        one_of(name, MEASURES, "by")
        if not 0 < weight < np.inf:
            raise OptionError(
                f"by={{{name!r}: {weight}}}: a measure's weight is above 0. Leave out what shall not count."
            )
    if not wanted:
        raise OptionError("by is empty. Name a measure, or several with their weights.")
    if first < 1 or resamples < 0 or not 0 < confidence < 1:
        raise OptionError(
            f"first={first}, resamples={resamples}, confidence={confidence}: first is 1 or more, resamples 0 or more,"
            " confidence between 0 and 1."
        )
    return wanted


def _values(ecosystem: Ecosystem, wanted: dict[str, float], options: dict[str, Any]) -> np.ndarray:
    """Return the measure, or the weighted mean of the shares of actors that stand no better by each."""
    found = measure_position(ecosystem, list(wanted), exact_below=_EXACT_BELOW, pivots=PIVOTS, **options)  # type: ignore[arg-type]
    if len(wanted) == 1:
        alone: np.ndarray = found.table[next(iter(wanted))].to_numpy(dtype=float)
        return alone
    n = max(ecosystem.n, 1)
    score = np.zeros(ecosystem.n)
    for name, weight in wanted.items():
        score += weight * (n + 1 - found.ranks(name).to_numpy()) / n
    return score / sum(wanted.values())


@dataclass(frozen=True)
class _Order:
    """How values are ordered: the ``least`` first or not, none above ``most``, the ``first`` so many apart."""

    least: bool
    first: int
    most: float
    confidence: float


def _table(ecosystem: Ecosystem, values: np.ndarray, drawn: np.ndarray, order: _Order) -> pd.DataFrame:
    rank, resamples = ranked(values, least=order.least), len(drawn)
    tail = [(1 - order.confidence) / 2, (1 + order.confidence) / 2]
    columns: dict[str, Any] = {"value": values, "low": np.nan, "high": np.nan, "rank": rank}
    columns |= {"rank_low": rank, "rank_high": rank, "times_in_top": 0}
    if resamples and ecosystem.n:
        ranks = np.array([ranked(each, least=order.least) for each in drawn])
        low, high = _spread_around(values, drawn, tail, order.most)
        ends = np.quantile(ranks, tail, axis=0, method="nearest").astype(int)
        columns |= {"low": low, "high": high, "times_in_top": (ranks <= order.first).sum(axis=0)}
        columns |= {"rank_low": np.minimum(ends[0], rank), "rank_high": np.maximum(ends[1], rank)}
    hits = np.broadcast_to(columns["times_in_top"], ecosystem.n)
    share = wilson_interval(hits, np.full(ecosystem.n, resamples), order.confidence)
    with np.errstate(invalid="ignore"):
        columns |= {"resamples": resamples, "in_top": hits / np.float64(resamples) if resamples else np.nan}
    columns |= {"in_top_low": share[0], "in_top_high": share[1]}
    table = pd.DataFrame({**named(ecosystem), **columns})
    return table.sort_values("rank", kind="stable").reset_index(drop=True)


def _spread_around(values: np.ndarray, drawn: np.ndarray, tail: list[float], most: float) -> np.ndarray:
    """Return both ends of the resamples' spread, moved to the value, but not beyond 0 and ``most``."""
    known = np.isfinite(drawn)
    seen = known.sum(axis=0)
    mean = np.where(known, drawn, 0).sum(axis=0) / np.maximum(seen, 1)
    # An actor without ties in a resample has no constraint there: the others tell.
    ends = np.quantile(np.where(known, drawn, mean), tail, axis=0)
    moved: np.ndarray = np.clip(ends - mean + values, 0, most)
    return np.where(seen > 1, moved, np.nan)


def _notes(ecosystem: Ecosystem, wanted: dict[str, float], resamples: int, least: bool) -> Iterator[str]:
    if least:
        yield "The least constrained come first."
    if len(wanted) > 1:
        yield "Score: for each measure the share of actors that stand no better, averaged by the weights given."
    if resamples:
        yield (
            f"Intervals: {ecosystem.m:,} ties drawn anew {resamples:,} times. They say how much the order rests on"
            " which ties were found, not whether the ties are right."
        )
    if "eigenvector" in wanted:
        yield "eigenvector compares actors of one connected part; small parts can stand too high in this order."
    if {"betweenness", "closeness"} & set(wanted) and ecosystem.n >= _EXACT_BELOW:
        yield f"Shortest ways are walked from {PIVOTS:,} actors, the same in every resample."
