"""A seeded network of weighted, directed ties: some actors have far more than others, and groups hold together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

_WITHIN = 0.75


def make_ties(path: Path, ties: int, seed: int = 7) -> Path:
    """Write ties to Parquet, ten drawn an actor, unless the file is there already; return its path.

    Sources follow a power law; three ties in four stay in the source's group. Ties to oneself and ties drawn twice
    are left out, so there are somewhat fewer than ``ties``. Ids are text.
    """
    if path.exists():
        return path
    rng, actors = np.random.default_rng(seed), ties // 10
    groups = int(actors**0.4)
    loud = 1 / np.arange(1, actors + 1) ** 0.6
    source = rng.permutation(actors)[rng.choice(actors, ties, p=loud / loud.sum())]
    target = rng.integers(0, actors, ties)
    # An actor's group is the rest of its number: the nearest number below with the source's rest is in its group.
    inside = np.maximum(target - target % groups + source % groups - groups, source % groups)
    frame = pd.DataFrame({"source": source, "target": np.where(rng.random(ties) < _WITHIN, inside, target)})
    frame = frame[frame["source"] != frame["target"]].drop_duplicates()
    names = "actor" + frame.astype(str)
    part = path.with_suffix(".part")
    names.assign(weight=rng.uniform(0.05, 1, len(frame))).to_parquet(part, index=False)
    return part.rename(path)
