"""What 2x2 tables say of an outcome with and without something: difference, lift, odds ratio, within strata too."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mapkit.statistics import difference_interval, wilson_interval
from mapkit.statistics.intervals import normal_quantile
from mapkit.statistics.two_shares import share_p_values

# Nearly all and nearly none: beyond these something tells of the outcome itself, not of what leads to it.
NEARLY_ALL, NEARLY_NONE = 0.98, 0.02
_COMMON = 0.9  # where nine in ten convert anyway, nearly all is no news

COUNTS = ("customers_with", "converted_with", "customers_without", "converted_without")


def with_effects(counts: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """Return counts (the four of ``COUNTS``) with both shares, difference, lift, odds ratio, their intervals, and p.

    Lift and odds ratio get intervals on the log scale (Katz; Woolf), 0.5 being added to all four cells where one of
    them is 0 (Haldane). They are NaN where nobody, or everybody, is on one side.

    Source: Newcombe (1998), Statistics in Medicine 17, 873-890; Katz et al. (1978), Biometrics 34, 469-474; Woolf
    (1955), Annals of Human Genetics 19, 251-253; Haldane (1956), Annals of Human Genetics 20, 309-311.
    """
    n1, a, n0, c = (counts[name].to_numpy(float) for name in COUNTS)
    z = normal_quantile(confidence)
    table = counts.assign(p=share_p_values(a, n1, c, n0))
    for side, hits, n in (("with", a, n1), ("without", c, n0)):
        low, high = wilson_interval(hits, n, confidence)
        table[f"of_{side}"] = _ratio(hits, n)
        table[f"of_{side}_low"], table[f"of_{side}_high"] = low, high
    table["difference"] = table["of_with"] - table["of_without"]
    table["difference_low"], table["difference_high"] = difference_interval(a, n1, c, n0, confidence)
    b, d = n1 - a, n0 - c
    a, b, c, d = _without_zeros(a, b, c, d, (n1 > 0) & (n0 > 0))
    with np.errstate(divide="ignore", invalid="ignore"):
        lift, odds = a / (a + b) / (c / (c + d)), a * d / (b * c)
        lift_error = np.sqrt(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d))
        odds_error = np.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
    for name, value, error in (("lift", lift, lift_error), ("odds_ratio", odds, odds_error)):
        table[name], table[f"{name}_low"] = value, value * np.exp(-z * error)
        table[f"{name}_high"] = value * np.exp(z * error)
    return table


def within_strata(counts: pd.DataFrame, key: str, confidence: float) -> pd.DataFrame:
    """Return one row a ``key``: difference and odds ratio within strata, with intervals, p, and strata that tell.

    Rows of ``counts`` are one 2x2 table a key and stratum. The difference within is weighted by n1*n0/n (Mantel and
    Haenszel) with Greenland and Robins's variance, the odds ratio is Mantel and Haenszel's with the variance of
    Robins, Breslow and Greenland, p is theirs of 1959 without correction. A stratum tells something when it has
    customers with and without.

    Source: Mantel and Haenszel (1959), Journal of the National Cancer Institute 22, 719-748; Greenland and Robins
    (1985), Biometrics 41, 55-68; Robins, Breslow and Greenland (1986), Biometrics 42, 311-323.
    """
    parts = [
        {key: name, **_pooled([rows[column].to_numpy(float) for column in COUNTS], normal_quantile(confidence))}
        for name, rows in counts.groupby(key, sort=False, dropna=False)
    ]
    return pd.DataFrame(parts, columns=[key, *_WITHIN])


def decides(table: pd.DataFrame, minimum: int) -> pd.Series:
    """Say of each row of a table with effects whether having it all but decides the outcome."""
    n, hits, n_without, hits_without = (table[name] for name in COUNTS)
    apart = (table["of_with"] >= NEARLY_ALL) & (table["of_without"] <= NEARLY_NONE)
    apart |= (table["of_without"] >= NEARLY_ALL) & (table["of_with"] <= NEARLY_NONE)
    alone = (table["of_with"] >= NEARLY_ALL) & (hits + hits_without < _COMMON * (n + n_without))
    return (n >= minimum) & (n_without >= minimum) & (apart | alone)


_WITHIN = (
    "difference_within",
    "difference_within_low",
    "difference_within_high",
    "odds_ratio_within",
    "odds_ratio_within_low",
    "odds_ratio_within_high",
    "p_within",
    "strata",
)


def _pooled(counts: list[NDArray[np.float64]], z: float) -> dict[str, float]:
    n1, a, n0, c = counts
    tells = (n1 > 0) & (n0 > 0)
    n1, a, n0, c = n1[tells], a[tells], n0[tells], c[tells]
    b, d, n = n1 - a, n0 - c, n1 + n0
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = n1 * n0 / n
        difference = ((a / n1 - c / n0) * weight).sum() / weight.sum()
        spread = (a * b * n0**2 / (n1 * n**2) + c * d * n1**2 / (n0 * n**2)).sum()
        half = z * math.sqrt(spread) / weight.sum()
        r, s, p, q = a * d / n, b * c / n, (a + d) / n, (b + c) / n
        odds = r.sum() / s.sum()
        parts = (p * r).sum() / r.sum() ** 2, (p * s + q * r).sum() / (r.sum() * s.sum()), (q * s).sum() / s.sum() ** 2
        error = np.sqrt(sum(parts) / 2)
        m = a + c
        chance = (n1 * n0 * m * (n - m) / (n**2 * np.maximum(n - 1, 1))).sum()
        score = abs((a - n1 * m / n).sum()) / np.sqrt(chance)
    interval = (odds * np.exp(-z * error), odds * np.exp(z * error)) if error == error else (math.nan, math.nan)
    p_value = math.erfc(score / math.sqrt(2)) if score == score else math.nan
    numbers = (difference, difference - half, difference + half, odds, *interval, p_value, len(n))
    return {name: float(number) for name, number in zip(_WITHIN, numbers, strict=True)}


def _ratio(hits: NDArray[np.float64], n: NDArray[np.float64]) -> NDArray[np.float64]:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(n > 0, hits / n, np.nan)


def _without_zeros(*cells_and_known: NDArray) -> tuple[NDArray[np.float64], ...]:
    *cells, known = cells_and_known
    zero = np.any([cell == 0 for cell in cells], axis=0)
    return tuple(np.where(known, cell + 0.5 * zero, np.nan) for cell in cells)
