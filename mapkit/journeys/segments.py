"""A funnel's units, each with the segment it belongs to."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mapkit.errors import OptionError, TableError
from mapkit.journeys.customer_segments import NONE, OTHER, with_other
from mapkit.journeys.question import Asked
from mapkit.sequences import Chains, walk_chains
from mapkit.tables import EVENTS, missing_column

if TYPE_CHECKING:
    import ibis.expr.types as ir


def segmented(asked: Asked, breakdown: str | None, breakdown_from: str) -> tuple[Chains, tuple[str, ...]]:
    """Return the chains, with a ``segment`` column where there is a breakdown, and notes on how it was given.

    ``breakdown_from`` is "first", "last" or "step:k"; a unit without a value is in the segment "(none)".
    """
    if breakdown is None:
        return walk_chains(asked.events, asked.question()), ()
    asked.events.need(breakdown, for_what="the breakdown")
    at = _step_number(breakdown_from, len(asked.steps))
    if at is None:
        return with_segment(walk_chains(asked.events, asked.question()), breakdown, breakdown_from)
    chains = walk_chains(asked.events, asked.question(attribute=breakdown, at=at))
    units = chains.units.mutate(segment=chains.units.attribute.fill_null(NONE)).drop("attribute")
    return _finished(chains, units, f"{breakdown} of the event at step {at}")


def with_segment(chains: Chains, breakdown: str | None, touch: str) -> tuple[Chains, tuple[str, ...]]:
    """Return chains with the ``segment`` that a unit's first or last touch gives, and notes on it."""
    if breakdown is None:
        return chains, ()
    if breakdown not in chains.data.columns:
        raise TableError(missing_column(EVENTS, breakdown, chains.data.columns, "the breakdown"))
    units = _by_touch(chains, breakdown, last=touch == "last")
    return _finished(chains, units, f"each unit's {touch} {breakdown} in the log that is not empty")


def _finished(chains: Chains, units: ir.Table, how: str) -> tuple[Chains, tuple[str, ...]]:
    units, folded = with_other(units, "segment")
    notes = (f"Split by {how}.", *([f"{folded:,} rare values are put together as {OTHER!r}."] if folded else []))
    return replace(chains, units=units), notes


def _step_number(breakdown_from: str, steps: int) -> int | None:
    if breakdown_from in ("first", "last"):
        return None
    found = re.fullmatch(r"step:(\d+)", breakdown_from)
    if not found or not 1 <= int(found[1]) <= steps:
        raise OptionError(
            f"breakdown_from={breakdown_from!r} is not known. Use 'first', 'last', or 'step:1' to 'step:{steps}'."
        )
    return int(found[1])


def _by_touch(chains: Chains, column: str, *, last: bool) -> ir.Table:
    """Return the units with the first or last value of their events that is not empty; ties go by row, then value."""
    import ibis

    data = chains.data.filter(chains.data[column].notnull()).mutate(segment=chains.data[column].cast("string"))
    order: list[Any] = [name for name in ("time", "row") if name in data.columns] + ["segment"]
    if last:
        order = [ibis.desc(key) for key in order]
    # Databases name their ordered aggregates differently; all of them can number rows.
    ranked = data.mutate(place=ibis.row_number().over(group_by="unit", order_by=order))
    touched = ranked.filter(ranked.place == 0).select("unit", "segment")
    units = chains.units
    joined = units.left_join(touched, "unit").select(*units.columns, "segment")
    return joined.mutate(segment=joined.segment.fill_null(NONE))
