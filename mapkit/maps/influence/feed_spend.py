"""What channels cost in the period in which the first stage was entered."""

from __future__ import annotations

from typing import Any

import pandas as pd

from mapkit.journeys.question import Asked
from mapkit.tables.beside import first_of, frame_of, need_columns, numbers_of, texts_of, times_of

_WHAT = "the frame of spend"
_PERIODS = ("month", "week", "date", "day", "time", "period")


def spend_of(spend: Any, by: str, asked: Asked) -> pd.Series:
    """Return spend by channel: the sum of the rows of the period, or of all rows where they have no dates."""
    frame = frame_of(spend, _WHAT, "spend")
    column = first_of(frame, (by, "channel"))
    if column is None:
        need_columns(frame, [by], _WHAT)
    rows = pd.DataFrame({"channel": texts_of(frame[column]), "spend": numbers_of(frame, "spend", _WHAT)})
    dated = first_of(frame, _PERIODS)
    if dated is not None and (asked.start or asked.end):
        times = times_of(frame, dated, _WHAT)
        inside = pd.Series(True, index=rows.index)
        if asked.start:
            # A month is in when it holds the start: spend of part of a month cannot be told.
            begins = pd.Timestamp(asked.start).to_period("M").start_time if dated == "month" else asked.start
            inside &= times >= begins
        if asked.end:
            inside &= times < asked.end
        rows = rows[inside]
    return rows.groupby("channel")["spend"].sum()


def period_said(spend: Any, asked: Asked) -> str:
    """Return over what time the spend was added up."""
    frame = frame_of(spend, _WHAT, "spend")
    dated = first_of(frame, _PERIODS)
    if dated is None or not (asked.start or asked.end):
        return "Spend is the sum over all its rows: it must cover the period of the events."
    whole = " (whole months)" if dated == "month" else ""
    return f"Spend is the sum over the rows of the period in which the first stage was entered{whole}."
