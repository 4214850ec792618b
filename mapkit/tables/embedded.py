"""The embedded database: one DuckDB connection per process, made when first needed."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis.expr.types as ir


@cache
def embedded() -> Any:
    """Return the process's embedded DuckDB, as an Ibis backend.

    Files are scanned where they lie and tables larger than memory spill to a temporary folder, which goes with the
    process. Row order is preserved, because the order of rows breaks ties of time.
    """
    import ibis  # takes most of a second, so only when data is first touched

    spill = tempfile.mkdtemp(prefix="mapkit-")
    atexit.register(shutil.rmtree, spill, ignore_errors=True)
    backend = ibis.duckdb.connect(temp_directory=spill, preserve_insertion_order=True)
    # In a notebook DuckDB would draw a progress bar of its own, which ends up in stored outputs.
    backend.raw_sql("SET enable_progress_bar = false")
    # DuckDB turns `x IN (five or more values)` into a join, and a join hands rows on in any order.
    backend.raw_sql("SET disabled_optimizers = 'in_clause'")
    # Reading ahead helps with files far away. These are on this machine, and it would hold whole row groups.
    backend.raw_sql("SET disable_parquet_prefetching = true")
    return backend


def is_embedded(table: ir.Table) -> bool:
    """Say whether a table lives in DuckDB, the embedded one or a user's own, so that its rows can be streamed here."""
    return str(table.get_backend().name) == "duckdb"
