"""Opportunities read from any frame: when each was opened and closed, how it ended, and what it is worth."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from mapkit.errors import OptionError, TableError, listed, nearest
from mapkit.tables.beside import frame_of

_NEEDED = ("opened", "value")
_WON = frozenset({"won", "closed won", "true", "yes", "1", "1.0"})
_LOST = frozenset({"lost", "closed lost", "false", "no", "0", "0.0"})
Period = tuple[pd.Timestamp, pd.Timestamp]


def read_opportunities(opportunities: Any, by: str | None) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return opened, closed, won (True, False, or NA while open), value and segment; and the rows set apart, by reason.

    Raises
    ------
    TableError
        A column is missing, or nothing says how an opportunity ended.
    """
    frame = frame_of(opportunities, "The opportunities")
    outcome = next((name for name in ("won", "status", "outcome") if name in frame), "won")
    for name in (*_NEEDED, "closed", outcome, *([by] if by else [])):
        if name not in frame:
            raise TableError(
                f"The opportunities have no column {name!r}. They have {listed(frame.columns)}."
                f"{nearest(name, map(str, frame.columns))} They need opened, closed, value, and won or status."
            )
    rows = pd.DataFrame(
        {
            "opened": _times(frame["opened"]),
            "closed": _times(frame["closed"]),
            "won": _outcomes(frame[outcome]),
            "value": pd.to_numeric(frame["value"], errors="coerce"),
            "segment": "all" if by is None else frame[by].astype(object).where(frame[by].notna(), "(none)").astype(str),
        }
    )
    reasons = _reasons(rows, frame, frame[outcome])
    apart = {str(reason): int(count) for reason, count in reasons[reasons != ""].value_counts().items()}
    return rows[reasons == ""].reset_index(drop=True), apart


def period_of(rows: pd.DataFrame, given: Any) -> Period:
    """Return the first and last moment: those given, or from the first opening to the last moment in the table.

    Raises
    ------
    OptionError
        The period is no pair, or ends before it begins.
    """
    if given is None:
        last = pd.concat([rows["opened"], rows["closed"]]).max()
        return rows["opened"].min(), last + pd.Timedelta(1, "us")
    try:
        start, end = (pd.Timestamp(each) for each in given)
    except (TypeError, ValueError) as problem:
        raise OptionError(f"period={given!r} is no period. Give two dates: ('2025-01-01', '2025-07-01').") from problem
    start, end = (each.tz_convert("UTC").tz_localize(None) if each.tzinfo else each for each in (start, end))
    if not start < end:
        raise OptionError(f"period={given!r} ends before it begins. Give the first day and the day after the last.")
    return start, end


def _times(values: pd.Series) -> pd.Series:
    """Return times; 01.03.2025 is 1 March, as with points it is; 01/03/2025 may be either, and is unreadable."""
    if pd.api.types.is_numeric_dtype(values) and values.notna().any():
        raise TableError(
            f"{values.name!r} holds numbers, such as {values.dropna().iloc[0]!r}, and times are needed, such as"
            " '2025-03-01'."
        )
    words = values.astype(object).where(values.notna(), "").astype(str).str.strip()
    pointed, slashed = (words.str.match(rf"\d{{1,2}}{mark}\d{{1,2}}{mark}\d{{2,4}}\b") for mark in (r"\.", "/"))
    times = pd.to_datetime(values.mask(slashed), utc=True, errors="coerce", format="mixed")
    if pointed.any():
        days = pd.to_datetime(words.where(pointed), utc=True, errors="coerce", format="mixed", dayfirst=True)
        times = times.mask(pointed, days)
    return times.dt.tz_localize(None)


def _outcomes(values: pd.Series) -> pd.Series:
    said = values.astype(object).map(lambda each: "" if pd.isna(each) else str(each).strip().casefold())
    return said.map(lambda word: True if word in _WON else False if word in _LOST else pd.NA).astype("boolean")


def _reasons(rows: pd.DataFrame, frame: pd.DataFrame, outcome: pd.Series) -> pd.Series:
    """Return why each row cannot be used; empty where it can."""
    reasons = pd.Series("", index=rows.index, dtype=object)
    ended = rows["closed"].notna()
    given = frame["closed"].notna().to_numpy() & (frame["closed"].astype(str).str.strip() != "").to_numpy()
    said = (outcome.notna() & (outcome.astype(str).str.strip() != "")).to_numpy()
    for reason, wrong in (
        ("closed without won or lost", ended & rows["won"].isna()),
        (f"closed with a word in {outcome.name!r} that says neither won nor lost", ended & rows["won"].isna() & said),
        ("won or lost without a time of closing", ~ended & ~given & rows["won"].notna()),
        ("value is not a number, or below 0", rows["value"].isna() | (rows["value"] < 0)),
        ("closed before it was opened", ended & (rows["closed"] < rows["opened"])),
        ("unreadable time of closing", given & ~ended),
        ("no readable time of opening", rows["opened"].isna()),
    ):
        reasons = reasons.mask(np.asarray(wrong, dtype=bool), reason)
    return reasons
