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

_OWN = ("source", "target", "weight", "directed")


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
    ends = [_text(table[column]) for column in ("source", "target")]
    both = pa.chunked_array([*ends[0].chunks, *ends[1].chunks], type=pa.large_string())
    new = pc.unique(both)
    if len(known):
        new = new.filter(pc.invert(pc.is_in(new, value_set=known)))
    ids = pa.concat_arrays([known, new])
    sources, targets = (pc.index_in(column, value_set=ids).to_numpy().astype(np.int32) for column in ends)
    more = table.drop_columns([name for name in _OWN if name in table.column_names])
    return TieColumns(sources, targets, _weights(table), _two_way(table, directed), more), ids, len(new)


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.large_string())


def _weights(table: pa.Table) -> np.ndarray:
    if "weight" not in table.column_names:
        return np.ones(table.num_rows)
    return table["weight"].cast(pa.float64()).fill_null(np.nan).to_numpy().copy()


def _two_way(table: pa.Table, directed: bool | None) -> np.ndarray:
    if directed is not None or "directed" not in table.column_names:
        return np.full(table.num_rows, directed is False)
    return ~table["directed"].cast(pa.bool_()).fill_null(True).to_numpy().astype(bool)


def actor_ids(actors: Table | None) -> pa.Array:
    """Return the ids of an actors table. Raises TableError, with examples, where one id stands twice."""
    if actors is None:
        return pa.array([], type=pa.large_string())
    ids = _text(actors.data.select("actor").to_pyarrow()["actor"]).combine_chunks()
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
