"""The cohorts' events put in time order, in one Parquet file, in little memory."""

from __future__ import annotations

from pathlib import Path

import duckdb

_MEMORY = "1GB"


def sort_log(parts: Path, out: Path) -> None:
    """Sort the rows of all Parquet files in `parts` by time, equal times by place, and write one file.

    DuckDB sorts outside memory where the log is larger than its limit; the scratch files go to `parts`.
    """
    with duckdb.connect(config={"memory_limit": _MEMORY, "temp_directory": str(parts / "scratch")}) as connection:
        connection.execute(
            f"""COPY (SELECT * EXCLUDE (place) FROM read_parquet({_quoted(parts / "*.parquet")}) ORDER BY time, place)
            TO {_quoted(out)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)"""
        )


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
