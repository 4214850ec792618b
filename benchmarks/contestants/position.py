"""Position in a network of ties: load it, and six measures that all contestants define alike.

Loading starts at a Parquet file with text ids and weights. PageRank and the strongest paths (product of weights, from
ten actors) follow directions; eigenvector and cores are of the network without them; betweenness counts hops from 32
actors; constraint is Burt's. A contestant without a measure is not asked for it. Answers are compared where the same
was asked: networkit and networkx draw other actors for betweenness.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.question import Answer, Steps

PIVOTS, SOURCES = 32, 10


def mapkit_steps(ties: Path) -> Steps:
    import mapkit as mk
    from mapkit.ecosystems.flow.search import strongest_paths
    from mapkit.ecosystems.position.adjacency import behind
    from mapkit.ecosystems.position.ways import Ways, betweenness

    held: dict[str, Any] = {}
    pivots, sources = _chosen(ties, PIVOTS), _chosen(ties, SOURCES)

    def load() -> Answer:
        held["network"] = mk.Ecosystem(None, ties)
        return [held["network"].n, held["network"].links.links]

    def measure(name: str) -> Answer:
        return _said(mk.measure_position(held["network"], [name]).table[name])

    def between() -> Answer:
        network = held["network"]
        rows = behind(network.links, np.ones(network.links.links))
        # The rows lead backwards, and so must the ways: turned once more, they start at the pivots.
        value, _ = betweenness(Ways(rows.turned(), None, np.sort(network.codes(pivots)).astype(np.int32)))
        return _said(value / value.max())

    def paths() -> Answer:
        network = held["network"]
        found = [strongest_paths(network.links, int(code)).strength for code in network.codes(sources)]
        return [float(np.sum(found))]

    return {
        "load": load,
        "pagerank": lambda: measure("prestige"),
        "eigenvector": lambda: _scaled(mk.measure_position(held["network"], ["eigenvector"]).table["eigenvector"]),
        "core": lambda: measure("core"),
        "betweenness": between,
        "constraint": lambda: measure("constraint"),
        "paths": paths,
    }


def igraph_steps(ties: Path) -> Steps:
    # Its PageRank would start a thread a core, which wait for each other, busily, wherever other work takes one.
    os.environ["OMP_NUM_THREADS"] = "1"
    import igraph

    held: dict[str, Any] = {}
    pivots, sources = _chosen(ties, PIVOTS), _chosen(ties, SOURCES)

    def load() -> Answer:
        frame = pd.read_parquet(ties)
        held["network"] = igraph.Graph.TupleList(frame.itertuples(index=False, name=None), directed=True, weights=True)
        return [held["network"].vcount(), held["network"].ecount()]

    def plain() -> Any:
        return held["network"].as_undirected(mode="collapse", combine_edges="sum")

    def codes(actors: list[str]) -> list[int]:
        return [vertex.index for vertex in held["network"].vs.select(name_in=actors)]

    def paths() -> Answer:
        graph = held["network"]
        far = graph.distances(codes(sources), weights=(-np.log(graph.es["weight"])).tolist())
        return [float(np.exp(-np.array(far)).sum())]

    def between() -> Answer:
        value = np.array(held["network"].betweenness(sources=codes(pivots)))
        return _said(value / value.max())

    return {
        "load": load,
        "pagerank": lambda: _said(held["network"].pagerank(weights="weight")),
        "eigenvector": lambda: _scaled(plain().eigenvector_centrality(weights="weight")),
        "core": lambda: _said(plain().coreness()),
        "betweenness": between,
        "constraint": lambda: _said(held["network"].constraint(weights="weight")),
        "paths": paths,
    }


def networkit_steps(ties: Path) -> Steps:
    import networkit

    networkit.setNumberOfThreads(1)
    held: dict[str, Any] = {}
    sources = _chosen(ties, SOURCES)

    def load() -> Answer:
        frame = pd.read_parquet(ties)
        codes, held["ids"] = pd.factorize(pd.concat([frame["source"], frame["target"]], ignore_index=True))
        ends = codes[: len(frame)].astype(np.uint64), codes[len(frame) :].astype(np.uint64)
        weights = frame["weight"].to_numpy().copy()
        held["network"] = networkit.GraphFromCoo((weights, ends), n=len(held["ids"]), weighted=True, directed=True)
        return [held["network"].numberOfNodes(), held["network"].numberOfEdges()]

    def plain() -> Any:
        graph = networkit.graphtools.toUndirected(held["network"])
        graph.removeMultiEdges()
        return graph

    def scores(algorithm: Any) -> Answer:
        return algorithm.run().scores()  # type: ignore[no-any-return]

    def paths() -> Answer:
        graph, total = networkit.graphtools.copyNodes(held["network"]), 0.0
        graph = networkit.Graph(graph, weighted=True, directed=True)
        held["network"].forEdges(lambda a, b, weight, _: graph.addEdge(a, b, -np.log(weight)))
        codes = pd.Index(held["ids"]).get_indexer(sources)
        for code in codes:
            far = np.array(networkit.distance.Dijkstra(graph, int(code)).run().getDistances())
            total += float(np.exp(-far[far < 1e300]).sum())
        return [total]

    return {
        "load": load,
        "pagerank": lambda: _said(scores(networkit.centrality.PageRank(held["network"], 0.85, 1e-12))),
        "core": lambda: _said(scores(networkit.centrality.CoreDecomposition(plain()))),
        "betweenness": lambda: _not_said(scores(networkit.centrality.EstimateBetweenness(held["network"], PIVOTS))),
        "paths": paths,
    }


def networkx_steps(ties: Path) -> Steps:
    import networkx as nx

    held: dict[str, Any] = {}
    sources = _chosen(ties, SOURCES)

    def load() -> Answer:
        frame = pd.read_parquet(ties)
        held["network"] = nx.from_pandas_edgelist(frame, edge_attr="weight", create_using=nx.DiGraph)
        return [held["network"].number_of_nodes(), held["network"].number_of_edges()]

    def paths() -> Answer:
        def cost(_: str, __: str, facts: dict[str, float]) -> float:
            return float(-np.log(facts["weight"]))

        far = [nx.single_source_dijkstra_path_length(held["network"], name, weight=cost) for name in sources]
        return [float(sum(np.exp(-np.array(list(each.values()))).sum() for each in far))]

    return {
        "load": load,
        "pagerank": lambda: _said(nx.pagerank(held["network"], tol=1e-12).values()),
        "core": lambda: _said(nx.core_number(held["network"].to_undirected()).values()),
        "betweenness": lambda: _not_said(nx.betweenness_centrality(held["network"], k=PIVOTS, seed=1)),
        "constraint": lambda: _said(nx.constraint(held["network"], weight="weight").values()),
        "paths": paths,
    }


def rustworkx_steps(ties: Path) -> Steps:
    import rustworkx as rx

    held: dict[str, Any] = {}
    sources = _chosen(ties, SOURCES)

    def load() -> Answer:
        frame = pd.read_parquet(ties)
        codes, held["ids"] = pd.factorize(pd.concat([frame["source"], frame["target"]], ignore_index=True))
        graph = rx.PyDiGraph()
        graph.add_nodes_from(held["ids"].tolist())
        sources, targets = codes[: len(frame)].tolist(), codes[len(frame) :].tolist()
        graph.add_edges_from(list(zip(sources, targets, frame["weight"].tolist(), strict=True)))
        held["network"] = graph
        return [graph.num_nodes(), graph.num_edges()]

    def paths() -> Answer:
        total = 0.0
        for code in pd.Index(held["ids"]).get_indexer(sources):
            far = rx.digraph_dijkstra_shortest_path_lengths(held["network"], int(code), lambda weight: -np.log(weight))
            total += 1 + float(np.exp(-np.array(list(far.values()))).sum())
        return [total]

    return {
        "load": load,
        "pagerank": lambda: _said(rx.pagerank(held["network"], weight_fn=float, tol=1e-12, max_iter=500).values()),
        "paths": paths,
    }


POSITION: dict[str, Callable[[Path], Steps]] = {
    "mapkit": mapkit_steps,
    "igraph": igraph_steps,
    "networkit": networkit_steps,
    "rustworkx": rustworkx_steps,
    "networkx": networkx_steps,
}


def _chosen(ties: Path, k: int) -> list[str]:
    return sorted(pd.read_parquet(ties, columns=["source"])["source"].head(5_000).unique())[:k]


def _said(values: Any) -> Answer:
    """Return an answer as three numbers: sum, sum of squares, and the largest."""
    known = np.array(list(values), dtype=float)
    known = known[~np.isnan(known)]
    return [float(known.sum()), float((known**2).sum()), float(known.max())]


def _not_said(_: Any) -> Answer:
    """Return nothing that could be compared: other actors were drawn."""
    return []


def _scaled(values: Any) -> Answer:
    known = np.array(list(values), dtype=float)
    return _said(known / known.max())
