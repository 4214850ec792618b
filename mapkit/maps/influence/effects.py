"""What 2x2 tables in strata say of meeting an influencer: difference and ratio of conversion, pooled and crude."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from mapkit.journeys.drivers_effects import COUNTS, with_effects
from mapkit.maps.influence.counts import KEYS
from mapkit.statistics.intervals import normal_quantile, wilson_interval

# Where fewer than this many are to be expected to go on, or not to, the normal curve finds too much in chance.
_FEW = 10


def crude(cells: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """Return a row a comparison: counts, shares (Wilson), difference (Newcombe) and ratio (Katz), crude.

    ``customers_alone``, ``converted_alone``, ``of_alone``: those who met this influencer and no other.

    Source: Wilson (1927), Journal of the American Statistical Association 22, 209-212; Newcombe (1998), Statistics in
    Medicine 17, 873-890; Katz et al. (1978), Biometrics 34, 469-474.
    """
    keys = list(KEYS)
    whole = cells.groupby(keys, as_index=False)[list(COUNTS)].sum()
    table = with_effects(whole, confidence)
    table = table[[name for name in map(str, table) if name != "p" and not name.startswith("odds_ratio")]]
    table = table.rename(columns=lambda name: str(name).replace("lift", "ratio"))
    alone = cells[cells["others"] == 0].groupby(keys, as_index=False)[["customers_with", "converted_with"]].sum()
    alone = alone.rename(columns={"customers_with": "customers_alone", "converted_with": "converted_alone"})
    table = table.merge(alone, on=keys, how="left").fillna({"customers_alone": 0, "converted_alone": 0})
    table = table.astype({"customers_alone": "int64", "converted_alone": "int64"})
    n, hits = table["customers_alone"], table["converted_alone"]
    low, high = wilson_interval(hits, n, confidence)
    return table.assign(of_alone=hits / n.where(n > 0), of_alone_low=low, of_alone_high=high)


def pooled(cells: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """Return a row a comparison: difference and ratio within strata with intervals, ``p_within``, ``strata`` that tell.

    The difference is weighted by n1*n0/n (Mantel and Haenszel; variance of Greenland and Robins), so is the ratio
    (Greenland and Robins); p is Mantel and Haenszel's without correction, and exact where few are to be expected. Only
    strata with customers on both sides tell something. NaN where none does.

    Source: Mantel and Haenszel (1959), Journal of the National Cancer Institute 22, 719-748; Greenland and Robins
    (1985), Biometrics 41, 55-68.
    """
    z = normal_quantile(confidence)
    keys = list(KEYS)
    every = cells[keys].drop_duplicates()
    tells = cells[(cells["customers_with"] > 0) & (cells["customers_without"] > 0)]
    sums = _sums(tells).groupby([tells[key] for key in keys]).sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        difference = sums["weighted"] / sums["weight"]
        half = z * np.sqrt(sums["spread"]) / sums["weight"]
        ratio = sums["above"] / sums["below"]
        error = np.sqrt(sums["ratio_spread"] / (sums["above"] * sums["below"]))
        score = np.abs(sums["excess"]) / np.sqrt(sums["chance"])
    found = pd.DataFrame(
        {
            "difference_within": difference,
            "difference_within_low": difference - half,
            "difference_within_high": difference + half,
            "ratio_within": ratio,
            "ratio_within_low": ratio * np.exp(-z * error),
            "ratio_within_high": ratio * np.exp(z * error),
            "p_within": [math.erfc(each / math.sqrt(2)) if each == each else math.nan for each in score],
            "strata": sums["stratum"].astype("int64"),
        }
    ).replace([np.inf, -np.inf], np.nan)
    few = set(sums.index[sums[["expected", "expected_not"]].min(axis=1) < _FEW])
    counts, places = tells[list(COUNTS)].to_numpy(int), tells.groupby(keys).indices
    exact = {key: exact_p(*counts[rows].T) for key, rows in places.items() if key in few}
    found["p_within"] = [exact.get(key, p) for key, p in zip(found.index, found["p_within"], strict=True)]
    return every.merge(found.reset_index(), on=keys, how="left").fillna({"strata": 0}).astype({"strata": "int64"})


def exact_p(n1: np.ndarray, a: np.ndarray, n0: np.ndarray, c: np.ndarray) -> float:
    """Return the two-sided exact p-value of tables in strata: no difference, given the margins of each.

    With one stratum it is Fisher's.

    Source: Gart (1970), Biometrika 57, 471-475; Fisher (1922), Journal of the Royal Statistical Society 85, 87-94.

    >>> one = [np.array([each]) for each in (10, 7, 12, 2)]
    >>> round(exact_p(*one), 4)
    0.0274
    """
    from scipy.stats import hypergeom  # half a second to import, and most comparisons are of many

    chances = np.ones(1)
    for have, hits, others, rest in zip(n1, a, n0, c, strict=True):
        own = hypergeom.pmf(np.arange(have + 1), have + others, hits + rest, have)
        chances = np.convolve(chances, own)
    # Equal chances differ in their last digits.
    return float(min(chances[chances <= chances[int(a.sum())] * (1 + 1e-7)].sum(), 1.0))


def _sums(cells: pd.DataFrame) -> pd.DataFrame:
    n1, a, n0, c = (cells[name].to_numpy(float) for name in COUNTS)
    n, hits = n1 + n0, a + c
    parts = {
        "weighted": (a / n1 - c / n0) * n1 * n0 / n,
        "weight": n1 * n0 / n,
        "spread": a * (n1 - a) * n0**2 / (n1 * n**2) + c * (n0 - c) * n1**2 / (n0 * n**2),
        "above": a * n0 / n,
        "below": c * n1 / n,
        "ratio_spread": (n1 * n0 * hits - a * c * n) / n**2,
        "excess": a - n1 * hits / n,
        "chance": n1 * n0 * hits * (n - hits) / (n**2 * np.maximum(n - 1, 1)),
        "stratum": np.ones(len(cells)),
        "expected": n1 * hits / n,
        "expected_not": n1 * (n - hits) / n,
    }
    return pd.DataFrame(parts, index=cells.index)


def beyond_chance(low: pd.Series, high: pd.Series) -> pd.Series:
    """Return 1 where an interval lies above 0, -1 where it lies below, and 0 where it holds 0 or is not known."""
    return (low > 0).astype(int) - (high < 0).astype(int)
