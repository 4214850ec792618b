"""What a report keeps to itself: who the customers are, and the passwords of databases."""

from __future__ import annotations

import copy
import re
from typing import Any

PERSONAL = frozenset({"customer", "respondent", "inviter", "invitee", "email"})
"""Columns whose cells are hidden where a table is shown."""

_HIDDEN = "·····"
_PASSWORD = re.compile(r"""(?<=://)([^\s:/@"'<>&]*):([^\s@"'<>]+)@""")


def without_passwords(text: str) -> str:
    """Return the text with the password of every URL masked.

    >>> without_passwords("postgresql://ann:secret@host/sales")
    'postgresql://ann:***@host/sales'
    """
    return _PASSWORD.sub(r"\1:***@", text)


def hide_customers(notebook: Any) -> Any:
    """Return a copy of a notebook whose tables keep to themselves who the customers are."""
    hidden = copy.deepcopy(notebook)
    for cell in hidden.cells:
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            if "text/html" in data:
                data["text/html"] = without_customers("".join(data["text/html"]))
    return hidden


def without_customers(page: str) -> str:
    """Return HTML in which the cells of columns that name a person are masked, wherever a table is shown."""
    if "<table" not in page:
        return page
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(page, "html.parser")
    hidden = sum(_mask(table) for table in soup.find_all("table"))
    return str(soup) if hidden else page


def _mask(table: Any) -> int:
    """Mask one table's personal columns and return the number of cells that were masked."""
    headers = [row.find_all(["th", "td"]) for row in table.select("thead tr")]
    personal = {place for row in headers for place, cell in enumerate(row) if cell.get_text(strip=True) in PERSONAL}
    cells = [
        cell
        for row in table.select("tbody tr")
        for place, cell in enumerate(row.find_all(["th", "td"]))
        if place in personal
    ]
    for cell in cells:
        cell.string = _HIDDEN
    return len(cells)
