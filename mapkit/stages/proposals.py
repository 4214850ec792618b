"""A stage proposed for an event that no rule takes, from its name, with the reason in words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from mapkit.stages.built_in import every_built_in
from mapkit.stages.model import StageModel
from mapkit.stages.plan import Name, is_plain, plan_for

_ENOUGH_WORDS = 0.5
_ENOUGH_SPELLING = 0.55
_BREAKS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^\w]+|_+")


@dataclass(frozen=True)
class Proposal:
    """A stage for an event, and why."""

    stage: str
    reason: str


def propose_stages(unmapped: Iterable[str], model: StageModel, log: Mapping[Name, int]) -> dict[str, Proposal]:
    """Return a proposal for each event whose name gives one; the same events always get the same proposals.

    Three looks, the first that finds something counts: the same name but for case and separators, in the model or in
    the default vocabularies; words shared with an event that has a stage; a spelling close to one.

    Parameters
    ----------
    unmapped
        The events to find a stage for.
    log
        The log's event names and their rows, from which the model's patterns are known by example.
    """
    known = _known(model, log)
    by_look = _Names(known)
    proposals = {}
    for event in unmapped:
        proposal = by_look.same(event) or _from_vocabulary(event, model, known) or by_look.alike(event)
        if proposal is not None:
            proposals[event] = proposal
    return proposals


def normalised(name: str) -> str:
    """Return a name without case and separators' differences: ``Order Completed`` is ``order_completed``."""
    return "_".join(words(name))


def words(name: str) -> tuple[str, ...]:
    """Return the words of an event name, in lower case."""
    return tuple(word.casefold() for word in _BREAKS.split(name) if word) or (name.casefold(),)


def _known(model: StageModel, log: Mapping[Name, int]) -> dict[str, str]:
    """Return every event name that the model gives a stage; a rule without conditions outweighs one with."""
    exact = {rule.name: rule.stage for rule in sorted(model.rules, key=is_plain) if rule.name is not None}
    plain = plan_for(model, log).plain
    return {**exact, **{event: stage for event, stage in plain.items() if event is not None}}


def _from_vocabulary(event: str, model: StageModel, known: Mapping[str, str]) -> Proposal | None:
    places = _vocabulary().get(normalised(event))
    if places is None:
        return None
    by_name = {stage.casefold(): stage for stage in model.stages}
    for built_in, stage in places.items():
        if stage.casefold() in by_name:
            return Proposal(by_name[stage.casefold()], f"{built_in} has it in {stage!r}")
    beside = [name for name in known if _vocabulary().get(normalised(name)) == places]
    if not beside:
        return None
    stage = Counter(known[name] for name in beside).most_common(1)[0][0]
    example = next(name for name in beside if known[name] == stage)
    return Proposal(stage, f"the built-in models put it beside {example!r}, which is in {stage!r} here")


@cache
def _vocabulary() -> dict[str, dict[str, str]]:
    """Return, for each name in the built-in models, its stage in each of them."""
    places: dict[str, dict[str, str]] = {}
    for model in every_built_in():
        for rule in model.rules:
            if rule.name is not None:
                places.setdefault(normalised(rule.name), {}).setdefault(model.name, rule.stage)
    return places


class _Names:
    """Known event names, found by their words and by their letters."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self._stage = known
        self._same: dict[str, str] = {}
        for name in known:
            self._same.setdefault(normalised(name), name)
        self._by_words = _Index(known, _stems)
        self._by_letters = _Index(known, _trigrams)

    def same(self, event: str) -> Proposal | None:
        name = self._same.get(normalised(event))
        return Proposal(self._stage[name], f"it is {name!r} but for case and separators") if name else None

    def alike(self, event: str) -> Proposal | None:
        name = self._by_words.closest(event, _ENOUGH_WORDS)
        if name:
            shared = ", ".join(dict.fromkeys(word for word in words(event) if _stem(word) in _stems(name)))
            return Proposal(self._stage[name], f"it shares words with {name!r} ({shared})")
        name = self._by_letters.closest(event, _ENOUGH_SPELLING)
        return Proposal(self._stage[name], f"it is spelt much like {name!r}") if name else None


class _Index:
    """Names by their features, so that the closest of thousands is found without comparing with each."""

    def __init__(self, names: Iterable[str], features: Callable[[str], frozenset[str]]) -> None:
        self._features = features
        self._holding: dict[str, list[str]] = {}
        for name in names:
            for feature in features(name):
                self._holding.setdefault(feature, []).append(name)

    def closest(self, event: str, enough: float) -> str | None:
        """Return the name with the highest Dice coefficient of features, at least ``enough``; ties by name."""
        mine = self._features(event)
        shared = Counter(name for feature in mine for name in self._holding.get(feature, ()))
        likeness = {name: 2 * count / (len(mine) + len(self._features(name))) for name, count in shared.items()}
        best = min(likeness, key=lambda name: (-likeness[name], name), default=None)
        return best if best is not None and likeness[best] >= enough else None


@lru_cache(100_000)
def _stems(name: str) -> frozenset[str]:
    return frozenset(_stem(word) for word in words(name))


def _stem(word: str) -> str:
    for ending in ("ing", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word


@lru_cache(100_000)
def _trigrams(name: str) -> frozenset[str]:
    padded = f"  {normalised(name)} "
    return frozenset(padded[start : start + 3] for start in range(len(padded) - 2))
