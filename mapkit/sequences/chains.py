"""The question a funnel asks of every customer's events, and the table of chains that answers it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

if TYPE_CHECKING:
    import ibis.expr.types as ir

Order = Literal["ordered", "strict", "any"]

OVERLAP = (
    'order="any" needs steps that no single event can meet at once, and here one event meets two of them. '
    'Narrow the steps, or use order="ordered", where each step takes an event of its own.'
)


@dataclass(frozen=True, eq=False)
class Forbidden:
    """An event that must not happen after step ``after`` and before step ``before`` (both counted from 1)."""

    event: ir.BooleanValue
    after: int
    before: int


@dataclass(frozen=True, eq=False)
class ChainQuestion:
    """Which chains of events to look for, and what counts as one unit.

    A chain opens at every event that meets the first condition. It then takes the next event of the same unit that
    meets the second, and so on, each step a later row than the one before, and all within ``window_microseconds`` of
    the opening. ``order="strict"`` allows no other event of the unit between; ``order="any"`` asks that steps 1 to k
    all happen within the window, whichever comes first.

    Of a unit's chains one counts: a chain that gets furthest; among those one that meets no forbidden event; among
    those the earliest. A unit whose furthest chains all meet a forbidden event is ``removed``. With ``per_entry``
    every chain is a unit of its own.

    Parameters
    ----------
    steps
        One condition on the events' columns for each step.
    unit
        The columns that make a unit: ``("customer",)`` or ``("customer", "session")``.
    attribute, attribute_step
        A column whose value at that step (from 1) of the chain is reported.
    """

    steps: tuple[ir.BooleanValue, ...]
    unit: tuple[str, ...] = ("customer",)
    window_microseconds: int | None = None
    order: Order = "ordered"
    forbidden: tuple[Forbidden, ...] = ()
    per_entry: bool = False
    attribute: str | None = None
    attribute_step: int = 1


@dataclass(frozen=True, eq=False)
class Chains:
    """One row per unit that reached the first step.

    ``units`` columns: ``unit``, ``reached`` (steps, from 1), ``removed`` (a forbidden event came between),
    ``time_1`` ... ``time_k`` (UTC, null where not reached) and, when asked for, ``attribute``.
    ``data`` is the events with the same ``unit`` column, so that people can be named again by the columns ``unit``.
    """

    units: ir.Table
    data: ir.Table
    steps: int
    unit: tuple[str, ...] = ("customer",)

    def reached(self, step: int, *, limit: int | None = None) -> pd.DataFrame:
        """Return who reached ``step`` (from 1), when they ``entered`` and when they ``reached`` it."""
        return self._named(self._kept.filter(self._kept.reached >= step), step, limit)

    def stopped_at(self, step: int, *, limit: int | None = None) -> pd.DataFrame:
        """Return who reached ``step`` (from 1) and no further."""
        return self._named(self._kept.filter(self._kept.reached == step), step, limit)

    @property
    def _kept(self) -> ir.Table:
        return self.units.filter(~self.units.removed)

    def _named(self, units: ir.Table, step: int, limit: int | None) -> pd.DataFrame:
        names = self.data.group_by("unit").agg(**{name: self.data[name].min() for name in self.unit})
        picked: dict[str, Any] = {"entered": units.time_1, "reached": units[f"time_{step}"]}
        found = units.select("unit", **picked).join(names, "unit").order_by("entered", *self.unit)
        found = found.select(*self.unit, "entered", "reached")
        return (found if limit is None else found.limit(limit)).to_pandas()
