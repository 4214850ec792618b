"""Frames in memory: pandas, Polars, Arrow, lists of dicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa

from mapkit.errors import TableError, listed
from mapkit.loaders.landing import ROW, land_arrow
from mapkit.loaders.opened import Opened


def is_frame(source: object) -> bool:
    """Say whether a source is a frame in memory: anything that speaks Arrow, or a list of dicts."""
    if isinstance(source, list | tuple):
        return all(isinstance(record, dict) for record in source)
    return isinstance(source, pd.DataFrame) or hasattr(source, "__arrow_c_stream__") or hasattr(source, "collect")


def open_frame(source: Any) -> Opened:
    """Copy a frame into the embedded database, so that a later change of the frame changes nothing measured."""
    shown, arrow, decisions = _as_arrow(source)
    return open_arrow(arrow, shown=shown, decisions=decisions)


def open_columns(
    names: Sequence[str], columns: Sequence[Sequence[Any]], *, shown: str, decisions: Iterable[str]
) -> Opened:
    """Open columns of Python values, as a spreadsheet has them."""
    said = list(decisions)
    arrays = [_array(values, name, said) for name, values in zip(names, columns, strict=True)]
    return open_arrow(pa.table(arrays, names=list(names)), shown=shown, decisions=said)


def open_arrow(arrow: pa.Table, *, shown: str, decisions: Iterable[str]) -> Opened:
    """Land an Arrow table under stand-in names."""
    names = [str(name) for name in arrow.column_names]
    if not names:
        raise TableError(f"{shown} has no columns, and so no rows. Name a source that has some.")
    refuse_repeated(names, shown)
    plain = [_plain(column) for column in arrow.columns]
    stand_in = pa.table(plain, names=[f"c{position}" for position in range(len(names))])
    rows = land_arrow(stand_in)
    sources = {f"c{position}": name for position, name in enumerate(names)}
    return Opened(shown, rows, sources, "typed", "landed", row=ROW, decisions=tuple(decisions))


def refuse_repeated(names: Sequence[str], shown: str) -> None:
    """Raise :class:`TableError` when a column name comes twice: nobody can say which one is meant."""
    repeated = [name for name, times in Counter(names).items() if times > 1]
    if repeated:
        raise TableError(
            f"{shown} has more than one column named {listed(repeated)}. Its columns are {listed(names)}. "
            "Give each its own name in the source, then read it again."
        )


def _as_arrow(source: Any) -> tuple[str, pa.Table, list[str]]:
    said: list[str] = []
    if isinstance(source, pd.DataFrame):
        names = [str(name) for name in source.columns]
        refuse_repeated(names, "the pandas frame")
        arrays = [_pandas_array(source.iloc[:, place], name, said) for place, name in enumerate(names)]
        return "a pandas frame", pa.table(arrays, names=names) if names else pa.table({}), said
    if isinstance(source, list | tuple):
        names = list(dict.fromkeys(str(key) for record in source for key in record))
        arrays = [_array([record.get(name) for record in source], name, said) for name in names]
        return "a list of records", pa.table(arrays, names=names) if names else pa.table({}), said
    if not hasattr(source, "__arrow_c_stream__"):
        source = source.collect()
    kind = type(source).__module__.partition(".")[0]
    shown = {"polars": "a Polars frame", "pyarrow": "an Arrow table", "duckdb": "a DuckDB relation"}.get(
        kind, "a frame"
    )
    return shown, source if isinstance(source, pa.Table) else pa.table(source), said


def _pandas_array(column: pd.Series, name: str, said: list[str]) -> pa.Array | pa.ChunkedArray:
    if column.dtype == object:
        return _array(column.to_list(), name, said)
    if isinstance(column.dtype, pd.PeriodDtype):
        column = column.dt.to_timestamp()
    try:
        return pa.Array.from_pandas(column)
    except (pa.ArrowException, TypeError, ValueError):
        return _array(column.to_list(), name, said)


def _array(values: Sequence[Any], name: str, said: list[str]) -> pa.Array:
    kinds = {type(value) for value in values if not _is_null(value)}
    if kinds <= {int, float, bool} and bool in kinds and len(kinds) > 1:
        return _as_text(values, name, kinds, said)
    try:
        return pa.array(values, from_pandas=True)
    except (pa.ArrowException, OverflowError, TypeError, ValueError):
        return _as_text(values, name, kinds, said)


def _as_text(values: Sequence[Any], name: str, kinds: set[type], said: list[str]) -> pa.Array:
    words = " and ".join(sorted(kind.__name__ for kind in kinds))
    said.append(f"column {name!r} mixes {words}: read as text")
    return pa.array([None if _is_null(value) else str(value) for value in values], pa.string())


def _is_null(value: object) -> bool:
    return value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and value != value)


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    # DuckDB makes an ENUM of a dictionary (a categorical), and has no type for a column that is all null.
    if pa.types.is_dictionary(column.type):
        return column.cast(column.type.value_type)
    if pa.types.is_null(column.type):
        return column.cast(pa.string())
    if pa.types.is_float16(column.type):
        return column.cast(pa.float32())
    return column
