"""Who could have adopted in each period, and how many neighbours had before: the cells behind a fitted spread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mapkit.errors import OptionError, TableError, listed, nearest, one_of
from mapkit.tables.beside import frame_of

if TYPE_CHECKING:
    from mapkit.ecosystems.ecosystem import Ecosystem

_FREQUENCIES = {"day": "D", "week": "W", "month": "M", "quarter": "Q", "year": "Y"}


@dataclass(frozen=True, eq=False)
class AtRisk:
    """Counts by period, stratum and exposure: a cell each.

    ``cells`` columns: ``moment`` (period), ``stratum``, ``exposure``, ``at_risk`` (actors who had not adopted),
    ``adopted`` (those who did in this period).
    """

    cells: pd.DataFrame
    actors: int
    adopters: int
    periods: int
    strata: int
    before: int


def read_adoptions(ecosystem: Ecosystem, adoptions: Any, period: str | None) -> np.ndarray:
    """Return the period in which each actor adopted, counted from 0; -1 for those who did not.

    Raises
    ------
    TableError
        A column is missing, an actor adopts twice or is not in the ecosystem.
    OptionError
        Times need a period, or are neither times nor whole numbers.
    """
    frame = _frame(adoptions)
    frame = frame[frame["time"].notna()]
    ids = frame["actor"].astype(str)
    again = ids[ids.duplicated()]
    if len(again):
        raise TableError(f"{again.iloc[0]!r} adopts more than once. Give each actor its first adoption.")
    known = set(ecosystem.ids)
    strange = [actor for actor in ids if actor not in known]
    if strange:
        raise TableError(
            f"{len(strange):,} of {len(ids):,} adopters are no actors of the ecosystem: {listed(strange, most=3)}."
            f"{nearest(strange[0], known)} Actors are named by their id."
        )
    when = np.full(ecosystem.n, -1, dtype=np.int64)
    if len(ids):
        when[ecosystem.codes(ids)] = _periods(frame["time"], period)
    return when


def _frame(adoptions: Any) -> pd.DataFrame:
    if isinstance(adoptions, Mapping | pd.Series):
        pairs = list(adoptions.items())
        return pd.DataFrame({"actor": [str(a) for a, _ in pairs], "time": [t for _, t in pairs]})
    frame = frame_of(adoptions, "The adoptions")
    for column in ("actor", "time"):
        if column not in frame:
            known = [str(name) for name in frame.columns]
            raise TableError(
                f"The adoptions have no column {column!r}. They have {listed(known)}.{nearest(column, known)}"
            )
    return frame


def _periods(times: pd.Series, period: str | None) -> np.ndarray:
    if pd.api.types.is_numeric_dtype(times):
        if period is not None:
            raise OptionError(
                f"period={period!r} cuts dates, and these times are numbers, taken as periods. Leave it out."
            )
        numbers = times.to_numpy(dtype=float)
        if not (np.isfinite(numbers) & (numbers == np.round(numbers))).all():
            raise OptionError("Times that are numbers are periods, so they must be whole: 1, 2, 3. Round them first.")
        return (numbers - numbers.min()).astype(np.int64)
    if period is None:
        raise OptionError(f"Dates of adoption need a period to count in. Give period= one of {listed(_FREQUENCIES)}.")
    one_of(period, tuple(_FREQUENCIES), "period")
    dates = pd.to_datetime(times, errors="coerce", utc=True).dt.tz_localize(None)
    if dates.isna().any():
        raise OptionError(
            f"{int(dates.isna().sum()):,} times of adoption are no dates, such as {times[dates.isna()].iloc[0]!r}."
        )
    counted = dates.dt.to_period(_FREQUENCIES[period])
    ordinal = np.array([each.ordinal for each in counted], dtype=np.int64)
    return ordinal - ordinal.min()


def count_at_risk(
    when: np.ndarray, sources: np.ndarray, targets: np.ndarray, strata: np.ndarray, window: int | None, end: int
) -> AtRisk:
    """Return the cells: every actor in every period from the second on, until it adopts or the last period is over.

    The exposure is the number of links into the actor from actors that adopted before this period, and no more than
    ``window`` periods before it.
    """
    actors = len(when)
    parts = []
    adopted = np.where(when >= 0, when, end + 1)
    for moment in range(1, end + 1):
        since = moment - adopted
        active = (since >= 1) & (since <= (window if window is not None else end + 1))
        exposure = np.bincount(targets[active[sources]], minlength=actors)
        risk = adopted >= moment
        keys = pd.DataFrame(
            {
                "moment": moment,
                "stratum": strata[risk],
                "exposure": exposure[risk],
                "adopted": (adopted[risk] == moment).astype(np.int64),
            }
        )
        grouped = keys.groupby(["moment", "stratum", "exposure"])["adopted"].agg(["size", "sum"]).reset_index()
        parts.append(grouped.rename(columns={"size": "at_risk", "sum": "adopted"}))
    empty = pd.DataFrame(columns=["moment", "stratum", "exposure", "at_risk", "adopted"], dtype=np.int64)
    cells = pd.concat(parts, ignore_index=True) if parts else empty
    before = int((when == 0).sum())
    return AtRisk(cells, actors, int(cells["adopted"].sum()), end, int(strata.max(initial=0)) + 1, before)
