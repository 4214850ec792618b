"""A stage model: ordered stages, and the rules that give an event to one of them. Data, not code."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from mapkit.documents import packaged_schema, parse_document, read_document, to_yaml, write_document
from mapkit.errors import StageError, listed, nearest
from mapkit.stages.rules import Item, Rule, Where

Stages = Mapping[str, Iterable[Item | Rule] | None] | Iterable[str]


@dataclass(frozen=True, init=False)
class StageModel:
    """Ordered stages and the rules that fill them.

    >>> model = StageModel("web", {"visit": ["page_view"], "buy": ["checkout_*", {"event": "purchase", "nth": 1}]})
    >>> model.stages
    ('visit', 'buy')

    Of the rules that match an event the closest wins: exact name with conditions, exact name, pattern with
    conditions, pattern, conditions alone. Two stages that claim an event equally closely are an error, never a guess.

    Parameters
    ----------
    name
        What people call the model.
    stages
        The stages in order, each with its list of rules; see :class:`Rule` for what a rule may say. A list of names
        makes stages without rules, to be filled with :meth:`with_rule`.
    description
        What the stages mean and what was decided.
    ordered
        Whether the stages are a sequence. False for AARRR, where revenue may come before referral.
    """

    name: str
    stages: tuple[str, ...]
    rules: tuple[Rule, ...] = field(repr=False)
    description: str = field(default="", repr=False)
    ordered: bool = True

    def __init__(self, name: str, stages: Stages, *, description: str = "", ordered: bool = True) -> None:
        given = stages if isinstance(stages, Mapping) else dict.fromkeys(_distinct(name, stages))
        rules = [Rule.of(stage, item) for stage, items in given.items() for item in _items(stage, items)]
        for attribute, value in (
            ("name", str(name)),
            ("stages", tuple(given)),
            ("rules", tuple(dict.fromkeys(rules))),
            ("description", description),
            ("ordered", ordered),
        ):
            object.__setattr__(self, attribute, value)
        self._check()

    def rules_of(self, stage: str) -> tuple[Rule, ...]:
        """Return the rules of one stage, in order."""
        self.position(stage)
        return tuple(rule for rule in self.rules if rule.stage == stage)

    def position(self, stage: str) -> int:
        """Return a stage's place, from 0. Raises StageError, with the nearest name, when there is none such."""
        if stage not in self.stages:
            raise StageError(
                f"{self.name} has no stage {stage!r}. It has {listed(self.stages)}.{nearest(stage, self.stages)}"
            )
        return self.stages.index(stage)

    def with_rule(
        self, stage: str, event: str | None = None, *, where: Where = (), nth: int | Mapping[str, int] | None = None
    ) -> StageModel:
        """Return the model with one more rule, last in its stage; the same model when it has that rule already."""
        self.position(stage)
        return self._with([*self.rules, Rule(stage, event, where, nth)])

    def without_rule(
        self, stage: str, event: str | None = None, *, where: Where = (), nth: int | Mapping[str, int] | None = None
    ) -> StageModel:
        """Return the model without one of its rules. Raises StageError when it has no such rule."""
        rule = Rule(stage, event, where, nth)
        if rule not in self.rules_of(stage):
            known = [str(known) for known in self.rules_of(stage)]
            raise StageError(
                f"Stage {stage!r} of {self.name} has no rule {rule}. It has {', '.join(known[:12]) or 'none'}."
            )
        return self._with([known for known in self.rules if known != rule])

    def with_event(self, stage: str, event: str) -> StageModel:
        """Return the model with exactly this event in a stage, taken out of any other stage that named it."""
        self.position(stage)
        moved = Rule.for_event(stage, event)
        return self._with([*(rule for rule in self.rules if rule.item != moved.item), moved])

    def without_event(self, event: str) -> StageModel:
        """Return the model without the plain rule for this event; patterns and conditions stay."""
        item = Rule.for_event("", event).item
        return self._with([rule for rule in self.rules if rule.item != item])

    def reordered(self, stages: Iterable[str]) -> StageModel:
        """Return the model with the same stages in another order."""
        order = tuple(stages)
        if sorted(order) != sorted(self.stages):
            raise StageError(f"{self.name} has the stages {listed(self.stages)}; reordering gave {listed(order)}.")
        return self._with(self.rules, order)

    def renamed(self, name: str) -> StageModel:
        """Return the model under another name."""
        return StageModel(name, self._items(), description=self.description, ordered=self.ordered)

    def to_dict(self) -> dict[str, Any]:
        """Return the model as plain data, as its documents hold it."""
        described = {"description": self.description} if self.description else {}
        unordered = {} if self.ordered else {"ordered": False}
        stages = {stage: [rule.item for rule in rules] for stage, rules in self._items().items()}
        return {"name": self.name, **described, **unordered, "stages": stages}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> StageModel:
        """Return the model that plain data says."""
        return cls(
            data["name"],
            data["stages"],
            description=data.get("description", ""),
            ordered=data.get("ordered", True),
        )

    def to_yaml(self) -> str:
        """Return the model as a YAML document; :meth:`from_yaml` gives the same model back."""
        return to_yaml(self.to_dict())

    @classmethod
    def from_yaml(cls, text: str) -> StageModel:
        """Return the model that a YAML text says. Raises DocumentError with the line of what does not fit."""
        return cls.from_dict(parse_document(text, _schema(), name="the stage model"))

    @classmethod
    def read(cls, path: str | Path) -> StageModel:
        """Return the model in a YAML or JSON file."""
        return cls.from_dict(read_document(Path(path), _schema()))

    def write(self, path: str | Path, *, existing: Literal["refuse", "replace"] = "refuse") -> Path:
        """Write the model to a YAML or JSON file, whole or not at all, and return its path."""
        return write_document(self.to_dict(), path, existing=existing)

    def _items(self) -> dict[str, list[Rule]]:
        return {stage: [rule for rule in self.rules if rule.stage == stage] for stage in self.stages}

    def _with(self, rules: Iterable[Rule], stages: tuple[str, ...] | None = None) -> StageModel:
        kept = list(rules)
        items = {stage: [rule for rule in kept if rule.stage == stage] for stage in stages or self.stages}
        return StageModel(self.name, items, description=self.description, ordered=self.ordered)

    def _check(self) -> None:
        if not self.stages:
            raise StageError(f"{self.name} has no stages. Name at least one.")
        for stage in self.stages:
            if not isinstance(stage, str) or not stage.strip():
                raise StageError(f"{self.name} has a stage named {stage!r}. A stage's name is text that can be seen.")
        claimed: dict[tuple[Any, ...], Rule] = {}
        for rule in self.rules:
            self.position(rule.stage)
            first = claimed.setdefault((rule.event, rule.where, rule.nth), rule)
            if first.stage != rule.stage:
                raise StageError(
                    f"{self.name}: the stages {first.stage!r} and {rule.stage!r} both claim {rule}. "
                    "Take it out of one of them."
                )

    def __str__(self) -> str:
        order = " > ".join(self.stages) if self.ordered else f"{', '.join(self.stages)} (in any order)"
        return f"{self.name}: {order}; {len(self.rules)} rules"

    def _repr_html_(self) -> str:
        told = {stage: ", ".join(map(str, rules)) or "no rules yet" for stage, rules in self._items().items()}
        rows = "".join(f"<tr><th>{html.escape(s)}</th><td>{html.escape(said)}</td></tr>" for s, said in told.items())
        return f"<p><b>{html.escape(str(self))}</b></p><p>{html.escape(self.description)}</p><table>{rows}</table>"


def _schema() -> dict[str, Any]:
    return packaged_schema("mapkit.stages", "stage_model.schema.json")


def _items(stage: str, items: Iterable[Item | Rule] | None) -> list[Item | Rule]:
    if isinstance(items, str | Mapping):
        raise StageError(f"Stage {stage!r} holds {items!r}, not a list of rules. Write [{items!r}].")
    return list(items or ())


def _distinct(name: str, stages: Iterable[str]) -> list[str]:
    given = list(stages)
    for stage in given:
        if given.count(stage) > 1:
            raise StageError(f"{name} has two stages named {stage!r}. Rename one: a stage is known by its name.")
    return given
