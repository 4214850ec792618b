"""How much of a log a stage model covers, and a proposal for what it leaves out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from mapkit.errors import StageError, listed, nearest
from mapkit.stages.mapper import put_stages
from mapkit.stages.model import StageModel
from mapkit.stages.plan import Name, Plan
from mapkit.stages.position import propose_by_position
from mapkit.stages.proposals import Proposal, propose_stages
from mapkit.statistics import Estimate, Result
from mapkit.tables import Table

COLUMNS = ("event", "events", "customers", "stage", "rule", "proposal", "reason")


@dataclass(frozen=True, eq=False)
class Coverage(Result):
    """Every event name of a log with the stage it gets, or a proposal. See :func:`measure_coverage`.

    ``stages`` holds the model's stages in its order.
    """

    stages: tuple[str, ...] = ()

    @property
    def share_mapped(self) -> Estimate:
        """The share of events (rows, not names) that have a stage."""
        mapped = int(self.table.loc[self.table["stage"].notna(), "events"].sum())
        return Estimate.of_share("events with a stage", mapped, int(self.table["events"].sum()))

    @property
    def unmapped(self) -> pd.DataFrame:
        """The rows of the table without a stage."""
        return self.table[self.table["stage"].isna()].reset_index(drop=True)

    def accept(self, model: StageModel, events: Iterable[str]) -> StageModel:
        """Return the model with the proposals for these events as rules; name them, for none is taken in silence."""
        proposals = self.table.dropna(subset=["proposal"]).set_index("event")["proposal"]
        for event in events:
            if event not in proposals.index:
                raise StageError(
                    f"There is no proposal for {event!r}. There is one for {listed(proposals.index)}."
                    f"{nearest(event, proposals.index)}"
                )
            model = model.with_event(proposals[event], event)
        return model


def measure_coverage(events: Any, model: StageModel) -> Coverage:
    """Return which events of a log a stage model covers, and for the others a proposed stage with the reason in words.

    ``table`` has one row per event name and stage (an event with conditional rules may have several): ``event``,
    ``events`` (rows), ``customers`` (distinct), ``stage`` (missing where no rule takes it), ``rule``, ``proposal``,
    ``reason``. Most rows first, what has no stage before what has.

    A proposal comes from the name (the default vocabularies, shared words, spelling) or, where the name tells
    nothing, from where in customers' sequences the event stands. It is a suggestion and is never applied by itself:
    ``model.with_event(stage, event)`` or ``coverage.accept(model, [...])`` does.

    Raises
    ------
    StageError
        Two stages claim an event equally closely.
    """
    staged, plan, counts = put_stages(events, model)
    table = _counted(staged, plan)
    table["rule"] = [_rule(plan, event, stage) for event, stage in zip(table["event"], table["stage"], strict=True)]
    proposals = _proposals(staged, plan, counts, table)
    offered = [proposals.get(event) if _missing(stage) else None for event, stage in _pairs(table)]
    table["proposal"] = pd.Series([offer.stage if offer else None for offer in offered], dtype="str")
    table["reason"] = pd.Series([offer.reason if offer else None for offer in offered], dtype="str")
    notes = tuple(_notes(plan, table))
    return Coverage(
        f"Coverage of {len(counts):,} event names by {model.name}", table[list(COLUMNS)], notes, model.stages
    )


def _counted(staged: Table, plan: Plan) -> pd.DataFrame:
    """Return events and distinct customers of each event name and stage; counted in two steps, exact everywhere."""
    data = staged.data
    # Without conditions the name tells the stage, and the database need not work it out for every row.
    keys = ["event", "stage"] if plan.conditional else ["event"]
    each = data.group_by([*keys, "customer"]).agg(events=data.count())
    counted = each.group_by(keys).agg(events=each["events"].sum(), customers=each["customer"].count())
    table: pd.DataFrame = counted.to_pandas()
    if not plan.conditional:
        table["stage"] = table["event"].map(plan.plain)
    table = table.astype({"events": "int64", "customers": "int64", "stage": "str"})
    table["covered"] = table["stage"].notna()
    ordered = table.sort_values(["covered", "events", "event", "stage"], ascending=[True, False, True, True])
    return ordered.drop(columns="covered").reset_index(drop=True)


def _rule(plan: Plan, event: Any, stage: Any) -> str | None:
    if _missing(stage):
        return None
    name = None if _missing(event) else event
    return "; ".join(str(rule) for rule in plan.rules[name] if rule.stage == stage)


def _proposals(staged: Table, plan: Plan, counts: dict[Name, int], table: pd.DataFrame) -> dict[str, Proposal]:
    # Where conditions on the event itself take part of its rows, the rest was left out on purpose.
    without = [
        event for event, stage in _pairs(table) if _missing(stage) and not _missing(event) and not plan.names(event)
    ]
    proposals = propose_stages(without, plan.model, counts)
    unknown = [event for event in without if event not in proposals]
    return {**proposals, **propose_by_position(staged, unknown)} if unknown else proposals


def _notes(plan: Plan, table: pd.DataFrame) -> Iterable[str]:
    unmapped = table[table["stage"].isna()]
    names, rows, total = unmapped["event"].nunique(dropna=False), unmapped["events"].sum(), table["events"].sum()
    yield (f"{names:,} event names have no stage, or none for some of their rows ({rows:,} of {total:,} events).")
    empty = [stage for stage in plan.model.stages if not plan.model.rules_of(stage)]
    if empty:
        yield f"No rule fills {listed(empty)}: no event can reach it."
    used = {rule for rules in plan.rules.values() for rule in rules}
    idle = len(plan.model.rules) - len(used)
    if idle:
        yield f"{idle:,} of {len(plan.model.rules):,} rules fit no event of this log."
    yield "Proposals are suggestions from names and positions; none has been applied."


def _pairs(table: pd.DataFrame) -> Iterable[tuple[Any, Any]]:
    return zip(table["event"], table["stage"], strict=True)


def _missing(value: Any) -> bool:
    return value is None or value != value
