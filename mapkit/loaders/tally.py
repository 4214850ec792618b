"""Counts over one column, in one pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis.expr.types as ir


def tally(column: ir.Value, measures: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    """Return what each measure of a column comes to; ``measures`` gets the column and names them.

    Sums over no rows come back as 0, not as nothing.
    """
    rows = column.name("cell").as_table()
    found = rows.aggregate(**measures(rows["cell"])).to_pyarrow().to_pylist()[0]
    return {name: 0 if value is None and not name.startswith("time_") else value for name, value in found.items()}
