"""How the contestants open the log: what more than one of them needs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any


def mapkit_events(log: Path) -> Any:
    import mapkit as mk

    return mk.read_events(log, columns={"user_id": "customer", "ts": "time"})


def chdb_numbers(query: str) -> list[int]:
    """Ask chdb, and return every number of its answer, row by row."""
    import chdb

    rows = str(chdb.query(query, "CSV")).split()
    return [int(number) for row in rows for number in row.split(",")]


def duckdb_numbers(query: str) -> list[int]:
    """Ask DuckDB, and return every number of its answer, row by row."""
    import duckdb

    return [int(number) for row in duckdb.sql(query).fetchall() for number in row]


def listed(names: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
