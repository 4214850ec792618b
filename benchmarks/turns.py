"""Ask one question of every contestant in turns, and hold their answers against mapkit's."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.question import Question

ROUNDS = int(os.environ.get("ROUNDS", "3"))
MOST_SECONDS = 180
# Sizes beyond which a contestant is left out: what takes a hundred times as long teaches nothing more.
TOO_SLOW = {
    "retentioneering": 10_000_000,
    "pandas as-of chain": 10_000_000,
    "pm4py": 10_000_000,
    "networkx": 100_000,
    "networkx Louvain": 100_000,
    "cynetdiff, lazy greedy": 1_000,
}
Run = dict[str, Any]
_SAME = 1e-6


def take_turns(family: str, title: str, question: Question, path: Path, small: Path, size: int) -> dict[str, list[Run]]:
    """Interleave the contestants, so that a slow minute of the machine falls on all; leave out who runs out of time."""
    runs: dict[str, list[Run]] = {name: [] for name in question.names if not too_slow(name, size)}
    for _ in range(ROUNDS):
        for name in list(runs):
            run = _once(family, title, name, path, small)
            if run:
                runs[name].append(run)
            else:
                del runs[name]
    return runs


def too_slow(name: str, size: int) -> bool:
    """Say whether a contestant is left out at a size."""
    return size > TOO_SLOW.get(name, size)


def _once(family: str, title: str, name: str, path: Path, small: Path) -> Run | None:
    command = [sys.executable, "-m", "benchmarks.once", family, title, name, str(path), str(small)]
    # A benchmark reports to nobody.
    environment = {**os.environ, "RETENTIONEERING_NO_TRACK": "1"}
    here = Path(__file__).parent.parent
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, cwd=here, env=environment, timeout=MOST_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return None
    if done.returncode:
        sys.exit(f"{name} failed at {title}:\n{done.stderr[-2000:]}")
    run: Run = json.loads(done.stdout.splitlines()[-1])
    return run


def answers(run: Run) -> dict[str, list[Any]]:
    """Return a run's answers by part."""
    return {part: found["answer"] for part, found in run["parts"].items()}


def compare(title: str, runs: dict[str, list[Run]]) -> None:
    """Stop where two answers differ: counts at all, other numbers by a millionth."""
    ours = answers(runs["mapkit"][0])
    for name, (first, *_) in runs.items():
        for part, theirs in answers(first).items():
            if theirs and not _same(theirs, ours[part]):
                sys.exit(f"{title}: the contestants disagree. {part} {name}: {theirs[:8]}; mapkit: {ours[part][:8]}")


def _same(one: list[Any], other: list[Any]) -> bool:
    if all(isinstance(number, int) for number in one):
        return one == other
    return len(one) == len(other) and all(math.isclose(a, b, rel_tol=_SAME) for a, b in zip(one, other, strict=True))


def weigh(title: str, question: Question, path: Path, runs: dict[str, list[Run]]) -> dict[str, float]:
    """Return what the answers are worth, judged alike; stop where mapkit's is worth too little."""
    if question.worth is None:
        compare(title, runs)
        return {}
    judge, least = question.worth.judge, 1 - question.worth.within
    worth = {name: judge(path, answers(run[0])[""]) for name, run in runs.items()}
    best = max(worth, key=worth.__getitem__)
    if worth["mapkit"] < least * worth[best]:
        sys.exit(f"{title}: mapkit's answer is worth {worth['mapkit']:,.4g}, that of {best} {worth[best]:,.4g}.")
    return worth
