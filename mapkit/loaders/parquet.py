"""Parquet, scanned where it lies: opening counts nothing and copies nothing."""

from __future__ import annotations

import glob
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from mapkit.errors import SourceError
from mapkit.loaders.frames import refuse_repeated
from mapkit.loaders.landing import ROW, file_literal, quoted, run, view
from mapkit.loaders.opened import Opened


def parquet_files(path: Path) -> list[Path]:
    """Return the Parquet files that a file, a folder or a pattern names, in the order of their names."""
    if path.is_file():
        return [path]
    if path.is_dir():
        # What begins with _ or . is what Spark and its kin leave beside the data.
        found = sorted(path.rglob("*.parquet"))
        return [file for file in found if not any(part[0] in "_." for part in file.relative_to(path).parts)]
    return sorted(Path(name) for name in glob.glob(str(path), recursive=True) if Path(name).is_file())


def open_parquet(files: Sequence[Path], *, shown: str) -> Opened:
    """Open Parquet files as one table; they must have the same columns, in any order."""
    starts = _footers(files)
    listing = ", ".join(file_literal(file) for file in files)
    reader = f"read_parquet([{listing}], union_by_name=true)"
    # Row numbers cost nothing until they are asked for: the file knows them, and each file's first is a constant.
    row = "file_row_number + 1" if len(files) == 1 else f"file_row_number + 1 + ({starts})[file_index::BIGINT + 1]"
    try:
        names = [name for (name, *_) in run(f"DESCRIBE FROM {reader}")]
        columns = "".join(f"{quoted(name)}, " for name in names)
        rows = view(f"SELECT {columns}({row})::BIGINT AS {quoted(ROW)} FROM {reader}")
    except duckdb.Error as error:
        raise SourceError(f"{shown} cannot be read as one Parquet table: {error}") from None
    return Opened(shown, rows, {name: name for name in names}, "typed", "file", row=ROW)


def _footers(files: Sequence[Path]) -> list[int]:
    """How many rows come before each file; refuses a file that is cut off or names a column twice."""
    starts, total = [], 0
    for file in files:
        try:
            footer = pq.read_metadata(file)
        except (OSError, pa.ArrowException) as error:
            raise SourceError(
                f"{file} cannot be read as Parquet: it is cut off or of another kind ({error}). "
                "Copy it again, or say format= where it is something else."
            ) from None
        refuse_repeated(footer.schema.to_arrow_schema().names, file.name)
        starts.append(total)
        total += footer.num_rows
    return starts
