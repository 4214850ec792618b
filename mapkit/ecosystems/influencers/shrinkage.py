"""Rates of few posts drawn toward those of their kind: Gamma-Poisson with overdispersed posts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

LEAST_IN_CELL = 5
_HARDLY_ANY = 1e-4  # of the squared mean: less variation between influencers than this is none


@dataclass(frozen=True, eq=False)
class Sums:
    """What an influencer's posts add up to: engagements, exposure, its square, and the number of posts."""

    engagements: np.ndarray
    exposure: np.ndarray
    squared: np.ndarray
    posts: np.ndarray
    residual: np.ndarray
    """Sum of squares of engagements minus rate x exposure."""

    @property
    def rate(self) -> np.ndarray:
        """Ratio of sums; NaN without exposure."""
        with np.errstate(divide="ignore", invalid="ignore"):
            rate: np.ndarray = self.engagements / self.exposure
        return np.where(self.exposure > 0, rate, np.nan)


@dataclass(frozen=True, eq=False)
class Prior:
    """What each influencer's rate is drawn toward: a Gamma of its cell, and the worth of its own posts.

    ``alpha`` and ``beta`` in engagements and exposure; ``dispersion`` is the variance of an influencer's engagements
    over the Poisson's; ``cell`` says whose rates fit the Gamma.
    """

    alpha: np.ndarray
    beta: np.ndarray
    dispersion: np.ndarray
    cell: np.ndarray

    def shrunk(self, engagements: np.ndarray, exposure: np.ndarray) -> np.ndarray:
        """Return (engagements / dispersion + alpha) / (exposure / dispersion + beta); NaN where nothing is known."""
        worth = exposure / self.dispersion + self.beta
        with np.errstate(divide="ignore", invalid="ignore"):
            rate: np.ndarray = (engagements / self.dispersion + self.alpha) / worth
        return np.where(worth > 0, rate, np.nan)


def sums_of(who: np.ndarray, engagements: np.ndarray, exposure: np.ndarray, people: int) -> Sums:
    """Return the sums of each influencer's posts."""
    exposure = np.nan_to_num(exposure)
    total, seen = (np.bincount(who, weights=each, minlength=people) for each in (engagements, exposure))
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(seen > 0, total / seen, 0.0)
    off = (engagements - rate[who] * exposure) ** 2
    return Sums(
        total,
        seen,
        np.bincount(who, weights=exposure**2, minlength=people),
        np.bincount(who, minlength=people),
        np.bincount(who, weights=off, minlength=people),
    )


@dataclass(frozen=True, eq=False)
class Cells:
    """Influencers grouped with their like: a number each, the cells' names, and whose posts speak for each cell."""

    numbers: np.ndarray
    names: list[str]
    members: list[np.ndarray]


def cells_of(keys: Sequence[Sequence[object]], use: np.ndarray, least: int = LEAST_IN_CELL) -> Cells:
    """Return the first of ``keys`` (ways to tell influencers apart, the finest first) with enough of one's like.

    Only those in ``use`` count. Who is in no large enough cell is in "all". A cell that takes in the rest of a tier
    speaks with everybody of that tier.
    """
    numbers = np.full(len(use), -1, dtype=np.int64)
    names: list[str] = []
    members: list[np.ndarray] = []
    for values in keys:
        named: dict[object, list[int]] = {}
        for row, value in enumerate(values):
            if value is not None:
                named.setdefault(value, []).append(row)
        for value, rows in named.items():
            mine = np.isin(np.arange(len(use)), rows)
            free = mine & (numbers < 0)
            if (mine & use).sum() >= least and free.any():
                numbers[free] = len(names)
                names.append(str(value))
                members.append(mine)
    if (numbers < 0).any():
        numbers[numbers < 0] = len(names)
        names.append("all")
        members.append(np.ones(len(use), dtype=bool))
    return Cells(numbers, names, members)


def fit_prior(sums: Sums, cells: Cells, use: np.ndarray) -> Prior:
    """Return the Gamma of each cell, by moments, from those of its members that are in ``use``.

    The posts' own scatter (a squared coefficient of variation, pooled over the cell) makes an influencer's posts worth
    less than a Poisson count's would be; without it large accounts would never be drawn at all.

    Source: Marshall (1991), Applied Statistics 40, 283-294, for rates drawn toward those of their kind; DerSimonian
    and Laird (1986), Controlled Clinical Trials 7, 177-188, for the variance between them.
    """
    size = len(cells.numbers)
    alpha, beta, dispersion = np.full(size, np.nan), np.full(size, np.nan), np.ones(size)
    for cell, members in enumerate(cells.members):
        mine, fitting = cells.numbers == cell, members & use & (sums.exposure > 0)
        scatter = _scatter(sums, fitting)
        with np.errstate(divide="ignore", invalid="ignore"):
            spread = 1 + scatter * sums.rate * sums.squared / sums.exposure
        dispersion[mine] = np.nan_to_num(spread[mine], nan=1.0)
        mean, between = _between(sums, fitting, spread)
        alpha[mine], beta[mine] = mean**2 / between, mean / between
    return Prior(alpha, beta, dispersion, np.array(cells.names, dtype=object)[cells.numbers])


def _scatter(sums: Sums, rows: np.ndarray) -> float:
    """Return the squared coefficient of variation of a post's engagements beyond the Poisson's, pooled."""
    mean_square = (sums.rate[rows] ** 2 * sums.squared[rows] * (1 - 1 / np.maximum(sums.posts[rows], 1))).sum()
    beyond = (sums.residual[rows] - sums.engagements[rows] * (1 - 1 / np.maximum(sums.posts[rows], 1))).sum()
    return float(max(beyond / mean_square, 0.0)) if mean_square > 0 else 0.0


def _between(sums: Sums, rows: np.ndarray, spread: np.ndarray) -> tuple[float, float]:
    """Return the mean rate of a cell and the variance of the true rates around it."""
    rates, exposure = sums.rate[rows], sums.exposure[rows]
    if not len(rates) or not sums.engagements[rows].sum():
        return 0.0, math.inf  # nobody is known to move anybody: a rate of 0 stays one
    pooled = sums.engagements[rows].sum() / exposure.sum()
    within = pooled * np.nan_to_num(spread[rows], nan=1.0) / exposure
    weights = 1 / within
    mean = float((weights * rates).sum() / weights.sum())
    between = new = 0.0
    for _ in range(50):  # the weights need the variance, and the variance the weights
        total = weights.sum()
        free = total - (weights**2).sum() / total
        chance = (weights * within).sum() - (weights**2 * within).sum() / total
        new = max(float(((weights * (rates - mean) ** 2).sum() - chance) / free), 0.0) if free > 0 else 0.0
        weights = 1 / (within + new)
        mean = float((weights * rates).sum() / weights.sum())
        if abs(new - between) <= 1e-9 * mean**2:
            break
        between = new
    mean = max(mean, 1e-12)
    return mean, max(new, _HARDLY_ANY * mean**2)
