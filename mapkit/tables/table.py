"""A canonical table: data that keeps a contract, and the story of how it was read."""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from mapkit.errors import TableError, listed, nearest
from mapkit.tables.contracts import Contract
from mapkit.tables.embedded import is_embedded
from mapkit.tables.intake import Intake

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True, eq=False)
class Table:
    """Rows that keep a contract.

    ``data`` is an Ibis table in whatever database the rows live in. ``intake`` reconciles the reading, and is None
    for a table that was derived from another. ``stages`` names the stages in order once ``map_stages`` has run.
    Times are UTC, without a zone attached.
    """

    contract: Contract
    data: ir.Table
    intake: Intake | None = None
    stages: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(self.data.columns)

    @property
    def is_embedded(self) -> bool:
        """Whether the rows can be streamed into this process (DuckDB), or live in a remote database."""
        return is_embedded(self.data)

    @cached_property
    def event_names(self) -> tuple[str, ...]:
        """Every event name in the log, sorted; asked of the database once."""
        self.need("event", for_what="a list of event names")
        names = self.data.select("event").distinct().to_pandas()["event"].dropna().astype(str)
        return tuple(sorted(names))

    def need(self, *columns: str, for_what: str) -> None:
        """Raise :class:`TableError` when a column is missing; the message names the nearest that is there."""
        for column in columns:
            if column not in self.columns:
                raise TableError(missing_column(self.contract, column, self.columns, for_what))

    def with_data(self, data: ir.Table) -> Table:
        """Return the same table over other rows; the intake stays, for it tells where the rows came from."""
        return replace(self, data=data)

    def head(self, rows: int = 5) -> pd.DataFrame:
        """Return the first rows as a pandas frame."""
        return self.data.limit(rows).to_pandas()

    def to_pandas(self) -> pd.DataFrame:
        """Return every row as a pandas frame. Mind the memory: measures do not need this."""
        return self.data.to_pandas()

    def count(self) -> int:
        """Return the number of rows."""
        if self.intake is not None and self.data is self.intake.kept:
            return self.intake.rows_kept
        return int(self.data.count().execute())

    def __repr__(self) -> str:
        came_from = f" from {self.intake.source}" if self.intake is not None else ""
        return f"<{self.contract.name}{came_from}: {listed(self.columns, most=8)}>"

    def _repr_html_(self) -> str:
        told = "" if self.intake is None else f"<p style='color:#555'>{html.escape(str(self.intake))}</p>"
        decisions = "" if self.intake is None else "".join(f"<li>{html.escape(d)}</li>" for d in self.intake.decisions)
        frame = self.head().to_html(index=False, escape=True, border=0, na_rep="")
        return f"{told}<ul style='color:#555'>{decisions}</ul>{frame}"


def missing_column(contract: Contract, column: str, there: Iterable[str], for_what: str) -> str:
    """Return the sentence for a column that is needed and not there."""
    known = list(there)
    guess = nearest(column, known)
    source = guess.split("'")[1] if guess else (known[0] if known else "its name")
    return (
        f"The {contract.name} table has no column {column!r}, which {for_what} needs. It has {listed(known)}.{guess}"
        f' Rename it on loading: read_{contract.name}(..., columns={{"{source}": "{column}"}}).'
    )
