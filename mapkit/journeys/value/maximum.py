"""Parameters that make data most likely, with their uncertainty: all of them positive, so all of them as logarithms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mapkit.statistics.intervals import normal_quantile

Floats = NDArray[np.float64]
# The log-likelihood and its gradient by the logarithms of the parameters, which it is given.
Likelihood = Callable[[Floats], tuple[float, Floats]]

_FARTHEST = 12.0
_VAGUE = 1.5
# A curvature below this lets a logarithm wander by more than 10.
_FLAT = 0.01


@dataclass(frozen=True, eq=False)
class Fit:
    """Fitted parameters, and in ``covariance`` the uncertainty of their logarithms.

    ``unsettled`` parameters can move together without the likelihood noticing. Predictions do not notice either, so
    ``covariance`` leaves that movement out; the parameters themselves have no interval.
    """

    names: tuple[str, ...]
    values: Floats
    covariance: Floats
    log_likelihood: float
    rows: int
    unsettled: tuple[bool, ...]

    @property
    def logs(self) -> Floats:
        """The logarithms of the parameters, in which the fit is nearly normal."""
        return np.log(self.values)

    @property
    def standard_errors(self) -> Floats:
        """The standard errors of the logarithms; NaN where nothing settles a parameter."""
        return np.where(self.unsettled, np.nan, np.sqrt(np.diag(self.covariance)))

    def interval(self, confidence: float) -> tuple[Floats, Floats]:
        """Return the ends of each parameter's interval."""
        reach = normal_quantile(confidence) * self.standard_errors
        with np.errstate(over="ignore"):
            return self.values * np.exp(-reach), self.values * np.exp(reach)

    @property
    def vague(self) -> tuple[str, ...]:
        """The parameters that the data hardly tells: known to a factor of four at best, or run off to an end."""
        errors = self.standard_errors
        lost = ~(errors < _VAGUE) | (np.abs(self.logs) > _FARTHEST - 0.5)
        return tuple(name for name, is_lost in zip(self.names, lost, strict=True) if is_lost)


def maximise(names: Sequence[str], likelihood: Likelihood, starts: Sequence[Sequence[float]], rows: int) -> Fit:
    """Return the parameters with the highest likelihood, searched from every start, and the curvature there."""
    from scipy import optimize

    def cost(logs: Floats) -> tuple[float, Floats]:
        value, gradient = likelihood(logs)
        return -value / rows, -gradient / rows

    bounds = [(-_FARTHEST, _FARTHEST)] * len(names)
    options = {"maxiter": 2_000, "ftol": 1e-15, "gtol": 1e-9}
    found = [
        optimize.minimize(cost, np.log(start), jac=True, method="L-BFGS-B", bounds=bounds, options=options)
        for start in starts
    ]
    best = min(found, key=lambda each: each.fun)
    logs = np.asarray(best.x, dtype=float)
    covariance, unsettled = _covariance(likelihood, logs)
    return Fit(tuple(names), np.exp(logs), covariance, -float(best.fun) * rows, rows, unsettled)


def _covariance(likelihood: Likelihood, logs: Floats) -> tuple[Floats, tuple[bool, ...]]:
    """Return the inverse of the curvature along the directions that have any, and which parameters the others move."""
    size, step = len(logs), 1e-4
    curvature = np.empty((size, size))
    for k in range(size):
        move = np.zeros(size)
        move[k] = step
        curvature[k] = (likelihood(logs - move)[1] - likelihood(logs + move)[1]) / (2 * step)
    sizes, directions = np.linalg.eigh((curvature + curvature.T) / 2)
    curved = sizes > _FLAT
    kept, lost = directions[:, curved], directions[:, ~curved]
    return (kept / sizes[curved]) @ kept.T, tuple(bool(moved) for moved in (lost**2).sum(axis=1) > 0.1)


def slopes(answer: Callable[[Floats], Floats], logs: Floats) -> Floats:
    """Return how each element of ``answer`` changes with the logarithm of each parameter: one row a parameter."""
    step = 1e-4
    rows = []
    for k in range(len(logs)):
        move = np.zeros(len(logs))
        move[k] = step
        rows.append((answer(logs + move) - answer(logs - move)) / (2 * step))
    return np.array(rows)


def spread(slope: Floats, covariance: Floats) -> Floats:
    """Return the standard error that uncertain parameters give an answer, by its slopes (the delta method)."""
    with np.errstate(invalid="ignore"):
        error: Floats = np.sqrt(np.einsum("ki,kl,li->i", slope, covariance, slope))
    return error
