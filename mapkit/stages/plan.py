"""Which rules apply to which event names of a log, decided once before any row is touched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from mapkit.errors import StageError
from mapkit.stages.model import StageModel
from mapkit.stages.rules import Rule

Name = str | None


@dataclass(frozen=True)
class Overlap:
    """Two equally specific rules of different stages that may both hold for rows of these events."""

    first: Rule
    second: Rule
    events: tuple[Name, ...]


@dataclass(frozen=True)
class Plan:
    """For each event name the rules that can give it a stage, closest first; the last one may have no conditions."""

    model: StageModel
    rules: dict[Name, tuple[Rule, ...]]

    @cached_property
    def plain(self) -> dict[Name, str]:
        """The stage of each event that gets one whatever its columns hold (closer rules with conditions apart)."""
        return {event: rules[-1].stage for event, rules in self.rules.items() if rules and is_plain(rules[-1])}

    @cached_property
    def conditional(self) -> dict[Rule, tuple[Name, ...]]:
        """The rules with conditions, closest first, and the events each is asked about."""
        asked: dict[Rule, list[Name]] = {}
        for event, rules in self.rules.items():
            for rule in rules:
                if not is_plain(rule):
                    asked.setdefault(rule, []).append(event)
        return {rule: tuple(asked[rule]) for rule in sorted(asked, key=lambda rule: rule.specificity)}

    @cached_property
    def overlaps(self) -> tuple[Overlap, ...]:
        """The pairs of rules that only the rows can tell apart."""
        pairs: dict[tuple[Rule, Rule], list[Name]] = {}
        for event, rules in self.rules.items():
            for pair in _rivals(rules):
                pairs.setdefault(pair, []).append(event)
        return tuple(Overlap(*pair, tuple(events)) for pair, events in pairs.items())

    def names(self, event: Name) -> bool:
        """Say whether a rule names this event, itself or by a pattern: what it leaves out is left out on purpose."""
        return any(rule.event is not None for rule in self.rules[event])

    @cached_property
    def never(self) -> tuple[Name, ...]:
        """The events that no rule fits by name."""
        return tuple(event for event, rules in self.rules.items() if not rules)

    @cached_property
    def sometimes(self) -> tuple[Name, ...]:
        """The events that have rules, all of them with conditions."""
        return tuple(event for event, rules in self.rules.items() if rules and event not in self.plain)


def plan_for(model: StageModel, events: Iterable[Name]) -> Plan:
    """Return which rules apply to these event names. Raises StageError where two stages claim one equally closely."""
    named: dict[str, list[Rule]] = {}
    wider: list[Rule] = []
    for rule in model.rules:
        if rule.name is not None:
            named.setdefault(rule.name, []).append(rule)
        else:
            wider.append(rule)
    rules = {}
    for event in events:
        fitting = [*named.get(event or "", ()), *(rule for rule in wider if rule.fits(event))]
        rules[event] = _closest_first(model, event, fitting)
    return Plan(model, rules)


def is_plain(rule: Rule) -> bool:
    """Say whether a rule has no conditions, so that the event's name decides alone."""
    return not rule.where and not rule.nth


def ambiguous(model: StageModel, event: Name, first: Rule, second: Rule, rows: int | None = None) -> StageError:
    """Return the error for an event that two stages claim equally closely."""
    both = "" if rows is None else f" ({rows:,} of its rows meet both)"
    return StageError(
        f"{model.name}: the event {event!r} is claimed by stage {first.stage!r} ({first}) and by stage"
        f" {second.stage!r} ({second}), equally closely{both}. Name the event exactly in one of them"
        f" - {first.stage!r}: [{event!r}] - or narrow a rule until only one fits."
    )


def _closest_first(model: StageModel, event: Name, rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """Return the rules an event can meet: those with conditions, up to the closest without."""
    ordered = sorted(rules, key=lambda rule: rule.specificity)
    plain = [rule for rule in ordered if is_plain(rule)]
    if not plain:
        return tuple(ordered)
    for rival in plain[1:]:
        if rival.specificity == plain[0].specificity and rival.stage != plain[0].stage:
            raise ambiguous(model, event, plain[0], rival)
    return tuple(ordered[: ordered.index(plain[0]) + 1])


def _rivals(rules: Sequence[Rule]) -> Iterator[tuple[Rule, Rule]]:
    for first, second in combinations((rule for rule in rules if not is_plain(rule)), 2):
        if first.specificity == second.specificity and first.stage != second.stage and not first.excludes(second):
            yield first, second
