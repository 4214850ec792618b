"""The expected spread of small graphs, by going through every way it can turn out."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pandas as pd

from mapkit.ecosystems import Ecosystem

Tie = tuple[str, str, float]


def network(ties: list[Tie], actors: str = "", **columns: list[object]) -> Ecosystem:
    """Return an ecosystem of directed ties (source, target, probability); ``actors`` names them in order."""
    frame = pd.DataFrame(ties, columns=["source", "target", "probability"])
    known = pd.DataFrame({"actor": list(actors), **columns}) if actors else None
    return Ecosystem(known, frame, directed=True)


def cascade(ties: list[Tie], seeds: str) -> float:
    """Return the expected number reached in an independent cascade: over all sets of ties that hold."""
    total = 0.0
    for holds in product((False, True), repeat=len(ties)):
        chance = np.prod([p if held else 1 - p for held, (_, _, p) in zip(holds, ties, strict=True)])
        total += chance * len(_reached([tie[:2] for held, tie in zip(holds, ties, strict=True) if held], seeds))
    return float(total)


def threshold(ties: list[Tie], seeds: str) -> float:
    """Return the expected number reached by linear thresholds: over whom each actor listens to, one at most."""
    targets = sorted({target for _, target, _ in ties})
    choices = []
    for actor in targets:
        heard = [(source, p) for source, target, p in ties if target == actor]
        choices.append([*heard, (None, 1 - sum(p for _, p in heard))])
    total = 0.0
    for chosen in product(*choices):
        chance = np.prod([p for _, p in chosen])
        links = [(source, actor) for actor, (source, _) in zip(targets, chosen, strict=True) if source is not None]
        total += chance * len(_reached(links, seeds))
    return float(total)


def best(ties: list[Tie], actors: str, k: int) -> float:
    """Return the highest expected cascade of any k actors."""
    return max(cascade(ties, "".join(seeds)) for seeds in combinations(actors, k))


def _reached(links: list[tuple[str, str]], seeds: str) -> set[str]:
    reached, found = set(seeds), True
    while found:
        new = {target for source, target in links if source in reached} - reached
        reached, found = reached | new, bool(new)
    return reached


def random_ties(seed: int, actors: str = "abcdef", count: int = 10) -> list[Tie]:
    """Return random ties between different actors, some of them parallel; those into an actor add up to 1 at most."""
    rng = np.random.default_rng(seed)
    ties = []
    for _ in range(count):
        source, target = rng.choice(list(actors), 2, replace=False)
        ties.append((str(source), str(target), float(rng.uniform(0.1, 0.9))))
    into = pd.DataFrame(ties, columns=["source", "target", "p"]).groupby("target")["p"].sum()
    return [(s, t, p / max(1.0, into[t])) for s, t, p in ties]
