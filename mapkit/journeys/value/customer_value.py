"""What customers will buy and be worth from now on, by BG/NBD and Gamma-Gamma, with intervals."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from mapkit.errors import OptionError, TableError, listed, nearest
from mapkit.journeys.steps import microseconds
from mapkit.journeys.value.fitted import LEAST_REPEATERS, FittedModels, fit_models
from mapkit.journeys.value.orders import Names, check_margin
from mapkit.journeys.value.purchases import UNITS, Granularity, PurchaseSummary, TimeUnit, as_summary
from mapkit.statistics import Comparable, Estimate, Result
from mapkit.statistics.intervals import normal_quantile

_CORRELATED = 0.3
_YEAR = pd.Timedelta(days=365.25)


@dataclass(frozen=True, eq=False)
class CustomerValue(Result):
    """What each customer is expected to buy and to be worth within the horizon.

    ``table`` columns, a row a customer: ``segment`` (only with a split), ``customer``, ``frequency``, ``recency``,
    ``T``, ``monetary_value`` (as in a purchase summary), ``expected_purchases``, ``p_alive``, ``expected_value`` (of
    one purchase), ``clv`` (discounted margin within the horizon), the last four each with ``_low`` and ``_high``.

    Those intervals hold the uncertainty of the parameters alone: they are about the mean of many customers with the
    same history. What one customer does varies far more.

    ``segments`` adds customers up: ``segment`` ("all" without a split), ``customers``, ``repeaters``,
    ``expected_purchases`` (sum), ``p_alive_mean``, ``clv_total``, ``clv_mean``, ``clv_mean_low``, ``clv_mean_high``.
    ``parameters``: ``segment``, ``model``, ``parameter`` (r, alpha, a, b, p, q, v, log_likelihood), ``value``,
    ``low``, ``high``, ``n``; alpha is in units of time, v in money. The first purchase after joining is no repeat
    purchase, and a customer who never bought is not in the table.
    """

    segments: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    parameters: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    horizon_seconds: float = math.nan
    unit: TimeUnit = "day"
    margin: float = 1.0
    discount: float = 0.0
    breakdown: str | None = None
    currency: str = ""
    confidence: float = 0.95

    @property
    def has_value(self) -> bool:
        """Whether there was money to value purchases with."""
        return bool(self.table["clv"].notna().any())

    def parameter(self, name: str, segment: str | None = None) -> Estimate:
        """Return a parameter with its interval: r, alpha, a, b of buying; p, q, v of spending; n is its customers."""
        rows = self._of(self.parameters, segment)
        there = rows["parameter"].tolist()
        if name not in there:
            raise OptionError(f"There is no parameter {name!r}. There are {listed(there)}.{nearest(name, there)}")
        row = rows[rows["parameter"] == name].iloc[0]
        units = {"alpha": f"{self.unit}s", "v": self.currency or "money"}
        return Estimate(name, row["value"], row["low"], row["high"], int(row["n"]), units.get(name, ""))

    def mean_clv(self, segment: str | None = None) -> Estimate:
        """Return the mean worth of a segment's customers, or of all, within the horizon.

        The interval holds the uncertainty of the parameters and of who happened to be a customer.
        """
        row = self._of(self.segments, segment).iloc[0]
        name = "mean CLV" + (f" ({segment})" if segment is not None else "")
        ends = float(row["clv_mean_low"]), float(row["clv_mean_high"])
        return Estimate(name, float(row["clv_mean"]), *ends, int(row["customers"]), self.currency or "value")

    def comparable(self) -> Comparable:
        """Return the mean worth of a customer, by segment."""
        rows = self.segments.rename(columns={"clv_mean": "value", "clv_mean_low": "low", "clv_mean_high": "high"})
        numbers = rows[["segment", "value", "low", "high"]].assign(
            quantity="clv_mean", unit=self.currency or "value", n=rows["customers"].astype(float)
        )
        keys = ("segment",) if self.breakdown is not None else ()
        definition = {"horizon": self.horizon_seconds, "margin": self.margin, "discount": self.discount}
        return Comparable(numbers if keys else numbers.drop(columns="segment"), keys, definition)

    def _of(self, frame: pd.DataFrame, segment: str | None) -> pd.DataFrame:
        there = list(dict.fromkeys(frame["segment"]))
        if segment is None and self.breakdown is not None:
            raise OptionError(f"Which segment? There are {listed(there)}.")
        wanted = "all" if segment is None else segment
        if wanted not in there:
            raise OptionError(f"There is no segment {wanted!r}. There are {listed(there)}.{nearest(wanted, there)}")
        return frame[frame["segment"] == wanted]


def measure_customer_value(
    events: Any,
    *,
    horizon: str | timedelta = "365d",
    purchase: Names = "purchase",
    value: str | None = "value",
    refund: Names = (),
    margin: float = 1.0,
    discount: float = 0.0,
    unit: TimeUnit = "day",
    granularity: Granularity = "day",
    end: str | date | datetime | None = None,
    by: str | None = None,
    confidence: float = 0.95,
) -> CustomerValue:
    """Return what each customer is expected to buy and to be worth within ``horizon`` after the end of the data.

    BG/NBD says how often, Gamma-Gamma how much at a time; both are fitted by maximum likelihood. With ``by`` each
    segment is fitted by itself. Without a column of money, purchases are predicted and ``clv`` is NaN.

    The models assume customers who buy when they like and leave without notice: not subscriptions. Look at
    :func:`measure_value_calibration` before believing them.

    Parameters
    ----------
    events
        Events, or a purchase summary: what ``summarise_purchases`` returned, or a frame with ``customer``,
        ``frequency``, ``recency``, ``T`` and perhaps ``monetary_value``, its times in ``unit``.
    horizon
        How far ahead, such as "365d" or "52w".
    purchase, value, refund, unit, granularity, end, by
        As in :func:`summarise_purchases`; of no effect on a summary, but for ``unit`` and ``by`` on a frame.
    margin
        Share of revenue that is kept.
    discount
        Yearly rate at which later money counts less, 0.1 for 10%; each purchase is discounted from its own moment.
    confidence
        Of the intervals, 0 to 1.

    Raises
    ------
    TableError
        Fewer than 30 customers bought again, in all segments.
    OptionError
        An option is no span, share or rate.

    Source: Fader, Hardie and Lee (2005), Marketing Science 24, 275-284; Fader, Hardie and Lee (2005), Journal of
    Marketing Research 42, 415-430.
    """
    normal_quantile(confidence)
    span = pd.Timedelta(microseconds=microseconds(horizon) or 0)
    _check(span, check_margin(margin), discount)
    options = {"purchase": purchase, "value": value, "refund": refund, "unit": unit, "granularity": granularity}
    summary = as_summary(events, **options, end=end, by=by)
    time, force = span / UNITS[summary.unit], math.log1p(discount) * (UNITS[summary.unit] / _YEAR)
    fitted = _fitted(summary)
    tables = [_predicted(part, models, (time, force, margin), confidence) for _, part, models in fitted]
    told = [_segment(name, table, models, (time, force, margin), confidence)
            for (name, _, models), table in zip(fitted, tables, strict=True)]  # fmt: skip
    return CustomerValue(
        f"Customer value within {_days(span)} days" + (f" by {summary.breakdown}" if summary.breakdown else ""),
        pd.concat(tables).sort_index(),
        (*summary.notes, *_notes(summary, fitted, span, margin, discount)),
        pd.DataFrame(told),
        pd.concat([_parameters(name, models, confidence) for name, _, models in fitted], ignore_index=True),
        span.total_seconds(),
        summary.unit,
        margin,
        discount,
        summary.breakdown,
        summary.currency,
        confidence,
    )


Part = tuple[str, pd.DataFrame, FittedModels | None]


def _fitted(summary: PurchaseSummary) -> list[Part]:
    table = summary.table
    split = "segment" in table.columns
    parts = list(table.groupby("segment", sort=True)) if split else [("all", table)]
    fitted = [(str(name), part, fit_models(part)) for name, part in parts]
    if not any(models for _, _, models in fitted):
        repeaters = int((table["frequency"] > 0).sum())
        raise TableError(
            f"{repeaters:,} of {len(table):,} customers bought again, and the models need {LEAST_REPEATERS} or more"
            f"{' in a segment' if split else ''}. Take a longer log, or measure_historic_value."
        )
    return fitted


def _predicted(
    part: pd.DataFrame, models: FittedModels | None, asked: tuple[float, float, float], confidence: float
) -> pd.DataFrame:
    time, force, margin = asked
    kept = ["segment", "customer", "frequency", "recency", "T", "monetary_value"]
    table = part[[name for name in kept if name in part.columns]].copy()
    names = ("expected_purchases", "p_alive", "expected_value", "clv")
    numbers: dict[str, Any] = {f"{name}{end}": np.nan for name in names for end in ("", "_low", "_high")}
    if models is not None:
        worth = models.worth(time, force, margin)
        for name, each in (("expected_purchases", models.purchases(time)), ("expected_value", models.value()),
                           ("clv", worth)):  # fmt: skip
            if each is not None:
                low, high = each.interval(confidence)
                numbers |= {name: each.value, f"{name}_low": low, f"{name}_high": high}
        numbers["p_alive"], numbers["p_alive_low"], numbers["p_alive_high"] = models.alive(confidence)
    return table.assign(**numbers)


def _segment(
    name: str, table: pd.DataFrame, models: FittedModels | None, asked: tuple[float, float, float], confidence: float
) -> dict[str, Any]:
    worth = models.worth(*asked) if models is not None else None
    error = math.nan
    if worth is not None and len(table) > 1:
        error = math.hypot(worth.error_of_mean(), float(table["clv"].std()) / math.sqrt(len(table)))
    mean = float(table["clv"].mean())
    reach = math.exp(normal_quantile(confidence) * error / mean) if mean > 0 else math.nan
    return {
        "segment": name,
        "customers": len(table),
        "repeaters": int((table["frequency"] > 0).sum()),
        "expected_purchases": float(table["expected_purchases"].sum(min_count=1)),
        "p_alive_mean": float(table["p_alive"].mean()),
        "clv_total": float(table["clv"].sum(min_count=1)),
        "clv_mean": mean,
        "clv_mean_low": mean / reach,
        "clv_mean_high": mean * reach,
    }


def _parameters(segment: str, models: FittedModels | None, confidence: float) -> pd.DataFrame:
    parts = []
    for model, fit in (("BG/NBD", models and models.buying), ("Gamma-Gamma", models and models.spending)):
        if not fit:
            continue
        low, high = fit.interval(confidence)
        rows = pd.DataFrame({"parameter": list(fit.names), "value": fit.values, "low": low, "high": high})
        total = {"parameter": ["log_likelihood"], "value": [fit.log_likelihood], "low": np.nan, "high": np.nan}
        both = pd.concat([rows, pd.DataFrame(total)], ignore_index=True).assign(
            segment=segment, model=model, n=fit.rows
        )
        parts.append(both[["segment", "model", "parameter", "value", "low", "high", "n"]])
    columns = ["segment", "model", "parameter", "value", "low", "high", "n"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def _notes(
    summary: PurchaseSummary, fitted: list[Part], span: pd.Timedelta, margin: float, discount: float
) -> Iterator[str]:
    yield f"Horizon {_days(span)} days from the end of the data; margin {margin:g}; discount {discount:.4g} a year."
    yield "BG/NBD for purchases, Gamma-Gamma for their value, by maximum likelihood."
    yield "A customer's intervals hold the uncertainty of the parameters alone; what one customer does varies far more."
    yield "A customer without a repeat purchase counts as alive: the model knows no leaving before the first repeat."
    if all(models is None or models.spending is None for _, _, models in fitted):
        yield f"Too few repeat purchases have a value ({LEAST_REPEATERS} customers are needed): clv is not known."
    for name, part, models in fitted:
        where = f" ({name})" if summary.breakdown else ""
        if models is None:
            yield f"Too few customers bought again{where}: {int((part['frequency'] > 0).sum()):,}. Not fitted."
            continue
        vague = [*models.buying.vague, *(models.spending.vague if models.spending is not None else ())]
        if vague:
            yield f"The data hardly settles {', '.join(vague)}{where}: the predictions lean on the shape of the model."
        if abs(models.correlation) > _CORRELATED:
            yield (
                f"Frequency and value of purchases are correlated{where}: {models.correlation:+.2f}. Gamma-Gamma takes"
                " them as independent, so clv is off for the most frequent buyers."
            )
        if models.spending is not None and models.spending.values[1] <= 1:
            q = models.spending.values[1]
            yield f"q is {q:.2f}{where}, not above 1: the value of a customer without repeats is infinite."


def _check(span: pd.Timedelta, margin: float, discount: float) -> None:
    if span <= pd.Timedelta(0):
        raise OptionError("horizon is empty. Use a span such as '365d' or '52w'.")
    if isinstance(discount, bool) or not isinstance(discount, int | float) or not 0 <= discount < math.inf:
        raise OptionError(f"discount={discount!r} is no yearly rate. Use a number from 0, such as 0.1 for 10% a year.")


def _days(span: pd.Timedelta) -> str:
    return f"{span / pd.Timedelta(days=1):,.4g}"
