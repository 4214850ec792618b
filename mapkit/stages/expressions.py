"""A plan as an Ibis expression: one CASE over event names and conditions, on any backend."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING

from mapkit.stages.order import order_of
from mapkit.stages.plan import Name, Plan
from mapkit.stages.rules import Rule

if TYPE_CHECKING:
    import ibis.expr.types as ir


def stage_expression(data: ir.Table, plan: Plan) -> ir.StringValue:
    """Return the stage of each row, missing where no rule takes it."""
    import ibis

    branches = [(rule_condition(data, plan, rule, events), rule.stage) for rule, events in plan.conditional.items()]
    for stage in plan.model.stages:
        names = [event for event, given in plan.plain.items() if given == stage]
        if names:
            branches.append((_is_one_of(data["event"], names), stage))
    return ibis.cases(*branches) if branches else ibis.null("string")


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
