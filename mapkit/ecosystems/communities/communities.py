"""Which actors belong together: communities, how firm they are, and what lies between them."""

from __future__ import annotations

import math
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

from mapkit.ecosystems.communities.agreement import adjusted_rand, normalised_information, stays
from mapkit.ecosystems.communities.blocks import between, modularity_of, sizes_of
from mapkit.ecosystems.communities.communities_result import Communities
from mapkit.ecosystems.communities.engines import Method, engine_of, partitions
from mapkit.ecosystems.communities.pairs import Pairs, pairs_of
from mapkit.ecosystems.ecosystem import Ecosystem
from mapkit.errors import OptionError, one_of
from mapkit.statistics import wilson_interval

_MOST_BLOCKS = 30


def find_communities(
    ecosystem: Any, *, seed: int = 0, resolution: float = 1.0, method: Method = "leiden", runs: int = 20
) -> Communities:
    """Return which actors belong together: more tied among themselves than chance would tie them.

    The search depends on the order in which it visits actors. So it is run several times from different orders; the
    partition with the highest modularity is kept, and ``stability`` says how far the other runs agree with it.

    ``table`` columns, a row an actor, in the ecosystem's order:

    - ``actor``, ``name`` (the id where there is none), ``type``
    - ``community``: 0 for the largest; actors without a tie to another come last, each on its own
    - ``stability``: the share of the ``other_runs`` in which the actor is where most of its community are, with
      Wilson intervals (``_low``, ``_high``); NaN with one run, and for actors without a tie

    ``sizes`` has a row a community: ``label`` (its strongest actors by weight within), ``actors``, ``of_actors``,
    ``types``, ``internal_ties``, ``internal_weight``, ``outgoing_weight``, ``of_weight_internal`` (the share of the
    weight at its actors' ties that stays inside) and the mean ``stability``. ``between`` has a row for every two of
    the 30 largest: ``ties``, ``weight``, ``weight_by_chance`` (from the strengths of both) and ``times_chance``.

    Parameters
    ----------
    ecosystem
        An ecosystem, or anything ``Ecosystem.of`` takes.
    seed
        The same seed gives the same communities.
    resolution
        Above 1: more and smaller communities; below 1: fewer and larger.
    method
        "leiden", whose communities hang together, or "louvain".
    runs
        How many times to search. The time is in proportion.

    Raises
    ------
    OptionError
        Weights are missing, negative or infinite; or an option cannot be used.

    Source: Traag, Waltman and van Eck (2019), Scientific Reports 9, 5233; Blondel, Guillaume, Lambiotte and Lefebvre
    (2008), Journal of Statistical Mechanics, P10008.
    """
    one_of(method, ("leiden", "louvain"), "method")
    if isinstance(runs, bool) or not isinstance(runs, int) or runs < 1:
        raise OptionError(f"runs={runs!r} is no number of runs. Give a whole number from 1.")
    if isinstance(resolution, bool) or not isinstance(resolution, Real) or not 0 < resolution < math.inf:
        raise OptionError(f"resolution={resolution!r} cannot be used. Give a number above 0; 1 is usual.")
    ecosystem = Ecosystem.of(ecosystem)
    pairs = pairs_of(ecosystem, "find_communities")
    tied = pairs.strengths > 0
    found = _searched(pairs, tied, method, resolution, seed, runs)
    quality = [modularity_of(pairs, each, resolution) for each in found]
    best = int(np.argmax(quality)) if pairs.total else 0
    kept, others = found[best], found[:best] + found[best + 1 :]
    table = _table(ecosystem, kept, others, tied)
    sizes = sizes_of(ecosystem, pairs, kept, table["stability"].to_numpy())
    several = int((sizes["actors"] > 1).sum())
    agreement = [[rule(kept[tied], each[tied]) for each in others] for rule in (adjusted_rand, normalised_information)]
    rand, information = (float(np.mean(each)) if each else float("nan") for each in agreement)
    return Communities(
        f"{several:,} communities among {ecosystem.n:,} actors",
        table,
        tuple(_notes(ecosystem, pairs, method, resolution, seed, runs, quality, (rand, information), tied)),
        sizes,
        between(pairs, kept, min(several, _MOST_BLOCKS)),
        quality[best],
        resolution,
        int((~tied).sum()),
        runs,
        rand,
        information,
    )


def _searched(
    pairs: Pairs, tied: np.ndarray, method: Method, resolution: float, seed: int, runs: int
) -> list[np.ndarray]:
    if not pairs.total:
        return [np.arange(pairs.actors)] * runs
    raw = partitions(pairs, method=method, resolution=resolution, seed=seed, runs=runs)
    return [_by_size(each, tied) for each in raw]


def _by_size(numbers: np.ndarray, tied: np.ndarray) -> np.ndarray:
    """Return communities numbered by size, those of equal size by their first actor; the untied alone and last."""
    numbers = np.where(tied, numbers, int(numbers.max()) + 1 + np.arange(len(numbers)))
    _, first, owner, counts = np.unique(numbers, return_index=True, return_inverse=True, return_counts=True)
    ranks = np.empty(len(first), dtype=np.int64)
    ranks[np.lexsort((first, -counts, ~tied[first]))] = np.arange(len(first))
    numbered: np.ndarray = ranks[owner]
    return numbered


def _table(ecosystem: Ecosystem, kept: np.ndarray, others: list[np.ndarray], tied: np.ndarray) -> pd.DataFrame:
    steady = np.zeros(ecosystem.n, dtype=np.int64)
    for other in others:
        steady += stays(kept, other)
    share = np.where(tied, steady / len(others), np.nan) if others else np.full(ecosystem.n, np.nan)
    # There are as many intervals as runs, however many actors.
    ends = np.array([wilson_interval(k, len(others)) if others else (np.nan, np.nan) for k in range(len(others) + 1)])
    return pd.DataFrame(
        {
            "actor": ecosystem.ids,
            "name": ecosystem.labels,
            "type": ecosystem.types,
            "community": kept,
            "stability": share,
            "stability_low": np.where(tied, ends[steady, 0], np.nan),
            "stability_high": np.where(tied, ends[steady, 1], np.nan),
            "other_runs": len(others),
        }
    )


def _notes(
    ecosystem: Ecosystem,
    pairs: Pairs,
    method: Method,
    resolution: float,
    seed: int,
    runs: int,
    quality: list[float],
    agreement: tuple[float, float],
    tied: np.ndarray,
) -> list[str]:
    engine = engine_of(method)
    notes = [
        f"{engine}, seed {seed}, resolution {resolution:g}; the partition with the highest modularity"
        f" ({max(quality):.4f}) of {runs:,} runs is kept."
        if pairs.total
        else "No two actors are tied: each is on its own, and there is no modularity.",
        "Direction does not count: the weights of ties in both directions, and of several between the same two, add up."
        " Ties of an actor to itself are left out.",
        "Sizes and shares of weight describe these actors and ties; they are no sample, so they have no intervals.",
    ]
    if method == "leiden" and "networkx" in engine:
        notes.append("networkit is not installed: Louvain of networkx instead of Leiden, which may be slow when large.")
    if runs > 1 and pairs.total:
        notes.append(
            f"Other runs agree with the one kept by an adjusted Rand index of {agreement[0]:.3f} and a normalised"
            f" mutual information of {agreement[1]:.3f} on average."
        )
    if "sign" in ecosystem.ties.more.column_names:
        notes.append("The column 'sign' does not count: a tie against somebody is a tie as strong as its weight.")
    if not tied.all():
        notes.append(
            f"Actors without a tie to another: {int((~tied).sum()):,}; each is a community of its own, at the end."
        )
    return notes
