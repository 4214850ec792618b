"""How sticky it is: on how many days of a month its active customers came, and the ratio that DAU / MAU stands for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from mapkit.errors import OptionError, one_of
from mapkit.journeys.customer_segments import of_segment
from mapkit.journeys.question import Moment
from mapkit.journeys.retention.observing import Observed, What, name_of, observe
from mapkit.journeys.retention.periods import PERIODS, Calendar, Period
from mapkit.statistics import Comparable, Estimate, Result, wilson_interval
from mapkit.statistics.intervals import normal_quantile


@dataclass(frozen=True, eq=False)
class Stickiness(Result):
    """On how many days customers are active. See :func:`measure_stickiness` for the columns of each frame."""

    period: str = "month"
    within: str = "day"
    target: str | None = None
    by: str | None = None
    confidence: float = 0.95
    ratios: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    pooled: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)

    def ratio(self, *, segment: str | None = None) -> Estimate:
        """Return stickiness over the complete periods: the share of their days on which an active customer came."""
        row = self._pooled(segment)
        low, high = float(row["of_units_low"]), float(row["of_units_high"])
        name = f"{self.within}s active of the {self.within}s in a {self.period}" + (f" ({segment})" if segment else "")
        return Estimate(name, float(row["of_units"]), low, high, int(row["customers"]))

    def share_at_least(self, units: int, *, segment: str | None = None) -> Estimate:
        """Return the share of active customers with ``units`` active days or more in a period."""
        rows = of_segment(self.table, segment)
        many = int(rows.loc[rows["units"] >= units, "customers"].sum())
        name = f"active on {units} or more {self.within}s of a {self.period}" + (f" ({segment})" if segment else "")
        return Estimate.of_share(name, many, int(rows["customers"].sum()), self.confidence)

    def comparable(self) -> Comparable:
        """Return stickiness over the complete periods (by segment)."""
        keys = ("segment",) if self.by is not None else ()
        names = {"of_units": "value", "of_units_low": "low", "of_units_high": "high", "customers": "n"}
        # Not a share of n customers: its spread is the customers' own, and its interval comes with it.
        rows = self.pooled.rename(columns=names).assign(quantity="of_units", unit="")
        definition = {"period": self.period, "within": self.within, "target": self.target}
        columns = [*keys, "quantity", "unit", "value", "low", "high", "n"]
        return Comparable(rows[columns].reset_index(drop=True), keys, definition)

    def _pooled(self, segment: str | None) -> pd.Series:
        rows = of_segment(self.pooled, segment)
        if rows.empty:
            raise OptionError(f"No {self.period} of this log is complete and has anybody in it, so nothing is pooled.")
        return rows.iloc[0]


def measure_stickiness(
    events: Any,
    *,
    period: Period = "month",
    within: Period = "day",
    target: What = None,
    by: str | None = None,
    end: Moment = None,
    confidence: float = 0.95,
) -> Stickiness:
    """Return on how many days of a period (or hours of a day, ...) its active customers came, and how sticky that is.

    A customer counts once in every complete period in which they were active; who was not active in it counts nowhere.

    - ``table``: ``segment`` (with ``by`` only), ``units`` (active days), ``customers`` (with exactly so many in a
      period, over the complete periods), ``of_customers``, ``of_customers_low``, ``of_customers_high``
    - ``ratios``, a row per period: ``segment``, ``period``, ``complete``, ``customers`` (active in it: MAU), ``units``
      (days in it), ``mean_active`` (customers active on an average day: DAU), ``of_units`` (mean_active / customers),
      ``of_units_low``, ``of_units_high``
    - ``pooled``: the same over all complete periods, a row per segment: ``customers`` (customer-periods), ``of_units``
      with its interval, ``mean_units`` (active days of an active customer)

    DAU / MAU is the mean share of days on which an active customer came, and its interval is that of this mean (normal,
    from the spread between customers). A customer of several periods counts in each: the pooled interval takes them as
    independent, and is somewhat too narrow where the same people come month after month. A period is complete when it
    had ended by the end of the log, and the log began no later than its first day.

    Parameters
    ----------
    period, within
        The long and the short period: "month" or "week" and "day", "day" and "hour", "month" and "week". A week that
        spans two months counts in each with the days it has there.
    target
        What counts as active: an event, a stage, a :class:`~mapkit.journeys.Step`, or a list of which any will do. Any
        event unless given.
    by
        A column of the events: each customer is in the segment of their first value.
    end
        Up to when the log is known to reach; its last event unless given. Later events are left out.
    confidence
        Of the intervals, 0 to 1.

    Raises
    ------
    OptionError
        An option has a value that cannot be used, or ``within`` is not shorter than ``period``.
    TableError
        There is no column ``by``.
    """
    one_of(period, PERIODS, "period")
    one_of(within, PERIODS, "within")
    if PERIODS.index(within) >= PERIODS.index(period):
        raise OptionError(f"within={within!r} is not shorter than period={period!r}. Use 'day' of a month or week.")
    log = observe(events, period, by=by, target=target, end=end)
    counted = _counted(log, within)
    complete = counted[counted["complete"]]
    split = ["segment"] if by is not None else []
    tables = (_table(complete, confidence), _ratios(counted, confidence), _pooled(complete, confidence))
    of, split_by = f", of {name_of(target)}" if target else "", f", by {by}" if by else ""
    table, ratios, pooled = (each if split else each.drop(columns="segment") for each in tables)
    return Stickiness(
        title=f"Active {within}s of a {period}{of}{split_by}",
        table=table,
        notes=tuple(_notes(log, counted, within, name_of(target), confidence)),
        period=period,
        within=within,
        target=name_of(target),
        by=by,
        confidence=confidence,
        ratios=ratios,
        pooled=pooled,
    )


def _counted(log: Observed, within: Period) -> pd.DataFrame:
    """Return segment, period, active (units in which somebody came), customers, units there were, and complete."""
    rows = log.rows.filter(log.rows["is_target"]) if "is_target" in log.rows.columns else log.rows
    short = Calendar.of(within, log.calendar.origin)
    came = rows.select(*log.keys, period=log.calendar.number(rows["time"]), unit=short.number(rows["time"])).distinct()
    each = came.group_by([*log.keys, "period"]).agg(active=came.count())
    split = [name for name in log.keys if name == "segment"]
    counted: pd.DataFrame = each.group_by([*split, "period", "active"]).agg(customers=each.count()).to_pandas()
    number = counted["period"].to_numpy(np.int64)
    starts = [log.calendar.start(k) for k in range(log.periods + 1)]
    units = np.array([short.number_of(b - pd.Timedelta(1, "us")) - short.number_of(a) + 1 for a, b in pairwise(starts)])
    # A log that begins in the middle of a period shows too few of its days.
    whole = log.periods and short.number_of(log.begin) == short.number_of(log.calendar.origin)
    known = np.array([k < log.complete and (k > 0 or bool(whole)) for k in range(log.periods)], dtype=bool)
    return counted.assign(
        segment=counted["segment"].astype(str) if split else "",
        period=pd.DatetimeIndex([starts[k] for k in number], dtype="datetime64[us]"),
        units=units[number] if len(number) else np.array([], dtype=np.int64),
        complete=known[number] if len(number) else np.array([], dtype=bool),
        active=counted["active"].astype("int64"),
        customers=counted["customers"].astype("int64"),
    )


def _table(complete: pd.DataFrame, confidence: float) -> pd.DataFrame:
    parts = []
    for segment in _largest_first(complete):
        rows = complete[complete["segment"] == segment]
        each = rows.groupby("active")["customers"].sum().reindex(range(1, int(rows["units"].max()) + 1), fill_value=0)
        low, high = wilson_interval(each, each.sum(), confidence)
        shares = {"of_customers": (each / each.sum()).to_numpy(), "of_customers_low": low, "of_customers_high": high}
        parts.append(pd.DataFrame({"segment": segment, "units": each.index, "customers": each.to_numpy(), **shares}))
    columns = ["segment", "units", "customers", "of_customers", "of_customers_low", "of_customers_high"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def _ratios(counted: pd.DataFrame, confidence: float) -> pd.DataFrame:
    place = {name: k for k, name in enumerate(_largest_first(counted))}
    rows = []
    for (segment, period), each in counted.groupby(["segment", "period"], sort=True):
        share, low, high, n = _mean_share(each, confidence)
        units = int(each["units"].iloc[0])
        row = {"segment": segment, "period": period, "complete": bool(each["complete"].iloc[0]), "customers": n}
        row |= {"units": units, "mean_active": float((each["active"] * each["customers"]).sum() / units)}
        rows.append({**row, "of_units": share, "of_units_low": low, "of_units_high": high})
    columns = ["segment", "period", "complete", "customers", "units", "mean_active"]
    table = pd.DataFrame(rows, columns=[*columns, "of_units", "of_units_low", "of_units_high"])
    return table.sort_values("segment", key=lambda names: names.map(place), kind="stable", ignore_index=True)


def _pooled(complete: pd.DataFrame, confidence: float) -> pd.DataFrame:
    rows = []
    for segment in _largest_first(complete):
        each = complete[complete["segment"] == segment]
        share, low, high, n = _mean_share(each, confidence)
        row = {"segment": segment, "customers": n, "of_units": share, "of_units_low": low, "of_units_high": high}
        rows.append({**row, "mean_units": float((each["active"] * each["customers"]).sum() / n)})
    return pd.DataFrame(
        rows, columns=["segment", "customers", "of_units", "of_units_low", "of_units_high", "mean_units"]
    )


def _mean_share(each: pd.DataFrame, confidence: float) -> tuple[float, float, float, int]:
    """Return the mean over customers of active / units, its normal interval within 0..1, and how many there are.

    Customers who are all alike say nothing of the spread among others: then there is no interval.
    """
    n = int(each["customers"].sum())
    share = (each["active"] / each["units"]).to_numpy()
    weight = each["customers"].to_numpy()
    mean = float((share * weight).sum() / n)
    if n < 2 or len(set(share)) == 1:
        return mean, np.nan, np.nan, n
    error = float(np.sqrt((weight * (share - mean) ** 2).sum() / (n - 1) / n))
    half = normal_quantile(confidence) * error
    return mean, max(mean - half, 0.0), min(mean + half, 1.0), n


def _largest_first(counted: pd.DataFrame) -> list[str]:
    sizes = counted.groupby("segment")["customers"].sum()
    return sorted(sizes.index, key=lambda name: (-sizes[name], name))


def _notes(log: Observed, counted: pd.DataFrame, within: str, target: str | None, confidence: float) -> Iterator[str]:
    period = log.calendar.period
    done = counted[counted["complete"]]
    yield (
        f"Counted: customers with {target or 'any event'} in a {period}, once in each of the"
        f" {done['period'].nunique():,} complete {period}s ({int(done['customers'].sum()):,} customer-{period}s);"
        f" by the number of {within}s (UTC) on which they came. Who did not come in a {period} is not in it."
    )
    yield (
        f"Stickiness is the mean share of a {period}'s {within}s on which an active customer came, which is the"
        f" customers active on an average {within} / those active in the {period}; {100 * confidence:g}% intervals."
    )
    yield log.end_note() + f" A {period} that either end of the log cuts off is in the ratios only."
    yield from log.decided
    if not len(counted):
        yield from log.check_names()
