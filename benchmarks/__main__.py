"""Ask every question of every contestant, in turn, and write the ratios: ``make bench`` (``ROWS="1e6 1e7 5e7"``)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.contestants import GOALS, MOST_MB, QUESTIONS
from benchmarks.log import make_log

HERE = Path(__file__).parent
ROUNDS = 3
MOST_SECONDS = 180
GOAL_ROWS = 10_000_000
Cost = dict[str, Any]
COSTS = {"wall": "time", "cpu": "CPU time", "peak_mb": "peak memory"}
# Row counts, and the contestants that are left out beyond: what takes minutes teaches nothing more.
TOO_SLOW = {"retentioneering": 10_000_000, "pandas as-of chain": 10_000_000, "pm4py": 10_000_000}
PEERS = ("duckdb", "chdb", "polars", "pandas", "pm4py", "retentioneering")
# An answer of more numbers is told by its sum.
_MOST_NUMBERS = 8


def main() -> None:
    sizes = [int(float(size)) for size in os.environ.get("ROWS", "1e6 1e7").split()]
    folder = Path(os.environ.get("BENCH_LOGS", Path(tempfile.gettempdir()) / "mapkit-bench"))
    folder.mkdir(parents=True, exist_ok=True)
    small = make_log(folder / "log-100000.parquet", 100_000)
    parts = [_page_head()]
    for rows in sizes:
        log = make_log(folder / f"log-{rows}.parquet", rows)
        for question in QUESTIONS:
            runs = _run(question, log, small, rows)
            parts.append(_table(question, rows, runs))
            print(parts[-1], flush=True)
    (HERE / "RESULTS.md").write_text("\n".join(parts) + "\n")


def _run(question: str, log: Path, small: Path, rows: int) -> dict[str, list[Cost]]:
    """Interleave the contestants, so that a slow minute of the machine falls on all; leave out who runs out of time."""
    names = [name for name in QUESTIONS[question] if rows <= TOO_SLOW.get(name, rows)]
    runs: dict[str, list[Cost]] = {name: [] for name in names}
    for _ in range(ROUNDS):
        for name in names:
            if name in runs:
                cost = _once(question, name, log, small)
                runs = {**runs, name: [*runs[name], cost]} if cost else {n: run for n, run in runs.items() if n != name}
    answers = {name: run[0]["counts"] for name, run in runs.items()}
    others = [name for name, counts in answers.items() if counts != answers["mapkit"]]
    if others:
        told = "; ".join(f"{name}: {_told(answers[name])}" for name in ("mapkit", *others))
        sys.exit(f"{question}: the contestants disagree. {told}")
    return runs


def _once(question: str, name: str, log: Path, small: Path) -> Cost | None:
    command = [sys.executable, "-m", "benchmarks.once", question, name, str(log), str(small)]
    # A benchmark reports to nobody.
    environment = {**os.environ, "RETENTIONEERING_NO_TRACK": "1"}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, cwd=HERE.parent, env=environment, timeout=MOST_SECONDS
        )
    except subprocess.TimeoutExpired:
        return None
    if done.returncode:
        sys.exit(f"{name} failed at {question}:\n{done.stderr[-2000:]}")
    cost: Cost = json.loads(done.stdout.splitlines()[-1])
    return cost


def _table(question: str, rows: int, runs: dict[str, list[Cost]]) -> str:
    ours = runs["mapkit"]
    lines = [f"\n## {question[0].upper()}{question[1:]}, {rows:,} events\n"]
    lines += [f"The same answer from all: {_told(ours[0]['counts'])}.\n"]
    lines += [f"| | {' | '.join(COSTS.values())} | goal |", "|---|" + "---:|" * len(COSTS) + "---|"]
    for name in QUESTIONS[question]:
        if name in runs:
            ratios = {cost: _ratio(runs[name], ours, cost) for cost in COSTS}
            memory = median(run["peak_mb"] for run in runs[name])
            goal = "" if rows != GOAL_ROWS else _goal(question, name, ratios["cpu"], memory)
            cells = [f"{ratio:.2f}" for ratio in ratios.values()]
            lines.append(f"| {name} | {' | '.join(cells)} ({memory:,.0f} MB) | {goal} |")
        elif rows > TOO_SLOW.get(name, rows):
            lines.append(f"| {name} | not asked at this size | | | |")
        else:
            lines.append(f"| {name} | not done in {MOST_SECONDS} s | | | |")
    return "\n".join(lines)


def _told(counts: list[int]) -> str:
    first = ", ".join(f"{count:,}" for count in counts[:_MOST_NUMBERS])
    if len(counts) <= _MOST_NUMBERS:
        return first
    return f"{len(counts):,} numbers that add up to {sum(counts):,}, the first of them {first}"


def _ratio(run: list[Cost], ours: list[Cost], cost: str) -> float:
    return median(theirs[cost] / own[cost] for theirs, own in zip(run, ours, strict=True))


def _goal(question: str, name: str, ratio: float, memory: float) -> str:
    """Say whether mapkit's memory, or its CPU time as a multiple of the peer's, is within what was agreed."""
    if name == "mapkit" and question in MOST_MB:
        return f"at most {MOST_MB[question]} MB: {'met' if memory <= MOST_MB[question] else 'missed'}"
    most = GOALS[question].get(name)
    if most is None:
        return ""
    return f"mapkit at most {most:g}x: {1 / ratio:.2f}x, {'met' if 1 / ratio <= most else 'missed'}"


def _page_head() -> str:
    peers = ", ".join(f"{name} {version(name)}" for name in PEERS)
    return (HERE / "HEAD.md").read_text().replace("{peers}", peers).strip()


if __name__ == "__main__":
    main()
