"""Who met which influencer, when, and whether chance decided it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from mapkit.errors import TableError, listed
from mapkit.loaders import read_events
from mapkit.tables import Table

if TYPE_CHECKING:
    import ibis.expr.types as ir

# What an assignment says when chance decided who met whom; anything else did not.
BY_CHANCE = ("random", "randomised", "randomized", "chance", "experiment")


@dataclass(frozen=True, eq=False)
class Exposures:
    """Meetings: ``customer`` (text), ``influencer``, ``met`` (UTC), ``by_chance`` (1 or 0), where the log lives."""

    rows: ir.Table
    notes: tuple[str, ...]
    has_assignment: bool

    def span(self) -> tuple[pd.Timestamp, pd.Timestamp] | None:
        """Return the first and the last meeting; None when there is none."""
        ends = self.rows.aggregate(first=self.rows["met"].min(), last=self.rows["met"].max()).to_pandas().iloc[0]
        return None if pd.isna(ends["first"]) else (pd.Timestamp(ends["first"]), pd.Timestamp(ends["last"]))


def exposures_of(events: Table, exposures: Any) -> Exposures:
    """Return the meetings: of a frame with customer, influencer and time, or of the events' own column influencer.

    Raises
    ------
    TableError
        No exposures are given and the events have no column ``influencer``, or a column is missing.
    """
    if exposures is None:
        events.need("influencer", for_what="exposure to influencers, as no exposures are given,")
        return _meetings(events.data, "influencer", "Meetings are the rows of the log that name an influencer.")
    if isinstance(exposures, Table) and "influencer" in exposures.columns:
        return _meetings(_beside(exposures, events), "influencer", "Meetings are the rows of the exposures given.")
    table = _read(exposures)
    note = "Meetings are the rows of the exposures given."
    if table.intake is not None and table.intake.rows_set_apart:
        note += f" {table.intake.rows_set_apart:,} that lack a customer, an influencer or a time are in no number."
    return _meetings(_beside(table, events), "event", note)


def _read(exposures: Any) -> Table:
    named = list(getattr(exposures, "columns", ()))
    names = [str(name) for name in named]
    missing = [name for name in ("customer", "influencer", "time") if name not in names]
    if names and missing:
        raise TableError(
            f"The exposures have no column {missing[0]!r}. They have {listed(names)}. Give a row a meeting: customer,"
            " influencer, time, and assignment ('random' where chance decided) where it is known."
        )
    if "event" in names:
        exposures = exposures[[name for name in named if str(name) != "event"]]
    return read_events(exposures, columns={"influencer": "event"})


def _beside(table: Table, events: Table) -> ir.Table:
    """Return the rows where they can be joined to the log: as they are, or carried into its database."""
    if table.is_embedded and events.is_embedded:
        return table.data
    import ibis

    kept = [name for name in ("customer", "event", "influencer", "time", "assignment") if name in table.columns]
    return ibis.memtable(table.data.select(*kept).to_pyarrow())


def _meetings(data: ir.Table, column: str, note: str) -> Exposures:
    import ibis

    has = "assignment" in data.columns
    chance: Any = ibis.literal(0)
    if has:
        chance = data["assignment"].cast("string").lower().isin(BY_CHANCE).fill_null(False).ifelse(1, 0)
    known = data.filter(data[column].notnull() & data["customer"].notnull() & data["time"].notnull())
    rows = known.select(
        customer=data["customer"].cast("string"),
        influencer=data[column].cast("string"),
        met=data["time"],
        by_chance=chance,
    )
    return Exposures(rows, (note,), has)
