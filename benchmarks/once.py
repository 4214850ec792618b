"""One contestant, one question, one file, in a process of its own: prints the answers and what they cost as JSON."""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path

from benchmarks.contestants import FAMILIES


def main(family: str, question: str, contestant: str, path: str, small: str) -> None:
    asked = FAMILIES[family].questions[question]
    for step in asked.steps(contestant, Path(small)).values():
        step()  # imports, and loads compiled code
    parts = {}
    for part, step in asked.steps(contestant, Path(path)).items():
        wall, cpu = time.perf_counter(), time.process_time()
        answer = step()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        parts[part] = {"answer": answer, "wall": wall, "cpu": cpu}
    print(json.dumps({"parts": parts, "peak_mb": _peak_mb()}))


def _peak_mb() -> float:
    """Return the process's own peak. That of ``resource`` starts at its parent's, which may be the larger."""
    told = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(told[1]) / 1024 if told else float("nan")


if __name__ == "__main__":
    main(*sys.argv[1:])
