"""`read_events` and its kin: any source in, a canonical table out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypedDict, Unpack

from mapkit.errors import OptionError, TableError, listed
from mapkit.loaders.filters import Where, filtered
from mapkit.loaders.judging import judge
from mapkit.loaders.naming import canonical_names
from mapkit.loaders.sources import SourceOptions, open_source
from mapkit.loaders.times import TimeOptions
from mapkit.tables import ACTORS, EVENTS, FEEDBACK, POSTS, TIES, TOUCHPOINTS, Contract, Table

Format = Literal["csv", "tsv", "parquet", "jsonl", "json", "excel", "duckdb"]
Unit = Literal["s", "ms", "us", "ns", "days", "yyyymmdd"]


class ReadOptions(TypedDict, total=False):
    """The options that every ``read_*`` takes; :func:`read_events` explains them."""

    columns: Mapping[str, str] | None
    where: Where | None
    timezone: str | None
    day_first: bool | None
    unit: Unit | None
    format: Format | None
    table: str | None
    query: str | None
    sheet: str | None
    encoding: str | None
    delimiter: str | None


def read_events(
    source: Any,
    *,
    columns: Mapping[str, str] | None = None,
    where: Where | None = None,
    timezone: str | None = None,
    day_first: bool | None = None,
    unit: Unit | None = None,
    format: Format | None = None,
    table: str | None = None,
    query: str | None = None,
    sheet: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> Table:
    """Return an events table, and in ``.intake`` what became of every row of the source.

    ``customer``, ``event`` and ``time`` are never null. ``time`` is UTC without a zone attached, to the microsecond.
    ``row`` is the order in the source, from 1, the header not counted (and lines that are no rows not counted
    either); a table of a database has one only where the database numbers its rows. Every other column is kept.
    Rows that lack a required value are set apart, not dropped: see ``events.intake``. What was decided about the
    source (separator, order of day and month, zone, unit) is listed in ``events.intake.decisions``.

    Parquet, DuckDB tables and Ibis tables are read where they lie, and nothing is counted on opening them.
    Text (CSV, JSON, Excel, times written as text) is parsed once into the embedded database.

    Parameters
    ----------
    source
        A path (CSV, TSV, Parquet, JSON lines, Excel, DuckDB; a folder or a pattern of Parquet files), a database URL
        with ``table`` or ``query``, a pandas, Polars or Arrow frame, a list of dicts, or an Ibis table of any
        database. A :class:`~mapkit.tables.Table` of events comes back as it is.
    columns
        Name in the source -> canonical name, such as ``{"user_id": "customer"}``. Other columns keep their names.
    where
        The rows wanted, in canonical names: ``{"event": ["visit", "buy"]}``, or an Ibis condition such as
        ``ibis._.value > 0``. Other rows count as not read.
    timezone
        The zone of times that carry none, such as ``"Europe/Berlin"``. Without it they count as UTC.
    day_first
        Whether 01/02/2024 is 1 February. Found out from the whole column; needed where nothing decides.
    unit
        What times written as numbers count. Found out from their magnitude.
    format
        What a file is, where its ending does not say so.
    table, query
        What to read of a database.
    sheet
        Sheet of a workbook; the first unless given.
    encoding, delimiter
        How a text file is written; found out unless given.

    Raises
    ------
    SourceError
        When the source is missing, cut off, or cannot be understood.
    TableError
        When a required column is missing or two columns end with one name; the message holds the line to paste.
    OptionError
        When an option names what is not there.

    Examples
    --------
    >>> events = read_events([{"who": "ann", "event": "visit", "time": "2024-01-31"}], columns={"who": "customer"})
    >>> print(events.intake)
    rows read 1 = kept 1 + set apart 0
    """
    return _read(
        EVENTS,
        source,
        {
            "columns": columns, "where": where, "timezone": timezone, "day_first": day_first, "unit": unit,
            "format": format, "table": table, "query": query, "sheet": sheet, "encoding": encoding,
            "delimiter": delimiter,
        },
    )  # fmt: skip


def read_actors(source: Any, **options: Unpack[ReadOptions]) -> Table:
    """Return an actors table (``actor`` never null) and its intake; options as in :func:`read_events`."""
    return _read(ACTORS, source, options)


def read_ties(source: Any, **options: Unpack[ReadOptions]) -> Table:
    """Return a ties table (``source`` and ``target`` never null) and its intake; options as in :func:`read_events`."""
    return _read(TIES, source, options)


def read_touchpoints(source: Any, **options: Unpack[ReadOptions]) -> Table:
    """Return a touchpoints table (``touchpoint`` never null) and its intake; options as in :func:`read_events`."""
    return _read(TOUCHPOINTS, source, options)


def read_feedback(source: Any, **options: Unpack[ReadOptions]) -> Table:
    """Return a feedback table (``metric``, ``score`` never null) and its intake; options as in :func:`read_events`."""
    return _read(FEEDBACK, source, options)


def read_posts(source: Any, **options: Unpack[ReadOptions]) -> Table:
    """Return a posts table (``actor`` and ``time`` never null) and its intake; options as in :func:`read_events`."""
    return _read(POSTS, source, options)


def _read(contract: Contract, source: Any, options: ReadOptions) -> Table:
    unknown = [name for name in options if name not in ReadOptions.__annotations__]
    if unknown:
        raise OptionError(
            f"read_{contract.name} has no option {listed(unknown)}. It has {listed(ReadOptions.__annotations__)}."
        )
    where = options.get("where")
    if isinstance(source, Table):
        return _reread(contract, source, options)
    opened = open_source(source, _source_options(options))
    names = canonical_names(opened, options.get("columns"), contract)
    times = TimeOptions(options.get("timezone"), options.get("day_first"), options.get("unit"))
    return judge(opened, contract, names, where=where, times=times)


def _source_options(options: ReadOptions) -> SourceOptions:
    return SourceOptions(
        format=options.get("format"),
        table=options.get("table"),
        query=options.get("query"),
        sheet=options.get("sheet"),
        encoding=options.get("encoding"),
        delimiter=options.get("delimiter"),
    )


def _reread(contract: Contract, source: Table, options: ReadOptions) -> Table:
    """A table that was read before: only its rows may still be chosen."""
    if source.contract.name != contract.name:
        raise TableError(
            f"this is a table of {source.contract.name}, and read_{contract.name} gives a table of {contract.name}. "
            f"Use read_{source.contract.name}, or pass its rows: read_{contract.name}(table.data, columns=...)."
        )
    given = [name for name, value in options.items() if value is not None and name != "where"]
    if given:
        raise OptionError(f"{listed(given)} cannot change a table that has been read. Give it when reading the source.")
    where = options.get("where")
    if where is None:
        return source
    return source.with_data(filtered(source.data, where, source.columns, f"the table of {contract.name}"))
