"""Small ecosystems for pictures to draw."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from mapkit.ecosystems import Ecosystem

# Two cliques of four, joined by one strong tie of dora and one weak one of ann; zed is tied to nobody.
CLIQUES = ["ann", "ben", "cat", "dora"], ["eve", "fay", "gus", "hal"]


@cache
def two_cliques() -> Ecosystem:
    rows = [(a, b, 0.5) for side in CLIQUES for k, a in enumerate(side) for b in side[k + 1 :]]
    rows += [("dora", "eve", 0.9), ("ann", "fay", 0.1)]
    ties = pd.DataFrame(rows, columns=["source", "target", "weight"])
    names = [*CLIQUES[0], *CLIQUES[1], "zed"]
    kinds = ["partner"] * 4 + ["customer"] * 4 + ["customer"]
    actors = pd.DataFrame({"actor": names, "name": [name.title() for name in names], "type": kinds})
    return Ecosystem(actors, ties, directed=False)


def of_cliques(sizes: list[int], seed: int = 0) -> Ecosystem:
    """Cliques in a ring, each joined to the next by one tie; some actors are tied to nobody."""
    rng = np.random.default_rng(seed)
    rows, first = [], 0
    for size in sizes:
        rows += [(f"a{first + i}", f"a{first + j}") for i in range(size) for j in range(i)]
        rows.append((f"a{first}", f"a{(first + size) % sum(sizes)}"))
        first += size
    ties = pd.DataFrame(rows, columns=["source", "target"]).assign(weight=rng.uniform(0.1, 1, len(rows)))
    return Ecosystem(pd.DataFrame({"actor": [f"a{k}" for k in range(first + 3)]}), ties)
