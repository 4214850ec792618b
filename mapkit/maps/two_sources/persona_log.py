"""The customers that a persona stands for, and their rows of the log, numbered in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from mapkit.errors import OptionError, listed, nearest
from mapkit.journeys import Step, measure_funnel
from mapkit.maps.two_sources.step_rows import step_rows
from mapkit.maps.two_sources.witnesses import Witness
from mapkit.stages.order import order_of, with_row
from mapkit.tables import Table

if TYPE_CHECKING:
    import ibis.expr.types as ir

_COLUMNS = ("customer", "event", "time", "session", "channel", "touchpoint")


@dataclass(frozen=True, eq=False)
class PersonaLog:
    """The events of one persona's customers."""

    events: Table
    segment: str | None = None

    @cached_property
    def rows(self) -> ir.Table:
        """The columns that maps ask about, and ``place``: a row's number in its customer's order."""
        import ibis

        data = self.events.data
        kept = data.mutate(place=ibis.row_number().over(group_by="customer", order_by=order_of(data)))
        rows = kept.select(*(name for name in _COLUMNS if name in kept.columns), "place")
        # Asked several times below; a warehouse may not let us write, and is asked several times.
        return rows.cache() if self.events.is_embedded else rows

    @cached_property
    def customers(self) -> int:
        """How many there are."""
        return int(self.rows.select("customer").distinct().count().execute())

    def reached_within(self, pair: tuple[Witness, Witness], within: str) -> tuple[int, int]:
        """Return how many reached the second step within a span of taking the first, and how many took the first."""
        funnel = measure_funnel(self.events, [_step(each) for each in pair], window=within)
        taken, reached = funnel.counts
        return reached, taken

    def channels(self, steps: Sequence[Witness]) -> dict[Witness, dict[str, int]]:
        """Return how many customers took each step by each channel; one may have used several."""
        if not steps:
            return {}
        rows = step_rows(self.rows, steps)
        each = rows.filter(rows["channel"].notnull()).select("customer", "channel", "step").distinct()
        counted = each.group_by(["step", "channel"]).agg(customers=each.count()).to_pandas()
        found: dict[Witness, dict[str, int]] = {step: {} for step in steps}
        for k, channel, n in counted[["step", "channel", "customers"]].itertuples(index=False):
            found[steps[int(k)]][str(channel)] = int(n)
        return found


def persona_log(events: Table, segment: str | None, column: str) -> PersonaLog:
    """Return the log of those whose first value of ``column`` that is not empty is ``segment``; None takes everybody.

    Raises
    ------
    TableError
        There is no such column.
    OptionError
        Nobody is in the segment.
    """
    import ibis

    events = with_row(events)
    data = events.data.filter(events.data["customer"].notnull() & events.data["time"].notnull())
    if segment is None:
        return PersonaLog(events.with_data(data))
    events.need(column, for_what=f"the persona's segment {segment!r}")
    known = data.filter(data[column].notnull()).mutate(given_segment=data[column].cast("string"))
    ranked = known.mutate(nth=ibis.row_number().over(group_by="customer", order_by=order_of(known)))
    firsts = ranked.filter(ranked["nth"] == 0).select("customer", "given_segment")
    chosen = firsts.filter(firsts["given_segment"] == segment)
    log = PersonaLog(events.with_data(data.semi_join(chosen, "customer")), segment)
    if not log.customers:
        there = firsts.select("given_segment").distinct().to_pandas()["given_segment"].tolist()
        raise OptionError(
            f"No customer is in the segment {segment!r} of column {column!r}. It has {listed(sorted(there))}."
            f"{nearest(segment, there)}"
        )
    return log


def _step(witness: Witness) -> Step:
    if witness.events:
        return Step(witness.name, list(witness.events))
    return Step(witness.name, where={"touchpoint": list(witness.touchpoints)})
