"""Customers who had come equally far: each stage a customer reached, when, and whether the next one was reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from mapkit.errors import OptionError, StageError
from mapkit.journeys.question import Asked, Moment, ask
from mapkit.journeys.steps import Step
from mapkit.loaders import read_events
from mapkit.sequences import walk_chains
from mapkit.stages import StageModel, map_stages
from mapkit.tables import Table
from mapkit.tables.embedded import is_embedded

if TYPE_CHECKING:
    import ibis.expr.types as ir

# The number of the comparison from the first stage to the last; stages count from 1.
WHOLE = 0


@dataclass(frozen=True, eq=False)
class Walked:
    """Journeys through the stages: ``people`` has ``customer`` (text), ``reached`` (from 1) and ``time_1`` ..."""

    asked: Asked
    people: ir.Table
    slips: tuple[str, ...] = ()
    """A note for each stage that nothing in the log bears."""

    @property
    def stages(self) -> tuple[str, ...]:
        """The stages' names, in order."""
        return tuple(step.name for step in self.asked.steps)

    @property
    def steps(self) -> pd.DataFrame:
        """The comparisons: ``step``, ``from_stage``, ``to_stage``; the last, where it says more, is from end to end."""
        names = self.stages
        rows = [(k, names[k - 1], names[k]) for k in range(1, len(names))]
        rows += [(WHOLE, names[0], names[-1])] if len(names) > 2 else []
        return pd.DataFrame(rows, columns=["step", "from_stage", "to_stage"])

    def at_risk(self, columns: Sequence[str] = ()) -> ir.Table:
        """Return a row a customer and stage reached: ``step``, ``at`` and ``converted`` (the next stage was reached).

        Who reached the last stage is there too, and never converts; so is ``WHOLE``, from the first stage to the last.
        """
        import ibis

        people, last = self.people, len(self.stages)
        parts = []
        for k in [*range(1, last + 1), *([WHOLE] if last > 2 else [])]:
            here, goal = max(k, 1), last if k == WHOLE else k + 1
            rows = people.filter(people["reached"] >= here)
            parts.append(
                rows.select(
                    "customer",
                    *columns,
                    step=ibis.literal(k, "int64"),
                    at=rows[f"time_{here}"],
                    converted=(rows["reached"] >= goal).ifelse(1, 0),
                )
            )
        return parts[0].union(*parts[1:]) if len(parts) > 1 else parts[0]


def walk(events: Any, stages: Any, *, window: Any, start: Moment, end: Moment) -> Walked:
    """Return the journeys through stages: a model, a list of steps, or None for the stages of mapped events.

    Raises
    ------
    StageError
        No stages are given and the events have none.
    OptionError
        There are fewer than two stages.
    """
    table, steps = _staged(read_events(events), stages)
    asked = ask(table, steps, window=window, start=start, end=end)
    if len(asked.steps) < 2:
        raise OptionError(
            f"stages={[step.name for step in asked.steps]!r}: influence works between two stages or more."
        )
    slips = asked.check_names()
    chains = walk_chains(asked.events, asked.question())
    names = chains.data.group_by("unit").agg(customer=chains.data["customer"].min())
    units = chains.units.filter(~chains.units["removed"])
    joined = units.inner_join(names, "unit")
    times = {f"time_{k}": units[f"time_{k}"] for k in range(1, len(asked.steps) + 1)}
    people = joined.select(customer=names["customer"].cast("string"), reached=units["reached"].cast("int64"), **times)
    return Walked(asked, held(people), slips)


def held(table: ir.Table) -> ir.Table:
    """Return the same rows, worked out once where that costs nobody's database a table of its own."""
    return table.cache() if is_embedded(table) else table


def _staged(events: Table, stages: Any) -> tuple[Table, list[str | Step]]:
    if isinstance(stages, StageModel):
        mapped = map_stages(events, stages)
        return mapped, list(mapped.stages)
    if stages is not None:
        if isinstance(stages, str | Step):
            raise OptionError(f"stages={stages!r} is one stage. Give a list: stages=['visit', 'cart', 'purchase'].")
        return events, list(stages)
    if not events.stages:
        raise StageError(
            "The events have no stages in order. Name the steps, stages=['visit', 'cart', 'purchase'], give a model,"
            " stages=AARRR, or map the events first: map_stages(events, AARRR)."
        )
    return events, list(events.stages)
