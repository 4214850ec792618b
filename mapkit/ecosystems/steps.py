"""Steps from some actors to every other, breadth first."""

from __future__ import annotations

from typing import Any

import numpy as np


def spread_steps(starts: Any, ends: Any, seeds: Any, steps: Any, level: Any) -> None:
    """Go out from the seeds breadth first, ``steps`` far: written for numba."""
    queue = np.empty(level.shape[0], dtype=np.int64)
    last = 0
    for seed in seeds:
        queue[last] = seed
        last += 1
    first = 0
    while first < last:
        actor = queue[first]
        first += 1
        if level[actor] == steps:
            break
        for link in range(starts[actor], starts[actor + 1]):
            end = ends[link]
            if level[end] < 0:
                level[end] = level[actor] + 1
                queue[last] = end
                last += 1
