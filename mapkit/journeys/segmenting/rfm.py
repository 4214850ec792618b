"""Customers by how recently, how often and for how much they bought: scores, and segments with names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from mapkit.errors import OptionError, TableError, listed, nearest, one_of
from mapkit.journeys.customer_segments import NONE
from mapkit.journeys.segmenting.rules import SegmentRules
from mapkit.journeys.steps import moment
from mapkit.journeys.value.orders import Names, Orders, last_moment, orders_of
from mapkit.journeys.value.purchases import ending, upto
from mapkit.loaders import read_events
from mapkit.statistics import Comparable, Estimate, Result, wilson_interval

Method = Literal["quantiles", "ranks"]


@dataclass(frozen=True, eq=False)
class RFM(Result):
    """Recency, frequency and money of each customer who bought, scored, and the segments that the scores give.

    ``table`` columns, a row a customer: ``customer``, ``recency_days`` (since the last purchase), ``orders``,
    ``revenue`` (refunds taken off), ``r``, ``f``, ``m`` (1 to ``bins``, higher is better), ``segment``.

    ``segments`` columns, in the order of the rules: ``segment``, ``customers``, ``of_customers`` with ``_low`` and
    ``_high``, ``orders``, ``of_orders``, ``revenue``, ``of_revenue``, ``median_recency_days``, ``median_orders``,
    ``median_revenue``. Shares of orders and revenue are of this log's own totals and carry no interval.
    """

    segments: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    rules: SegmentRules | None = None
    at: datetime | None = None
    bins: int = 5
    method: Method = "quantiles"
    currency: str = ""
    confidence: float = 0.95

    @property
    def customers(self) -> pd.DataFrame:
        """Each customer's segment: what ``map_segments`` takes."""
        return self.table[["customer", "segment"]]

    @property
    def grid(self) -> pd.DataFrame:
        """Customers, orders and revenue by ``r`` and ``f``; ``mean_revenue`` is per customer."""
        counted = self.table.groupby(["r", "f"], as_index=False).agg(
            customers=("customer", "size"), orders=("orders", "sum"), revenue=("revenue", "sum")
        )
        return counted.assign(mean_revenue=counted["revenue"] / counted["customers"])

    def share(self, segment: str) -> Estimate:
        """Return the share of customers in a segment."""
        there = self.segments["segment"].tolist()
        if segment not in there:
            raise OptionError(f"There is no segment {segment!r}. There are {listed(there)}.{nearest(segment, there)}")
        hits = int(self.segments.loc[self.segments["segment"] == segment, "customers"].iloc[0])
        return Estimate.of_share(f"{segment} of customers", hits, len(self.table), self.confidence)

    def comparable(self) -> Comparable:
        """Return the share of customers in each segment."""
        rows = self.segments.assign(all_customers=len(self.table))
        definition = {"rules": self.rules, "bins": self.bins, "method": self.method}
        return Comparable.of_shares(rows, ["segment"], {"of_customers": ("customers", "all_customers")}, definition)


def measure_rfm(
    events: Any,
    *,
    at: str | date | datetime | None = None,
    purchase: Names = "purchase",
    value: str = "value",
    refund: Names = (),
    bins: int = 5,
    method: Method = "quantiles",
    rules: SegmentRules | str | Path | None = None,
    confidence: float = 0.95,
) -> RFM:
    """Return each buyer's recency, frequency and money, scored against the other buyers, and named segments.

    Scores compare customers with each other: a fifth of them is always the best fifth, however good or bad that is.
    So scores of two logs say nothing about which of them is better, only about the shape.

    Parameters
    ----------
    at
        The day of the scores; the day of the last event unless given. Later events are left out.
    purchase, value, refund
        As in ``summarise_purchases``; every purchase event is an order.
    bins
        How many scores; other than 5 needs rules of your own.
    method
        "quantiles": bins end at customers' own values, and customers with the same value have the same score, so
        bins are unequal where many share a value. "ranks": bins are equal, and customers with the same value are
        told apart by their id, which is arbitrary.
    rules
        ``SegmentRules`` on the columns of ``table``, or the path of their document; the usual ten names unless given.
    confidence
        Of the intervals, 0 to 1.

    Raises
    ------
    TableError
        There is no column of money, or nobody bought.
    OptionError
        An option is not known.

    Source: Hughes (1994), Strategic Database Marketing.
    """
    one_of(method, ("quantiles", "ranks"), "method")
    named = _rules(rules, bins)
    table = read_events(events)
    table.need(value, for_what="measure_rfm")
    day = ending(moment(at, "at") or last_moment(table), "day")
    orders = orders_of(table, purchase, value, refund)
    each = _per_customer(orders, day)
    if each.empty:
        raise TableError(f"Nobody bought until {day:%Y-%m-%d}. Choose a later day.")
    for score, column in (("r", "recency_days"), ("f", "orders"), ("m", "revenue")):
        each[score] = _scores(each[column].to_numpy(dtype=float), bins, method, highest_first=column == "recency_days")
    each["segment"] = named.assign(each)
    return RFM(
        f"{len(each):,} customers by recency, frequency and money",
        each,
        (*orders.notes, *_notes(each, named, day, bins, method)),
        _segments(each, named, confidence),
        named,
        day,
        bins,
        method,
        orders.currency,
        confidence,
    )


def usual_segments() -> SegmentRules:
    """Return the ten usual segments of RFM scores from 1 to 5."""
    return _usual()


@cache
def _usual() -> SegmentRules:
    text = resources.files("mapkit.journeys.segmenting").joinpath("rfm_segments.yaml").read_text(encoding="utf-8")
    return SegmentRules.from_yaml(text)


def _rules(rules: SegmentRules | str | Path | None, bins: int) -> SegmentRules:
    if isinstance(bins, bool) or not isinstance(bins, int) or not 2 <= bins <= 100:
        raise OptionError(f"bins={bins!r} is no number of scores. Use a whole number from 2 to 100, such as 5.")
    if rules is None and bins != 5:
        raise OptionError(
            f"The usual segments are for 5 bins, and bins={bins}. Pass rules=SegmentRules(...) for these."
        )
    if rules is None:
        return _usual()
    return rules if isinstance(rules, SegmentRules) else SegmentRules.read(rules)


def _per_customer(orders: Orders, day: datetime) -> pd.DataFrame:
    rows = upto(orders.rows, day, "day")
    bought = rows["bought"] == 1
    each = rows.group_by("customer").agg(
        last=rows["time"].max(where=bought), orders=rows["bought"].sum(), revenue=rows["amount"].sum()
    )
    frame: pd.DataFrame = each.filter(each["orders"] > 0).order_by("customer").to_pandas()
    last = pd.to_datetime(frame["last"]).astype("datetime64[us]").dt.normalize()
    return pd.DataFrame(
        {
            "customer": frame["customer"],
            "recency_days": ((pd.Timestamp(day) - last) / pd.Timedelta(days=1)).astype("int64"),
            "orders": frame["orders"].astype("int64"),
            "revenue": frame["revenue"].astype(float).fillna(0.0),
        }
    )


def _scores(values: np.ndarray, bins: int, method: Method, *, highest_first: bool) -> np.ndarray:
    """Return scores from 1; a value at the end of a bin is in it. ``highest_first`` gives 1 to the highest."""
    if method == "ranks":
        # The frame is in the order of customers, so a stable sort tells ties apart by id.
        place = np.empty(len(values), dtype=np.int64)
        place[np.argsort(values, kind="stable")] = np.arange(len(values))
        low_first = 1 + place * bins // len(values)
    else:
        ends = np.quantile(values, np.arange(1, bins) / bins, method="higher")
        low_first = 1 + np.searchsorted(ends, values, side="left")
    return bins + 1 - low_first if highest_first else low_first


def _segments(each: pd.DataFrame, rules: SegmentRules, confidence: float) -> pd.DataFrame:
    counted = each.groupby("segment").agg(
        customers=("customer", "size"),
        orders=("orders", "sum"),
        revenue=("revenue", "sum"),
        median_recency_days=("recency_days", "median"),
        median_orders=("orders", "median"),
        median_revenue=("revenue", "median"),
    )
    names = [*rules.segments, *([NONE] if NONE in counted.index else [])]
    rows = counted.reindex(names).rename_axis("segment").reset_index()
    whole = {"customers": "int64", "orders": "int64"}
    rows = rows.fillna({"customers": 0, "orders": 0, "revenue": 0.0}).astype(whole)
    low, high = wilson_interval(rows["customers"], np.full(len(rows), len(each)), confidence)
    revenue = float(rows["revenue"].sum())
    rows = rows.assign(
        of_customers=rows["customers"] / len(each),
        of_customers_low=low,
        of_customers_high=high,
        of_orders=rows["orders"] / rows["orders"].sum(),
        of_revenue=rows["revenue"] / revenue if revenue > 0 else np.nan,
    )
    shares = ["customers", "of_customers", "of_customers_low", "of_customers_high", "orders", "of_orders"]
    medians = ["median_recency_days", "median_orders", "median_revenue"]
    return rows[["segment", *shares, "revenue", "of_revenue", *medians]]


def _notes(each: pd.DataFrame, rules: SegmentRules, day: datetime, bins: int, method: Method) -> Iterator[str]:
    yield f"As of {day:%Y-%m-%d} (UTC); recency in whole days since the last purchase."
    if method == "quantiles":
        yield "A score's bin ends at a customer's own value; customers with one value have one score."
        for score, column in (("r", "recency"), ("f", "orders"), ("m", "revenue")):
            sizes = each[score].value_counts().reindex(range(1, bins + 1), fill_value=0)
            if sizes.max() > 2 * len(each) / bins or sizes.min() == 0:
                told = ", ".join(f"{number}: {size:,}" for number, size in sizes.items())
                yield f"Many customers share a value of {column}, so the bins of {score} are unequal ({told})."
    else:
        yield "Bins are equal; customers with one value are told apart by their id."
    yield f"Segments: {rules.name}, the first rule that is met. Where one ends is a convention, no finding."
    without = int((each["segment"] == NONE).sum())
    if without:
        yield f"{without:,} customers meet no rule: {NONE!r}."
