"""What lies within and between communities: weights against what chance would put there, sizes, and who stands out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mapkit.ecosystems.communities.pairs import Pairs
from mapkit.ecosystems.ecosystem import Ecosystem


def modularity_of(pairs: Pairs, numbers: np.ndarray, resolution: float) -> float:
    """Return the modularity of a partition; NaN where no tie has a weight.

    Source: Newman and Girvan (2004), Physical Review E 69, 026113; the resolution: Reichardt and Bornholdt (2006),
    Physical Review E 74, 016110.
    """
    if pairs.total == 0:
        return float("nan")
    own = numbers[pairs.first] == numbers[pairs.second]
    groups = np.bincount(numbers, pairs.strengths)
    inside = float(pairs.weights[own].sum()) / pairs.total
    return inside - resolution * float(((groups / (2 * pairs.total)) ** 2).sum())


def between(pairs: Pairs, numbers: np.ndarray, most: int) -> pd.DataFrame:
    """Return a row for every two of the ``most`` largest communities, and for each with itself."""
    one, two = numbers[pairs.first].astype(np.int64), numbers[pairs.second].astype(np.int64)
    low, high = np.minimum(one, two), np.maximum(one, two)
    keep = high < most
    cells = low[keep] * most + high[keep]
    ties, weights = np.bincount(cells, minlength=most**2), np.bincount(cells, pairs.weights[keep], most**2)
    groups = np.bincount(numbers, pairs.strengths, minlength=most)[:most]
    rows, columns = np.triu_indices(most)
    chance = groups[rows] * groups[columns] / (2 * max(pairs.total, 1e-300)) / np.where(rows == columns, 2, 1)
    weight = weights[rows * most + columns]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(chance > 0, weight / chance, np.nan)
    return pd.DataFrame(
        {
            "community": rows,
            "other": columns,
            "ties": ties[rows * most + columns],
            "weight": weight,
            "weight_by_chance": chance,
            "times_chance": ratio,
        }
    )


def sizes_of(ecosystem: Ecosystem, pairs: Pairs, numbers: np.ndarray, stability: np.ndarray) -> pd.DataFrame:
    """Return a row for each community: who is in it, what ties it, and who stands out."""
    groups = int(numbers.max()) + 1 if len(numbers) else 0
    one, two = numbers[pairs.first], numbers[pairs.second]
    own = one == two
    inside = np.bincount(one[own], pairs.weights[own], groups)
    strengths = np.bincount(numbers, pairs.strengths, groups)
    actors = np.bincount(numbers, minlength=groups)
    outside = np.maximum(strengths - 2 * inside, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        steady = np.bincount(numbers, stability, groups) / actors
        within = np.where(strengths > 0, inside / (inside + outside), np.nan)
    return pd.DataFrame(
        {
            "community": np.arange(groups),
            "label": _labels(ecosystem, pairs, numbers, groups),
            "actors": actors,
            "of_actors": actors / max(ecosystem.n, 1),
            "types": _types(ecosystem, numbers, groups),
            "internal_ties": np.bincount(one[own], minlength=groups),
            "internal_weight": inside,
            "outgoing_weight": outside,
            "of_weight_internal": within,
            "stability": steady,
        }
    )


def _labels(ecosystem: Ecosystem, pairs: Pairs, numbers: np.ndarray, groups: int, most: int = 3) -> list[str]:
    """Return the names of each community's strongest, by the weight of their ties within it."""
    own = numbers[pairs.first] == numbers[pairs.second]
    within = np.zeros(pairs.actors)
    for ends in (pairs.first, pairs.second):
        within += np.bincount(ends[own], pairs.weights[own], pairs.actors)
    order = np.lexsort((np.arange(pairs.actors), -within, numbers))
    starts = np.searchsorted(numbers[order], np.arange(groups + 1))
    names = ecosystem.labels
    return [
        ", ".join(str(names[code]) for code in order[starts[k] : min(starts[k] + most, starts[k + 1])])
        for k in range(groups)
    ]


def _types(ecosystem: Ecosystem, numbers: np.ndarray, groups: int) -> list[str]:
    """Return the types in each community, the most frequent first: "customer 60, partner 2"."""
    kinds = pd.Series(ecosystem.types, dtype=object).fillna("(none)").astype(str)
    counts = pd.DataFrame({"community": numbers, "type": kinds}).value_counts().reset_index(name="count")
    counts = counts.sort_values(["community", "count", "type"], ascending=[True, False, True], kind="stable")
    words = counts["type"] + " " + counts["count"].map("{:,}".format).astype("str")
    joined = words.groupby(counts["community"]).agg(", ".join)
    return [str(each) for each in joined.reindex(range(groups), fill_value="")]
