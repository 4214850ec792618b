"""Excel workbooks (.xlsx)."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

from mapkit.errors import SourceError, listed, nearest
from mapkit.loaders.frames import open_columns, refuse_repeated
from mapkit.loaders.opened import Opened


def open_excel(path: Path, *, sheet: str | None = None) -> Opened:
    """Open one sheet of a workbook: the first row that is not empty names the columns.

    Formulas count as the values they had when the workbook was saved.
    """
    records, chosen, others = _cells(path, sheet)
    said = [f"sheet {chosen!r} of {listed([chosen, *others])} is read (sheet= names another)"] if others else []
    filled = [record for record in records if any(cell is not None for cell in record)]
    if not filled:
        raise SourceError(f"the sheet {chosen!r} of {path.name} is empty: it has no header and no rows.")
    header, *body = filled
    width = max(len(record) for record in filled)
    header = [*header, *[None] * (width - len(header))]
    padded = [[*record, *[None] * (width - len(record))] for record in body]
    columns = [[record[place] for record in padded] for place in range(width)]
    used = [place for place in range(width) if header[place] is not None or any(c is not None for c in columns[place])]
    names = [str(header[place]).strip() if header[place] is not None else f"column_{place + 1}" for place in used]
    said += [
        f"column {place + 1} has no name in the header: called 'column_{place + 1}'"
        for place in used
        if header[place] is None
    ]
    refuse_repeated(names, path.name)
    return open_columns(names, [columns[place] for place in used], shown=path.name, decisions=said)


def _cells(path: Path, sheet: str | None) -> tuple[list[list[Any]], str, list[str]]:
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile, InvalidFileException) as error:
        raise SourceError(
            f"{path} cannot be read as an Excel workbook: it is cut off, locked by a password "
            f"or of another kind ({error})."
        ) from None
    try:
        names = [page.title for page in book.worksheets]
        chosen = names[0] if sheet is None else str(sheet)
        if chosen not in names:
            raise SourceError(f"{path.name} has no sheet {chosen!r}. It has {listed(names)}.{nearest(chosen, names)}")
        records = [list(record) for record in book[chosen].iter_rows(values_only=True)]
        return records, chosen, [name for name in names if name != chosen]
    finally:
        book.close()
