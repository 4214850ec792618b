"""Seeds: the 50 actors from which an independent cascade (weighted cascade) reaches most, on the same ties.

Seeds are not one right answer, so nobody is asked for the same: whoever chose, the seeds are judged in one way, by a
simulation that no contestant has made, and a contestant is as good as what its seeds reach. The peers:

- cynetdiff's cascades (C++) under lazy greedy search (CELF), 200 runs an estimate: what its own examples do
- networkx's PageRank on reversed ties, and degree, as most people do it
"""

from __future__ import annotations

import heapq
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.question import Answer, Contestant

K = 50
_RUNS = 200


def mapkit_seeds(ties: Path) -> Answer:
    """Reverse-reachable sets, five ways compared, a certified bound beside them."""
    import mapkit as mk

    there = mk.Ecosystem(None, ties)
    return mk.find_seeds(there, k=K, model="ic", probability="weighted_cascade").actors


def cynetdiff_seeds(ties: Path) -> Answer:
    """Lazy greedy search over simulated marginal gains."""
    from cynetdiff.utils import networkx_to_ic_model

    graph = _graph(ties)
    for source, target in graph.edges:
        graph.edges[source, target]["activation_prob"] = 1 / graph.in_degree(target)
    model, labels = networkx_to_ic_model(graph, rng=np.random.default_rng(1))
    names = {code: name for name, code in labels.items()}
    chosen: list[int] = []
    model.set_seeds(set())
    gains = [(-model.compute_marginal_gains([], [code], _RUNS)[1], 0, code) for code in names]
    heapq.heapify(gains)
    while len(chosen) < K:
        gain, turn, code = heapq.heappop(gains)
        if turn == len(chosen):
            chosen.append(code)
        else:
            gain = -model.compute_marginal_gains(chosen, [code], _RUNS)[1]
            heapq.heappush(gains, (gain, len(chosen), code))
    return [names[code] for code in chosen]


def networkx_pagerank(ties: Path) -> Answer:
    """The 50 with the highest PageRank when every tie is turned round."""
    import networkx as nx

    rank = nx.pagerank(_graph(ties).reverse(copy=False))
    return sorted(rank, key=rank.__getitem__, reverse=True)[:K]


def pandas_degree(ties: Path) -> Answer:
    """The 50 with most ties out."""
    return pd.read_parquet(ties)["source"].value_counts().index[:K].tolist()


def _graph(ties: Path):  # type: ignore[no-untyped-def]
    import networkx as nx

    return nx.from_pandas_edgelist(pd.read_parquet(ties), create_using=nx.DiGraph)


SEEDS: dict[str, Contestant] = {
    "mapkit": mapkit_seeds,
    "cynetdiff, lazy greedy": cynetdiff_seeds,
    "networkx PageRank on reversed ties": networkx_pagerank,
    "degree": pandas_degree,
}


def reached(ties: Path, seeds: Answer) -> float:
    """Return the mean that seeds reach in 1,000 simulated cascades, the same for everybody's."""
    import mapkit as mk

    there = mk.Ecosystem(None, ties)
    return mk.simulate_spread(there, seeds, model="ic", probability="weighted_cascade", runs=1_000, seed=99).mean
