"""What channels cost, beside what they are given: cost per conversion and return on spend."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from mapkit.errors import TableError, listed
from mapkit.tables.beside import frame_of


def read_spend(spend: Any) -> pd.DataFrame:
    """Return channel and spend, each channel once.

    ``spend`` is a frame with the columns channel and spend (money, not negative); rows of one channel, such as its
    months, are added up.
    """
    frame = frame_of(spend, "spend", "channel", "spend")
    amounts = pd.to_numeric(frame["spend"], errors="coerce")
    wrong = frame[amounts.isna() | (amounts < 0) | np.isinf(amounts)]
    if len(wrong):
        raise TableError(
            f"{len(wrong):,} rows of spend have an amount that is no money spent, the first"
            f" {wrong['spend'].iloc[0]!r} of {wrong['channel'].iloc[0]!r}. Give numbers that are not negative."
        )
    named = frame.assign(channel=frame["channel"].astype(str), spend=amounts)
    return named.groupby("channel", as_index=False, sort=False).agg(spend=("spend", "sum"))


def with_spend(table: pd.DataFrame, spend: pd.DataFrame) -> pd.DataFrame:
    """Return the table with spend, cpa and roas and their intervals; NaN where a channel has no spend.

    Spend is taken as it is; the intervals are those of the credit.
    """
    cost = table["channel"].map(spend.set_index("channel")["spend"]).astype(float)
    given = {end: table[end] * table["n"] for end in ("share", "low", "high")}
    with np.errstate(divide="ignore", invalid="ignore"):
        return table.assign(
            spend=cost,
            cpa=_ratio(cost, given["share"]),
            cpa_low=_ratio(cost, given["high"]),
            cpa_high=_ratio(cost, given["low"]),
            roas=_ratio(table["value"], cost),
            roas_low=_ratio(table["value_low"], cost),
            roas_high=_ratio(table["value_high"], cost),
        )


def spend_notes(table: pd.DataFrame, spend: pd.DataFrame) -> list[str]:
    """Return what a reader must know about the costs."""
    notes = [
        "Spend is the sum over all its rows: it must cover the period of the events. cpa = spend / conversions given,"
        " roas = value given / spend; their intervals are those of the credit, with spend taken as exact."
    ]
    there = set(table["channel"])
    idle = [name for name in spend["channel"] if name not in there]
    if idle:
        notes.append(f"Spend on channels that no journey met is in no row: {listed(idle)}.")
    return notes


def _ratio(above: pd.Series, below: pd.Series) -> pd.Series:
    return above / below.where(below > 0)
