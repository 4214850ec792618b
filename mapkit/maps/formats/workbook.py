"""A map as an Excel workbook: a sheet each for the map, its stages, steps, lanes and cells."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from mapkit.documents.reading import LARGEST_BYTES
from mapkit.errors import DocumentError, listed
from mapkit.maps.formats.form import Format, Read
from mapkit.maps.formats.losses import Keeps
from mapkit.maps.formats.rows import PARTS, defused, read_rows, restored, rows_of
from mapkit.maps.journey_map import JourneyMap

TABLE = (
    ("title, state, persona, scenario, description", "sheet map: name, says"),
    ("stages", "sheet stages, in their order"),
    ("steps", "sheet steps: stage, step, name, events, touchpoints"),
    ("lanes", "sheet lanes, in their order"),
    ("cells", "sheet cells: a row a cell, a column for each of its fields"),
    ("several values in one cell, formulas", "as in CSV"),
    ("a text of more than 32,767 characters", "its first 32,767"),
)

_SHEETS = {"map": "map", "stage": "stages", "step": "steps", "lane": "lanes", "cell": "cells"}
_LONGEST = 32_767
_BROKEN = (
    OSError, KeyError, ValueError, EOFError, SyntaxError, NotImplementedError, zlib.error, zipfile.BadZipFile
)  # fmt: skip
_LARGEST_UNPACKED = 100_000_000
_WIDTHS = {"says": 60, "evidence": 30, "name": 24, "stage": 18, "step": 18}


def _keeps(journey_map: JourneyMap) -> Keeps:
    return Keeps("Excel", texts=f"An Excel cell holds {_LONGEST:,} characters, and no bare carriage return.")


def _write(journey_map: JourneyMap, name: str) -> bytes:
    from openpyxl import Workbook
    from openpyxl.utils.exceptions import IllegalCharacterError

    book = Workbook()
    book.remove(book.active)
    for part, sheet in _SHEETS.items():
        _lay_out(book.create_sheet(sheet), PARTS[part])
    try:
        for row in rows_of(journey_map):
            values = [row.get(column) for column in PARTS[row["part"]]]
            page = book[_SHEETS[row["part"]]]
            page.append([defused(value)[:_LONGEST] if isinstance(value, str) else value for value in values])
    except IllegalCharacterError as fault:
        raise DocumentError(f"Excel cannot hold a control character, which is in {str(fault)[:60]!r}.") from None
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _lay_out(page: Any, columns: tuple[str, ...]) -> None:
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    page.append(list(columns))
    page.freeze_panes = "A2"
    for number, column in enumerate(columns, start=1):
        page.cell(1, number).font = Font(bold=True)
        page.column_dimensions[get_column_letter(number)].width = _WIDTHS.get(column, 14)


def _read(content: bytes, name: str) -> Read:
    import openpyxl

    _refuse_bomb(content, name)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        pages = {page.title: list(page.iter_rows(values_only=True)) for page in book.worksheets}
    except (
        OSError,
        KeyError,
        ValueError,
        EOFError,
        SyntaxError,
        NotImplementedError,
        zlib.error,
        zipfile.BadZipFile,
    ) as fault:
        raise DocumentError(f"{name} cannot be read as an Excel workbook: {fault}.") from None
    if "cells" not in pages and "stages" not in pages:
        raise DocumentError(f"{name} has no sheet 'cells' and none 'stages'. It has {listed(pages)}.")
    return read_rows(_rows(pages, name), name)


def _refuse_bomb(content: bytes, name: str) -> None:
    try:
        unpacked = sum(entry.file_size for entry in zipfile.ZipFile(io.BytesIO(content)).infolist())
    except (NotImplementedError, zipfile.BadZipFile):
        raise DocumentError(f"{name} is not an Excel workbook (.xlsx), or it is cut off.") from None
    if len(content) > LARGEST_BYTES or unpacked > _LARGEST_UNPACKED:
        raise DocumentError(f"{name} has {unpacked:,} bytes once unpacked, more than {_LARGEST_UNPACKED:,}. Split it.")


def _rows(pages: dict[str, list[tuple[Any, ...]]], name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for part, sheet in _SHEETS.items():
        header, *body = pages.get(sheet) or [()]
        columns = [str(column).strip() if column is not None else "" for column in header]
        if len(set(filter(None, columns))) < len([*filter(None, columns)]):
            raise DocumentError(f"{name}, sheet {sheet}: two columns have one name among {listed(columns)}.")
        for number, values in enumerate(body, start=2):
            row = {key: _plain(value) for key, value in zip(columns, values, strict=False) if key}
            if any(value not in (None, "") for value in row.values()):
                yield f"sheet {sheet}, row {number}", {"part": part, **row}


def _plain(value: Any) -> Any:
    return restored(value) if isinstance(value, str) else value


FORMAT = Format("excel", "Excel", (".xlsx",), TABLE, _read, _write, _keeps)
