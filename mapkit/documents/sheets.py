"""Flat documents as spreadsheets: a CSV or Excel file with a row for each record, held against the same schema."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mapkit.documents.parsing import Parsed
from mapkit.documents.reading import LARGEST_BYTES, text_of
from mapkit.documents.validation import check_document
from mapkit.documents.whole_files import write_whole
from mapkit.documents.writing import Existing
from mapkit.errors import DocumentError, one_of

SHEET_ENDINGS = (".csv", ".xlsx")
SEPARATOR = "|"
_LIST_MARKS = re.compile(r"[|;]")
# What a spreadsheet would run as a formula, and what was made harmless by an apostrophe before it.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_DEFUSED = re.compile(r"''*[=+\-@\t\r]")
_FLAGS = {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False}


def read_sheet(path: Path, schema: Mapping[str, Any], records: str) -> Parsed:
    """Return a sheet as the document that it stands for: a list of ``records``, with the line of every cell.

    The first row names the columns. Items of a list are separated by ``|`` (``;`` is understood). An empty cell says
    nothing. The apostrophe that :func:`write_sheet` puts before text that looks like a formula is taken off again.

    Raises
    ------
    DocumentError
        Naming file, line and column of what does not fit the schema.
    """
    rows = _rows_of_workbook(path) if path.suffix == ".xlsx" else _rows_of_csv(path)
    _, header = next(rows, (1, []))
    names = [str(cell).strip() for cell in header]
    _refuse_repeated(names, path)
    kinds = _kinds(schema, records)
    found: list[dict[str, Any]] = []
    values: dict[tuple[str | int, ...], tuple[int, int]] = {(): (1, 1)}
    keys: dict[tuple[str | int, ...], tuple[int, int]] = {}
    for line, row in rows:
        record = {name: _value(cell, kinds.get(name, "string")) for name, cell in zip(names, row, strict=False)}
        record = {name: value for name, value in record.items() if value is not None}
        if record:
            here = (records, len(found))
            values[here] = (line, 1)
            for column, name in enumerate(names, start=1):
                values[*here, name] = (line, column)
                keys[*here, name] = (1, column)
            found.append(record)
    parsed = Parsed({records: found}, path.name, values, keys)
    check_document(parsed, schema)
    return parsed


def write_sheet(
    data: Mapping[str, Any], path: Path, schema: Mapping[str, Any], records: str, *, existing: Existing = "refuse"
) -> Path:
    """Write the records of a document to a CSV or Excel file, whole or not at all, and return its path.

    Text that a spreadsheet would run as a formula gets an apostrophe before it.

    Raises
    ------
    DocumentError
        The file exists, or a record holds what a sheet of this kind would not give back as it was.
    """
    one_of(existing, ("refuse", "replace"), "existing")
    names = [name for name in _kinds(schema, records) if any(name in record for record in data[records])]
    table = [[_cell(record.get(name), path) for name in names] for record in data[records]]
    content = _workbook(names, table) if path.suffix == ".xlsx" else _csv(names, table)
    if existing == "refuse" and path.exists():
        raise DocumentError(f"{path} exists already. Name a new file, or pass existing='replace'.")
    try:
        return write_whole(content, path)
    except OSError as fault:
        raise DocumentError(f"{path} cannot be written: {fault.strerror}.") from None


def _kinds(schema: Mapping[str, Any], records: str) -> dict[str, str]:
    properties = schema["properties"][records]["items"]["properties"]
    return {name: each.get("type", "string") for name, each in properties.items()}


def _rows_of_csv(path: Path) -> Iterator[tuple[int, list[Any]]]:
    reader = csv.reader(io.StringIO(text_of(path), newline=""), strict=True)
    line = 1
    try:
        for row in reader:
            yield line, row
            line = reader.line_num + 1
    except csv.Error as fault:
        raise DocumentError(f"{path.name}, line {line}: this is not CSV: {fault}.") from None


def _rows_of_workbook(path: Path) -> Iterator[tuple[int, list[Any]]]:
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise DocumentError(f"{path} has {path.stat().st_size:,} bytes, more than {LARGEST_BYTES:,}. Split it.")
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile, InvalidFileException) as fault:
        raise DocumentError(f"{path} cannot be read as an Excel workbook: {fault}.") from None
    try:
        for number, row in enumerate(book.worksheets[0].iter_rows(values_only=True), start=1):
            yield number, ["" if cell is None else cell for cell in row]
    finally:
        book.close()


def _refuse_repeated(names: list[str], path: Path) -> None:
    for name in names:
        if name and names.count(name) > 1:
            raise DocumentError(
                f"{path.name}, line 1: the column {name!r} is there twice. Rename one, or join the two."
            )


def _value(cell: Any, kind: str) -> Any:
    """Return what a cell says; what it cannot say is left for the schema to refuse."""
    if isinstance(cell, str):
        cell = cell[1:] if _DEFUSED.match(cell) else cell
        if cell == "":
            return None
        if kind == "array":
            return [part.strip() for part in _LIST_MARKS.split(cell) if part.strip()]
        if kind == "boolean":
            return _FLAGS.get(cell.strip().lower(), cell)
        return _number(cell) if kind in ("number", "integer") else cell
    if kind == "boolean" and cell in (0, 1):
        return bool(cell)
    if kind in ("number", "integer", "boolean"):
        return int(cell) if isinstance(cell, float) and cell.is_integer() else cell
    written = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
    return [written] if kind == "array" else written


def _number(cell: str) -> Any:
    for kind in (int, float):
        try:
            return kind(cell)
        except ValueError:
            continue
    return cell


def _cell(value: Any, path: Path) -> Any:
    if isinstance(value, list):
        if any(_LIST_MARKS.search(item) or item != item.strip() or not item for item in value):
            raise DocumentError(f"{path.name} cannot hold {value!r}: | and ; separate the items. Write YAML instead.")
        value = SEPARATOR.join(value) or None
    if isinstance(value, bool) and path.suffix == ".csv":
        return "true" if value else "false"
    if isinstance(value, float) and path.suffix == ".xlsx" and float(f"{value:.15g}") != value:
        raise DocumentError(f"{path.name} cannot hold {value!r}: it has more digits than a workbook keeps. Round it.")
    if not isinstance(value, str):
        return value
    if re.search("[\x00\r]", value) or (path.suffix == ".xlsx" and _unheld(value)):
        raise DocumentError(f"{path.name} cannot hold {value[:60]!r} as it is. Write YAML instead.")
    return f"'{value}" if _FORMULA.match(value) else value


def _unheld(text: str) -> bool:
    """Say whether a workbook would cut a text or give another one back."""
    return len(text) > 32_000 or bool(
        re.search(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_x[0-9a-fA-F]{4}_", text)
    )


def _csv(names: list[str], table: list[list[Any]]) -> bytes:
    held = io.StringIO(newline="")
    writer = csv.writer(held, lineterminator="\n")
    writer.writerows([names, *table])
    return held.getvalue().encode("utf-8", "surrogatepass")


def _workbook(names: list[str], table: list[list[Any]]) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    for row in [names, *table]:
        book.active.append(row)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()
