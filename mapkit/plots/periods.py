"""A trend's table made ready for a time axis: every period has its row, small segments are pooled."""

from __future__ import annotations

import pandas as pd
from matplotlib import dates

from mapkit.journeys.results import FunnelTrend
from mapkit.plots.segments import pool_small, with_share

DAYS = {"hour": 1 / 24, "day": 1.0, "week": 7.0, "month": 30.4375}
_EVERY = {
    "hour": pd.DateOffset(hours=1),
    "day": pd.DateOffset(days=1),
    "week": pd.DateOffset(weeks=1),
    "month": pd.DateOffset(months=1),
}


def by_period(trend: FunnelTrend) -> pd.DataFrame:
    """Return a trend's table with ``segment`` in every row and a row for every period between the first and the last.

    Adds ``at`` and ``middle``, the period's first moment and its middle as matplotlib's date numbers.
    """
    table = trend.table.assign(period=pd.to_datetime(trend.table["period"], utc=True).dt.tz_localize(None))
    if trend.breakdown is None:
        table = table.assign(segment="")
    elif len(table):
        table = pool_small(table, by=["period", "complete"], size="entered", counts=["entered", "converted"])
        table = with_share(table, "of_entered", table["converted"], table["entered"])
    if len(table):
        table = pd.concat(
            [_every_period(rows, table, trend.period) for _, rows in table.groupby("segment", sort=False)]
        )
    at = dates.date2num(table["period"])
    return table.assign(at=at, middle=at + DAYS[trend.period] / 2, complete=table["complete"].astype(bool))


def _every_period(rows: pd.DataFrame, table: pd.DataFrame, period: str) -> pd.DataFrame:
    """Return a segment's rows with those periods added in which nobody entered: a line must not bridge them."""
    every = pd.date_range(table["period"].min(), table["period"].max(), freq=_EVERY[period], unit="us")
    full = (
        rows.set_index("period")
        .reindex(every.union(pd.DatetimeIndex(rows["period"])))
        .rename_axis("period")
        .reset_index()
    )
    unfinished = table.loc[~table["complete"].astype(bool), "period"].min()
    missing = full["entered"].isna()
    full["complete"] = full["complete"].where(~missing, ~(full["period"] >= unfinished))
    return full.assign(segment=rows["segment"].iloc[0], entered=full["entered"].fillna(0))
