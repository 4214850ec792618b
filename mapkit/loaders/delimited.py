"""CSV and its kin: comma, semicolon, tab or bar between the cells."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from mapkit.errors import SourceError
from mapkit.loaders.encodings import TextFile, open_text
from mapkit.loaders.frames import refuse_repeated
from mapkit.loaders.landing import ROW, file_literal, land, literal, quoted, run
from mapkit.loaders.opened import Opened

if TYPE_CHECKING:
    import ibis.expr.types as ir

_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_BROKEN = {
    "MISSING COLUMNS": "too few cells",
    "TOO MANY COLUMNS": "too many cells",
    "UNQUOTED VALUE": "a quote is not closed",
    "INVALID ENCODING": "unreadable characters",
    "LINE SIZE OVER MAXIMUM": "a line is too long",
}
_LONGEST_LINE = 1 << 24
_scans = itertools.count(1)


def open_delimited(path: Path, *, encoding: str | None = None, delimiter: str | None = None) -> Opened:
    """Read a delimited file as text, cell by cell; lines with too few or too many cells are set apart."""
    text = open_text(path, encoding)
    try:
        if not text.beginning.strip():
            raise SourceError(f"{path} is empty: it has no header line and no rows.")
        separator = delimiter or _separator(text.beginning)
        names, said = _header(text.beginning, separator, path.name)
        rows, broken = _read(text, separator, len(names), path)
    finally:
        text.close()
    if separator != "," and not delimiter:
        said.append(f"cells are separated by {_DELIMITERS[separator]}")
    sources = {f"c{place}": name for place, name in enumerate(names)}
    decisions = (*text.said, *said)
    return Opened(path.name, rows, sources, "text", "landed", row=ROW, decisions=decisions, broken=broken)


def _separator(beginning: str) -> str:
    """The separator that gives the most records as many cells as the header has; the comma where none does."""
    return max(_DELIMITERS, key=lambda mark: _fit(beginning, mark))


def _fit(beginning: str, mark: str) -> tuple[float, int]:
    records = [record for record in itertools.islice(_records(beginning, mark), 50) if record]
    width = len(records[0]) if records else 0
    if width < 2:
        return 0.0, 0
    # The last of them may be cut by the end of what was looked at.
    looked = records[:-1] or records
    return sum(len(record) == width for record in looked) / len(looked), width


def _records(beginning: str, mark: str) -> Iterator[list[str]]:
    csv.field_size_limit(_LONGEST_LINE)
    return csv.reader(io.StringIO(beginning, newline=""), delimiter=mark)


def _header(beginning: str, separator: str, shown: str) -> tuple[list[str], list[str]]:
    try:
        header = next(filter(None, _records(beginning, separator)))
    except (csv.Error, StopIteration) as error:
        raise SourceError(f"the header line of {shown} cannot be read: {error}.") from None
    names = [name.strip() for name in header]
    unnamed = [place for place, name in enumerate(names) if not name]
    said = [f"column {place + 1} has no name in the header: called 'column_{place + 1}'" for place in unnamed]
    for place in unnamed:
        names[place] = f"column_{place + 1}"
    refuse_repeated(names, shown)
    return names, said


def _read(text: TextFile, separator: str, width: int, path: Path) -> tuple[ir.Table, ir.Table]:
    rejects = f"mapkit_rejects_{next(_scans)}"
    columns = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(width))
    reader = (
        f"read_csv({file_literal(text.path)}, columns={{{columns}}}, delim={literal(separator)}, quote='\"', "
        f"escape='\"', header=true, auto_detect=false, max_line_size={_LONGEST_LINE}, store_rejects=true, "
        f"rejects_table='{rejects}', rejects_scan='{rejects}_scan', rejects_limit=0)"
    )
    try:
        rows = land(f"SELECT *, row_number() OVER () AS {quoted(ROW)} FROM {reader}")
        whys = " ".join(f"WHEN {literal(kind)} THEN {literal(why)}" for kind, why in _BROKEN.items())
        broken = land(
            f"SELECT trim(first(csv_line ORDER BY column_idx), chr(10) || chr(13)) AS line, "
            f"CASE first(error_type::VARCHAR ORDER BY column_idx) {whys} ELSE 'a broken line' END AS reason "
            f"FROM {rejects} GROUP BY file_id, line ORDER BY file_id, {rejects}.line"
        )
        run(f"DROP TABLE {rejects}")
        run(f"DROP TABLE {rejects}_scan")
    except duckdb.Error as error:
        raise SourceError(f"{path} cannot be read as cells separated by {separator!r}: {error}") from None
    return rows, broken
