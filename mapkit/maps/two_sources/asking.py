"""Every question of a map put to the log and to the survey."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mapkit.maps.two_sources import answers
from mapkit.maps.two_sources.answers import Answer
from mapkit.maps.two_sources.moves import Durations, move_durations, moves_in_session
from mapkit.maps.two_sources.persona_log import PersonaLog
from mapkit.maps.two_sources.questions import Kind, Question
from mapkit.maps.two_sources.step_counts import Pair, StepCounts, count_steps, neighbours
from mapkit.maps.two_sources.valences import Valences
from mapkit.maps.two_sources.witnesses import Known, Witness

ENOUGH = 30
TOLERANCE = {"content": 0.05, "sequence": 0.0, "timing": 0.05, "rate": 0.05, "emotion": 0.25, "duration": 0.25}
"""How far a claim may be off: points of a share; of the scale -2..2 for emotion; a part of a claimed duration."""


@dataclass(frozen=True, eq=False)
class Sources:
    """Both sources and how they are asked."""

    log: PersonaLog
    valences: Valences
    known: Known
    tolerance: Mapping[str, float]
    window: str | None = None
    confidence: float = 0.95


@dataclass(frozen=True)
class Asked:
    """A question, its answer (None where nothing could be measured, and ``reason`` why), and the customers concerned.

    ``of_customers`` is the share of the persona's customers whom the cell speaks about; ``about`` says what an emotion
    was asked about: "touchpoint" or "stage".
    """

    question: Question
    answer: Answer | None
    reason: str = ""
    of_customers: float = 0.0
    about: str = ""


@dataclass(frozen=True)
class _Counted:
    """All that the log was asked, in a handful of queries for the whole map."""

    steps: StepCounts
    sessions: dict[Pair, tuple[int, int]]
    durations: dict[tuple[Pair, float], Durations]
    channels: dict[Witness, dict[str, int]]


def ask_all(questions: Sequence[Question], sources: Sources) -> list[Asked]:
    """Return every question with its answer, in the same order."""
    counted = _count(questions, sources)
    return [_ask(question, counted, sources) for question in questions]


def _count(questions: Sequence[Question], sources: Sources) -> _Counted:
    log = sources.log
    of_kind: dict[Kind, list[Question]] = {}
    for question in questions:
        of_kind.setdefault(question.kind, []).append(question)
    ordered = [*of_kind.get("order", ()), *of_kind.get("reach", ())]
    pairs = dict.fromkeys(pair for question in ordered for pair in neighbours(question.steps))
    steps = [witness for question in questions for witness in question.steps]
    sessions = dict.fromkeys(_pair(question) for question in of_kind.get("session", ()))
    has_channels = "channel" in log.rows.columns
    channels = dict.fromkeys(question.steps[0] for question in of_kind.get("channel", ())) if has_channels else {}
    return _Counted(
        count_steps(log, steps, list(pairs)),
        moves_in_session(log, list(sessions)),
        _durations(of_kind.get("median", ()), sources),
        log.channels(list(channels)),
    )


def _durations(questions: Sequence[Question], sources: Sources) -> dict[tuple[Pair, float], Durations]:
    """Return the durations of every pair and claim: one query, or as many as there are claims about one pair."""
    off, left = sources.tolerance["duration"], {(_pair(each), each.claimed or 0.0) for each in questions}
    found: dict[tuple[Pair, float], Durations] = {}
    while left:
        now = dict(sorted(left, key=lambda each: each[1]))
        limits = {pair: (claimed * (1 - off), claimed * (1 + off)) for pair, claimed in now.items()}
        took = move_durations(sources.log, limits, sources.confidence)
        found |= {(pair, claimed): took[pair] for pair, claimed in now.items()}
        left -= set(now.items())
    return found


def _pair(question: Question) -> Pair:
    return question.steps[0], question.steps[-1]


def _ask(question: Question, counted: _Counted, sources: Sources) -> Asked:
    if question.kind == "nothing":
        return Asked(question, None, question.reason)
    everybody = sources.log.customers
    if question.kind in ("valence", "owner"):
        taken = counted.steps.taken[question.steps[0]] if question.steps else everybody
        concerned = taken / everybody if everybody else 0.0
        return (_valence if question.kind == "valence" else _owner)(question, sources, concerned)
    answer = _of_log(question, counted, sources)
    reason = "" if answer else _WHY_NOT[question.kind]
    return Asked(question, answer, reason, answer.n / everybody if answer and everybody else 0.0)


_WHY_NOT: dict[Kind, str] = {
    "session": "the events have no column 'session'; map_sessions(events) gives one",
    "channel": "the events have no column 'channel'",
}


def _of_log(question: Question, counted: _Counted, sources: Sources) -> Answer | None:
    log, steps, confidence, counts = sources.log, question.steps, sources.confidence, counted.steps
    off, pair = sources.tolerance[question.about], _pair(question)
    if question.kind == "happens":
        return answers.of_happening(counts.taken[steps[0]], log.customers, confidence)
    if question.kind == "share":
        return answers.of_share(counts.taken[steps[0]], log.customers, question.claimed, off, confidence)
    if question.kind == "order":
        return _order(steps, counts, off, confidence)
    if question.kind == "reach":
        within = question.within or sources.window
        hits, n = log.reached_within(pair, within) if within else (counts.pairs[pair].after, counts.taken[pair[0]])
        return answers.of_share(hits, n, question.claimed, off, confidence)
    if question.kind == "session":
        found = counted.sessions.get(pair)
        return found and answers.of_share(*found, question.claimed, off, confidence)
    if question.kind == "median":
        claimed = question.claimed or 0.0
        took = counted.durations[pair, claimed]
        return answers.of_median(took.median, took.n, took.sides, claimed, sources.tolerance["duration"])
    if steps[0] not in counted.channels:
        return None
    return answers.of_name(counted.channels[steps[0]], counts.taken[steps[0]], question.name, off, confidence)


def _order(steps: Sequence[Witness], counts: StepCounts, tolerance: float, confidence: float) -> Answer:
    """Return the neighbours that fewest took in the claimed order: an order is as true as its weakest part."""
    pairs = neighbours(steps)
    both = [counts.pairs[pair] for pair in pairs]
    found = [answers.of_order(each.in_order, each.both, tolerance, confidence, len(pairs)) for each in both]
    return min(found, key=lambda answer: (answer.n < ENOUGH, answer.value))


def _valence(question: Question, sources: Sources, concerned: float) -> Asked:
    stage = question.placed.cell.stage
    n, total, squares, about = sources.valences.about(question.touchpoints, stage, least=ENOUGH)
    if not n:
        return Asked(question, None, "no answer about emotion is about its touchpoint or stage", concerned)
    answer = answers.of_mean(
        n, total, squares, question.claimed, tolerance=sources.tolerance["emotion"], confidence=sources.confidence
    )
    return Asked(question, answer, "", concerned, about)


def _owner(question: Question, sources: Sources, concerned: float) -> Asked:
    owners = [sources.known.inventory[name].get("owner") for name in question.touchpoints]
    named = list(dict.fromkeys(str(owner) for owner in owners if owner is not None and owner == owner))
    same = question.name.casefold() in {name.casefold() for name in named}
    said = ", ".join(named) or "nobody"
    return Asked(question, Answer(beyond=0.0 if same else 1.0, p=math.nan, name=said), "", concerned)
