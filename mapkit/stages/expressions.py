"""A plan as an Ibis expression over event names and conditions, on any backend."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING

from mapkit.loaders.duck import duck
from mapkit.stages.order import order_of
from mapkit.stages.plan import Name, Plan
from mapkit.stages.rules import Rule
from mapkit.tables.embedded import is_embedded

if TYPE_CHECKING:
    import ibis.expr.types as ir


def stage_expression(data: ir.Table, plan: Plan) -> ir.StringValue:
    """Return the stage of each row, missing where no rule takes it."""
    import ibis

    branches = [(rule_condition(data, plan, rule, events), rule.stage) for rule, events in plan.conditional.items()]
    named = {event: stage for event, stage in plan.plain.items() if event is not None}
    if is_embedded(data) and named:
        if None in plan.plain:
            branches.append((data["event"].isnull(), plan.plain[None]))
        looked_up = _looked_up(data["event"], named)
        return ibis.cases(*branches, else_=looked_up) if branches else looked_up
    for stage in plan.model.stages:
        names = [event for event, given in plan.plain.items() if given == stage]
        if names:
            branches.append((_is_one_of(data["event"], names), stage))
    return ibis.cases(*branches) if branches else ibis.null("string")


def _looked_up(event: ir.StringValue, stages: dict[str, str]) -> ir.StringValue:
    """Return each event's stage by its place in a list.

    DuckDB works a function out once for each name in a column's dictionary, and comparisons once for each row.
    """
    import ibis

    stage: ir.StringValue = duck().at_place(
        ibis.array(list(stages.values())), duck().place_in(ibis.array(list(stages)), event)
    )
    return stage


def rule_condition(data: ir.Table, plan: Plan, rule: Rule, events: Sequence[Name]) -> ir.BooleanValue:
    """Return whether a row is one of these events and meets the rule's conditions."""
    conditions = [predicate.expression(data[predicate.column]) for predicate in rule.predicates]
    fits: ir.BooleanValue = reduce(and_, conditions, _is_one_of(data["event"], events))
    if rule.numbers:
        # The rule's own events are numbered, also those that a closer rule takes in the end.
        own = [event for event in plan.rules if rule.fits(event)]
        number = _number_among(data, reduce(and_, conditions, _is_one_of(data["event"], own)))
        fits = reduce(and_, (limit.expression(number) for limit in rule.numbers), fits)
    return fits


def _number_among(data: ir.Table, fits: ir.BooleanValue) -> ir.IntegerValue:
    """Return how many of the customer's rows up to this one fit: 1 at the first that does."""
    import ibis

    window = ibis.window(group_by=data["customer"], order_by=order_of(data), rows=(None, 0))
    return fits.ifelse(1, 0).sum().over(window)


def _is_one_of(event: ir.StringValue, names: Sequence[Name]) -> ir.BooleanValue:
    known = [name for name in names if name is not None]
    if len(known) == len(names):
        return event.isin(known)
    return event.isin(known) | event.isnull() if known else event.isnull()
