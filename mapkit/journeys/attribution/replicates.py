"""Numbers with the spread that a group of customers more or less would give them: the delete-a-group jackknife."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mapkit.statistics import wilson_interval
from mapkit.statistics.intervals import Interval


@dataclass(frozen=True, eq=False)
class Replicated:
    """Numbers over everybody (``whole``), and over all but one group of customers (``without``, group first).

    Source: Kott (2001), Journal of Official Statistics 17, 521-526.
    """

    whole: np.ndarray
    without: np.ndarray

    @classmethod
    def of_sums(cls, sums: np.ndarray) -> Replicated:
        """Return the shares that sums by (group, channel) are of their total."""
        whole = sums.sum(axis=0)
        return cls.of_parts(np.concatenate([whole[None], whole[None] - sums]))

    @classmethod
    def of_parts(cls, parts: np.ndarray) -> Replicated:
        """Return each number as a share of its row's total; the first row is over everybody."""
        total = parts.sum(axis=-1, keepdims=True)
        with np.errstate(divide="ignore", invalid="ignore"):
            shares = np.where(np.abs(total) > 1e-12 * np.abs(parts).max(initial=1e-300), parts / total, np.nan)
        return cls(shares[0], shares[1:])

    def __sub__(self, other: Replicated) -> Replicated:
        return Replicated(self.whole - other.whole, self.without - other.without)

    @property
    def error(self) -> np.ndarray:
        """The standard error; NaN with fewer than two groups."""
        there = ~np.isnan(self.without)
        groups = there.sum(axis=0)
        gaps = np.where(there, self.without - self.whole, 0.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            found: np.ndarray = np.where(groups > 1, np.sqrt((groups - 1) / groups * (gaps**2).sum(axis=0)), np.nan)
        return found

    def interval(self, confidence: float) -> Interval:
        """Return low and high as far from the number to either side, by Student's t with one less than the groups."""
        reach = self._reach(confidence)
        return self.whole - reach, self.whole + reach

    def share_interval(self, confidence: float, n: float) -> Interval:
        """Return low and high of shares, made on the logit scale, so that they stay between 0 and 1.

        A share that no group moves, such as 0 or 1, takes Wilson's interval of that share of ``n``.
        """
        reach = self._reach(confidence)
        share = np.clip(self.whole, 0, 1)
        with np.errstate(divide="ignore", invalid="ignore"):
            middle = np.log(share / (1 - share))
            span = reach / (share * (1 - share))
            low, high = (1 / (1 + np.exp(-(middle + side * span))) for side in (-1, 1))
        still = (reach == 0) | (share == 0) | (share == 1)
        few_low, few_high = wilson_interval(share * n, np.full(share.shape, n), confidence)
        known = ~np.isnan(self.whole)
        low = np.where(still & known, np.clip(few_low, 0, 1), low)
        high = np.where(still & known, np.clip(few_high, 0, 1), high)
        return low, high

    def _reach(self, confidence: float) -> np.ndarray:
        from scipy.special import stdtrit

        groups = max(int((~np.isnan(self.without)).sum(axis=0).max(initial=0)), 2)
        reach: np.ndarray = self.error * stdtrit(groups - 1, 0.5 + confidence / 2)
        return reach
