"""The embedded database: one DuckDB connection per process, made when first needed."""

from __future__ import annotations

import os
import secrets
import stat
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis.expr.types as ir


@cache
def embedded() -> Any:
    """Return the process's embedded DuckDB, as an Ibis backend.

    Files are scanned where they lie and tables larger than memory spill to a temporary folder that only this user can
    read, made when it is needed and gone with the process. Row order is preserved, because it breaks ties of time.
    """
    import ibis  # takes most of a second, so only when data is first touched

    # DuckDB makes this folder when it first spills, and takes it away: a killed kernel that never did leaves nothing.
    spill = private_folder() / f"{os.getpid()}-{secrets.token_hex(4)}"
    backend = ibis.duckdb.connect(temp_directory=str(spill), preserve_insertion_order=True)
    # In a notebook DuckDB would draw a progress bar of its own, which ends up in stored outputs.
    backend.raw_sql("SET enable_progress_bar = false")
    # DuckDB turns `x IN (five or more values)` into a join, and a join hands rows on in any order.
    backend.raw_sql("SET disabled_optimizers = 'in_clause'")
    # Reading ahead helps with files far away. These are on this machine, and it would hold whole row groups.
    backend.raw_sql("SET disable_parquet_prefetching = true")
    return backend


def private_folder() -> Path:
    """Return a folder for temporary files that nobody but this user can read or could have put there."""
    user = os.getuid() if hasattr(os, "getuid") else "user"  # on Windows the temporary folder is the user's own
    folder = Path(tempfile.gettempdir()) / f"mapkit-{user}"
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    if stat.S_ISDIR(found.st_mode) and (user == "user" or (found.st_uid == user and not found.st_mode & 0o077)):
        return folder
    return Path(tempfile.mkdtemp(prefix="mapkit-"))


def is_embedded(table: ir.Table) -> bool:
    """Say whether a table lives in DuckDB, the embedded one or a user's own, so that its rows can be streamed here."""
    return str(table.get_backend().name) == "duckdb"
