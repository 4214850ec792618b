"""A stage model in the making: events put into stages, each step undone and redone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from mapkit.errors import StageError
from mapkit.stages import Rule, StageModel
from mapkit.stages.rules import Item


@dataclass(frozen=True)
class Draft:
    """A model, the ones before it and the ones undone, each with what was done in words."""

    model: StageModel
    past: tuple[tuple[str, StageModel], ...] = ()
    future: tuple[tuple[str, StageModel], ...] = ()

    @property
    def undoes(self) -> str:
        """What undoing would take back; empty when there is nothing."""
        return self.past[-1][0] if self.past else ""

    @property
    def redoes(self) -> str:
        """What redoing would do again; empty when there is nothing."""
        return self.future[-1][0] if self.future else ""

    def changed(self, what: str, model: StageModel) -> Draft:
        """Return the draft with another model; what was undone before is forgotten. The same model changes nothing."""
        if model == self.model:
            return self
        return Draft(model, (*self.past, (what, self.model)))

    def undone(self) -> Draft:
        """Return the draft before the last change; the same draft when there is none."""
        if not self.past:
            return self
        (what, model), past = self.past[-1], self.past[:-1]
        return replace(self, model=model, past=past, future=(*self.future, (what, self.model)))

    def redone(self) -> Draft:
        """Return the draft with what was undone last done again; the same draft when there is nothing."""
        if not self.future:
            return self
        (what, model), future = self.future[-1], self.future[:-1]
        return replace(self, model=model, past=(*self.past, (what, self.model)), future=future)


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
