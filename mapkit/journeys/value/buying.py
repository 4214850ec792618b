"""BG/NBD: how often customers buy while they are customers, and whether they still are.

While a customer is alive purchases come at a rate of their own; after each repeat purchase they may leave for good.
Rates follow a Gamma (r, alpha), chances of leaving a Beta (a, b).

Source: Fader, Hardie and Lee (2005), "Counting your customers" the easy way, Marketing Science 24, 275-284.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mapkit.journeys.value.maximum import Fit, Floats, maximise

PARAMETERS = ("r", "alpha", "a", "b")


@dataclass(frozen=True, eq=False)
class Histories:
    """Purchase histories that differ: ``x`` repeat purchases, the last at ``recency``, known for ``age``.

    ``weight`` says how many customers share each, ``of_customer`` which one a customer has.
    """

    x: Floats
    recency: Floats
    age: Floats
    weight: Floats
    of_customer: NDArray[np.int64]

    @classmethod
    def of(cls, summary: pd.DataFrame) -> Histories:
        """Return the distinct histories of a summary; a million customers share a few hundred thousand."""
        columns = ["frequency", "recency", "T"]
        number = summary.groupby(columns, sort=False).ngroup().to_numpy()
        distinct = summary[columns].iloc[np.unique(number, return_index=True)[1]].to_numpy(dtype=float)
        weight = np.bincount(number, minlength=len(distinct)).astype(float)
        return cls(distinct[:, 0], distinct[:, 1], distinct[:, 2], weight, np.asarray(number, dtype=np.int64))


def fit_buying(histories: Histories) -> Fit:
    """Return r, alpha, a and b with the highest likelihood."""
    # In units of the longest age alpha is of the order of one, whatever the unit of time.
    scale = max(float(histories.age.max()), 1e-9)
    scaled = Histories(
        histories.x, histories.recency / scale, histories.age / scale, histories.weight, histories.of_customer
    )
    likelihood = _Likelihood(scaled)
    customers = int(histories.weight.sum())
    fit = maximise(PARAMETERS, likelihood, [(0.5, 0.3, 1.0, 3.0), (1.0, 1.0, 0.3, 1.0)], customers)
    values = fit.values * np.array([1, scale, 1, 1])
    # A density of times in another unit: each repeat purchase brings one factor of the unit.
    shift = float((histories.weight * histories.x).sum()) * np.log(scale)
    return replace(fit, values=values, log_likelihood=fit.log_likelihood - shift)


class _Likelihood:
    """The log-likelihood of histories and its gradient, given the logarithms of the parameters."""

    def __init__(self, histories: Histories) -> None:
        self.h = histories
        # The gamma functions depend on x alone, which takes few values.
        self.counts, self.code = np.unique(histories.x, return_inverse=True)
        self.shares = np.bincount(self.code, weights=histories.weight)

    def __call__(self, logs: Floats) -> tuple[float, Floats]:
        from scipy.special import expit, gammaln, psi

        r, alpha, a, b = np.exp(logs)
        h, x, n = self.h, self.counts, self.shares
        log_age, log_recency = np.log(alpha + h.age), np.log(alpha + h.recency)
        alive = -(r + h.x) * log_age
        left = np.where(h.x > 0, np.log(a) - np.log(b + np.maximum(h.x, 1) - 1) - (r + h.x) * log_recency, -np.inf)
        per_count = gammaln(r + x) - gammaln(r) + r * logs[1]
        per_count = per_count + gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
        value = float(n @ per_count + h.weight @ np.logaddexp(alive, left))
        gone = expit(left - alive)
        w, w_gone = h.weight, h.weight * gone
        in_logs = w @ ((1 - gone) * log_age + gone * log_recency)
        by_r = n @ (psi(r + x) - psi(r) + logs[1]) - in_logs
        by_alpha = w.sum() * r / alpha - w @ ((r + h.x) * ((1 - gone) / (alpha + h.age) + gone / (alpha + h.recency)))
        by_a = n @ (psi(a + b) - psi(a + b + x)) + w_gone.sum() / a
        by_b = n @ (psi(a + b) + psi(b + x) - psi(b) - psi(a + b + x)) - w_gone @ (1 / (b + np.maximum(h.x, 1) - 1))
        return value, np.array([by_r * r, by_alpha * alpha, by_a * a, by_b * b])


def log_odds_gone(logs: Floats, histories: Histories) -> Floats:
    """Return the logarithm of the odds that a customer has left; -inf without a repeat purchase."""
    r, alpha, a, b = np.exp(logs)
    h = histories
    waited = np.log(alpha + h.age) - np.log(alpha + h.recency)
    return np.where(h.x > 0, np.log(a) - np.log(b + np.maximum(h.x, 1) - 1) + (r + h.x) * waited, -np.inf)


def chance_alive(logs: Floats, histories: Histories) -> Floats:
    """Return the probability that a customer is still one. Without a repeat purchase the model knows no leaving: 1."""
    from scipy.special import expit

    alive: Floats = expit(-log_odds_gone(logs, histories))
    return alive


def expected_purchases(logs: Floats, histories: Histories, time: float) -> Floats:
    """Return the purchases to expect within ``time`` from now on.

    The hypergeometric function of the paper overflows for customers with many purchases. Euler's transformation turns
    it into one whose terms stay small however many there are.
    """
    from scipy.special import hyp2f1

    r, alpha, a, b = np.exp(logs)
    a = a + 1e-7 if abs(a - 1) < 1e-7 else a
    # Where r - a is whole, scipy's function is not a number for long horizons.
    r = r + 1e-6 if abs((r - a) - round(r - a)) < 1e-6 else r
    h = histories
    c = a + b + h.x - 1
    c = np.where(np.abs(c) < 1e-9, 1e-9, c)
    kept = (alpha + h.age) / (alpha + h.age + time)
    with np.errstate(all="ignore"):
        bought = c / (a - 1) * (1 - kept ** (a - 1) * hyp2f1(a + b - 1 - r, a - 1, c, 1 - kept))
    # Nobody buys more than somebody who never leaves. Parameters that ran off to an end leave the function's domain.
    wrong = ~((bought >= 0) & (bought <= (r + h.x) / (alpha + h.age) * time * (1 + 1e-9)))
    if wrong.any():
        bought[wrong] = _integrated((r, alpha, a, b), h.x[wrong], h.age[wrong], time)
    expected: Floats = bought * chance_alive(logs, h)
    return expected


def _integrated(parameters: tuple[float, ...], x: Floats, age: Floats, time: float) -> Floats:
    """Return the purchases to expect of customers who are alive: the mean over 400 equal shares of their leaving."""
    from scipy.special import betaincinv

    r, alpha, a, b = parameters
    answer = np.empty(len(x))
    for count in np.unique(x):
        leaving = np.maximum(betaincinv(a, b + count, (np.arange(400) + 0.5) / 400), 1e-12)
        rows = np.flatnonzero(x == count)
        for part in np.array_split(rows, len(rows) // 10_000 + 1):
            waited = np.log1p(leaving * (time / (alpha + age[part]))[:, None])
            answer[part] = (-np.expm1(-(r + count) * waited) / leaving).mean(axis=1)
    return answer


def discounted_purchases(logs: Floats, histories: Histories, time: float, force: float) -> Floats:
    """Return expected purchases within ``time``, each discounted from its moment: exp(-force x time until then)."""
    at_end = expected_purchases(logs, histories, time)
    if force == 0:
        return at_end
    # By parts: the integral of exp(-force s) dE(s), over four Gauss-Legendre nodes, for E is smooth.
    nodes, weights = np.polynomial.legendre.leggauss(4)
    moments = time * (nodes + 1) / 2
    parts = [
        weight * time / 2 * np.exp(-force * moment) * expected_purchases(logs, histories, float(moment))
        for moment, weight in zip(moments, weights, strict=True)
    ]
    discounted: Floats = np.exp(-force * time) * at_end + force * np.sum(parts, axis=0)
    return discounted
