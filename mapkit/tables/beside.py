"""Small frames that come beside a canonical table (spend, arms, ideas, invites), checked column by column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from mapkit.errors import TableError, listed, nearest
from mapkit.tables.table import Table


def frame_of(source: Any, what: str, *needed: str, why: str = "") -> pd.DataFrame:
    """Return a frame as pandas with the columns ``needed``; ``what`` is what messages call it, ``why`` what needs them.

    Takes a pandas, Polars, Arrow or Ibis frame, a canonical table, a list of dicts, or a dict of columns. Names of
    columns become text and rows are numbered from 0. The argument is not changed.

    Raises
    ------
    TableError
        It is no frame, two of its columns have one name, or a column is missing; the message names the nearest.
    """
    frame = _as_pandas(source, what)
    frame.columns = [str(name) for name in frame.columns]
    twice = frame.columns[frame.columns.duplicated()]
    if len(twice):
        raise TableError(f"{what} has more than one column named {listed(dict.fromkeys(twice))}. Rename them.")
    need_columns(frame, needed, what, why=why)
    return frame.reset_index(drop=True)


def need_columns(frame: pd.DataFrame, columns: Sequence[str], what: str, *, why: str = "") -> None:
    """Raise :class:`TableError` when a column is missing; the message names those there and the nearest."""
    for column in columns:
        if column not in frame.columns:
            needs = f", which {why} needs" if why else ""
            raise TableError(
                f"{what} has no column {column!r}{needs}. It has {listed(frame.columns)}."
                f"{nearest(column, frame.columns)} Rename it: frame.rename(columns={{...: {column!r}}})."
            )


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


def texts_of(column: pd.Series) -> pd.Series:
    """Return names as text, empty where there is none; a whole number that a gap made a float is whole again."""
    if pd.api.types.is_float_dtype(column) and (column.dropna() % 1 == 0).all():
        column = column.astype("Int64")
    present = column.notna()
    text = column.astype(object).where(present, None)
    return text.map(lambda each: None if each is None or not str(each).strip() else str(each))


def first_of(frame: pd.DataFrame, names: Sequence[str]) -> str | None:
    """Return the first of ``names`` that is a column of the frame, or None."""
    return next((name for name in names if name in frame.columns), None)


def _as_pandas(source: Any, what: str) -> pd.DataFrame:
    data = source.data if isinstance(source, Table) else source
    if isinstance(data, pd.DataFrame):
        return data.copy(deep=False)
    if hasattr(data, "to_pandas"):
        frame: pd.DataFrame = data.to_pandas()
        return frame
    if not isinstance(data, list | tuple | dict):
        raise TableError(
            f"{what} is a {type(source).__name__}, not a frame. Give a pandas, Polars or Arrow frame, or a list of"
            " dicts; a file is read by pandas.read_csv first."
        )
    try:
        return pd.DataFrame(data)
    except (TypeError, ValueError) as fault:
        raise TableError(f"{what} cannot be made into a frame: {fault}. Give rows of equal length.") from None


def _refuse_unread(given: pd.Series, read: pd.Series, column: str, what: str, kind: str) -> None:
    bad = given.index[given.notna() & read.isna()]
    if len(bad):
        raise TableError(
            f"{what}: {str(given[bad[0]])[:80]!r} in column {column!r}, row {bad[0] + 1}, is not {kind}"
            f" ({len(bad):,} such rows). Mend or leave out these rows."
        )
