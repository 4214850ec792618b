"""What a funnel asks for: steps, events that must not come between, a window, a period of entry."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING, Any

from mapkit.errors import OptionError, listed, nearest
from mapkit.stages.predicates import predicates_of
from mapkit.tables import Table

if TYPE_CHECKING:
    import ibis.expr.types as ir

_SECONDS = {"s": 1, "min": 60, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_SPAN = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(s|min|m|h|d|w)(?:ec(?:ond)?s?|in(?:ute)?s?|ours?|ays?|eeks?)?\s*")
# Bits in the engine's mask: steps and forbidden events together.
MOST_STEPS = 24


@dataclass(frozen=True)
class Step:
    """One step of a funnel.

    A plain string is a stage's name when the table has that stage, else an event's name; ``Step`` says which, and can
    ask more: ``Step("large order", event="purchase", where={"value": {">=": 100}})``. ``event`` may be a list: any of
    them will do. ``where`` holds conditions on columns, written as in a stage model.
    """

    name: str
    event: str | Sequence[str] | None = None
    where: Mapping[str, Any] | None = None
    stage: str | None = None


@dataclass(frozen=True)
class Exclusion:
    """An event that removes a customer when it comes after step ``after`` and before step ``before`` (from 1)."""

    event: str
    after: int = 1
    before: int = 2


def steps_of(events: Table, steps: Sequence[str | Step]) -> tuple[tuple[Step, ...], list[str]]:
    """Return the steps in full, and what had to be decided about them."""
    if isinstance(steps, str) or not steps:
        raise OptionError(f"steps={steps!r} names no steps. Give a list, such as ['visit', 'sign_up', 'buy'].")
    if len(steps) > MOST_STEPS:
        raise OptionError(f"A funnel has at most {MOST_STEPS} steps, and here are {len(steps)}.")
    known_stages, full, decided = _stages(events, steps), list[Step](), list[str]()
    for given in steps:
        if isinstance(given, Step):
            full.append(given)
        elif given in known_stages:
            full.append(Step(given, stage=given))
        elif isinstance(given, str):
            full.append(Step(given, event=given))
        else:
            raise OptionError(f"A step is a name or a Step, and {given!r} is neither.")
    by_stage = [step.name for step in full if step.stage is not None and step.event is None]
    if by_stage:
        decided.append(f"Steps read as stages: {', '.join(by_stage)}.")
    return _with_own_names(full), decided


def condition(events: Table, step: Step) -> ir.BooleanValue:
    """Return whether an event is the step, as an expression on the events table."""
    data, parts = events.data, []
    if step.stage is not None:
        events.need("stage", for_what=f"the step {step.name!r}")
        parts.append(data["stage"] == step.stage)
    if step.event is not None:
        names = [step.event] if isinstance(step.event, str) else list(step.event)
        parts.append(data["event"] == names[0] if len(names) == 1 else data["event"].isin(names))
    for predicate in predicates_of(step.where or {}):
        events.need(predicate.column, for_what=f"the step {step.name!r}")
        parts.append(predicate.expression(data[predicate.column]))
    if not parts:
        raise OptionError(f"The step {step.name!r} asks for nothing. Give it an event, a stage or a condition.")
    return reduce(and_, parts)


def check_names(events: Table, steps: Sequence[Step], exclusions: Sequence[Exclusion]) -> tuple[str, ...]:
    """Return a note for each name that no event bears; asked when a count came out as zero.

    Raises :class:`OptionError` when it looks like a slip: no name asked for occurs, or the log has one much like it.
    """
    asked = {name: f"step {step.name!r}" for step in steps for name in _named(step.event)}
    asked |= {each.event: "the exclusion" for each in exclusions}
    there = set(events.event_names) if asked else set()
    missing = [name for name in asked if name not in there]
    for name in missing:
        guess = nearest(name, there - set(asked))
        if there and (guess or len(missing) == len(asked)):
            raise OptionError(
                f"No event is named {name!r} ({asked[name]}). The log has {listed(sorted(there))}.{guess}"
            )
    return tuple(
        f"No event in this log is named {name!r} ({asked[name]}): nobody is counted there." for name in missing
    )


def check_exclusions(exclusions: Sequence[Exclusion], steps: int) -> None:
    """Raise :class:`OptionError` unless every exclusion lies between two steps of the funnel."""
    for each in exclusions:
        if not 1 <= each.after < each.before <= steps:
            raise OptionError(
                f"Exclusion({each.event!r}, after={each.after}, before={each.before}) does not lie between two of the "
                f"{steps} steps. Count steps from 1, with after < before."
            )


def microseconds(window: str | timedelta | None) -> int | None:
    """Return a window in microseconds; None stays None.

    >>> microseconds("7d") == 7 * 86_400_000_000
    True
    """
    if window is None:
        return None
    if isinstance(window, timedelta):
        span = round(window.total_seconds() * 1_000_000)
    else:
        found = _SPAN.fullmatch(str(window))
        if not found:
            raise OptionError(
                f"window={window!r} is not a span of time. Write a number and s, min, h, d or w, such as '30min' or "
                "'7d', or give a datetime.timedelta; None means no limit."
            )
        span = round(float(found[1]) * _SECONDS[found[2]] * 1_000_000)
    if span < 0:
        raise OptionError(f"window={window!r} is negative. A window reaches forward from the first step.")
    return span


def moment(when: str | date | datetime | None, option: str) -> datetime | None:
    """Return a point in time as UTC without a zone; text is read as ISO 8601, without a zone as UTC."""
    if when is None:
        return None
    if isinstance(when, str):
        try:
            when = datetime.fromisoformat(when)
        except ValueError:
            raise OptionError(
                f"{option}={when!r} is not a date. Write it as '2025-05-12' or '2025-05-12T08:30'."
            ) from None
    if not isinstance(when, datetime):
        when = datetime(when.year, when.month, when.day)  # noqa: DTZ001 - a date begins at midnight UTC
    return when.astimezone(UTC).replace(tzinfo=None) if when.tzinfo else when


def _stages(events: Table, steps: Sequence[str | Step]) -> set[str]:
    if events.stages or "stage" not in events.columns:
        return set(events.stages)
    names = [step for step in steps if isinstance(step, str)]
    data = events.data
    found = data.filter(data["stage"].isin(names)).select("stage").distinct().to_pandas()["stage"]
    return set(found.astype(str))


def _with_own_names(steps: list[Step]) -> tuple[Step, ...]:
    """Give a step that repeats a number, so that every row of the funnel has a name of its own."""
    seen: dict[str, int] = {}
    named = []
    for step in steps:
        seen[step.name] = seen.get(step.name, 0) + 1
        name = step.name if seen[step.name] == 1 else f"{step.name} ({seen[step.name]})"
        named.append(Step(name, step.event, step.where, step.stage))
    return tuple(named)


def _named(event: str | Sequence[str] | None) -> list[str]:
    if event is None:
        return []
    return [event] if isinstance(event, str) else list(event)
