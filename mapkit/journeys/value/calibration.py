"""Whether the value model can be believed: fitted on the past, held against what came after."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mapkit.errors import OptionError, TableError
from mapkit.journeys.steps import moment
from mapkit.journeys.value.fitted import LEAST_REPEATERS, FittedModels, fit_models
from mapkit.journeys.value.orders import Names, last_moment, orders_of
from mapkit.journeys.value.purchases import UNITS, Granularity, TimeUnit, ending, numbered, summarise_purchases, upto
from mapkit.loaders import read_events
from mapkit.statistics import Comparable, Estimate, Result
from mapkit.statistics.intervals import normal_quantile

if TYPE_CHECKING:
    from mapkit.tables import Table

_MOST = 7


@dataclass(frozen=True, eq=False)
class ValueCalibration(Result):
    """Purchases predicted from the past against those that were made.

    ``table`` columns, a row for each number of repeat purchases before the split: ``segment`` (only with a split of
    customers), ``purchases_before`` ("0" to "6", "7+"), ``customers``, ``predicted`` and ``actual`` (mean purchases a
    customer after the split), ``actual_low``, ``actual_high`` (interval of the mean: who happened to be there),
    ``predicted_total``, ``actual_total``. ``totals`` has a row a segment: ``segment`` ("all"), ``customers``,
    ``predicted_total``, ``actual_total``, ``actual_of_predicted`` with ``_low`` and ``_high``, and ``mae`` (mean
    absolute error a customer, in purchases).
    """

    totals: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    split: datetime | None = None
    end: datetime | None = None
    breakdown: str | None = None
    confidence: float = 0.95

    def calibrates(self, segment: str | None = None) -> Estimate:
        """Return purchases made, as a multiple of those predicted: 1 is a perfect total.

        The interval holds the chance of who bought and the uncertainty of the parameters.
        """
        rows = self.totals if segment is None else self.totals[self.totals["segment"] == segment]
        if len(rows) != 1:
            raise OptionError(f"Which segment? There are {', '.join(map(repr, self.totals['segment']))}.")
        row = rows.iloc[0]
        ends = float(row["actual_of_predicted_low"]), float(row["actual_of_predicted_high"])
        return Estimate("actual of predicted purchases", float(row["actual_of_predicted"]), *ends,
                        int(row["customers"]), "times")  # fmt: skip

    def comparable(self) -> Comparable:
        """Return purchases made as a multiple of those predicted, by segment."""
        ratio = "actual_of_predicted"
        rows = self.totals.rename(columns={ratio: "value", f"{ratio}_low": "low", f"{ratio}_high": "high"})
        numbers = rows[["segment", "value", "low", "high"]].assign(quantity=ratio, unit="times", n=rows["customers"])
        keys = ("segment",) if self.breakdown is not None else ()
        return Comparable(numbers if keys else numbers.drop(columns="segment"), keys, {})


def measure_value_calibration(
    events: Any,
    *,
    split: str | date | datetime,
    end: str | date | datetime | None = None,
    purchase: Names = "purchase",
    unit: TimeUnit = "day",
    granularity: Granularity = "day",
    by: str | None = None,
    confidence: float = 0.95,
) -> ValueCalibration:
    """Return purchases after ``split`` as BG/NBD predicts them from before, beside those that were made.

    Only customers who bought before the split are asked about. With granularity "day" the day of the split belongs to
    the past. A good total can hide errors that cancel: look at the rows.

    Parameters
    ----------
    split, end
        Where the past ends, and where the comparison ends (the last event unless given).
    purchase, unit, granularity, by
        As in :func:`summarise_purchases`; with ``by`` each segment is fitted by itself.
    confidence
        Of the intervals, 0 to 1.

    Raises
    ------
    TableError
        Fewer than 30 customers bought again before the split.
    OptionError
        There is no time between ``split`` and ``end``.
    """
    z = normal_quantile(confidence)
    table = read_events(events)
    past = moment(split, "split") or last_moment(table)
    future = moment(end, "end") or last_moment(table)
    before, until = ending(past, granularity), ending(future, granularity)
    if not before < until:
        raise OptionError(f"split={split!r} leaves no time until the end, {until}. Choose an earlier split.")
    options: dict[str, Any] = {"purchase": purchase, "value": None, "granularity": granularity, "by": by}
    known = summarise_purchases(table, unit=unit, end=past, **options)
    made = _purchases(table, options, until)
    summary = known.table.assign(made=known.table["customer"].map(made).fillna(0))
    summary["actual"] = summary["made"] - summary["frequency"] - 1
    rows, totals, skipped = [], [], []
    for name, part in summary.groupby("segment") if by else [("all", summary)]:
        models = fit_models(part)
        if models is None:
            skipped.append(str(name))
            continue
        judged = _judged(part, models, (until - before) / UNITS[unit].to_pytimedelta())
        rows.append(_rows(str(name), judged, z))
        totals.append(_total(str(name), judged, models, (until - before) / UNITS[unit].to_pytimedelta(), z))
    if not rows:
        raise TableError(
            f"Fewer than {LEAST_REPEATERS} customers bought again before {before:%Y-%m-%d}. Choose a later split."
        )
    every = pd.concat(rows, ignore_index=True)
    notes = [f"Fitted on purchases up to {before}, held against those until {until} (UTC)."]
    notes += [f"Not fitted, for fewer than {LEAST_REPEATERS} bought again: {', '.join(skipped)}."] if skipped else []
    return ValueCalibration(
        f"Predicted and actual purchases after {before:%Y-%m-%d}" + (f" by {by}" if by else ""),
        every if by else every.drop(columns="segment"),
        (*known.notes, *notes),
        pd.DataFrame(totals),
        before,
        until,
        by,
        confidence,
    )


def _purchases(table: Table, options: dict[str, Any], until: datetime) -> pd.Series:
    """Return how often each customer bought until the end, in the same way of counting."""
    granularity = options["granularity"]
    orders = orders_of(table, options["purchase"], None)
    bought = numbered(upto(orders.rows, until, granularity), granularity)
    counts: pd.DataFrame = bought.group_by("customer").agg(made=bought.count()).to_pandas()
    return counts.set_index("customer")["made"]


def _judged(part: pd.DataFrame, models: FittedModels, time: float) -> pd.DataFrame:
    before = part["frequency"].clip(upper=_MOST)
    labels = before.map(lambda count: f"{count}+" if count == _MOST else str(count))
    return part.assign(predicted=models.purchases(time).value, purchases_before=labels)


def _rows(name: str, judged: pd.DataFrame, z: float) -> pd.DataFrame:
    each = judged.groupby("purchases_before")
    rows = each.agg(
        customers=("customer", "size"),
        predicted=("predicted", "mean"),
        actual=("actual", "mean"),
        spread=("actual", "std"),
        predicted_total=("predicted", "sum"),
        actual_total=("actual", "sum"),
    ).reset_index()
    reach = z * rows["spread"] / np.sqrt(rows["customers"])
    rows["actual_low"], rows["actual_high"] = (rows["actual"] - reach).clip(lower=0), rows["actual"] + reach
    rows["actual_total"] = rows["actual_total"].astype("int64")
    kept = ["purchases_before", "customers", "predicted", "actual", "actual_low", "actual_high"]
    return rows.assign(segment=name)[["segment", *kept, "predicted_total", "actual_total"]]


def _total(name: str, judged: pd.DataFrame, models: FittedModels, time: float, z: float) -> dict[str, Any]:
    n, predicted, actual = len(judged), float(judged["predicted"].sum()), float(judged["actual"].sum())
    by_chance = float(judged["actual"].std()) * math.sqrt(n) / predicted
    by_parameters = actual / predicted * models.purchases(time).error_of_mean() * n / predicted
    ratio, reach = actual / predicted, z * math.hypot(by_chance, by_parameters)
    return {
        "segment": name,
        "customers": n,
        "predicted_total": predicted,
        "actual_total": int(actual),
        "actual_of_predicted": ratio,
        "actual_of_predicted_low": max(ratio - reach, 0.0),
        "actual_of_predicted_high": ratio + reach,
        "mae": float((judged["actual"] - judged["predicted"]).abs().mean()),
    }
