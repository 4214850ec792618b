"""Databases: DuckDB files, Ibis tables, and servers named by a URL whose credentials are never shown."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import duckdb

from mapkit.errors import OptionError, SourceError, listed, nearest
from mapkit.loaders.landing import ROW, land, literal, quoted, run, view
from mapkit.loaders.opened import Opened
from mapkit.tables.embedded import embedded

_SCHEME = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]+://")
_FILES_ELSEWHERE = ("http", "https", "ftp", "s3", "gs", "gcs", "az", "abfs", "hf")


def is_url(source: str) -> bool:
    """Say whether a source is a URL and not a path."""
    return bool(_SCHEME.match(source))


def open_ibis(table: Any) -> Opened:
    """Open an Ibis table; its rows stay in its own database."""
    import ibis.expr.types as ir
    from ibis.common.exceptions import IbisError

    if not isinstance(table, ir.Table):
        raise SourceError(f"an Ibis {type(table).__name__} is no table. Give the table itself.")
    try:
        backend = table.get_backend().name
    except IbisError:
        raise SourceError("the Ibis table belongs to no database: make it from a connection, con.table(...).") from None
    return _elsewhere(table, f"an Ibis table in {backend}")


def open_duckdb_file(path: Path, *, table: str | None, query: str | None) -> Opened:
    """Open a table of a DuckDB file, read-only, where it lies."""
    if (table is None) == (query is None):
        there = _tables(_attached(path)) if table is None else []
        raise OptionError(
            f"give either table= or query= for {path.name}.{f' It holds {listed(there)}.' if there else ''}"
        )
    alias = _attached(path)
    if query is not None:
        return _queried(query, alias, path.name)
    assert table is not None
    schema, _, name = table.rpartition(".")
    there = _tables(alias)
    if (f"{schema}.{name}" if schema and schema != "main" else name) not in there:
        raise SourceError(f"{path.name} has no table {table!r}. It has {listed(there)}.{nearest(table, there)}")
    place = f"{quoted(alias)}.{quoted(schema or 'main')}.{quoted(name)}"
    columns = [column for (column, *_) in run(f"DESCRIBE {place}")]
    is_table = run(
        f"SELECT count(*) FROM duckdb_tables() WHERE database_name = {literal(alias)} "
        f"AND schema_name = {literal(schema or 'main')} AND table_name = {literal(name)}"
    )[0][0]
    # Only a real table numbers its rows; a view has no order of its own.
    row = f", rowid + 1 AS {quoted(ROW)}" if is_table else ""
    rows = view(f"SELECT {', '.join(map(quoted, columns))}{row} FROM {place}")
    shown = f"{path.name} (table {table})"
    return Opened(shown, rows, {name: name for name in columns}, "typed", "file", row=ROW if row else None)


def open_database(url: str, *, table: str | None, query: str | None) -> Opened:
    """Open a table or a query of a database server through Ibis; the work happens there.

    Raises
    ------
    SourceError
        When the server refuses, the driver is missing, or the table is not there. No message holds the credentials.
    """
    scheme = urlsplit(url).scheme.lower()
    if scheme in _FILES_ELSEWHERE:
        raise SourceError(f"mapkit fetches nothing over {scheme}. Download the file first, then read it from the disk.")
    if scheme not in _schemes():
        raise SourceError(
            f"{scheme}:// is no database that Ibis knows. It knows {listed(_schemes())}.{nearest(scheme, _schemes())}"
        )
    if scheme == "duckdb":
        return open_duckdb_file(Path(url.partition("://")[2].partition("?")[0]), table=table, query=query)
    shown = _shown(url)
    if (table is None) == (query is None):
        raise OptionError(f"give either table= or query= for {shown}.")
    rows = _remote(url, shown, table, query)
    what = f"table {table}" if table is not None else "query"
    return _elsewhere(rows, f"{shown} ({what})")


def _remote(url: str, shown: str, table: str | None, query: str | None) -> Any:
    import ibis

    try:
        connection = ibis.connect(url)
        if query is not None:
            return connection.sql(query)
        schema, _, name = str(table).rpartition(".")
        there = connection.list_tables(database=schema or None)
        if name in there:
            return connection.table(name, database=schema or None)
    except ImportError:
        driver = urlsplit(url).scheme.replace("postgresql", "postgres")
        raise SourceError(
            f"{shown} needs a driver that is not installed. Install it: pip install 'ibis-framework[{driver}]'."
        ) from None
    except Exception as error:  # noqa: BLE001 - every driver has errors of its own, and any may quote the password
        raise SourceError(f"{shown} cannot be read: {_redacted(str(error), url)}") from None
    raise SourceError(f"{shown} has no table {table!r}. It has {listed(there)}.{nearest(str(table), there)}")


def _elsewhere(rows: Any, shown: str) -> Opened:
    return Opened(shown, rows, {name: name for name in rows.columns}, "typed", "elsewhere")


@cache
def _schemes() -> tuple[str, ...]:
    from ibis.util import backend_entry_points

    return tuple(sorted({*(point.name for point in backend_entry_points()), "postgresql"}))


def _shown(url: str) -> str:
    """A URL without user, password and options, any of which may be a secret."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{place}{parts.path}"


def _redacted(message: str, url: str) -> str:
    parts = urlsplit(url)
    user, _, password = parts.netloc.rpartition("@")[0].partition(":")
    secrets = {url, password, unquote(password), *(value for _, value in parse_qsl(parts.query)), user, unquote(user)}
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        message = message.replace(secret, "***")
    return message


def _attached(path: Path) -> str:
    """The name under which a DuckDB file hangs in the embedded database, read-only."""
    full = str(path.resolve())
    there = {file: name for name, file in run("SELECT database_name, path FROM duckdb_databases()")}
    if full in there:
        return str(there[full])
    alias = f"mapkit_file_{len(there)}"
    try:
        run(f"ATTACH {literal(full)} AS {quoted(alias)} (READ_ONLY, TYPE duckdb)")
    except duckdb.Error as error:
        raise SourceError(
            f"{path} cannot be opened as a DuckDB file: {error}. "
            "Where a program has it open for writing, close it first."
        ) from None
    return alias


def _tables(alias: str) -> list[str]:
    rows = run(
        "SELECT table_schema, table_name FROM information_schema.tables "
        f"WHERE table_catalog = {literal(alias)} ORDER BY ALL"
    )
    return [name if schema == "main" else f"{schema}.{name}" for schema, name in rows]


def _queried(query: str, alias: str, shown: str) -> Opened:
    """The result of a query over a DuckDB file, stored: a view cannot look into a file's other schemas."""
    home = quoted(str(embedded().current_catalog))
    try:
        run(f"USE {quoted(alias)}")
        rows = land(f"SELECT *, row_number() OVER () AS {quoted(ROW)} FROM ({query}\n)", where=f"{home}.main.")
    except duckdb.Error as error:
        raise SourceError(f"the query of {shown} cannot be run: {error}") from None
    finally:
        run(f"USE {home}")
    names = {name: name for name in rows.columns if name != ROW}
    return Opened(f"{shown} (query)", rows, names, "typed", "landed", row=ROW)
