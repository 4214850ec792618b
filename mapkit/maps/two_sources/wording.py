"""A cell of a two-source map in words: what is claimed, what was observed, and the two in one sentence."""

from __future__ import annotations

import math

from mapkit.maps.two_sources.asking import ENOUGH, Asked
from mapkit.maps.two_sources.questions import Question
from mapkit.statistics.estimates import written

_SHORT = 60


def claimed_text(question: Question) -> str:
    """Return the claim as a reader says it; empty where a cell claims nothing that could be measured."""
    claimed = question.placed.cell.claimed
    if isinstance(claimed, tuple):
        return " > ".join(claimed)
    if question.kind in ("channel", "owner"):
        return question.name
    if question.kind == "happens":
        return "it happens"
    if question.claimed is not None and question.kind != "median":
        return said(question.claimed, question.unit)
    return "" if claimed is None else str(claimed)


def observed_text(asked: Asked) -> str:
    """Return what was observed with its interval; empty where nothing was."""
    answer, unit = asked.answer, asked.question.unit
    if answer is None or (math.isnan(answer.value) and not answer.name):
        return ""
    if unit == "name":
        return answer.name
    ends = "" if math.isnan(answer.low) else f" [{said(answer.low, unit)}, {said(answer.high, unit)}]"
    # Another channel leads: its name comes first.
    leads = f"{answer.name}; " if answer.name not in ("", asked.question.name) else ""
    return f"{leads}{said(answer.value, unit)}{ends}"


def said(value: float, unit: str) -> str:
    """Return a number as it stands in a sentence.

    >>> said(0.121, "share"), said(-0.836, "valence"), said(216_000, "seconds")
    ('12.1%', '-0.84', '2.5 days')
    """
    return f"{value:+.2f}" if unit == "valence" else written(value, unit)


def sentence(asked: Asked, state: str) -> str:
    """Return the claim and the observation in one sentence, with the verdict first."""
    question, answer = asked.question, asked.answer
    where = _cut(question.placed.cell.step or question.placed.cell.stage)
    if answer is None:
        return f"Unmeasured: {where}, {question.placed.lane}: {asked.reason}."
    if state == "unmeasured":
        return f"Unmeasured: {where}: {_fact(asked)}; {answer.n:,} are too few to judge by, {ENOUGH} are needed."
    verdict = "Agrees" if state == "agree" else f"Disagrees ({question.about})"
    return f"{verdict}: {where}: {_claim(question)}; {_fact(asked)}."


def _claim(question: Question) -> str:
    claimed = question.placed.cell.claimed
    text = " > ".join(map(_cut, claimed)) if isinstance(claimed, tuple) else claimed_text(question)
    claims = {
        "happens": "the map says that it happens",
        "order": f"the map claims the order {text}",
        "session": f"the map claims {text} in the same session",
        "channel": f"the map names the channel {_cut(text)}",
        "owner": f"the map names the owner {_cut(text)}",
    }
    return claims.get(question.kind, f"the map claims {text}")


def _fact(asked: Asked) -> str:
    question, answer = asked.question, asked.answer
    if answer is None or (answer.n == 0 and question.kind != "owner"):
        return "nothing was observed"
    number, n = observed_text(asked).split("; ")[-1], f"{answer.n:,}"
    steps = [_cut(step.name) for step in question.steps]
    if question.kind in ("happens", "share"):
        return f"{number} of {n} customers do it"
    if question.kind == "order":
        part = "kept to it" if len(steps) == 2 else "kept to its weakest part"
        return f"{number} of the {n} who did both {part}"
    if question.kind == "reach":
        within = f" within {question.within}" if question.within else ""
        return f"{number} of {n} at {steps[0]} reach {steps[1]}{within}"
    if question.kind == "session":
        return f"{number} of {n} take {steps[1]} in the session of {steps[0]}"
    if question.kind == "median":
        return f"the median from {steps[0]} to {steps[1]} is {number}, of {n}"
    if question.kind == "valence":
        return f"{n} answers about this {asked.about} average {number} on -2 to 2"
    if question.kind == "channel":
        most = "" if answer.name == question.name else f"; most come by {_cut(answer.name)}"
        return f"{number} of {n} come by it{most}"
    return f"the inventory says {_cut(answer.name)}"


def _cut(text: str) -> str:
    return text if len(text) <= _SHORT else f"{text[:_SHORT]}…"
