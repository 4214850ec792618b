"""A map as one CSV table: a row for each part of it, and a row a cell."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from mapkit.documents.reading import LARGEST_BYTES
from mapkit.errors import DocumentError, listed
from mapkit.maps.formats.form import Format, Read, decoded
from mapkit.maps.formats.losses import Keeps
from mapkit.maps.formats.rows import COLUMNS, defused, read_rows, restored, rows_of
from mapkit.maps.journey_map import JourneyMap

TABLE = (
    ("title, state, persona, scenario, description", "rows with part 'map': name, says"),
    ("stage", "a row with part 'stage'"),
    ("step", "a row with part 'step': step, name, events, touchpoints"),
    ("lane", "a row with part 'lane'"),
    ("cell", "a row with part 'cell': lane, stage, step, and a column for each of its fields"),
    ("several events, touchpoints, steps claimed, evidence", "one cell, a semicolon between them; JSON where a name "
     "holds one"),
    ("evidence of a kind", "interview: note-3 (n=12)"),
    ("a text that a spreadsheet would run as a formula", "the text after an apostrophe, which is taken off again"),
)  # fmt: skip


def _keeps(journey_map: JourneyMap) -> Keeps:
    return Keeps("CSV")


def _write(journey_map: JourneyMap, name: str) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, restval="")
    writer.writeheader()
    for row in rows_of(journey_map):
        writer.writerow({key: defused(value) if isinstance(value, str) else value for key, value in row.items()})
    # Excel takes a file for UTF-8 by this mark only.
    return out.getvalue().encode("utf-8-sig")


def _read(content: bytes, name: str) -> Read:
    text = decoded(content, name)
    limit = csv.field_size_limit(LARGEST_BYTES)
    try:
        return read_rows(_rows(text, name), name)
    except csv.Error as fault:
        raise DocumentError(f"{name} is not CSV: {fault}.") from None
    finally:
        csv.field_size_limit(limit)


def _rows(text: str, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    header = text.split("\n", 1)[0]
    # Where a comma is the decimal mark, spreadsheets write semicolons.
    delimiter = max(",;\t", key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    columns = [column.strip() for column in next(reader, [])]
    if "stage" not in columns:
        raise DocumentError(f"{name} has no column 'stage'. It has {listed(columns)}.")
    if len(set(columns)) < len(columns):
        raise DocumentError(f"{name} has two columns of one name among {listed(columns)}. Rename one.")
    for row in reader:
        if len(row) > len(columns):
            raise DocumentError(
                f"{name}, line {reader.line_num}: {len(row)} values under {len(columns)} columns. Quote the texts."
            )
        yield f"line {reader.line_num}", {key: restored(value) for key, value in zip(columns, row, strict=False)}


FORMAT = Format("csv", "CSV", (".csv",), TABLE, _read, _write, _keeps)
