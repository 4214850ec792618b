"""An inventory as a sheet of texts: its columns, what each cell may hold, and what is wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mapkit.errors import DocumentError, nearest
from mapkit.experience.touchpoints.listed import IMPACTS, REASONS, names_in
from mapkit.maps.touchpoint_inventory import Touchpoint, TouchpointInventory

Row = tuple[str, ...]


@dataclass(frozen=True)
class Column:
    """A column of the sheet; ``words`` are all it may hold, where there are some."""

    name: str
    label: str
    element: str
    words: tuple[str, ...] = ()


COLUMNS = (
    Column("touchpoint", "Id", "inventory"),
    Column("name", "Name", "inventory"),
    Column("channel", "Channel", "inventory"),
    Column("medium", "Medium", "inventory", ("digital", "physical")),
    Column("paid", "Paid", "inventory", ("yes", "no")),
    Column("ownership", "Ownership", "inventory", ("owned", "earned", "paid")),
    Column("stage", "Stage", "relationship"),
    Column("business_reason", "Business reason", "business reason", REASONS),
    Column("customer_impact", "Customer impact", "customer impact", IMPACTS),
    Column("owner", "Owner", "owner"),
    Column("mandated", "Mandated", "owner", ("yes", "no")),
    Column("cost", "Cost", "effectiveness"),
    Column("events", "Events of the log", "effectiveness"),
    Column("note", "Note", "effectiveness"),
)
NAMES = tuple(column.name for column in COLUMNS)
EMPTY: Row = ("",) * len(COLUMNS)


def rows_of(inventory: TouchpointInventory) -> tuple[Row, ...]:
    """Return the inventory as rows of texts."""
    return tuple(tuple(_text(getattr(each, name)) for name in NAMES) for each in inventory.touchpoints)


def inventory_of(rows: Sequence[Row]) -> TouchpointInventory:
    """Return the inventory that rows of texts say. Raises DocumentError, naming the first cell that is wrong."""
    for at, column, why in faults_of(rows):
        raise DocumentError(f"Row {at + 1}, {COLUMNS[column].label}: {why}")
    return TouchpointInventory(
        tuple(Touchpoint(**{n: _value(n, t) for n, t in zip(NAMES, row, strict=True)}) for row in rows)
    )


def faults_of(rows: Sequence[Row]) -> list[tuple[int, int, str]]:
    """Return row, column and what is wrong there, in words that say what to write instead."""
    times = Counter(row[0].strip() for row in rows)
    found = []
    for at, row in enumerate(rows):
        for place, (column, text) in enumerate(zip(COLUMNS, row, strict=True)):
            why = _fault(column, text.strip())
            if column.name == "touchpoint":
                why = "" if row[0].strip() else "Every touchpoint needs an id."
                why = "This id is taken by another row." if row[0].strip() and times[row[0].strip()] > 1 else why
            if why:
                found.append((at, place, why))
    return found


def _fault(column: Column, text: str) -> str:
    if not text:
        return ""
    if column.words and text.lower() not in column.words:
        return f"Use {', '.join(column.words[:-1])} or {column.words[-1]}.{nearest(text, column.words)}"
    if column.name == "cost" and _number(text) is None:
        return "Write a number that is not negative, such as 1200 or 0.5."
    return ""


def _number(text: str) -> float | None:
    try:
        number = float(text.replace(" ", "").replace(",", ""))
    except ValueError:
        return None
    return number if 0 <= number < float("inf") else None


def _value(name: str, text: str) -> Any:
    text = text.strip()
    if name == "events":
        return names_in(text)
    if not text:
        return None
    if name in ("paid", "mandated"):
        return text.lower() == "yes"
    if name in ("medium", "ownership", "business_reason", "customer_impact"):
        return text.lower()
    return _number(text) if name == "cost" else text


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return "; ".join(value)
    return f"{value:.15g}" if isinstance(value, float) else str(value)
