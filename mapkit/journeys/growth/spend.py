"""What acquisition cost, by segment and period."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from mapkit.errors import TableError, listed
from mapkit.journeys.growth.periods import floor
from mapkit.tables.beside import first_of, frame_of, numbers_of, times_of

_PERIODS = ("period", "month", "week", "day", "date", "time")
_LENGTHS = {"day": 0, "week": 1, "month": 2}
WHAT = "the spend frame"


@dataclass(frozen=True, eq=False)
class Spend:
    """Money spent by ``segment`` and ``period``.

    ``by_period`` is false where the spend has no dates, or longer periods than asked: then only its sum can be used.
    ``why_not`` says why there is none at all.
    """

    rows: pd.DataFrame = field(default_factory=lambda: pd.DataFrame({"segment": [], "period": [], "spend": []}))
    by_period: bool = False
    why_not: str = ""


def read_spend(source: Any, *, period: str, by: str | None) -> Spend:
    """Check a frame of ``spend``, and of a period (``month``, ``week``, ``date`` ...) and the segment's column."""
    if source is None:
        return Spend(why_not="No spend was given (spend=...): cost of acquisition, LTV:CAC and payback are unknown.")
    frame = frame_of(source, WHAT, "spend")
    rows = pd.DataFrame({"segment": "", "spend": numbers_of(frame, "spend", WHAT)})
    if by is not None:
        column = first_of(frame, (by, "segment", *(("channel",) if "channel" in by else ())))
        if column is None:
            said = f"The spend is not split by {by} (it has {listed(frame.columns)}): costs by segment are unknown."
            return Spend(why_not=said)
        rows["segment"] = frame[column].astype(str)
    dated = first_of(frame, _PERIODS)
    if dated is None or _LENGTHS.get(dated, 0) > _LENGTHS[period]:
        return Spend(rows.assign(period=pd.Series(pd.NaT, index=rows.index)), by_period=False)
    times = times_of(frame, dated, WHAT)
    if times.isna().any():
        raise TableError(f"{WHAT}: {dated!r} is empty in {int(times.isna().sum()):,} rows. Say when it was spent.")
    return Spend(rows.assign(period=floor(times, period)), by_period=True)
