"""Small frames that come beside a log: assignments and ideas, checked column by column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from mapkit.errors import TableError, listed, nearest


def as_frame(source: Any, what: str) -> pd.DataFrame:
    """Return a copy of anything that is a frame: pandas, Polars, Arrow, an Ibis table, a list of dicts.

    Raises
    ------
    TableError
        It is none of these, or two of its columns have one name.
    """
    if isinstance(source, pd.DataFrame):
        frame = source.copy()
    elif hasattr(source, "to_pandas"):
        frame = source.to_pandas()
    elif isinstance(source, list | tuple | dict):
        try:
            frame = pd.DataFrame(source)
        except ValueError as fault:
            raise TableError(f"{what} cannot be made into a frame: {fault}. Give rows of equal length.") from None
    else:
        raise TableError(
            f"{what} is a {type(source).__name__}, not a frame. Give a pandas, Polars or Arrow frame, or a list of"
            " dicts; a file is read by pandas.read_csv first."
        )
    frame.columns = [str(name) for name in frame.columns]
    twice = frame.columns[frame.columns.duplicated()]
    if len(twice):
        raise TableError(f"{what} has more than one column named {listed(dict.fromkeys(twice))}. Rename them.")
    return frame.reset_index(drop=True)


def need(frame: pd.DataFrame, columns: Sequence[str], what: str, *, why: str) -> None:
    """Raise :class:`TableError` when a column is missing; the message names those there and the nearest."""
    for column in columns:
        if column not in frame.columns:
            raise TableError(
                f"{what} has no column {column!r}, which {why} needs. It has {listed(frame.columns)}."
                f"{nearest(column, frame.columns)} Rename it: frame.rename(columns={{...: {column!r}}})."
            )


def as_text(column: pd.Series) -> pd.Series:
    """Return names as text, and None where there is none; a whole number that a gap made a float is whole again."""
    if pd.api.types.is_float_dtype(column) and (column.dropna() % 1 == 0).all():
        column = column.astype("Int64")
    present = column.notna()
    text = column.astype(object).where(present, None)
    return text.map(lambda each: None if each is None or not str(each).strip() else str(each))
