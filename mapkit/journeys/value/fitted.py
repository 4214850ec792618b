"""Both value models fitted to one set of customers, and what they expect, each number with its uncertainty."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import pandas as pd

from mapkit.journeys.value.buying import (
    Histories,
    chance_alive,
    discounted_purchases,
    expected_purchases,
    fit_buying,
)
from mapkit.journeys.value.maximum import Fit, Floats, slopes, spread
from mapkit.journeys.value.spending import expected_value, fit_spending
from mapkit.statistics.intervals import normal_quantile

LEAST_REPEATERS = 30


@dataclass(frozen=True, eq=False)
class Expected:
    """One number a customer, and how it changes with the logarithm of each parameter behind it."""

    value: Floats
    slope: Floats
    covariance: Floats

    def interval(self, confidence: float) -> tuple[Floats, Floats]:
        """Return the ends of the interval that the uncertain parameters give, on the scale of logarithms."""
        with np.errstate(divide="ignore", invalid="ignore"):
            reach = normal_quantile(confidence) * spread(self.slope, self.covariance) / self.value
            low, high = self.value * np.exp(-reach), self.value * np.exp(reach)
        nothing = self.value == 0
        return np.where(nothing, 0.0, low), np.where(nothing, 0.0, high)

    def error_of_mean(self) -> float:
        """Return the standard error that the parameters give the mean over all customers."""
        return float(spread(self.slope.mean(axis=1, keepdims=True), self.covariance)[0])


@dataclass(frozen=True, eq=False)
class FittedModels:
    """BG/NBD, and Gamma-Gamma where there is money, fitted to the customers of ``summary``."""

    summary: pd.DataFrame
    histories: Histories
    buying: Fit
    spending: Fit | None
    correlation: float

    @cached_property
    def frequency(self) -> Floats:
        """Repeat purchases of each customer that have a value: the weight of their mean."""
        known = self.summary["monetary_value"].gt(0)
        return self.summary["frequency"].where(known, 0).to_numpy(dtype=float)

    def purchases(self, time: float) -> Expected:
        """Return the purchases to expect within ``time``."""
        return self._of_buying(partial(expected_purchases, histories=self.histories, time=time))

    def value(self) -> Expected | None:
        """Return the value to expect of a purchase."""
        if self.spending is None:
            return None
        mean = self.summary["monetary_value"].to_numpy(dtype=float)
        answer = partial(expected_value, x=self.frequency, mean=mean)
        value = answer(self.spending.logs)
        return Expected(value, slopes(answer, self.spending.logs), self.spending.covariance)

    def worth(self, time: float, force: float, margin: float) -> Expected | None:
        """Return the margin to expect within ``time``, discounted with ``force``: purchases times value."""
        value = self.value()
        if value is None:
            return None
        bought = self._of_buying(partial(discounted_purchases, histories=self.histories, time=time, force=force))
        slope = np.vstack([bought.slope * value.value, value.slope * bought.value]) * margin
        covariance = np.zeros((len(slope), len(slope)))
        covariance[:4, :4], covariance[4:, 4:] = bought.covariance, value.covariance
        return Expected(bought.value * value.value * margin, slope, covariance)

    def alive(self, confidence: float) -> tuple[Floats, Floats, Floats]:
        """Return the probability of being alive with its interval, on the scale of logits."""
        share = chance_alive(self.buying.logs, self.histories)
        error = spread(
            slopes(partial(chance_alive, histories=self.histories), self.buying.logs), self.buying.covariance
        )
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            reach = normal_quantile(confidence) * error / (share * (1 - share))
            odds = share / (1 - share)
            low, high = 1 / (1 + np.exp(reach) / odds), 1 / (1 + np.exp(-reach) / odds)
        sure = share == 1
        ends = np.where(sure, 1.0, low), np.where(sure, 1.0, high)
        who = self.histories.of_customer
        return share[who], ends[0][who], ends[1][who]

    def _of_buying(self, answer: Callable[[Floats], Floats]) -> Expected:
        who = self.histories.of_customer
        value, slope = answer(self.buying.logs), slopes(answer, self.buying.logs)
        return Expected(value[who], slope[:, who], self.buying.covariance)


def fit_models(summary: pd.DataFrame) -> FittedModels | None:
    """Return both models, or None with fewer than 30 customers who bought again: nothing could be told from them."""
    if int((summary["frequency"] > 0).sum()) < LEAST_REPEATERS:
        return None
    histories = Histories.of(summary)
    paid = summary[(summary["frequency"] > 0) & (summary["monetary_value"] > 0)]
    x, mean = paid["frequency"].to_numpy(dtype=float), paid["monetary_value"].to_numpy(dtype=float)
    enough = len(paid) >= LEAST_REPEATERS and bool(np.ptp(mean) > 0)
    varied = enough and bool(np.ptp(x) > 0)
    return FittedModels(
        summary,
        histories,
        fit_buying(histories),
        fit_spending(x, mean) if enough else None,
        float(np.corrcoef(x, mean)[0, 1]) if varied else float("nan"),
    )
