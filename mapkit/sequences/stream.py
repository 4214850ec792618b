"""Rows from DuckDB in batches, in the order of the source, without ever holding them all."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from mapkit.loaders.landing import ROW
from mapkit.sequences.machine import NOWHERE
from mapkit.sequences.partitions import Partitions
from mapkit.sequences.progress import report
from mapkit.tables.embedded import embedded

if TYPE_CHECKING:
    import ibis.expr.types as ir

_BATCH = 100_000


@contextmanager
def gathered(rows: ir.Table) -> Iterator[tuple[Partitions, tuple[str | None, ...], bool]]:
    """Give the rows in compact form, the values behind attribute codes, and whether ``row`` only rises.

    ``rows`` has the columns unit (64 bits), bits (uint32), time and, where there are any, row and attribute (text).
    """
    if "row" in rows.columns and row_is_position(rows):
        rows = rows.drop("row")
    values, in_order, highest = dict[str | None, int](), True, np.iinfo(np.int64).min
    with closing(Partitions("attribute" in rows.columns)) as log:
        for batch in streamed(rows):
            if "row" in batch.schema.names:
                numbers = np.asarray(batch["row"])
                in_order = in_order and numbers[0] > highest and bool(np.all(numbers[1:] > numbers[:-1]))
                highest = numbers[-1]
            log.append(
                np.asarray(batch["unit"]).view(np.uint64),
                np.asarray(batch["bits"]),
                np.asarray(batch["time"].cast(pa.timestamp("us"))).view(np.int64),
                codes_of(batch["attribute"], values) if log.attributed else np.empty(0, dtype=np.int32),
            )
            report(log.rows)
        yield log, tuple(values), in_order


def in_time_order(rows: ir.Table) -> ir.Table:
    """Return the rows in time order; ties keep the order in which they stand, or that of ``row``."""
    import ibis

    if "row" in rows.columns:
        return rows.order_by("time", "row")
    return rows.mutate(position=ibis.row_number()).order_by("time", "position")


def row_is_position(rows: ir.Table) -> bool:
    """Say whether ``row`` is the loader's own number, reached by nothing but choosing columns and rows.

    Then the rows come in its order by themselves, and reading it only to see that would cost a tenth of the scan.
    """
    import ibis.expr.operations as ops

    place, name = rows.op(), "row"
    if place.find(ops.Subquery):
        return False
    while isinstance(place, (ops.Project, ops.Filter)):
        value = place.values[name]
        if not isinstance(value, ops.Field):
            return False
        place, name = value.rel, value.name
    return isinstance(place, ops.DatabaseTable) and name == ROW and rows.get_backend() is embedded()


def streamed(rows: ir.Table) -> Iterator[pa.RecordBatch]:
    """Yield the rows in batches, as the backend has them, none held back."""
    import ibis.expr.operations as ops

    backend = rows.get_backend()
    if rows.op().find(ops.InMemoryTable):
        # Ibis registers frames in memory with the connection only when it runs something itself.
        rows.limit(0).to_pyarrow()
    yield from _batches(backend.con, backend.compile(rows))


def _batches(connection: Any, sql: str) -> Iterator[pa.RecordBatch]:
    """Yield the answer's batches, each fetched by a thread while the one before is taken in.

    DuckDB does not look at Ctrl-C before it has rows to hand on; a thread that waits for it does.
    """
    reader, done = None, False
    pool = ThreadPoolExecutor(1, thread_name_prefix="mapkit-stream")
    try:
        reader = _awaited(pool.submit(lambda: connection.sql(sql).to_arrow_reader(_BATCH)))
        coming = pool.submit(next, reader, None)
        while (batch := _awaited(coming)) is not None:
            coming = pool.submit(next, reader, None)
            if batch.num_rows:
                yield batch
        done = True
    finally:
        if not done:
            connection.interrupt()
        pool.shutdown()
        if reader is not None:
            reader.close()  # an unfinished answer would keep the connection busy


def _awaited(future: Future[Any]) -> Any:
    # Without a time-out some systems would not let Ctrl-C through.
    while not wait((future,), timeout=0.2).done:
        pass
    return future.result()


def codes_of(column: pa.Array, values: dict[str | None, int]) -> np.ndarray:
    """Return a code for each value, adding new values; a null gets ``NOWHERE``."""
    encoded = column.dictionary_encode()
    lookup = np.array([values.setdefault(value, len(values)) for value in encoded.dictionary.to_pylist()] or [0])
    codes = np.asarray(encoded.indices.fill_null(0))
    return np.where(np.asarray(encoded.indices.is_null()), NOWHERE, lookup[codes]).astype(np.int32)
