"""Small frames beside the log (spend, invites, sales), checked column by column before they are used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from mapkit.errors import TableError, listed, nearest


def frame_of(source: Any, what: str, *needed: str) -> pd.DataFrame:
    """Return a frame as pandas with the columns ``needed``; ``what`` is what messages call it.

    Takes a pandas, Polars, Arrow or Ibis frame, a canonical table, or a list of dicts. The argument is not changed.

    Raises
    ------
    TableError
        It is no frame, or a column is missing; the message names the nearest that is there.
    """
    if isinstance(source, pd.DataFrame):
        frame = source.copy(deep=False)
    elif hasattr(source, "to_pandas"):
        frame = source.to_pandas()
    elif isinstance(source, list | tuple | dict):
        frame = pd.DataFrame(source)
    else:
        raise TableError(f"{what} is a {type(source).__name__}, and a frame is needed, with {listed(needed)}.")
    for column in needed:
        if column not in frame.columns:
            raise TableError(
                f"{what} has no column {column!r}. It has {listed(frame.columns)}.{nearest(column, frame.columns)}"
                f" Rename it: frame.rename(columns={{...: {column!r}}})."
            )
    return frame.reset_index(drop=True)


def times_of(frame: pd.DataFrame, column: str, what: str) -> pd.Series:
    """Return a column as UTC times without a zone; an empty cell stays empty, and any other must be a time."""
    given = frame[column]
    if pd.api.types.is_numeric_dtype(given) and given.notna().any():
        raise TableError(f"{what}: {column!r} holds numbers, and times are needed, such as '2025-05-12T08:30'.")
    read = pd.to_datetime(given, utc=True, errors="coerce", format="ISO8601" if given.dtype != object else "mixed")
    _refuse_unread(given, read, column, what, "a time")
    return read.dt.tz_localize(None).astype("datetime64[us]")


def numbers_of(frame: pd.DataFrame, column: str, what: str) -> pd.Series:
    """Return a column as numbers that are not negative; an empty cell is an error here, for it would count as none."""
    given = frame[column]
    read = pd.to_numeric(given, errors="coerce").astype(float)
    _refuse_unread(given, read, column, what, "a number")
    bad = frame.index[read.isna() | (read < 0)]
    if len(bad):
        raise TableError(
            f"{what}: {column!r} is {given[bad[0]]!r} in row {bad[0] + 1} ({len(bad):,} such rows), and a number that "
            "is not negative is needed. Mend or leave out these rows."
        )
    return read


def first_of(frame: pd.DataFrame, names: Sequence[str]) -> str | None:
    """Return the first of ``names`` that is a column of the frame, or None."""
    return next((name for name in names if name in frame.columns), None)


def _refuse_unread(given: pd.Series, read: pd.Series, column: str, what: str, kind: str) -> None:
    bad = given.index[given.notna() & read.isna()]
    if len(bad):
        raise TableError(
            f"{what}: {str(given[bad[0]])[:80]!r} in column {column!r}, row {bad[0] + 1}, is not {kind}"
            f" ({len(bad):,} such rows). Mend or leave out these rows."
        )
