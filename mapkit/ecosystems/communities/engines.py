"""One partition into communities from one seed, by networkit, or by networkx where networkit is not installed."""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any, Literal

import numpy as np

from mapkit.ecosystems.communities.pairs import Pairs

Method = Literal["leiden", "louvain"]
_ITERATIONS = 3


def engine_of(method: Method) -> str:
    """Return the words for what finds the communities here."""
    if importlib.util.find_spec("networkit") is None:
        return "networkx's Louvain"
    return "networkit's Leiden" if method == "leiden" else "networkit's Louvain"


def partitions(pairs: Pairs, *, method: Method, resolution: float, seed: int, runs: int) -> list[np.ndarray]:
    """Return one array a run: a number of a community for each actor, the numbers as they come.

    The first run takes the actors as they are numbered, every other numbers them anew, in an order drawn from its seed.
    Leiden and Louvain visit actors by number, so this is what makes runs differ, and each come out the same every time.
    """
    orders = [_order(pairs.actors, seed, run) for run in range(runs)]
    if importlib.util.find_spec("networkit") is None:
        return [_by_networkx(pairs, order, resolution, seed + run) for run, order in enumerate(orders)]
    return _by_networkit(pairs, orders, method, resolution)


def _order(actors: int, seed: int, run: int) -> np.ndarray:
    return np.random.default_rng((seed, run)).permutation(actors) if run else np.arange(actors)


def _by_networkit(pairs: Pairs, orders: list[np.ndarray], method: Method, resolution: float) -> list[np.ndarray]:
    networkit: Any = importlib.import_module("networkit")
    threads = networkit.getMaxNumberOfThreads()
    networkit.setNumberOfThreads(1)  # several threads race, and the answer with them
    try:
        return [_one_by_networkit(networkit, pairs, order, method, resolution) for order in orders]
    finally:
        networkit.setNumberOfThreads(threads)


def _one_by_networkit(networkit: Any, pairs: Pairs, order: np.ndarray, method: Method, resolution: float) -> np.ndarray:
    ends = order.astype(np.uint64)
    rows = (np.ascontiguousarray(pairs.weights), (ends[pairs.first], ends[pairs.second]))
    graph = networkit.GraphFromCoo(rows, n=pairs.actors, weighted=True)
    networkit.setSeed(1, False)
    if method == "leiden":
        search = networkit.community.ParallelLeiden(graph, _ITERATIONS, True, resolution)
    else:
        search = networkit.community.PLM(graph, False, resolution, "none")
    search.run()
    # The partition has to be held: its vector is gone with it.
    partition = search.getPartition()
    return np.array(partition.getVector(), dtype=np.int64)[order]


def _by_networkx(pairs: Pairs, order: np.ndarray, resolution: float, seed: int) -> np.ndarray:
    from networkx import Graph
    from networkx.algorithms.community import louvain_communities

    graph: Any = Graph()
    graph.add_nodes_from(range(pairs.actors))
    first, second, weights = pairs.merged()
    graph.add_weighted_edges_from(zip(order[first].tolist(), order[second].tolist(), weights.tolist(), strict=True))
    numbers = np.empty(pairs.actors, dtype=np.int64)
    for number, members in enumerate(louvain_communities(graph, resolution=resolution, seed=seed)):
        numbers[list(members)] = number
    return numbers[order]
