"""What customers have been worth so far: in the mean, at the top, and period by period."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

from mapkit.errors import OptionError, listed, nearest, one_of
from mapkit.journeys.value.orders import Names, Orders, check_margin, orders_of
from mapkit.loaders import read_events
from mapkit.statistics import Comparable, Estimate, Result, wilson_interval
from mapkit.statistics.intervals import normal_quantile

Period = Literal["day", "week", "month"]
_UNITS = {"day": "D", "week": "W", "month": "M"}


@dataclass(frozen=True, eq=False)
class HistoricValue(Result):
    """What customers brought until the end of the log.

    Value is margin times revenue, refunds taken off. ``table`` columns: ``segment`` ("all" without a split),
    ``customers`` (everybody in the log), ``purchasers``, ``purchasers_of_customers`` with ``_low`` and ``_high``,
    ``orders``, ``revenue`` (refunds taken off), ``value``, ``value_per_customer`` and ``value_per_purchaser`` with
    ``_low`` and ``_high``, ``median_per_purchaser``, ``p90_per_purchaser``, ``top_decile_of_value`` (share of the value
    that the top tenth of purchasers brings) with ``_low`` and ``_high``.

    ``deciles``: ``segment``, ``decile`` (1 is the top tenth of purchasers), ``purchasers``, ``value``, ``of_value``,
    ``least``, ``most``. ``periods``: ``segment``, ``period`` (its first moment, UTC), ``active_customers`` (with any
    event in it), ``purchasers``, ``value``, ``value_per_active``.
    """

    deciles: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    periods: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    period: Period = "month"
    margin: float = 1.0
    currency: str = ""
    breakdown: str | None = None
    confidence: float = 0.95

    def per_customer(self, segment: str | None = None) -> Estimate:
        """Return the mean value of a customer, those who never bought included."""
        return self._estimate("value_per_customer", "customers", segment)

    def per_purchaser(self, segment: str | None = None) -> Estimate:
        """Return the mean value of a customer who bought."""
        return self._estimate("value_per_purchaser", "purchasers", segment)

    def top_decile(self, segment: str | None = None) -> Estimate:
        """Return the share of all value that the top tenth of purchasers brings."""
        return self._estimate("top_decile_of_value", "purchasers", segment)

    def comparable(self) -> Comparable:
        """Return the mean values of customers and purchasers, and the share who bought, by segment."""
        keys = ["segment"] if self.breakdown is not None else []
        bought = {"purchasers_of_customers": ("purchasers", "customers")}
        shares = Comparable.of_shares(self.table, keys, bought).numbers
        means = [
            self.table[keys].assign(
                quantity=name,
                unit=self.currency or "value",
                value=self.table[name],
                low=self.table[f"{name}_low"],
                high=self.table[f"{name}_high"],
                n=self.table[n].astype(float),
                hits=np.nan,
            )
            for name, n in (("value_per_customer", "customers"), ("value_per_purchaser", "purchasers"))
        ]
        return Comparable(pd.concat([*means, shares], ignore_index=True), tuple(keys), {"margin": self.margin})

    def _estimate(self, column: str, n: str, segment: str | None) -> Estimate:
        there = self.table["segment"].tolist()
        wanted = segment if segment is not None or self.breakdown is not None else "all"
        if wanted not in there:
            raise OptionError(
                f"There is no segment {wanted!r}. There are {listed(there)}.{nearest(str(wanted), there)}"
            )
        row = self.table[self.table["segment"] == wanted].iloc[0]
        name = column.replace("_", " ") + (f" ({segment})" if segment is not None else "")
        unit = "share" if column == "top_decile_of_value" else self.currency or "value"
        ends = float(row[f"{column}_low"]), float(row[f"{column}_high"])
        return Estimate(name, float(row[column]), *ends, int(row[n]), unit)


def measure_historic_value(
    events: Any,
    *,
    purchase: Names = "purchase",
    value: str = "value",
    refund: Names = (),
    margin: float = 1.0,
    period: Period = "month",
    by: str | None = None,
    confidence: float = 0.95,
) -> HistoricValue:
    """Return what customers have been worth so far, with the spread between them.

    This is the past and no forecast: customers who came late had less time to buy. Means carry normal intervals, the
    share of purchasers Wilson's, the share of the top tenth an interval from its linearised variance.

    Parameters
    ----------
    purchase, value, refund, by
        As in :func:`summarise_purchases`. Name every event that brings money: renewals are purchases too, if you want
        them counted.
    margin
        Share of revenue that is kept.
    period
        Of ``periods``: day, week (from Monday) or month.
    confidence
        Of the intervals, 0 to 1.

    Raises
    ------
    TableError
        There is no column of money.
    OptionError
        No event has such a name, or there are several currencies.

    Source: Beach and Davidson (1983), Review of Economic Studies 50, 723-735, for shares of the top.
    """
    one_of(period, _UNITS, "period")
    z, kept = normal_quantile(confidence), check_margin(margin)
    table = read_events(events)
    table.need(value, for_what="measure_historic_value")
    orders = orders_of(table, purchase, value, refund, by)
    sizes, each = _sizes(orders), _per_customer(orders, kept)
    counted = [(name, size, each[each["segment"] == name]) for name, size in sizes.items()]
    rows = pd.DataFrame([_row(name, size, part, kept, z) for name, size, part in counted], columns=_COLUMNS)
    low, high = wilson_interval(rows["purchasers"], rows["customers"], confidence)
    rows = rows.assign(purchasers_of_customers_low=low, purchasers_of_customers_high=high)
    return HistoricValue(
        "Value of customers so far" + (f" by {by}" if by else ""),
        rows,
        (*orders.notes, *_notes(rows, kept, each)),
        pd.concat([_deciles(name, part) for name, _, part in counted], ignore_index=True)
        if counted
        else _deciles("", each),
        _periods(orders, period, kept),
        period,
        kept,
        orders.currency,
        by,
        confidence,
    )


_COLUMNS = [
    "segment", "customers", "purchasers", "purchasers_of_customers", "purchasers_of_customers_low",
    "purchasers_of_customers_high", "orders", "revenue", "value", "value_per_customer", "value_per_customer_low",
    "value_per_customer_high", "value_per_purchaser", "value_per_purchaser_low", "value_per_purchaser_high",
    "median_per_purchaser", "p90_per_purchaser", "top_decile_of_value", "top_decile_of_value_low",
    "top_decile_of_value_high",
]  # fmt: skip


def _sizes(orders: Orders) -> dict[str, int]:
    who = orders.data.select(*orders.segment, "customer").distinct()
    if not orders.segment:
        return {"all": int(who.count().execute())}
    counted = who.group_by("segment").agg(size=who.count()).order_by("segment").to_pandas()
    return {str(name): int(size) for name, size in zip(counted["segment"], counted["size"], strict=True)}


def _per_customer(orders: Orders, margin: float) -> pd.DataFrame:
    """Return segment, orders, revenue and value of everybody who bought or gave back."""
    rows = orders.rows
    each: pd.DataFrame = (
        rows.group_by([*orders.segment, "customer"])
        .agg(
            orders=rows["bought"].sum(),
            revenue=rows["amount"].sum(),
            unpriced=rows["amount"].isnull().ifelse(1, 0).sum(),
        )
        .to_pandas()
    )
    if not orders.segment:
        each["segment"] = "all"
    each["revenue"] = each["revenue"].astype(float).fillna(0.0)
    return each.assign(value=each["revenue"] * margin)


def _row(name: str, customers: int, each: pd.DataFrame, margin: float, z: float) -> dict[str, Any]:
    bought = each[each["orders"] > 0]["value"].to_numpy(dtype=float)
    every, n = each["value"].to_numpy(dtype=float), len(bought)
    row: dict[str, Any] = {"segment": name, "customers": customers, "purchasers": n}
    row |= {"purchasers_of_customers": n / customers if customers else math.nan, "orders": int(each["orders"].sum())}
    row |= {"revenue": float(each["revenue"].sum()), "value": float(every.sum())}
    row |= _mean("value_per_customer", every, customers, z) | _mean("value_per_purchaser", bought, n, z)
    row["median_per_purchaser"] = float(np.median(bought)) if n else math.nan
    row["p90_per_purchaser"] = float(np.quantile(bought, 0.9)) if n else math.nan
    return row | _top(bought, z)


def _mean(name: str, values: np.ndarray, n: int, z: float) -> dict[str, float]:
    """Return the mean of ``n`` customers, those without a value counted as 0, with a normal interval."""
    if not n:
        return dict.fromkeys((name, f"{name}_low", f"{name}_high"), math.nan)
    mean = float(values.sum()) / n
    around = float(((values - mean) ** 2).sum()) + (n - len(values)) * mean**2
    reach = z * math.sqrt(around / (n - 1) / n) if n > 1 else math.nan
    return {name: mean, f"{name}_low": mean - reach, f"{name}_high": mean + reach}


def _top(values: np.ndarray, z: float) -> dict[str, float]:
    """Return the share of the top tenth; a tenth that is no whole number of purchasers takes part of one."""
    name = "top_decile_of_value"
    total, n = float(values.sum()), len(values)
    if n < 10 or not total > 0:
        return dict.fromkeys((name, f"{name}_low", f"{name}_high"), math.nan)
    edge = float(np.quantile(values, 0.9))
    beyond = np.maximum(values - edge, 0.0) + 0.1 * edge
    share, mean = float(beyond.mean()) / (total / n), total / n
    error = float(np.std((beyond - share * values) / mean, ddof=1)) / math.sqrt(n)
    return {name: share, f"{name}_low": max(share - z * error, 0.0), f"{name}_high": min(share + z * error, 1.0)}


def _deciles(name: str, each: pd.DataFrame) -> pd.DataFrame:
    values = np.sort(each[each["orders"] > 0]["value"].to_numpy(dtype=float))[::-1]
    parts = np.array_split(values, 10) if len(values) >= 10 else []
    total = values.sum()
    rows = [
        (name, k, len(part), float(part.sum()), float(part.sum() / total) if total > 0 else math.nan, part[-1], part[0])
        for k, part in enumerate(parts, start=1)
    ]
    return pd.DataFrame(rows, columns=["segment", "decile", "purchasers", "value", "of_value", "least", "most"])


def _periods(orders: Orders, period: str, margin: float) -> pd.DataFrame:
    keys = [*orders.segment, "period"]
    data = orders.data.mutate(period=orders.data["time"].truncate(_UNITS[period]))
    who = data.select(*keys, "customer").distinct()
    active = who.group_by(keys).agg(active_customers=who.count()).to_pandas()
    rows = orders.rows.mutate(period=orders.rows["time"].truncate(_UNITS[period]))
    each = rows.group_by([*keys, "customer"]).agg(bought=rows["bought"].sum(), value=rows["amount"].sum())
    sums = each.group_by(keys).agg(purchasers=(each["bought"] > 0).ifelse(1, 0).sum(), value=each["value"].sum())
    found: pd.DataFrame = active.merge(sums.to_pandas(), on=keys, how="left")
    found["period"] = pd.to_datetime(found["period"])
    if not orders.segment:
        found["segment"] = "all"
    found["value"] = found["value"].astype(float).fillna(0.0) * margin
    found["purchasers"] = found["purchasers"].fillna(0).astype("int64")
    found["value_per_active"] = found["value"] / found["active_customers"]
    columns = ["segment", "period", "active_customers", "purchasers", "value", "value_per_active"]
    return found.sort_values(["segment", "period"], ignore_index=True)[columns]


def _notes(rows: pd.DataFrame, margin: float, each: pd.DataFrame) -> tuple[str, ...]:
    notes = [
        f"Value is {margin:g} x revenue, refunds taken off, until the end of the log; customers who came late had less"
        " time.",
        "value_per_customer is over everybody in the log, value_per_purchaser over those who bought.",
    ]
    unpriced = int(each["unpriced"].sum())
    if unpriced:
        notes.append(f"{unpriced:,} purchases have no value: they count as orders and bring nothing.")
    if rows["top_decile_of_value"].isna().any():
        notes.append("The top tenth of fewer than 10 purchasers is not said.")
    return tuple(notes)
