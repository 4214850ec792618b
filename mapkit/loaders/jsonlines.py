"""JSON lines, and a JSON array of objects."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from mapkit.errors import SourceError
from mapkit.loaders.encodings import TextFile, open_text
from mapkit.loaders.landing import ROW, file_literal, land, literal, quoted, run
from mapkit.loaders.opened import Opened

if TYPE_CHECKING:
    import ibis.expr.types as ir

_LONGEST_LINE = 1 << 26


def open_json(path: Path, *, encoding: str | None = None) -> Opened:
    """Read JSON objects, one a line or in one array; a line that is no object is set apart.

    Every key of any object becomes a column. Values inside values stay JSON text.
    """
    text = open_text(path, encoding)
    try:
        if not text.beginning.strip():
            raise SourceError(f"{path} is empty: it holds no JSON.")
        objects = _array(text, path) if text.beginning.lstrip().startswith("[") else _lines(text, path)
    finally:
        text.close()
    source = f"(FROM {objects.get_name()} WHERE good)"
    keys = _keys(source)
    cells = "".join(f"line ->> {literal(_pointer(key))} AS c{place}, " for place, key in enumerate(keys))
    rows = land(f"SELECT {cells}{quoted(ROW)} FROM {source} ORDER BY {quoted(ROW)}")
    broken = land(
        f"SELECT {quoted(ROW)} AS row, line, 'a broken line' AS reason FROM {objects.get_name()} WHERE NOT good"
    )
    names = {f"c{place}": key for place, key in enumerate(keys)}
    return Opened(path.name, rows, names, "text", "landed", row=ROW, decisions=text.said, broken=broken)


def _keys(source: str) -> list[str]:
    """Every key of any object, in the order in which they first come up."""
    pairs = f"SELECT unnest(json_keys(line)) AS key, unnest(range(len(json_keys(line)))) AS place, {quoted(ROW)} AS nth"
    first = "min({'nth': nth, 'place': place})"
    return [key for (key,) in run(f"SELECT key FROM ({pairs} FROM {source}) GROUP BY key ORDER BY {first}")]


def _pointer(key: str) -> str:
    """A key as a JSON pointer, in which ~ and / have names of their own."""
    return "/" + key.replace("~", "~0").replace("/", "~1")


def _lines(text: TextFile, path: Path) -> ir.Table:
    # No cell separator, no quotes: each line is one cell, whatever it holds.
    reader = (
        f"read_csv({file_literal(text.path)}, columns={{'line': 'VARCHAR'}}, delim='\x01', quote='', escape='', "
        f"header=false, auto_detect=false, max_line_size={_LONGEST_LINE}, nullstr='\x02')"
    )
    good = "json_valid(line) AND coalesce(json_type(CASE WHEN json_valid(line) THEN line END), '') = 'OBJECT'"
    try:
        return land(
            f"SELECT line, {good} AS good, row_number() OVER () AS {quoted(ROW)} FROM {reader} WHERE trim(line) <> ''"
        )
    except duckdb.Error as error:
        raise SourceError(f"{path} cannot be read as JSON lines: {error}") from None


def _array(text: TextFile, path: Path) -> ir.Table:
    reader = f"read_json_objects({file_literal(text.path)}, format='array', maximum_object_size={_LONGEST_LINE})"
    try:
        return land(
            f"SELECT json::VARCHAR AS line, json_type(json) = 'OBJECT' AS good, row_number() OVER () AS {quoted(ROW)} "
            f"FROM {reader}"
        )
    except duckdb.Error as error:
        raise SourceError(
            f"{path} begins like a JSON array and cannot be read as one: it may be cut off ({error})."
        ) from None
