"""Ties as numbers: every actor a code, every tie its ends, its weight and its direction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mapkit.errors import TableError, listed
from mapkit.tables import Table

# "row" numbers the rows of the source, as the order of the ties does.
_OWN = ("source", "target", "weight", "directed", "row")


@dataclass(frozen=True, eq=False)
class TieColumns:
    """Columns of ties, a row each, in the order of their source.

    ``sources`` and ``targets`` are codes of actors, ``weights`` is 1 where the ties have no weights, ``two_way`` marks
    ties without a direction, and ``more`` holds every other column.
    """

    sources: np.ndarray
    targets: np.ndarray
    weights: np.ndarray
    two_way: np.ndarray
    more: pa.Table = field(repr=False)

    def chosen(self, rows: np.ndarray) -> TieColumns:
        """Return some of the ties: numbers of rows, or a mask."""
        rows = np.flatnonzero(rows) if rows.dtype == bool else rows
        return TieColumns(
            self.sources[rows], self.targets[rows], self.weights[rows], self.two_way[rows], self.more.take(rows)
        )


def read_columns(ties: Table, known: pa.Array, directed: bool | None) -> tuple[TieColumns, pa.Array, int]:
    """Return the ties as numbers, the ids of all actors, and how many of those were in no actors table.

    Codes are places in the ids: first the ``known``, in their order, then ends of ties that are not among them, in
    the order in which they first occur.
    """
    table = ties.data.to_pyarrow()
    ends = [chunk for column in ("source", "target") for chunk in _text(table[column]).chunks]
    both = pa.concat_arrays(ends) if ends else pa.array([], type=pa.large_string())
    coded = both.dictionary_encode()
    ids, of_found, new = _numbered(known, coded.dictionary)
    codes = of_found[coded.indices.to_numpy()]
    more = table.drop_columns([name for name in _OWN if name in table.column_names])
    made = TieColumns(
        codes[: table.num_rows].copy(), codes[table.num_rows :].copy(), _weights(table), _two_way(table, directed), more
    )
    return made, ids, new


def _numbered(known: pa.Array, found: pa.Array) -> tuple[pa.Array, np.ndarray, int]:
    """Return all ids, the code of each that was found among the ties, and how many of them are not ``known``."""
    if not len(known):
        return found, np.arange(len(found), dtype=np.int32), len(found)
    code = pc.index_in(found, value_set=known)
    strange = pc.is_null(code).to_numpy(zero_copy_only=False)
    codes = pc.fill_null(code, 0).to_numpy().astype(np.int32)
    codes[strange] = len(known) + np.arange(strange.sum(), dtype=np.int32)
    return pa.concat_arrays([known, found.filter(pa.array(strange))]), codes, int(strange.sum())


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.large_string())


def _weights(table: pa.Table) -> np.ndarray:
    if "weight" not in table.column_names:
        return np.broadcast_to(np.array(1.0), table.num_rows)
    return table["weight"].cast(pa.float64()).fill_null(np.nan).to_numpy().copy()


def _two_way(table: pa.Table, directed: bool | None) -> np.ndarray:
    if directed is not None or "directed" not in table.column_names:
        return np.broadcast_to(np.array(directed is False), table.num_rows)  # one value, and no more memory
    return ~table["directed"].cast(pa.bool_()).fill_null(True).to_numpy().astype(bool)


def actor_ids(actors: pa.Table | None) -> pa.Array:
    """Return the ids of an actors table. Raises TableError, with examples, where one id stands twice."""
    if actors is None:
        return pa.array([], type=pa.large_string())
    ids = _text(actors["actor"]).combine_chunks()
    counts = pc.value_counts(ids)
    twice = counts.filter(pc.greater(counts.field("counts"), 1)).field("values").to_pylist()
    if twice:
        raise TableError(
            f"{len(twice):,} ids of actors stand twice: {listed(twice, most=5)}. An id is one stakeholder; labels may"
            " repeat, ids may not. Join the rows, or give each its own id."
        )
    return ids


def examples(ids: pa.Array, columns: TieColumns, rows: np.ndarray, most: int = 3) -> str:
    """Return a few ties as text: "a -> b"."""
    return ", ".join(_named(ids, columns, rows[:most]))


def _named(ids: Any, columns: TieColumns, rows: np.ndarray) -> Iterator[str]:
    for row in rows:
        source, target = ids[int(columns.sources[row])].as_py(), ids[int(columns.targets[row])].as_py()
        yield f"{source} -> {target}"
