"""One rule: which events belong to a stage."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import Any

from mapkit.errors import StageError, listed, nearest
from mapkit.stages.predicates import Predicate, predicates_of, written

Where = Mapping[str, Any] | Sequence[Predicate]
Item = str | Mapping[str, Any]
_KEYS = ("event", "where", "nth")


class Specificity(IntEnum):
    """How closely a rule describes an event. Of the rules that match, the lowest number wins."""

    NAME_AND_PREDICATES = 1
    NAME = 2
    PATTERN_AND_PREDICATES = 3
    PATTERN = 4
    PREDICATES = 5


@dataclass(frozen=True)
class Rule:
    r"""An event belongs to ``stage`` when its name, its columns and its number fit.

    Parameters
    ----------
    stage
        The stage it belongs to.
    event
        The event's exact name, or a pattern in which ``*`` stands for any run of characters (``"checkout_*"``).
        No other character is special, so ``"[App] Opened?"`` is a plain name; write ``\*`` for a star itself.
        None for events of any name.
    where
        Conditions on columns, all of which must hold: ``{"channel": "email", "value": {">=": 100}}``. A list means
        one of these; ``None`` means missing.
    nth
        Which of a customer's events count: 1 for the first that fits name and conditions, ``{">=": 2}`` for every
        later one. Equal times are told apart by the log's row order.
    """

    stage: str
    event: str | None = None
    where: Where = ()
    nth: int | Mapping[str, Any] | Sequence[Predicate] | None = None

    def __post_init__(self) -> None:
        try:
            object.__setattr__(self, "where", predicates_of(self.where))
            object.__setattr__(self, "nth", _numbers(self.nth))
        except StageError as fault:
            raise StageError(f"A rule of stage {self.stage!r}: {fault}") from None
        if self.event is None and not self.where:
            raise StageError(f"A rule of stage {self.stage!r} names no event and no condition. Give event= or where=.")
        if self.event == "":
            raise StageError(f"A rule of stage {self.stage!r} has an empty event name. Name an event, or leave it out.")

    @classmethod
    def of(cls, stage: str, item: Item | Rule) -> Rule:
        """Return the rule that an item of a stage's list says: a name, a pattern, or a mapping of event, where, nth."""
        if isinstance(item, Rule):
            if item.stage != stage:
                raise StageError(
                    f"A rule of stage {item.stage!r} ({item}) is listed under {stage!r}. Move it, or rename."
                )
            return item
        if isinstance(item, str):
            return cls(stage, item)
        if not isinstance(item, Mapping):
            raise StageError(
                f"Stage {stage!r} lists {item!r}. A rule is an event name, a pattern such as 'checkout_*', or a"
                " mapping with event, where or nth."
            )
        for key in item:
            if key not in _KEYS:
                raise StageError(
                    f"Stage {stage!r}: a rule has no {key!r}. It has {listed(_KEYS)}.{nearest(str(key), _KEYS)}"
                )
        return cls(stage, item.get("event"), item.get("where") or (), item.get("nth"))

    @classmethod
    def for_event(cls, stage: str, event: str) -> Rule:
        """Return the rule for exactly this event, whatever characters its name has."""
        return cls(stage, event.replace("*", r"\*"))

    @property
    def item(self) -> Item:
        """The rule as a stage's list writes it."""
        if self.event is not None and not self.where and not self.nth:
            return self.event
        said: dict[str, Any] = {} if self.event is None else {"event": self.event}
        if self.where:
            said["where"] = written(self.predicates)
        if self.nth:
            said["nth"] = written(self.numbers)["nth"]
        return said

    @cached_property
    def name(self) -> str | None:
        """The exact event name, or None when the rule has a pattern or no event."""
        return None if self.event is None or self._has_star else self.event.replace(r"\*", "*")

    @cached_property
    def specificity(self) -> Specificity:
        """How closely the rule describes an event."""
        conditional = bool(self.where or self.nth)
        if self.name is not None:
            return Specificity.NAME_AND_PREDICATES if conditional else Specificity.NAME
        if self.event is not None:
            return Specificity.PATTERN_AND_PREDICATES if conditional else Specificity.PATTERN
        return Specificity.PREDICATES

    @property
    def predicates(self) -> tuple[Predicate, ...]:
        """The conditions on columns."""
        return tuple(self.where)  # type: ignore[arg-type]

    @property
    def numbers(self) -> tuple[Predicate, ...]:
        """The conditions on the event's number within its customer."""
        return self.nth  # type: ignore[return-value]

    def fits(self, event: str | None) -> bool:
        """Say whether the rule can apply to events of this name; its other conditions are not looked at."""
        if self.event is None:
            return True
        if event is None:
            return False
        return event == self.name if self.name is not None else self._pattern.match(event) is not None

    def excludes(self, other: Rule) -> bool:
        """Say whether the conditions of two rules can never hold together, as far as can be told without data."""
        if any(one.excludes(two) for one in self.predicates for two in other.predicates):
            return True
        # Numbers count within a rule's own events, so they can be compared only where those are the same.
        same = (self.event, self.where) == (other.event, other.where)
        return same and any(one.excludes(two) for one in self.numbers for two in other.numbers)

    @cached_property
    def _has_star(self) -> bool:
        return self.event is not None and "*" in self.event.replace(r"\*", "")

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        parts = re.split(r"(?<!\\)\*+", self.event or "")
        return re.compile(".*".join(re.escape(part.replace(r"\*", "*")) for part in parts) + r"\Z", re.DOTALL)

    def __str__(self) -> str:
        conditions = " and ".join(str(part) for part in (*self.predicates, *self.numbers))
        name = "any event" if self.event is None else repr(self.event)
        return f"{name} where {conditions}" if conditions else name


def _numbers(nth: Any) -> tuple[Predicate, ...]:
    if nth is None:
        return ()
    numbers = predicates_of({"nth": nth}) if isinstance(nth, int | Mapping) else tuple(nth)
    for number in numbers:
        values = number.value if isinstance(number.value, tuple) else (number.value,)
        if not all(isinstance(value, int) and value >= 1 and value is not True for value in values):
            raise StageError(f"nth is {number.value!r}. Use a whole number from 1, or {{'>=': 2}}.")
    return numbers
