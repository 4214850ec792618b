"""The reconciliation of a reading: rows read = rows kept + rows set apart, by reason."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from mapkit.errors import OptionError
from mapkit.tables.spreadsheet import without_formulas

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True, eq=False)
class Intake:
    """How one source became one table.

    Nothing is counted until it is asked for, so that a large file is not scanned twice on opening.

    Parameters
    ----------
    source
        Where the rows came from, fit to be shown: a URL without its credentials, a file name, "a frame".
    kept
        The rows that were kept.
    apart
        The rows set apart: the source's own columns, before any renaming, and a ``reason``.
    decisions
        What was decided about the source, in words: delimiter, encoding, date order, zone, units.
    cells
        Single cells that could not be read in rows that were kept (text in a number column), and became empty:
        ``row`` (order in the source, where it is known), ``column``, ``cell`` (its text). None when nothing could be.
    """

    source: str
    kept: ir.Table
    apart: ir.Table
    decisions: tuple[str, ...] = ()
    cells: ir.Table | None = None

    @cached_property
    def rows_kept(self) -> int:
        """The number of rows kept."""
        return int(self.kept.count().execute())

    @cached_property
    def reasons(self) -> dict[str, int]:
        """The number of rows set apart, by reason, most first."""
        counted = self.apart.group_by("reason").agg(rows=self.apart.count()).execute()
        ordered = counted.sort_values(["rows", "reason"], ascending=[False, True])
        return {str(reason): int(rows) for reason, rows in zip(ordered["reason"], ordered["rows"], strict=True)}

    @property
    def rows_set_apart(self) -> int:
        """The number of rows set apart."""
        return sum(self.reasons.values())

    @property
    def rows_read(self) -> int:
        """The number of rows in the source."""
        return self.rows_kept + self.rows_set_apart

    def set_apart(self, limit: int | None = 1_000) -> pd.DataFrame:
        """Return the rows set apart as they stood in the source, with a ``reason`` column; ``None`` for all of them."""
        rows = self.apart if limit is None else self.apart.limit(limit)
        return rows.to_pandas()

    def emptied(self, limit: int | None = 1_000) -> pd.DataFrame:
        """Return the unreadable cells of kept rows, which became empty: ``row``, ``column``, ``cell``."""
        if self.cells is None:
            return pd.DataFrame({"row": pd.Series(dtype="Int64"), "column": [], "cell": []})
        rows = self.cells if limit is None else self.cells.limit(limit)
        return rows.to_pandas()

    def write_set_apart(self, path: str | Path) -> Path:
        """Write every row set apart to a CSV file and return its path. A file that exists is not overwritten."""
        target = Path(path)
        if target.exists():
            raise OptionError(f"{target} exists already and is not overwritten. Name a new file.")
        without_formulas(self.set_apart(None)).to_csv(target, index=False)
        return target

    def __str__(self) -> str:
        why = ", ".join(f"{count:,} {reason}" for reason, count in self.reasons.items())
        apart = f"{self.rows_set_apart:,} ({why})" if why else "0"
        return f"rows read {self.rows_read:,} = kept {self.rows_kept:,} + set apart {apart}"

    def __repr__(self) -> str:
        return f"Intake({self.source!r}: {self})"
