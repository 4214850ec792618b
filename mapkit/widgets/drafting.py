"""A stage model in the making: many events put into stages, or taken out, in one step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mapkit.errors import StageError
from mapkit.stages import Rule, StageModel
from mapkit.stages.rules import Item


def with_events(model: StageModel, stages: Mapping[str, str]) -> StageModel:
    """Return the model with each event in its stage by a rule of its exact name: ``with_event`` for many at once."""
    for stage in set(stages.values()):
        model.position(stage)
    new = [Rule.for_event(stage, event) for event, stage in stages.items()]
    return _rebuilt(model, [*_without(model, {rule.item for rule in new}), *new])


def without_events(model: StageModel, events: Iterable[str]) -> StageModel:
    """Return the model without the plain rules for these events.

    Raises
    ------
    StageError
        An event has no rule of its own name: a pattern or a condition gives it its stage.
    """
    named = {event: Rule.for_event("", event).item for event in events}
    own = {rule.item for rule in model.rules if isinstance(rule.item, str)}
    for event, item in named.items():
        fitting = [rule for rule in model.rules if rule.fits(event)]
        if item not in own and fitting:
            raise StageError(
                f"{event!r} is in {fitting[0].stage!r} by the rule {fitting[0]}, which takes other events too. Put"
                f" {event!r} into another stage, or change the rule in the model."
            )
    return _rebuilt(model, _without(model, set(named.values())))


def _without(model: StageModel, items: set[Item]) -> list[Rule]:
    """Return the model's rules but for the plain ones among ``items``; a rule with conditions is not plain."""
    return [rule for rule in model.rules if not (isinstance(rule.item, str) and rule.item in items)]


def _rebuilt(model: StageModel, rules: list[Rule]) -> StageModel:
    stages: dict[str, list[Rule]] = {stage: [] for stage in model.stages}
    for rule in rules:
        stages[rule.stage].append(rule)
    return StageModel(model.name, stages, description=model.description, ordered=model.ordered)
