"""What the AARRR measure returns: every metric of every stage, over all and by period."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from mapkit.errors import OptionError, listed, nearest
from mapkit.journeys.growth.periods import ALL
from mapkit.statistics import Comparable, Estimate, Result, difference_interval

STAGES = ("acquisition", "activation", "retention", "referral", "revenue")
_HEADLINES = {
    "acquisition": ("new_customers",),
    "activation": ("activated",),
    "retention": ("retained",),
    "referral": ("k",),
    "revenue": ("arpu", "paying"),
}


@dataclass(frozen=True, eq=False)
class AARRRScorecard(Result):
    """Every stage by itself, in any order. See :func:`measure_aarrr` for the columns of ``table``.

    ``definition`` says with which events, windows and periods it was measured.
    """

    period: str = "month"
    definition: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    confidence: float = 0.95

    @property
    def segments(self) -> tuple[str, ...]:
        """The segments, from the largest; empty when the scorecard is not split."""
        return tuple(dict.fromkeys(self.table["segment"])) if "segment" in self.table else ()

    @property
    def metrics(self) -> tuple[str, ...]:
        """Every metric's name, in order."""
        return tuple(dict.fromkeys(self.table["metric"]))

    @property
    def tiles(self) -> pd.DataFrame:
        """One row a stage (and segment): its headline metric in the latest complete period, and the change before it.

        Columns: (``segment``,) ``stage``, ``metric``, ``unit``, ``period`` ("all" where no period is complete),
        ``value``, ``low``, ``high``, ``n``, ``before`` (the value a period earlier), ``difference``,
        ``difference_low``, ``difference_high``, ``verdict``: "higher", "lower", "cannot tell", "too few" (either n is
        below 30; counts aside), or "" without a period before. Verdicts are one by one, not adjusted for being five.
        """
        rows = [
            {**({} if segment is None else {"segment": segment}), **self._tile(stage, segment)}
            for segment in (self.segments or (None,))
            for stage in STAGES
        ]
        return pd.DataFrame(rows)

    def headline(self, stage: str) -> str:
        """Return the metric that stands for a stage: the first that is known of those that could."""
        _check("stage", stage, STAGES)
        known = set(self.table.loc[self.table["value"].notna(), "metric"])
        return next((metric for metric in _HEADLINES[stage] if metric in known), _HEADLINES[stage][0])

    def trend(self, metric: str, segment: str | None = None) -> pd.DataFrame:
        """Return a metric by ``period`` (its first moment, UTC), with the columns of ``table`` that are its own.

        In a period that is not complete only those count whose time was over, or the period had not ended.
        """
        rows = self._rows(metric, segment)
        rows = rows[rows["period"] != ALL]
        columns = ["period", "value", "low", "high", "n", "unit", "complete"]
        return rows[columns].assign(period=pd.to_datetime(rows["period"])).reset_index(drop=True)

    def estimate(self, metric: str, segment: str | None = None, *, period: str = ALL) -> Estimate:
        """Return one metric as it should be quoted: over all, or of one period named by its first day."""
        rows = self._rows(metric, segment)
        known = list(rows["period"])
        if period not in known:
            raise OptionError(f"There is no period {period!r}. There is {listed(known)}.{nearest(period, known)}")
        row = rows[rows["period"] == period].iloc[0]
        parts = [metric, *([] if period == ALL else [period]), *([] if segment is None else [f"({segment})"])]
        return Estimate(" ".join(parts), row["value"], row["low"], row["high"], _whole(row["n"]), row["unit"])

    def comparable(self) -> Comparable:
        """Return every metric over all (by segment), but the count of customers: that is the log's size."""
        rows = self.table[(self.table["period"] == ALL) & (self.table["metric"] != "new_customers")]
        counted = (rows["unit"] == "share") & ~rows["metric"].isin(_CLUSTERED)
        numbers = rows.assign(
            quantity=rows["metric"],
            hits=(rows["value"] * rows["n"]).round().where(counted),
            n=rows["n"].astype(float),
        )
        keys = [name for name in ("segment", "stage") if name in rows]
        columns = [*keys, "quantity", "unit", "value", "low", "high", "n", "hits"]
        return Comparable(numbers[columns].reset_index(drop=True), tuple(keys), dict(self.definition))

    def _tile(self, stage: str, segment: str | None) -> dict[str, Any]:
        every = self._rows(self.headline(stage), segment)
        done = every[(every["period"] != ALL) & every["complete"].astype(bool) & every["value"].notna()]
        last = done.iloc[-1] if len(done) else every[every["period"] == ALL].iloc[0]
        tile = {"stage": stage, **{name: last[name] for name in _TILE}, **_CHANGELESS}
        if len(done) < 2:
            return tile
        before = done.iloc[-2]
        low, high = _difference(last, before, self.confidence)
        verdict = "higher" if low > 0 else "lower" if high < 0 else "cannot tell"
        if tile["unit"] != "customers" and min(last["n"], before["n"]) < _FEW:
            verdict = "too few"
        change = {"before": before["value"], "difference": last["value"] - before["value"]}
        return {**tile, **change, "difference_low": low, "difference_high": high, "verdict": verdict}

    def _rows(self, metric: str, segment: str | None) -> pd.DataFrame:
        _check("metric", metric, self.metrics)
        rows = self.table[self.table["metric"] == metric]
        if segment is not None and not self.segments:
            raise OptionError(f"segment={segment!r}: the scorecard has no segments. Measure again with by='channel'.")
        if self.segments:
            _check("segment", segment, self.segments)
            rows = rows[rows["segment"] == segment]
        return rows


_FEW = 30
# Shares of customers' periods: one customer counts in several, so hits of n would say too much.
_CLUSTERED = ("paying", "churn", "acceptance")
_TILE = ("metric", "unit", "period", "value", "low", "high", "n")
_CHANGELESS: dict[str, Any] = {
    **dict.fromkeys(("before", "difference", "difference_low", "difference_high"), math.nan),
    "verdict": "",
}


def _difference(last: pd.Series, before: pd.Series, confidence: float) -> tuple[float, float]:
    if last["unit"] == "share":
        hits = [round(row["value"] * row["n"]) for row in (last, before)]
        low, high = difference_interval(hits[0], last["n"], hits[1], before["n"], confidence)
        return float(low), float(high)
    gone = Estimate("", *last[["value", "low", "high"]]) - Estimate("", *before[["value", "low", "high"]])
    return gone.low, gone.high


def _check(option: str, given: str | None, known: Iterable[str]) -> None:
    every = list(known)
    if given not in every:
        raise OptionError(f"{option}={given!r} is not one of {listed(every, 30)}.{nearest(str(given), every)}")


def _whole(n: float) -> int:
    return 0 if n is None or np.isnan(n) else int(n)
