"""What a source is, and which reader opens it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mapkit.errors import OptionError, SourceError, listed, nearest, one_of
from mapkit.loaders.databases import is_url, open_database, open_duckdb_file, open_ibis
from mapkit.loaders.delimited import open_delimited
from mapkit.loaders.excel import open_excel
from mapkit.loaders.frames import is_frame, open_frame
from mapkit.loaders.jsonlines import open_json
from mapkit.loaders.opened import Opened
from mapkit.loaders.parquet import open_parquet, parquet_files

FORMATS = ("csv", "tsv", "parquet", "jsonl", "json", "excel", "duckdb")

_ENDINGS = {
    ".csv": "csv", ".txt": "csv", ".tsv": "tsv", ".tab": "tsv", ".parquet": "parquet", ".pq": "parquet",
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl", ".xlsx": "excel", ".xlsm": "excel",
    ".duckdb": "duckdb", ".ddb": "duckdb", ".db": "duckdb",
}  # fmt: skip
_COMPRESSED = (".gz", ".zst", ".bz2", ".lz4")


@dataclass(frozen=True)
class SourceOptions:
    """What the caller says about where and how a source is written."""

    format: str | None = None
    table: str | None = None
    query: str | None = None
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None


def open_source(source: Any, options: SourceOptions) -> Opened:
    """Open whatever a user passes: a path, a pattern, a URL, a frame, an Ibis table.

    Raises
    ------
    SourceError
        When it is missing, cut off, or of a kind that nothing here reads.
    OptionError
        When an option does not go with the kind of source.
    """
    if options.format is not None:
        one_of(options.format, FORMATS, "format")
    if isinstance(source, str) and is_url(source):
        return open_database(source, table=options.table, query=options.query)
    if isinstance(source, str | Path):
        return _open_path(Path(source).expanduser(), options)
    if type(source).__module__.partition(".")[0] == "ibis":
        return open_ibis(source)
    if is_frame(source):
        return open_frame(source)
    raise SourceError(
        f"a source of type {type(source).__name__} cannot be read. Give a path, a database URL, an Ibis table, "
        "a pandas, Polars or Arrow frame, or a list of dicts."
    )


def _open_path(path: Path, options: SourceOptions) -> Opened:
    if any(mark in path.name for mark in "*?[") and not path.exists():
        files = parquet_files(path)
        if not files:
            raise SourceError(f"no file matches {path}.{_nearby(path)}")
        return open_parquet(files, shown=str(path.name))
    if path.is_dir():
        files = parquet_files(path)
        if not files:
            raise SourceError(f"the folder {path} holds no Parquet file. Name the file in it that is meant.")
        return open_parquet(files, shown=f"{path.name}/")
    if not path.is_file():
        raise SourceError(f"there is no file {path}.{_nearby(path)}")
    kind = options.format or _kind(path)
    _refuse_strangers(kind, options)
    readers: dict[str, Callable[[], Opened]] = {
        "csv": lambda: open_delimited(path, encoding=options.encoding, delimiter=options.delimiter),
        "tsv": lambda: open_delimited(path, encoding=options.encoding, delimiter=options.delimiter or "\t"),
        "parquet": lambda: open_parquet([path], shown=path.name),
        "jsonl": lambda: open_json(path, encoding=options.encoding),
        "json": lambda: open_json(path, encoding=options.encoding),
        "excel": lambda: open_excel(path, sheet=options.sheet),
        "duckdb": lambda: open_duckdb_file(path, table=options.table, query=options.query),
    }
    return readers[kind]()


def _kind(path: Path) -> str:
    endings = [ending.lower() for ending in path.suffixes]
    if endings and endings[-1] in _COMPRESSED:
        endings = endings[:-1]
    kind = _ENDINGS.get(endings[-1]) if endings else None
    if kind:
        return kind
    hint = (
        " Save it as .xlsx first."
        if endings[-1:] == [".xls"]
        else " Unpack it first."
        if endings[-1:] == [".zip"]
        else ""
    )
    raise SourceError(
        f"{path.name} does not say by its ending what it is.{hint} Say format= with one of {listed(FORMATS)}."
    )


def _refuse_strangers(kind: str, options: SourceOptions) -> None:
    """An option that does nothing is a mistake the caller should hear of."""
    fits = {
        "csv": ("encoding", "delimiter"), "tsv": ("encoding", "delimiter"), "jsonl": ("encoding",),
        "json": ("encoding",), "excel": ("sheet",), "duckdb": ("table", "query"), "parquet": (),
    }[kind]  # fmt: skip
    for name in ("table", "query", "sheet", "encoding", "delimiter"):
        if getattr(options, name) is not None and name not in fits:
            raise OptionError(f"{name}={getattr(options, name)!r} does not go with a {kind} source. Leave it out.")


def _nearby(path: Path) -> str:
    folder = path.parent
    if not folder.is_dir():
        return f" There is no folder {folder} either."
    there = sorted(entry.name for entry in folder.iterdir())
    return nearest(path.name, there) or f" The folder {folder.resolve()} holds {listed(there)}."
