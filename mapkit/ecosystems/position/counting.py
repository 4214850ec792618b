"""How many ties an actor has and what they weigh, in and out."""

from __future__ import annotations

import numpy as np

from mapkit.ecosystems.ecosystem import Ecosystem


def count_ties(ecosystem: Ecosystem, weights: np.ndarray | None) -> dict[str, np.ndarray]:
    """Return ``degree``, or ``strength`` where the links' weights are given, and both ``in_`` and ``out_``.

    The two latter only where any tie has a direction. All together a tie without a direction counts once at each end,
    a tie to oneself twice. In and out, a tie without a direction counts as one of each.
    """
    links, name, out = ecosystem.links, "degree" if weights is None else "strength", ecosystem.links.out
    sources, n = links.sources, ecosystem.n
    outward = np.bincount(sources, weights, n)
    inward = np.bincount(out.ends, weights, n)
    # A tie without a direction is two links: each end sees it going out and coming in.
    twice = ecosystem.ties.two_way[out.place] & (sources != out.ends)
    again = np.bincount(sources[twice], None if weights is None else weights[twice], n)
    found = {name: outward + inward - again}
    if ecosystem.is_directed:
        found |= {f"in_{name}": inward, f"out_{name}": outward}
    return found if weights is not None else {each: values.astype(np.int64) for each, values in found.items()}
