"""Text that is safe to open in a spreadsheet."""

from __future__ import annotations

import pandas as pd

# A cell that begins with one of these is run as a formula by Excel, LibreOffice and Google Sheets.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def without_formulas(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a copy in which text that a spreadsheet would run as a formula starts with an apostrophe.

    Column names are treated alike. Numbers and dates are left alone.

    Source: OWASP, "CSV Injection".
    """
    safe = frame.rename(columns=_defused)
    for position, (_, column) in enumerate(frame.items()):
        if not pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_datetime64_any_dtype(column):
            safe.isetitem(position, column.map(_defused).to_numpy())
    return safe


def _defused(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS) else cell
