"""The embedded engine's answer: filled part by part, handed on as a table that DuckDB reads where it lies."""

from __future__ import annotations

import itertools
import weakref
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from mapkit.sequences.chains import ChainQuestion
from mapkit.sequences.machine import NEVER
from mapkit.sequences.partitions import Part

if TYPE_CHECKING:
    import ibis.expr.types as ir

# Tables that nobody can ask for any more, by (connection, name).
_forgotten: list[tuple[Any, str]] = []
_numbers = itertools.count(1)


@dataclass(frozen=True)
class PartAnswer:
    """A row per unit or entry of one part, as the machine fills it; rows that reached nothing have 0 in ``marks``."""

    marks: np.ndarray
    owners: np.ndarray
    values: np.ndarray
    moments: np.ndarray

    @classmethod
    def empty(cls, part: Part, question: ChainQuestion) -> PartAnswer:
        """Return room for every unit of the part, or for each of its entries."""
        rows = part.units
        if question.per_entry:
            rows = sum(int((masks & 1).sum()) for _, (_, masks, _, _) in part.forwards())
        return cls(
            np.zeros((rows, 2), dtype=np.int8),
            np.empty(rows if question.per_entry else 0, dtype=np.int32),
            np.empty(rows if question.attribute is not None else 0, dtype=np.int32),
            np.empty((rows, len(question.steps)), dtype=np.int64),
        )


@dataclass
class Answer:
    """The chains of the parts walked so far, ready to become one table."""

    question: ChainQuestion
    values: tuple[str | None, ...]
    signed: bool
    _batches: list[pa.RecordBatch] = field(default_factory=list)

    def add(self, names: np.ndarray, part: PartAnswer) -> None:
        """Keep who reached the first step; ``names`` are the part's unit keys."""
        filled = np.flatnonzero(part.marks[:, 0])
        keys = names[part.owners[filled] if self.question.per_entry else filled]
        columns: dict[str, Any] = {
            "unit": pa.array(keys.view(np.int64) if self.signed else keys),
            "reached": pa.array(part.marks[filled, 0]),
            "removed": pa.array(part.marks[filled, 1] > 0),
        }
        for k in range(len(self.question.steps)):
            times = part.moments[filled, k]
            columns[f"time_{k + 1}"] = pa.array(times.view("datetime64[us]"), mask=times == NEVER)
        if self.question.attribute is not None:
            codes, values = part.values[filled], pa.array(self.values, pa.string())
            columns["attribute"] = values.take(pa.array(codes, mask=codes < 0))
        self._batches.append(pa.RecordBatch.from_pydict(columns))

    def as_table(self, backend: Any) -> ir.Table:
        """Return the chains as a table of ``backend``; they are let go some time after the last reference to it."""
        if not self._batches:
            nobody = np.empty((0, len(self.question.steps)), dtype=np.int64)
            none = np.empty(0, dtype=np.int32)
            self.add(np.empty(0, dtype=np.uint64), PartAnswer(np.empty((0, 2), dtype=np.int8), none, none, nobody))
        _forget(backend.con)
        # Not a memtable of Ibis: it would run in another database by itself, and be registered for good.
        name = f"mapkit_chains_{next(_numbers)}"
        backend.con.register(name, pa.Table.from_batches(self._batches))
        table = backend.table(name)
        weakref.finalize(table.op(), _forgotten.append, (backend.con, name)).atexit = False
        return table


def _forget(connection: Any) -> None:
    # Not in the finalizer: that may run in the middle of anything, also of a stream from the same connection.
    gone = [pair for pair in _forgotten if pair[0] is connection]
    for pair in gone:
        _forgotten.remove(pair)
        connection.unregister(pair[1])
