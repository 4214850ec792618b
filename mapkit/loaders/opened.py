"""What every reader of a source hands on: rows as they stand, and what was decided on the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True, eq=False)
class Opened:
    """A source that has been opened, with nothing judged yet.

    Parameters
    ----------
    shown
        The source's name, fit to be shown: no credentials.
    rows
        Its rows. Columns may have stand-in names (``c0``), for a database folds case and a source may not.
    names
        Stand-in name -> name in the source, in the source's order.
    cells
        "text" when every cell is text and its type is yet to be found out; "typed" when the source says the types.
    lies
        "landed" in the embedded database, in a "file" that the embedded database scans, or "elsewhere": a table whose
        database is the user's.
    row
        The column that holds the order of rows in the source, where there is one.
    decisions
        What was decided about the source so far.
    broken
        Lines that are no rows: ``line``, ``reason`` and, where it is known, ``row``.
    """

    shown: str
    rows: ir.Table
    names: dict[str, str]
    cells: Literal["text", "typed"]
    lies: Literal["landed", "file", "elsewhere"]
    row: str | None = None
    decisions: tuple[str, ...] = ()
    broken: ir.Table | None = None
