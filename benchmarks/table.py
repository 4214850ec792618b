"""A question's table: what each contestant cost as a multiple of mapkit's, and whether the goals were met."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from typing import Any

from benchmarks.question import Question
from benchmarks.turns import MOST_SECONDS, Run, answers, too_slow

# An answer of more numbers is told by its sum.
_MOST_NUMBERS = 8


def table(title: str, question: Question, unit: str, size: int, runs: dict[str, list[Run]], **judged: Any) -> str:
    """Return Markdown; ``judged`` are the ``worth`` of the answers, and whether there is a ``verdict`` on goals."""
    ours, worth = runs["mapkit"], judged["worth"]
    parts = [part for part in ours[0]["parts"] if part]
    columns = [*parts, "time", "CPU time", "peak memory", *([question.worth.heading] if question.worth else []), "goal"]
    lines = [f"\n## {title[0].upper()}{title[1:]}, {size:,} {unit}\n", _preface(question, ours[0], worth) + "\n"]
    lines += [f"| | {' | '.join(columns)} |", "|---|" + "---:|" * (len(columns) - 1) + "---|"]
    for name in question.names:
        if name in runs:
            cells = _cells(runs[name], ours, parts)
            if worth:
                cells += [f"{worth[name] / worth['mapkit']:.3f}"]
            goal = "; ".join(_goals(question, name, runs[name], ours)) if judged["verdict"] else ""
        else:
            why = "takes too long at this size" if too_slow(name, size) else f"not done in {MOST_SECONDS} s"
            cells, goal = [why, *[""] * (len(columns) - 2)], ""
        lines.append(f"| {name} | {' | '.join(cells)} | {goal} |")
    return "\n".join(lines)


def _preface(question: Question, ours: Run, worth: dict[str, float]) -> str:
    if question.worth:
        ours_told = f"{worth['mapkit']:,.{0 if worth['mapkit'] >= 100 else 3}f}"
        return (
            f"The answers differ, and each is judged alike: {question.worth.heading}, where mapkit's is"
            f" {ours_told} and none may be more than {question.worth.within:.0%} better."
        )
    told = [f"{part} {_told(answer)}".strip() for part, answer in answers(ours).items()]
    return f"The same answer{'s' if len(told) > 1 else ''} from all: {'; '.join(told)}."


def _told(answer: list[Any]) -> str:
    first = ", ".join(
        f"{number:,}" if isinstance(number, int) else f"{number:.6g}" for number in answer[:_MOST_NUMBERS]
    )
    if len(answer) <= _MOST_NUMBERS:
        return first
    return f"{len(answer):,} numbers that add up to {sum(answer):,}, the first of them {first}"


def _cells(run: list[Run], ours: list[Run], parts: list[str]) -> list[str]:
    asked = run[0]["parts"]
    cells = [f"{_ratio(run, ours, 'cpu', [part]):.2f}" if part in asked else "-" for part in parts]
    cells += [f"{_ratio(run, ours, cost, list(asked)):.2f}" for cost in ("wall", "cpu")]
    return [*cells, f"{_memory(run) / _memory(ours):.2f} ({_memory(run):,.0f} MB)"]


def _ratio(run: list[Run], ours: list[Run], cost: str, parts: list[str]) -> float:
    """Return their cost over mapkit's, of the parts that both were asked."""

    def spent(one: Run) -> float:
        return sum(one["parts"][part][cost] for part in parts)

    return median(spent(theirs) / spent(own) for theirs, own in zip(run, ours, strict=True))


def _memory(run: list[Run]) -> float:
    return float(median(one["peak_mb"] for one in run))


def _goals(question: Question, name: str, run: list[Run], ours: list[Run]) -> Iterator[str]:
    """Say whether mapkit's memory, or its cost as a multiple of the peer's, is within what was agreed."""
    if name == "mapkit" and question.most_mb:
        yield f"at most {question.most_mb} MB: {'met' if _memory(ours) <= question.most_mb else 'missed'}"
    if name in question.cpu:
        ratio, most = 1 / _ratio(run, ours, "cpu", list(ours[0]["parts"])), question.cpu[name]
        yield f"mapkit at most {most:.3g}x: {ratio:.2f}x, {'met' if ratio <= most else 'missed'}"
    if name in question.memory:
        ratio, most = _memory(ours) / _memory(run), question.memory[name]
        yield f"memory at most {most:.3g}x: {ratio:.2f}x, {'met' if ratio <= most else 'missed'}"
