"""Gamma-Gamma: how much a customer spends on a purchase, drawn towards what all customers spend.

Each customer's purchases vary around a mean of their own, and these means vary between customers; neither depends on
how often a customer buys.

Source: Fader, Hardie and Lee (2005), RFM and CLV: using iso-value curves for customer base analysis, Journal of
Marketing Research 42, 415-430; Fader and Hardie (2013), The Gamma-Gamma model of monetary value.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mapkit.journeys.value.maximum import Fit, Floats, maximise

PARAMETERS = ("p", "q", "v")


def fit_spending(x: Floats, mean: Floats) -> Fit:
    """Return p, q and v from customers with ``x`` > 0 repeat purchases of ``mean`` > 0 each on average."""
    scale = float(np.average(mean, weights=x))
    fit = maximise(PARAMETERS, _Likelihood(x, mean / scale), [(5.0, 4.0, 1.0), (1.0, 2.0, 1.0)], len(x))
    shift = len(x) * np.log(scale)
    return replace(fit, values=fit.values * np.array([1, 1, scale]), log_likelihood=fit.log_likelihood - shift)


class _Likelihood:
    def __init__(self, x: Floats, mean: Floats) -> None:
        self.x, self.mean = x, mean
        self.counts, self.code = np.unique(x, return_inverse=True)
        self.shares = np.bincount(self.code).astype(float)
        self.log_mean, self.log_x = np.log(mean), np.log(x)

    def __call__(self, logs: Floats) -> tuple[float, Floats]:
        from scipy.special import gammaln, psi

        p, q, v = np.exp(logs)
        x, mean, counts, n = self.x, self.mean, self.counts, self.shares
        log_total = np.log(v + x * mean)
        per_count = gammaln(p * counts + q) - gammaln(p * counts)
        value = n @ per_count + len(x) * (q * logs[2] - gammaln(q))
        value += float(np.sum((p * x - 1) * self.log_mean + p * x * self.log_x - (p * x + q) * log_total))
        by_p = n @ (counts * (psi(p * counts + q) - psi(p * counts)))
        by_p += float(np.sum(x * (self.log_mean + self.log_x - log_total)))
        by_q = n @ psi(p * counts + q) + len(x) * (logs[2] - psi(q)) - float(np.sum(log_total))
        by_v = len(x) * q / v - float(np.sum((p * x + q) / (v + x * mean)))
        return float(value), np.array([by_p * p, by_q * q, by_v * v])


def expected_value(logs: Floats, x: Floats, mean: Floats) -> Floats:
    """Return the mean value to expect of a customer's purchases; ``mean`` is not looked at where ``x`` is 0.

    Infinite, and so of no use, where x is 0 and q is 1 or less.
    """
    p, q, v = np.exp(logs)
    spent = np.where(x > 0, x * mean, 0.0)
    below = p * x + q - 1
    with np.errstate(divide="ignore"):
        expected: Floats = np.where(below > 0, (v + spent) * p / np.where(below > 0, below, 1.0), np.inf)
    return expected
