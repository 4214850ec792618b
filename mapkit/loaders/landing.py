"""Rows put into the embedded database once, so that everything after is quick and larger than memory is fine."""

from __future__ import annotations

import itertools
import re
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mapkit.tables.embedded import embedded

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

_numbers = itertools.count(1)

ROW = "mapkit row"


def quoted(name: str) -> str:
    """Return a name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def file_literal(path: Path) -> str:
    """Return a path as an SQL literal; marks that DuckDB takes for a pattern stand for themselves."""
    return literal(re.sub(r"([*?\[])", r"[\1]", str(path)))


def run(sql: str) -> list[tuple[Any, ...]]:
    """Run one statement in the embedded database and return its rows."""
    return embedded().con.execute(sql).fetchall()


def land(sql: str, *, where: str = "") -> ir.Table:
    """Store what a query returns; the table goes when nothing refers to it any more.

    ``where`` is the database and schema to store it in, while another is in use.
    """
    name = f"mapkit_{next(_numbers)}"
    run(f"CREATE TABLE {where}{name} AS {sql}")
    table = embedded().table(name, database=tuple(where.replace('"', "").split(".")[:2]) if where else None)
    # A notebook cell that is run fifty times must not leave fifty copies behind.
    weakref.finalize(table.op(), run, f"DROP TABLE IF EXISTS {where}{name}").atexit = False
    return table


def view(sql: str) -> ir.Table:
    """Return a query of the embedded database as a table that is computed anew each time it is used."""
    name = f"mapkit_{next(_numbers)}"
    run(f"CREATE VIEW {name} AS {sql}")
    table = embedded().table(name)
    weakref.finalize(table.op(), run, f"DROP VIEW IF EXISTS {name}").atexit = False
    return table


def land_expression(rows: ir.Table) -> ir.Table:
    """Store what an Ibis expression over the embedded database returns."""
    return land(str(embedded().compile(rows)))


def land_arrow(rows: pa.Table) -> ir.Table:
    """Store Arrow rows, numbered from 1 in their order."""
    name = f"mapkit_arrow_{next(_numbers)}"
    connection = embedded().con
    connection.register(name, rows)
    try:
        return land(f"SELECT *, row_number() OVER () AS {quoted(ROW)} FROM {name}")
    finally:
        connection.unregister(name)
