"""Customers with and without each touchpoint, of those who had come equally far: counts made where the events live."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from mapkit.errors import BackendError
from mapkit.experience.touchpoints.witnessing import with_touchpoints
from mapkit.journeys.customer_segments import with_customer_segment
from mapkit.journeys.drivers_counts import EVERYBODY, Followed, follow
from mapkit.journeys.steps import Step
from mapkit.stages.order import with_row
from mapkit.tables import Table
from mapkit.tables.embedded import is_embedded

if TYPE_CHECKING:
    import ibis.expr.types as ir

# What so many of a touchpoint's customers had met before it is taken to lead to it.
NEARLY_ALL = 0.98


@dataclass(frozen=True, eq=False)
class Comparing:
    """A log whose rows name their touchpoint, its customers followed to their first outcome, and their segments."""

    events: Table
    tagged: Table
    followed: Followed
    segments: ir.Table | None
    outcome: str | Step
    notes: tuple[str, ...]

    @cached_property
    def firsts(self) -> ir.Table:
        """When a customer first met a touchpoint: within the span, and before the outcome."""
        rows = self.followed.rows
        rows = rows.filter(rows["in_span"] & rows["touchpoint"].notnull())
        return _held(rows.group_by(["customer", "touchpoint"]).agg(first=rows["time"].min()))

    @cached_property
    def people(self) -> ir.Table:
        """Customer, started, converted, reached, and the segment."""
        people = self.followed.people.select("customer", "started", "converted", "reached", "reached_row")
        return _held(_in_segments(people, self.segments))

    @cached_property
    def seen(self) -> frozenset[str]:
        """The touchpoints that occur anywhere in the log."""
        names = self.tagged.data.select("touchpoint").distinct().to_pandas()["touchpoint"].dropna()
        return frozenset(names.astype(str))


def comparing(events: Table, inventory: pd.DataFrame, outcome: str | Step, within: Any, by: str | None) -> Comparing:
    """Return what the counts are made of. Raises OptionError for an outcome that is no event of the log."""
    numbered = with_row(events)
    data, notes = with_customer_segment(numbered, by)
    segments = data.select("customer", "segment").distinct() if by is not None else None
    tagged = numbered.with_data(_held(with_touchpoints(numbered, inventory)))
    return Comparing(numbered, tagged, follow(tagged, outcome, within=within), segments, outcome, notes)


def _held(table: ir.Table) -> ir.Table:
    """Return the same rows, worked out once where that costs nobody's database a table of its own."""
    return table.cache() if is_embedded(table) else table


def _in_segments(people: ir.Table, segments: ir.Table | None) -> ir.Table:
    """Return customers with their segment; "all" where there are none."""
    import ibis

    if segments is None:
        return people.mutate(segment=ibis.literal(EVERYBODY))
    joined = people.inner_join(segments, "customer")
    return joined.select(*(people[name] for name in people.columns), segments["segment"])


def meetings(asked: Comparing) -> pd.DataFrame:
    """Return how each touchpoint is met: ``customers``, ``starts`` (of them, nothing came before), ``median_seconds``.

    ``median_seconds`` runs from the customer's first event.
    """
    import ibis.common.exceptions as refused

    firsts = asked.firsts
    people = asked.people.select("customer", "started")
    joined = firsts.inner_join(people, "customer").select(*(firsts[name] for name in firsts.columns), people["started"])
    earliest = joined.mutate(earliest=joined["first"].min().over(group_by="customer"))
    took = earliest["first"].delta(earliest["started"], unit="microsecond").cast("float64")
    timed = earliest.mutate(took=took)
    try:
        each: pd.DataFrame = (
            timed.group_by("touchpoint")
            .agg(
                customers=timed.count(),
                starts=(timed["first"] == timed["earliest"]).ifelse(1, 0).sum(),
                median_seconds=timed["took"].quantile(0.5) / 1e6,
            )
            .to_pandas()
        )
    except (refused.OperationNotDefinedError, refused.UnsupportedOperationError):
        raise BackendError(
            "This database has no quantiles, which say what comes late. Give the events as a file or a frame."
        ) from None
    return each.sort_values("touchpoint", ignore_index=True)


def median_seconds_to_outcome(asked: Comparing) -> float:
    """Return how long half of those who reached the outcome took, from their first event; NaN when nobody did."""
    people = asked.people
    took = people["reached"].delta(people["started"], unit="microsecond").cast("float64")
    value = people.aggregate(median=took.quantile(0.5)).to_pandas()["median"].iloc[0]
    return float("nan") if pd.isna(value) else float(value) / 1e6


def led_to(asked: Comparing, met: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Return for each touchpoint those that nearly all of its customers had met before it."""
    one, other = asked.firsts, asked.firsts.view()
    before = (one["customer"] == other["customer"]) & (other["first"] <= one["first"])
    pairs = one.inner_join(other, [before, one["touchpoint"] != other["touchpoint"]]).select(
        touchpoint=one["touchpoint"], needed=other["touchpoint"]
    )
    counts = pairs.group_by(["touchpoint", "needed"]).agg(customers=pairs.count()).to_pandas()
    whole = counts["touchpoint"].map(met.set_index("touchpoint")["customers"]).astype(float)
    kept = counts[counts["customers"] >= NEARLY_ALL * whole].sort_values(["touchpoint", "needed"])
    found = {str(name): tuple(rows["needed"]) for name, rows in kept.groupby("touchpoint")}
    return {name: found.get(name, ()) for name in met["touchpoint"]}


def with_and_without(asked: Comparing, needed: dict[str, tuple[str, ...]]) -> pd.DataFrame:
    """Return touchpoint, segment, ``had``, ``converted`` and ``customers``, of those who had met what leads to it."""
    at_risk = _at_risk(asked, needed)
    firsts, people = asked.firsts, asked.people.select("customer", "converted", "segment")
    joined = at_risk.inner_join(people, "customer").select(
        at_risk["customer"], at_risk["touchpoint"], people["converted"], people["segment"]
    )
    met = joined.left_join(firsts, ["customer", "touchpoint"])
    each = met.select(
        joined["touchpoint"], joined["segment"], joined["converted"], had=firsts["first"].notnull().ifelse(1, 0)
    )
    keys = ["touchpoint", "segment", "had", "converted"]
    counted: pd.DataFrame = each.group_by(keys).agg(customers=each.count()).to_pandas()
    return counted.sort_values(keys, ignore_index=True)


def _at_risk(asked: Comparing, needed: dict[str, tuple[str, ...]]) -> ir.Table:
    """Return customer and touchpoint of all who had met what leads to the touchpoint."""
    import ibis

    pairs = [(name, each) for name, led in needed.items() for each in led]
    free = [name for name, led in needed.items() if not led]
    parts = []
    if free or not pairs:
        names = ibis.memtable(pd.DataFrame({"touchpoint": pd.Series(free, dtype="str")}))
        parts.append(asked.people.select("customer").cross_join(names))
    if pairs:
        wanted = pd.DataFrame(pairs, columns=["wanted_by", "needed"]).astype(str)
        wanted["of"] = wanted.groupby("wanted_by")["needed"].transform("size")
        table, firsts = ibis.memtable(wanted), asked.firsts
        joined = firsts.inner_join(table, firsts["touchpoint"] == table["needed"])
        rows = joined.select(firsts["customer"], table["wanted_by"], table["of"])
        each = rows.group_by(["customer", "wanted_by", "of"]).agg(met=rows.count())
        parts.append(each.filter(each["met"] == each["of"]).select("customer", touchpoint=each["wanted_by"]))
    return parts[0] if len(parts) == 1 else parts[0].union(parts[1])
