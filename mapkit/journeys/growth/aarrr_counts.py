"""What the AARRR measure counts: cohorts by the period of their first event, and activity by calendar period.

Everything is a group-by, so that it runs where the events live; a row a period comes back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from mapkit.journeys.growth.aarrr_question import Question
from mapkit.journeys.growth.periods import UNITS, following, interval, step
from mapkit.journeys.growth.ratios import sums
from mapkit.journeys.growth.starts import first_times, split_of

if TYPE_CHECKING:
    import ibis.expr.types as ir

# What a ratio over customers' periods is made of: (numerator, denominator).
RATIOS = {
    "arpu": ("revenue", "active"),
    "paying": ("paid", "active"),
    "arppu": ("revenue", "paid"),
    "churn": ("lost", "followed"),
}


def count_cohorts(asked: Question) -> pd.DataFrame:
    """Return a row a (segment and) period of first event.

    ``new``; for activation, sign-up and retention how many had the time (``*_n``) and how many of those did it; and
    ``payers``, whose first payment was in that period whenever they came.
    """
    rows = since_start(asked)
    within, after, before = (asked.within, asked.returned_after, asked.returned_before)
    start, time = rows["start"], rows["time"]
    by_then, there = time <= start + interval(within), (time >= start + interval(after))
    there = there & (time < start + interval(before))
    keys = split_of(rows)
    each = rows.group_by([*keys, "customer", "start"]).agg(
        activated=(by_then & (rows["is_activation"] == 1)).ifelse(1, 0).max(),
        signed_up=(by_then & (rows["is_sign_up"] == 1)).ifelse(1, 0).max(),
        retained=(there & (rows["is_retention"] == 1)).ifelse(1, 0).max(),
    )
    had_window = (each["start"] <= _before(asked, within)).ifelse(1, 0)
    had_period = (each["start"] <= _before(asked, before)).ifelse(1, 0)
    each = each.mutate(period=each["start"].truncate(UNITS[asked.period]), had_window=had_window, had_period=had_period)
    counted = each.group_by([*keys, "period"]).agg(
        new=each.count(),
        activated_n=each["had_window"].sum(),
        activated=(each["activated"] * each["had_window"]).sum(),
        signed_up=(each["signed_up"] * each["had_window"]).sum(),
        retained_n=each["had_period"].sum(),
        retained=(each["retained"] * each["had_period"]).sum(),
    )
    return _arrived(counted, asked)


def count_first_payers(asked: Question) -> pd.DataFrame:
    """Return a row a (segment and) period: how many customers paid for the first time in it."""
    rows = since_start(asked)
    keys = split_of(rows)
    paid = rows.filter(_paid(rows, asked))
    first = paid.group_by([*keys, "customer"]).agg(first=paid["time"].min())
    first = first.mutate(period=first["first"].truncate(UNITS[asked.period]))
    return _arrived(first.group_by([*keys, "period"]).agg(first_payers=first.count()), asked)


def count_activity(asked: Question) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return sums for the ratios of :data:`RATIOS`: by (segment and) calendar period, and over all complete periods.

    In the second a customer's periods are one cluster. ``lost`` counts who was active in a period and not in the next,
    of those ``followed`` (the next period is complete).
    """
    each = _customer_periods(asked)
    keys = split_of(each)
    by_period = _arrived(_summed(each, [*keys, "period"]), asked)
    done = each.filter(each["is_complete"] == 1)
    per_customer = done.group_by([*keys, "customer"]).agg(
        **{name: done[name].sum() for name in ("revenue", "active", "paid", "lost", "followed")}
    )
    return by_period, _arrived(_summed(per_customer, keys), asked)


def since_start(asked: Question) -> ir.Table:
    """Return the rows of customers who were acquired, from then on, with their ``start``."""
    rows = asked.rows
    starts = first_times(rows).select("customer", "start")
    joined = rows.inner_join(starts, "customer")
    return joined.filter(joined["time"] >= joined["start"])


def _customer_periods(asked: Question) -> ir.Table:
    """Return a row a customer and period of activity: revenue, and whether they paid and were lost after it."""
    import ibis

    rows = since_start(asked)
    keys = split_of(rows)
    rows = rows.mutate(period=rows["time"].truncate(UNITS[asked.period]))
    earned = (rows["is_revenue"] == 1).ifelse(rows["value"].fill_null(0.0), 0.0)
    each = rows.group_by([*keys, "customer", "period"]).agg(
        revenue=earned.sum(), paid=_paid(rows, asked).ifelse(1, 0).max()
    )
    walk = ibis.window(group_by="customer", order_by="period")
    # Some databases give an empty value and no null after the last row: both differ from the next period.
    next_seen = each["period"].lead().over(walk)
    stayed = (next_seen.fill_null(each["period"]) == following(each["period"], asked.period)).ifelse(1, 0)
    last, last_followed = _last_complete(asked)
    each = each.mutate(stayed=stayed)
    followed = (each["period"] <= last_followed).ifelse(1, 0)
    return each.mutate(
        active=ibis.literal(1),
        is_complete=(each["period"] <= last).ifelse(1, 0),
        followed=followed,
        lost=followed * (1 - each["stayed"]),
    )


def _summed(each: ir.Table, keys: list[str]) -> ir.Table:
    """Add up what the ratios need: the columns and the squares and products of each pair, over rows."""
    wanted: dict[str, Any] = {"customers": each.count()}
    for pair in RATIOS.values():
        y, x = (each[name].cast("float64") for name in pair)
        for name, terms in zip(sums(pair), (y, x, y * y, x * x, y * x), strict=True):
            wanted[name] = terms.sum()
    return each.group_by(keys).agg(**wanted) if keys else each.aggregate(**wanted)


def _paid(rows: ir.Table, asked: Question) -> ir.BooleanValue:
    """Return whether a row is a payment: a revenue event, with a value above 0 where the log has values."""
    met = rows["is_revenue"] == 1
    return met & (rows["value"] > 0) if asked.has_value else met


def _last_complete(asked: Question) -> tuple[Any, Any]:
    """Return the first moments of the last period that is complete, and of the one before it."""
    until = asked.until or pd.Timestamp(0)
    current = until.to_period(UNITS[asked.period]).start_time
    last = current - step(asked.period)
    if current + step(asked.period) <= until:
        last = current
    return last.to_pydatetime(), (last - step(asked.period)).to_pydatetime()


def _before(asked: Question, span: pd.Timedelta) -> Any:
    until = asked.until or pd.Timestamp(0)
    return (until - span).to_pydatetime()


def _arrived(counted: ir.Table, asked: Question) -> pd.DataFrame:
    """Return a small frame, with a ``segment`` and real numbers whatever the database calls them."""
    frame = counted.to_pandas()
    if "segment" not in frame:
        frame.insert(0, "segment", "")
    if "period" in frame:
        frame["period"] = pd.to_datetime(frame["period"]).astype("datetime64[us]")
        frame = frame.sort_values(["segment", "period"], ignore_index=True)
    numbers = [name for name in frame.columns if name not in ("segment", "period")]
    return frame.astype(dict.fromkeys(numbers, "float64")).fillna(dict.fromkeys(numbers, 0.0))
