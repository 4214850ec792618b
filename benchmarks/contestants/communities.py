"""Communities of a weighted network of ties: one run each, told by the modularity.

A function takes a Parquet file with the text columns ``source`` and ``target`` and a number ``weight``. The partitions
are not the same, for each contestant visits the actors in its own order; modularity is defined alike by all.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.question import Answer, Contestant


def mapkit_communities(ties: Path) -> Answer:
    """The communities, and what none of the others gives: blocks, sizes, labels and notes."""
    import mapkit as mk

    return [mk.find_communities(mk.Ecosystem(None, ties), runs=1).modularity]


def networkit_leiden(ties: Path) -> Answer:
    return _networkit(ties, lambda community, graph: community.ParallelLeiden(graph, 3, True, 1.0))


def networkit_louvain(ties: Path) -> Answer:
    return _networkit(ties, lambda community, graph: community.PLM(graph, False, 1.0, "none"))


def _networkit(ties: Path, search: Any) -> Answer:
    import networkit
    import numpy as np

    sources, targets, weights, actors = _numbered(ties)
    networkit.setNumberOfThreads(1)
    ends = sources.astype(np.uint64), targets.astype(np.uint64)
    graph = networkit.GraphFromCoo((weights, ends), n=actors, weighted=True)
    found = search(networkit.community, graph)
    found.run()
    partition = found.getPartition()
    return [networkit.community.Modularity().getQuality(partition, graph)]


def igraph_leiden(ties: Path) -> Answer:
    import igraph
    import numpy as np

    sources, targets, weights, actors = _numbered(ties)
    graph = igraph.Graph(n=actors, edges=np.column_stack([sources, targets]))
    found = graph.community_leiden("modularity", weights=weights, n_iterations=3)
    return [graph.modularity(found, weights=weights)]


def networkx_louvain(ties: Path) -> Answer:
    import networkx

    sources, targets, weights, _ = _numbered(ties)
    graph: Any = networkx.Graph()
    for source, target, weight in zip(sources.tolist(), targets.tolist(), weights.tolist(), strict=True):
        before = graph.get_edge_data(source, target, {"weight": 0.0})["weight"]
        graph.add_edge(source, target, weight=before + weight)
    found = networkx.community.louvain_communities(graph, seed=1)
    return [networkx.community.modularity(graph, found)]


def _numbered(ties: Path) -> tuple[Any, Any, Any, int]:
    """Number the actors with pandas, which is the quickest way to do so in each of these libraries."""
    import pandas as pd

    rows = pd.read_parquet(ties, columns=["source", "target", "weight"])
    codes, ids = pd.factorize(pd.concat([rows["source"], rows["target"]], ignore_index=True))
    return codes[: len(rows)], codes[len(rows) :], rows["weight"].to_numpy().copy(), len(ids)


COMMUNITIES: dict[str, Contestant] = {
    "mapkit": mapkit_communities,
    "networkit Leiden": networkit_leiden,
    "networkit Louvain": networkit_louvain,
    "igraph Leiden": igraph_leiden,
    "networkx Louvain": networkx_louvain,
}
