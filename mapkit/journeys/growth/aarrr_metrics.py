"""The AARRR metrics of one segment: from counts to numbers with their intervals."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mapkit.journeys.growth.aarrr_counts import RATIOS
from mapkit.journeys.growth.periods import ALL, MONTHS, named
from mapkit.journeys.growth.ratios import UNKNOWN, Number, of_count, of_product, of_ratio, scaled, sums
from mapkit.statistics import wilson_interval


@dataclass(frozen=True, eq=False)
class Counted:
    """The counts of one segment, over all or of one period; empty sums are 0.

    ``spend`` is NaN where unknown, ``spend_new`` and ``spend_payers`` are the customers of the periods it covers.
    """

    period: str
    cohort: pd.Series
    activity: pd.Series
    referral: dict[Any, Any] | None
    spend: float
    spend_new: float
    spend_payers: float
    complete: dict[str, bool]


@dataclass(frozen=True)
class Manner:
    """How money is counted, and how wide intervals are."""

    money: str
    margin: float
    period: str
    has_sign_up: bool
    has_revenue: bool
    has_value: bool
    confidence: float


def metrics_of(counted: Counted, manner: Manner) -> Iterator[dict[str, Any]]:
    """Yield a row a metric: stage, metric, value, low, high, n, unit, period, complete."""
    for stage, part in (
        ("acquisition", _acquisition(counted, manner)),
        ("activation", _activation(counted, manner)),
        ("retention", _retention(counted, manner)),
        ("referral", _referral(counted)),
        ("revenue", _revenue(counted, manner)),
    ):
        for metric, number, n, unit in part:
            value, low, high = number
            row = {"stage": stage, "metric": metric, "value": value, "low": low, "high": high, "n": n, "unit": unit}
            yield {**row, "period": counted.period, "complete": counted.complete[stage]}


Row = tuple[str, Number, float, str]


def _acquisition(counted: Counted, manner: Manner) -> Iterator[Row]:
    new = counted.cohort["new"]
    yield "new_customers", of_count(new, manner.confidence), new, "customers"
    yield "cac", _cost(counted, counted.spend_new, manner), counted.spend_new, manner.money
    yield "cost_per_first_payer", _cost(counted, counted.spend_payers, manner), counted.spend_payers, manner.money
    if manner.has_sign_up:
        yield "signed_up", *_share(counted.cohort["signed_up"], counted.cohort["activated_n"], manner), "share"


def _activation(counted: Counted, manner: Manner) -> Iterator[Row]:
    yield "activated", *_share(counted.cohort["activated"], counted.cohort["activated_n"], manner), "share"


def _retention(counted: Counted, manner: Manner) -> Iterator[Row]:
    number, n = _share(counted.cohort["retained"], counted.cohort["retained_n"], manner)
    yield "retained", number, n, "share"
    yield "not_retained", (1 - number[0], 1 - number[2], 1 - number[1]), n, "share"
    yield "churn", _ratio(counted, "churn", manner), counted.activity["followed"], "share"


def _referral(counted: Counted) -> Iterator[Row]:
    row = counted.referral
    for metric, column, n, unit in (
        ("inviting", "of_customers", "customers", "share"),
        ("invites_per_customer", "invites_per_customer", "customers", "per customer"),
        ("acceptance", "of_invites", "invites", "share"),
        ("k", "k", "customers", "per customer"),
    ):
        number = UNKNOWN if row is None else (row[column], row[f"{column}_low"], row[f"{column}_high"])
        yield metric, number, 0.0 if row is None else row[n], unit


def _revenue(counted: Counted, manner: Manner) -> Iterator[Row]:
    n, payers = counted.activity["active"], counted.activity["paid"]
    earned = manner.has_revenue and manner.has_value
    arpu = _ratio(counted, "arpu", manner) if earned else UNKNOWN
    yield "paying", _ratio(counted, "paying", manner) if manner.has_revenue else UNKNOWN, n, "share"
    yield "arpu", arpu, n, manner.money
    yield "arppu", _ratio(counted, "arppu", manner) if earned else UNKNOWN, payers, manner.money
    profit, cac = scaled(arpu, manner.margin), _cost(counted, counted.spend_new, manner)
    value = of_product((profit, 1), (_ratio(counted, "churn", manner), -1))
    yield "ltv", value, n, manner.money
    yield "ltv_to_cac", of_product((value, 1), (cac, -1)), n, "times"
    months = of_product((cac, 1), (profit, -1))
    yield "payback_months", scaled(months, MONTHS[manner.period]), n, "months"


def _cost(counted: Counted, customers: float, manner: Manner) -> Number:
    """Return spend per customer: what was spent is known, how many came for it is chance."""
    if math.isnan(counted.spend) or not customers > 0:
        return UNKNOWN
    _, low, high = of_count(customers, manner.confidence)
    return counted.spend / customers, counted.spend / high, counted.spend / low


def _ratio(counted: Counted, name: str, manner: Manner) -> Number:
    """Return a ratio over customers' periods; a share where it never varies gets Wilson's interval."""
    y, x = RATIOS[name]
    sums_of = counted.activity[sums((y, x))]
    if name in ("paying", "churn") and sums_of.iloc[0] in (0.0, sums_of.iloc[1]):
        return _share(sums_of.iloc[0], sums_of.iloc[1], manner)[0]
    value, low, high = of_ratio(*sums_of, clusters=counted.activity["customers"], confidence=manner.confidence)
    return value, low, min(high, 1.0) if name in ("paying", "churn") else high


def _share(hits: float, n: float, manner: Manner) -> tuple[Number, float]:
    low, high = wilson_interval(hits, n, manner.confidence)
    return (hits / n if n else math.nan, float(low), float(high)), n


def every_count(
    cohorts: pd.DataFrame, activity: pd.DataFrame, totals: pd.DataFrame, referral: pd.DataFrame | None
) -> Iterator[tuple[str, pd.Series, pd.Series, dict[Any, Any] | None]]:
    """Yield period ("all" first), cohort counts, activity sums, and the row of the referral table, of one segment."""
    starts = sorted(set(cohorts["period"]) | set(activity["period"]))
    referred = {} if referral is None else referral.set_index("period").to_dict("index")
    by_start = cohorts.set_index("period").reindex(starts, fill_value=0.0)
    by_time = activity.set_index("period").reindex(starts, fill_value=0.0)
    total = pd.Series(totals[list(by_time.columns)].sum())
    yield ALL, pd.Series(by_start.sum()), total, referred.get(ALL)
    for (start, cohort), (_, active) in zip(by_start.iterrows(), by_time.iterrows(), strict=True):
        yield named(start), cohort, active, referred.get(named(start))


def covered(spend: pd.DataFrame, cohorts: pd.DataFrame, *, by_period: bool) -> tuple[float, float, float]:
    """Return spend, new customers and first payers over the periods that have both spend and customers."""
    if spend.empty:
        return np.nan, 0.0, 0.0
    if not by_period:
        return float(spend["spend"].sum()), float(cohorts["new"].sum()), float(cohorts["first_payers"].sum())
    first, last = cohorts["period"].min(), cohorts["period"].max()
    inside = spend[(spend["period"] >= first) & (spend["period"] <= last)]
    there = cohorts[cohorts["period"].isin(inside["period"])]
    return float(inside["spend"].sum()), float(there["new"].sum()), float(there["first_payers"].sum())
