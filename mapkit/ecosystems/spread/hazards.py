"""How much each adopted neighbour adds to the chance to adopt: three forms of one discrete-time hazard.

Every period (within every stratum) has a baseline of its own, so what makes everybody adopt at the same time - a
campaign, a season - is not taken for contagion.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

_HALVINGS = 60
_FAR = 30.0


@dataclass(frozen=True)
class Effect:
    """A coefficient of exposure with its interval and the probability of so large a likelihood ratio by chance."""

    value: float
    low: float
    high: float
    p: float


@dataclass(frozen=True, eq=False)
class Cells:
    """Counts as arrays, with the baseline that each belongs to. Baselines without an adoption say nothing."""

    base: np.ndarray
    exposure: np.ndarray
    adopted: np.ndarray
    stayed: np.ndarray
    bases: int

    @classmethod
    def of(cls, cells: pd.DataFrame) -> Cells:
        """Return the cells of periods and strata in which somebody adopted and somebody did not."""
        keys = ["moment", "stratum"]
        sums = cells.groupby(keys)[["adopted", "at_risk"]].transform("sum")
        told = cells[(sums["adopted"] > 0) & (sums["adopted"] < sums["at_risk"])]
        base = told.groupby(keys).ngroup().to_numpy()
        adopted = told["adopted"].to_numpy(dtype=float)
        stayed = told["at_risk"].to_numpy(dtype=float) - adopted
        return cls(base, told["exposure"].to_numpy(dtype=float), adopted, stayed, int(base.max(initial=-1)) + 1)


def fit_additive(cells: Cells, confidence_ratio: float) -> tuple[Effect, np.ndarray]:
    """Return what each exposure adds to -log(1 - hazard), by maximum likelihood, and the baselines on that scale.

    So each neighbour is one more independent chance to be won over: 1 - hazard = (1 - base) (1 - p) ** exposure, and
    p = 1 - exp(-effect). The interval is that of the profile likelihood, and may end at 0.
    """

    def loglik(effect: float) -> float:
        return _additive(cells, effect, _additive_bases(cells, effect))

    top = 1.0
    while loglik(2 * top) > loglik(top) and top < _FAR:
        top *= 2
    best = _highest(loglik, 0.0, 2 * top)
    peak = loglik(best)
    low = 0.0 if peak - loglik(0.0) <= confidence_ratio else _crossing(loglik, 0.0, best, peak - confidence_ratio)
    end = max(2 * best, 0.1)
    while peak - loglik(end) < confidence_ratio and end < _FAR:
        end *= 2
    high = _crossing(loglik, end, best, peak - confidence_ratio)
    # At the edge of what is possible the ratio is half a chi-squared: an effect below 0 cannot be.
    return Effect(best, low, high, _chance(2 * (peak - loglik(0.0))) / 2), _additive_bases(cells, best)


def _additive(cells: Cells, effect: float, bases: np.ndarray) -> float:
    rate = bases[cells.base] + effect * cells.exposure
    with np.errstate(divide="ignore"):
        won = np.log(-np.expm1(-rate))
    return float((np.where(cells.adopted > 0, cells.adopted * won, 0.0) - cells.stayed * rate).sum())


def _additive_bases(cells: Cells, effect: float) -> np.ndarray:
    """Return the best baseline of each period given the effect, by halving: the likelihood has one peak in each."""
    low, high = np.full(cells.bases, 1e-12), np.full(cells.bases, _FAR)
    added = effect * cells.exposure
    for _ in range(_HALVINGS):
        middle = np.sqrt(low * high)
        rate = middle[cells.base] + added
        slope = np.bincount(cells.base, cells.adopted / np.expm1(rate) - cells.stayed, minlength=cells.bases)
        low, high = np.where(slope > 0, middle, low), np.where(slope > 0, high, middle)
    return np.sqrt(low * high)


def fit_multiplied(cells: Cells, form: str, z: float) -> Effect:
    """Return the coefficient of exposure in a logistic ("logistic") or complementary log-log ("cloglog") hazard.

    By Newton's steps on the effect and all baselines; Wald's interval. NaN where the likelihood has no peak.

    Source: Allison (1982), Sociological Methodology 13, 61-98; Prentice and Gloeckler (1978), Biometrics 34, 57-67.
    """
    n = cells.adopted + cells.stayed
    start = np.bincount(cells.base, cells.adopted, cells.bases) / np.bincount(cells.base, n, cells.bases)
    bases = np.log(start / (1 - start)) if form == "logistic" else np.log(-np.log1p(-start))
    effect, information = 0.0, math.nan
    for _ in range(100):
        line = np.clip(bases[cells.base] + effect * cells.exposure, -_FAR, _FAR if form == "logistic" else 3.4)
        chance, slope = _curve(line, form)
        weight = n * slope**2 / (chance * (1 - chance))
        score = (cells.adopted - n * chance) * slope / (chance * (1 - chance))
        by_base, by_both = (np.bincount(cells.base, weight * f, cells.bases) for f in (1.0, cells.exposure))
        pull = np.bincount(cells.base, score, cells.bases)
        information = float((weight * cells.exposure**2).sum() - (by_both**2 / by_base).sum())
        if not information > 1e-9:
            return Effect(math.nan, math.nan, math.nan, math.nan)
        step = float(((score * cells.exposure).sum() - (by_both * pull / by_base).sum()) / information)
        step = float(np.clip(step, -1, 1))
        effect += step
        bases = bases + np.clip((pull - by_both * step) / by_base, -2, 2)
        if abs(step) < 1e-10:
            break
    else:
        return Effect(math.nan, math.nan, math.nan, math.nan)
    half = z / math.sqrt(information)
    return Effect(effect, effect - half, effect + half, _chance(effect**2 * information))


def _curve(line: np.ndarray, form: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the hazard, and its slope, at each value of the linear predictor."""
    if form == "logistic":
        chance = 1 / (1 + np.exp(-line))
        return chance, chance * (1 - chance)
    rate = np.exp(line)
    chance = np.clip(-np.expm1(-rate), 1e-12, 1 - 1e-12)
    return chance, rate * np.exp(-rate)


def _highest(function: object, low: float, high: float) -> float:
    from scipy.optimize import minimize_scalar

    found = minimize_scalar(lambda x: -function(x), bounds=(low, high), method="bounded", options={"xatol": 1e-8})  # type: ignore[operator]
    return 0.0 if function(0.0) >= -found.fun else float(found.x)  # type: ignore[operator]


def _crossing(function: object, outside: float, inside: float, level: float) -> float:
    """Return where the likelihood passes a level between a place below it and one above."""
    for _ in range(_HALVINGS):
        middle = (outside + inside) / 2
        outside, inside = (outside, middle) if function(middle) >= level else (middle, inside)  # type: ignore[operator]
    return (outside + inside) / 2


def _chance(ratio: float) -> float:
    """Return the probability of a chi-squared with one degree of freedom above this."""
    return math.erfc(math.sqrt(max(ratio, 0.0) / 2))
