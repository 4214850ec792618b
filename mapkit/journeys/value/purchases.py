"""Each customer's purchases in the four numbers that value models ask for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from mapkit.errors import TableError, one_of
from mapkit.journeys.steps import moment
from mapkit.journeys.value.orders import Names, Orders, last_moment, orders_of
from mapkit.loaders import read_events
from mapkit.statistics import Result

if TYPE_CHECKING:
    import ibis.expr.types as ir

TimeUnit = Literal["day", "week"]
Granularity = Literal["day", "event"]
UNITS = {"day": pd.Timedelta(days=1), "week": pd.Timedelta(weeks=1)}


@dataclass(frozen=True, eq=False)
class PurchaseSummary(Result):
    """One row for each customer who bought, as of ``end``.

    ``table`` columns: ``segment`` (only with a split), ``customer``, ``frequency`` (repeat purchases: all but the
    first), ``recency`` (from the first to the last purchase), ``T`` (from the first purchase to ``end``), both in
    ``unit``; ``monetary_value`` (mean of the repeat purchases, refunds not taken off; NaN without any),
    ``first_value`` (of the first purchase), ``refunded`` (money given back, 0 or more) and ``first_time`` (UTC).
    """

    unit: TimeUnit = "day"
    granularity: Granularity = "day"
    end: datetime | None = None
    breakdown: str | None = None
    currency: str = ""


def summarise_purchases(
    events: Any,
    *,
    purchase: Names = "purchase",
    value: str | None = "value",
    refund: Names = (),
    unit: TimeUnit = "day",
    granularity: Granularity = "day",
    end: str | date | datetime | None = None,
    by: str | None = None,
) -> PurchaseSummary:
    """Return frequency, recency, age and mean value for each customer who bought: what BG/NBD and Gamma-Gamma need.

    ``recency`` here is not the time since the last purchase: it is the customer's age when they last bought, as the
    literature has it. A customer who bought once has frequency 0 and recency 0.

    Parameters
    ----------
    events
        An events table, or anything ``read_events`` takes.
    purchase, refund
        Names of the events that are purchases, and of those that give money back.
    value
        The column of money; None to count purchases only.
    unit
        What ``recency`` and ``T`` count: days or weeks. A week is 7 days and may be broken: 38.86 weeks.
    granularity
        "day": purchases of one customer on one day (UTC) are one purchase, as in the literature, and times are whole
        days. "event": every event is a purchase, and times are exact.
    end
        When the summary is taken; the last event of the log unless given. With "day" its whole day is included.
        Later events are left out.
    by
        A column whose first value splits the customers.

    Raises
    ------
    OptionError
        No event has such a name, or there are several currencies.
    TableError
        A column is missing, or there are no events.

    Source: Fader, Hardie and Lee (2005), Marketing Science 24, 275-284.
    """
    one_of(unit, UNITS, "unit")
    one_of(granularity, ("day", "event"), "granularity")
    table = read_events(events)
    until = ending(moment(end, "end") or last_moment(table), granularity)
    orders = orders_of(table, purchase, value, refund, by)
    rows = upto(orders.rows, until, granularity)
    summary = _summed(numbered(rows, granularity), orders, until, UNITS[unit])
    summary["refunded"] = _refunded(rows, summary)
    kept = [*orders.segment, "customer", "frequency", "recency", "T", "monetary_value", "first_value", "refunded"]
    split = f" by {by}" if by else ""
    return PurchaseSummary(
        f"Purchases of {len(summary):,} customers{split}",
        summary[[*kept, "first_time"]],
        (*orders.notes, *_notes(summary, until, unit, granularity, orders)),
        unit,
        granularity,
        until,
        by,
        orders.currency,
    )


def ending(last: datetime, granularity: Granularity) -> datetime:
    """Return the moment, or the midnight of the day, at which a summary is taken."""
    return last if granularity == "event" else datetime(last.year, last.month, last.day)  # noqa: DTZ001 - UTC


def upto(rows: ir.Table, until: datetime, granularity: Granularity) -> ir.Table:
    """Return the rows that a summary as of ``until`` takes in."""
    if granularity == "event":
        return rows.filter(rows["time"] <= until)
    return rows.filter(rows["time"] < until + timedelta(days=1))


def numbered(rows: ir.Table, granularity: Granularity) -> ir.Table:
    """Return each purchase with its ``moment``, ``amount``, ``time`` and ``place`` among its customer's, from 0."""
    import ibis

    bought = rows.filter(rows["bought"] == 1)
    keys = [name for name in ("segment", "customer") if name in rows.columns]
    if granularity == "day":
        days = bought.mutate(moment=bought["time"].truncate("D"))
        bought = days.group_by([*keys, "moment"]).agg(amount=days["amount"].sum(), time=days["time"].min())
        order: list[Any] = ["moment"]
    else:
        bought = bought.mutate(moment=bought["time"])
        # Of purchases in one moment without an order of rows, the same one must come first every time.
        order = ["moment", "row" if "row" in bought.columns else "amount"]
    return bought.mutate(place=ibis.row_number().over(group_by="customer", order_by=order))


def _summed(bought: ir.Table, orders: Orders, until: datetime, unit: pd.Timedelta) -> pd.DataFrame:
    later = bought["place"] > 0
    each = bought.group_by([*orders.segment, "customer"]).agg(
        frequency=bought.count() - 1,
        first=bought["moment"].min(),
        last=bought["moment"].max(),
        first_time=bought["time"].min(),
        monetary_value=bought["amount"].mean(where=later),
        first_value=bought["amount"].sum(where=~later),
    )
    summary: pd.DataFrame = each.order_by([*orders.segment, "customer"]).to_pandas()
    first, last = (pd.to_datetime(summary[name]).astype("datetime64[us]") for name in ("first", "last"))
    return summary.assign(
        frequency=summary["frequency"].astype("int64"),
        recency=(last - first) / unit,
        T=(pd.Timestamp(until) - first) / unit,
        monetary_value=summary["monetary_value"].astype(float),
        first_value=summary["first_value"].astype(float),
        first_time=pd.to_datetime(summary["first_time"]).astype("datetime64[us]"),
    )


def _refunded(rows: ir.Table, summary: pd.DataFrame) -> pd.Series:
    back = rows.filter(rows["bought"] == 0)
    each = back.group_by("customer").agg(refunded=-back["amount"].sum()).to_pandas()
    given = each.set_index("customer")["refunded"].astype(float)
    return summary["customer"].map(given).astype(float).fillna(0.0)


def _notes(
    summary: pd.DataFrame, until: datetime, unit: TimeUnit, granularity: Granularity, orders: Orders
) -> tuple[str, ...]:
    told = "purchases of a customer on one day (UTC) are one" if granularity == "day" else "every event is a purchase"
    when = f"{until:%Y-%m-%d}" if granularity == "day" else f"{until} UTC"
    repeaters = int((summary["frequency"] > 0).sum())
    notes = [
        f"As of {when}; {told}; times in {unit}s. frequency counts repeat purchases: all but the first.",
        f"{repeaters:,} of {len(summary):,} buyers bought again.",
    ]
    if orders.priced and summary["refunded"].any():
        back, who = summary["refunded"].sum(), int((summary["refunded"] > 0).sum())
        notes.append(f"{back:,.2f} was given back to {who:,} customers; monetary_value is before refunds.")
    unpriced = int((summary["frequency"].gt(0) & summary["monetary_value"].isna()).sum())
    if orders.priced and unpriced:
        notes.append(f"{unpriced:,} customers bought again and none of these purchases has a value.")
    return tuple(notes)


def as_summary(source: Any, **options: Any) -> PurchaseSummary:
    """Return a summary from events, or a frame that is one already (customer, frequency, recency, T, ...)."""
    if isinstance(source, PurchaseSummary):
        return source
    if isinstance(source, pd.DataFrame) and {"frequency", "recency", "T"} <= set(source.columns):
        return _checked(source, options.get("unit", "day"), options.get("by"))
    return summarise_purchases(source, **options)


def _checked(frame: pd.DataFrame, unit: TimeUnit, by: str | None) -> PurchaseSummary:
    """Return a given frame as a summary, every number of it held against what a summary can be."""
    one_of(unit, UNITS, "unit")
    if by is not None and by not in frame.columns:
        raise TableError(f"The summary has no column {by!r} to split by. It has {', '.join(map(str, frame.columns))}.")
    table = pd.DataFrame({"segment": frame[by].astype("str")} if by is not None else {}, index=frame.index)
    table["customer"] = frame.get("customer", pd.Series(frame.index, index=frame.index))
    for name in ("frequency", "recency", "T"):
        table[name] = pd.to_numeric(frame[name], errors="coerce")
    money = frame["monetary_value"] if "monetary_value" in frame else pd.Series(float("nan"), frame.index)
    # Others write 0 for a customer who did not buy again; it is not a mean of anything.
    table["monetary_value"] = pd.to_numeric(money, errors="coerce").where(table["frequency"] > 0)
    x, recency, age = (table[name] for name in ("frequency", "recency", "T"))
    wrong = table[["frequency", "recency", "T"]].isna().any(axis=1) | (x < 0) | (x != x.round()) | (recency < 0)
    wrong |= (recency > age * (1 + 1e-9)) | ((x > 0) & (recency <= 0) & (age <= 0))
    if wrong.any():
        row = frame.loc[wrong, ["frequency", "recency", "T"]].iloc[0].to_dict()
        raise TableError(
            f"{int(wrong.sum()):,} rows of the summary are impossible, such as {row}. frequency is a whole number of"
            " repeat purchases, and 0 <= recency <= T."
        )
    table["frequency"] = x.astype("int64")
    notes = ("Summary given, not measured here.",)
    return PurchaseSummary(
        f"Purchases of {len(table):,} customers", table.reset_index(drop=True), notes, unit, "day", None, by
    )
