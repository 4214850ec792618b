"""What each arm of an experiment does against control: difference, lift, chance, and what could have been seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mapkit.journeys.experiments.chances import mean_chances, share_chances
from mapkit.journeys.experiments.power import quantiles, smallest_difference_of_shares
from mapkit.statistics import adjust_p_values, difference_interval, wilson_interval
from mapkit.statistics.intervals import normal_quantile

Correction = Literal["bh", "holm"] | None
POWER = 0.8
_FEW_EXPECTED = 5
Numbers = NDArray[np.float64]


def share_effects(people: pd.DataFrame, arms: Sequence[str], confidence: float) -> pd.DataFrame:
    """Return one row an arm, control first: shares, Newcombe differences, lifts, p, chance to be best."""
    groups = people.groupby("arm")["result"]
    n = groups.size().reindex(list(arms), fill_value=0).to_numpy(float)
    hits = groups.sum().reindex(list(arms), fill_value=0).to_numpy(float)
    low, high = wilson_interval(hits, n, confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = hits / n
        error_of_log = np.sqrt((1 - share) / hits + (1 - share[0]) / hits[0])
    lows, highs = difference_interval(hits, n, hits[0], n[0], confidence)
    table = pd.DataFrame({"arm": list(arms), "customers": n.astype(int), "converted": hits.astype(int)})
    table = table.assign(of_customers=share, of_customers_low=low, of_customers_high=high)
    smallest = smallest_difference_of_shares(share[0], n[0], n, power=POWER, error=1 - confidence)
    p = [_p_of_shares(int(a), int(b), int(hits[0]), int(n[0])) for a, b in zip(hits, n, strict=True)]
    return _against_control(table, share, (lows, highs), error_of_log, np.array(p), confidence).assign(
        smallest_difference=_not_control(smallest),
        p_best=share_chances(hits, n),
    )


def mean_effects(people: pd.DataFrame, arms: Sequence[str], confidence: float) -> pd.DataFrame:
    """Return one row an arm, control first: means, Welch differences, lifts, p, chance to be best."""
    from scipy.stats import t

    groups = people.groupby("arm")["result"]
    n = groups.size().reindex(list(arms), fill_value=0).to_numpy(float)
    mean, sd = groups.mean().reindex(list(arms)).to_numpy(float), groups.std(ddof=1).reindex(list(arms)).to_numpy(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        squared = sd**2 / n
        half = t.ppf(0.5 + confidence / 2, n - 1) * np.sqrt(squared)
        error = np.sqrt(squared + squared[0])
        freedom = (squared + squared[0]) ** 2 / (squared**2 / (n - 1) + squared[0] ** 2 / (n[0] - 1))
        difference = mean - mean[0]
        reach = t.ppf(0.5 + confidence / 2, freedom) * error
        p = 2 * t.sf(np.abs(difference) / error, freedom)
        # A ratio of means has a meaning, and a logarithm, where both are above 0.
        above = (mean > 0) & (mean[0] > 0)
        error_of_log = np.where(above, np.sqrt(squared / mean**2 + squared[0] / mean[0] ** 2), np.nan)
    table = pd.DataFrame({"arm": list(arms), "customers": n.astype(int)})
    table = table.assign(mean=mean, mean_low=mean - half, mean_high=mean + half, sd=sd)
    interval = difference - reach, difference + reach
    smallest = sum(quantiles(POWER, 1 - confidence)) * error
    return _against_control(table, mean, interval, error_of_log, p, confidence).assign(
        smallest_difference=_not_control(smallest),
        p_best=mean_chances(mean, np.sqrt(squared)),
    )


def judged(table: pd.DataFrame, correction: Correction, confidence: float, *, sound: bool) -> pd.DataFrame:
    """Return the table with ``p_adjusted`` over all its comparisons, and a ``verdict`` by it."""
    adjust: Callable[[pd.Series], Numbers] = {
        "bh": lambda p: adjust_p_values(p.to_numpy(float)),
        "holm": lambda p: adjust_by_holm(p.to_numpy(float)),
        None: lambda p: p.to_numpy(float),
    }[correction]
    adjusted = adjust(table["p"])
    sure = adjusted < 1 - confidence
    above = (table["difference"] > 0).to_numpy()
    verdict = np.select([sure & above, sure], ["higher", "lower"], "cannot tell").astype(object)
    if not sound:
        verdict[:] = "not judged"
    verdict[table["is_control"].to_numpy(bool)] = "control"
    place = list(table.columns).index("p") + 1
    table = table.assign(verdict=verdict)
    table.insert(place, "p_adjusted", adjusted)
    return table.drop(columns="is_control")


def adjust_by_holm(p: Numbers) -> Numbers:
    """Return p-values adjusted by Holm; a NaN stays one and counts for nothing.

    Source: Holm (1979), Scandinavian Journal of Statistics 6, 65-70.

    >>> [round(float(q), 3) for q in adjust_by_holm(np.array([0.01, 0.04, 0.03]))]
    [0.03, 0.06, 0.06]
    """
    adjusted = np.full(p.shape, np.nan)
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    adjusted[order] = np.minimum(np.maximum.accumulate(p[order] * np.arange(len(order), 0, -1)), 1.0)
    return adjusted


def _against_control(
    table: pd.DataFrame,
    level: Numbers,
    interval: tuple[Numbers, Numbers],
    error_of_log: Numbers,
    p: Numbers,
    confidence: float,
) -> pd.DataFrame:
    reach = np.exp(normal_quantile(confidence) * np.where(np.isfinite(error_of_log), error_of_log, np.nan))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(level[0] > 0, level / level[0], np.nan)
    columns = {
        "difference": level - level[0],
        "difference_low": interval[0],
        "difference_high": interval[1],
        "lift": ratio - 1,
        "lift_low": ratio / reach - 1,
        "lift_high": ratio * reach - 1,
        "p": p,
    }
    return table.assign(**{name: _not_control(column) for name, column in columns.items()})


def _not_control(column: Numbers) -> Numbers:
    """Return the column with nothing in its first row: control is not compared with itself."""
    column = np.array(column, dtype=float)
    column[0] = np.nan
    return column


def _p_of_shares(a: int, n_a: int, b: int, n_b: int) -> float:
    """Return the two-sided p of the score test, or of Fisher's exact test where a cell expects fewer than 5."""
    if not n_a or not n_b:
        return float("nan")
    pooled = (a + b) / (n_a + n_b)
    if min(n_a, n_b) * min(pooled, 1 - pooled) < _FEW_EXPECTED:
        from scipy.stats import fisher_exact

        return float(fisher_exact([[a, n_a - a], [b, n_b - b]]).pvalue)
    from scipy.special import erfc

    score = abs(a / n_a - b / n_b) / np.sqrt(pooled * (1 - pooled) * (1 / n_a + 1 / n_b))
    return float(erfc(score / np.sqrt(2)))
