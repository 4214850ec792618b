"""A log put to a stage model: every event gets the stage its closest rule names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from mapkit.errors import StageError, one_of
from mapkit.loaders import read_events
from mapkit.stages.expressions import rule_condition, stage_expression
from mapkit.stages.model import StageModel
from mapkit.stages.order import with_row
from mapkit.stages.plan import Name, Plan, ambiguous, plan_for
from mapkit.stages.proposals import propose_stages
from mapkit.tables import Table

if TYPE_CHECKING:
    import ibis.expr.types as ir

Unmapped = Literal["error", "keep", "drop"]
_MOST_TOLD = 8


def map_stages(events: Any, model: StageModel, *, unmapped: Unmapped = "error") -> Table:
    """Return the events with one more column, ``stage`` (text), and the model's order in ``Table.stages``.

    Nothing is computed but the distinct event names and their counts: the stage is an expression, worked out in the
    rows' own database when something is measured. Rules are held against the names that the log has now. A ``stage``
    column that was there is replaced.

    Rules with ``nth`` number a customer's events by time, then by ``row``. Where the embedded database can still tell
    the order of the rows, a missing ``row`` column is added for that; in a remote database without one, which of
    several events of the same time is the first is left to that database.

    Parameters
    ----------
    events
        An events table, or anything ``read_events`` takes, with whatever columns the rules' conditions name.
    unmapped
        What becomes of events that no rule takes. ``"error"`` lists them with a proposal for each. ``"keep"`` leaves
        their stage missing; they still count in denominators. ``"drop"`` leaves them out, and with them the customers
        who did nothing else: shares are then of the customers that remain. :func:`measure_coverage` has the counts.

    Raises
    ------
    StageError
        Two stages claim an event equally closely; or events have no stage and ``unmapped="error"``.
    TableError
        A condition names a column that the events lack.
    """
    one_of(unmapped, ("error", "keep", "drop"), "unmapped")
    staged, plan, counts = put_stages(events, model)
    if unmapped == "error":
        missing = _without_stage(staged.data, plan, counts)
        if missing:
            raise StageError(_unmapped_message(plan, missing, counts))
    return staged.with_data(staged.data.filter(staged.data["stage"].notnull())) if unmapped == "drop" else staged


def put_stages(source: Any, model: StageModel) -> tuple[Table, Plan, dict[Name, int]]:
    """Return the events with their stage where a rule gives one, the plan behind it, and the rows of each event."""
    events = read_events(source)
    for rule in model.rules:
        events.need(*(predicate.column for predicate in rule.predicates), for_what=f"the rule {rule} of {model.name}")
    if any(rule.nth for rule in model.rules):
        # Numbering a customer's events may shuffle the rows; their order is written down before it is lost.
        events = with_row(events)
    counts = _count_events(events.data)
    plan = plan_for(model, counts)
    _check_overlaps(events.data, plan)
    data = events.data.mutate(stage=stage_expression(events.data, plan))
    return replace(events, data=data, stages=model.stages), plan, counts


def _count_events(data: ir.Table) -> dict[Name, int]:
    counted = data.group_by("event").agg(rows=data.count()).to_pandas()
    pairs = ((None if name != name or name is None else str(name), int(rows)) for name, rows in counted.to_numpy())
    return dict(sorted(pairs, key=lambda pair: (-pair[1], pair[0] or "")))


def _check_overlaps(data: ir.Table, plan: Plan) -> None:
    """Raise StageError when rows meet two rules of different stages equally closely; one scan, only where in doubt."""
    if not plan.overlaps:
        return
    doubts: dict[str, Any] = {
        f"doubt_{number}": (
            rule_condition(data, plan, overlap.first, overlap.events)
            & rule_condition(data, plan, overlap.second, overlap.events)
        )
        for number, overlap in enumerate(plan.overlaps)
    }
    met = data.select(event="event", **doubts)
    sums = {name: met[name].fill_null(False).ifelse(1, 0).sum() for name in doubts}
    found = met.group_by("event").agg(**sums).order_by("event").to_pandas()
    for number, overlap in enumerate(plan.overlaps):
        rows = found[found[f"doubt_{number}"] > 0]
        if len(rows):
            name, count = rows["event"].iloc[0], int(rows[f"doubt_{number}"].iloc[0])
            raise ambiguous(plan.model, name, overlap.first, overlap.second, count)


def _without_stage(data: ir.Table, plan: Plan, counts: dict[Name, int]) -> dict[Name, int]:
    """Return the rows without a stage of each event name; rows are looked at only where conditions decide."""
    missing = {event: counts[event] for event in plan.never}
    if plan.sometimes:
        null = data.filter(data["stage"].isnull())
        missing |= {event: rows for event, rows in _count_events(null).items() if event in plan.sometimes}
    return dict(sorted(missing.items(), key=lambda pair: (-pair[1], pair[0] or "")))


def _unmapped_message(plan: Plan, missing: dict[Name, int], counts: dict[Name, int]) -> str:
    model = plan.model
    unnamed = [name for name in missing if name is not None and not plan.names(name)]
    proposals = propose_stages(unnamed, model, counts)
    told = "".join(_told(name, rows, proposals.get(name or "")) for name, rows in _first(missing.items()))
    more = f"\n  and {len(missing) - _MOST_TOLD:,} more" if len(missing) > _MOST_TOLD else ""
    return (
        f"{model.name} gives no stage to {len(missing):,} of {len(counts):,} event names"
        f" ({sum(missing.values()):,} of {sum(counts.values()):,} events):{told}{more}\n"
        "Add rules with model.with_event(stage, event), look at measure_coverage(events, model), or pass"
        " unmapped='keep' or unmapped='drop'."
    )


def _told(name: Name, rows: int, proposal: Any) -> str:
    guess = f"; perhaps {proposal.stage!r}: {proposal.reason}" if proposal else ""
    return f"\n  {name!r} ({rows:,} event{'' if rows == 1 else 's'}{guess})"


def _first(pairs: Iterable[tuple[Name, int]]) -> list[tuple[Name, int]]:
    return list(pairs)[:_MOST_TOLD]
