"""One contestant, one question, one log, in a process of its own: prints the answer and what it cost as JSON."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from benchmarks.contestants import QUESTIONS


def main(question: str, contestant: str, log: str, small: str) -> None:
    answer = QUESTIONS[question][contestant]
    answer(Path(small))  # imports, and loads compiled code
    wall, cpu = time.perf_counter(), time.process_time()
    counts = answer(Path(log))
    cost = {
        "wall": time.perf_counter() - wall,
        "cpu": time.process_time() - cpu,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps({"counts": counts, **cost}))


if __name__ == "__main__":
    main(*sys.argv[1:])
