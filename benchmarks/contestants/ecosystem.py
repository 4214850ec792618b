"""Position in a network of ties: load it, six measures that all contestants define alike, and the memory it takes.

Loading starts at a Parquet file with text ids and weights. PageRank and the strongest paths (product of weights, from
ten actors) follow directions; eigenvector and cores are of the network without them; betweenness counts hops from 32
actors; constraint is Burt's. A contestant without a measure is not asked for it. Answers are compared where the same
was asked: networkit, networkx and rustworkx draw other actors for betweenness, or have none.

``python -m benchmarks.contestants.ecosystem 1e4 1e5 1e6`` prints a table: CPU seconds, the least of three processes a
contestant, and the memory of the network in MiB.
"""

from __future__ import annotations

import ctypes
import gc
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

ROUNDS, MOST_SECONDS, PIVOTS, SOURCES = 3, 400, 32, 10
TOO_LARGE = {"networkx": 100_000}
GOALS = {"igraph": 0.35}
MOST_MIB = 30.0
MEASURES = ("load", "pagerank", "eigenvector", "core", "betweenness", "constraint", "paths")
Steps = dict[str, Callable[[], list[float]]]


def make_ties(path: Path, ties: int, seed: int = 7) -> Path:
    """Write ties to Parquet, ten an actor, unless they are there: some actors have far more than others."""
    if not path.exists():
        rng, actors = np.random.default_rng(seed), ties // 10
        loud = 1 / np.arange(1, actors + 1) ** 0.4
        source = rng.permutation(actors)[rng.choice(actors, ties, p=loud / loud.sum())]
        frame = pd.DataFrame({"source": source, "target": rng.integers(0, actors, ties)})
        frame = frame[frame["source"] != frame["target"]].drop_duplicates()
        names = "actor" + frame.astype(str)
        names.assign(weight=rng.uniform(0.05, 1, len(frame))).to_parquet(path, index=False)
    return path


def mapkit_steps(ties: Path) -> Steps:
    import mapkit as mk
    from mapkit.ecosystems.flow.search import strongest_paths
    from mapkit.ecosystems.position.adjacency import behind
    from mapkit.ecosystems.position.ways import Ways, betweenness

    held: dict[str, Any] = {}

    def load() -> list[float]:
        held["network"] = mk.Ecosystem(None, ties)
        return [held["network"].n, held["network"].links.links]

    def measure(name: str) -> list[float]:
        return _said(mk.measure_position(held["network"], [name]).table[name])

    def between() -> list[float]:
        network = held["network"]
        rows = behind(network.links, np.ones(network.links.links))
        # The rows lead backwards, and so must the ways: turned once more, they start at the pivots.
        value, _ = betweenness(
            Ways(rows.turned(), None, np.sort(network.codes(_chosen(ties, PIVOTS))).astype(np.int32))
        )
        return _said(value / value.max())

    def paths() -> list[float]:
        network = held["network"]
        found = [strongest_paths(network.links, int(code)).strength for code in network.codes(_chosen(ties, SOURCES))]
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
    import igraph

    held: dict[str, Any] = {}

    def load() -> list[float]:
        frame = pd.read_parquet(ties)
        held["network"] = igraph.Graph.TupleList(frame.itertuples(index=False, name=None), directed=True, weights=True)
        return [held["network"].vcount(), held["network"].ecount()]

    def plain() -> Any:
        return held["network"].as_undirected(mode="collapse", combine_edges="sum")

    def codes(k: int) -> list[int]:
        return [vertex.index for vertex in held["network"].vs.select(name_in=_chosen(ties, k))]

    def paths() -> list[float]:
        graph = held["network"]
        far = graph.distances(codes(SOURCES), weights=(-np.log(graph.es["weight"])).tolist())
        return [float(np.exp(-np.array(far)).sum())]

    def between() -> list[float]:
        value = np.array(held["network"].betweenness(sources=codes(PIVOTS)))
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

    def load() -> list[float]:
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

    def scores(algorithm: Any) -> list[float]:
        return algorithm.run().scores()  # type: ignore[no-any-return]

    def paths() -> list[float]:
        graph, total = networkit.graphtools.copyNodes(held["network"]), 0.0
        graph = networkit.Graph(graph, weighted=True, directed=True)
        held["network"].forEdges(lambda a, b, weight, _: graph.addEdge(a, b, -np.log(weight)))
        codes = pd.Index(held["ids"]).get_indexer(_chosen(ties, SOURCES))
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

    def load() -> list[float]:
        frame = pd.read_parquet(ties)
        held["network"] = nx.from_pandas_edgelist(frame, edge_attr="weight", create_using=nx.DiGraph)
        return [held["network"].number_of_nodes(), held["network"].number_of_edges()]

    def paths() -> list[float]:
        def cost(_: str, __: str, facts: dict[str, float]) -> float:
            return float(-np.log(facts["weight"]))

        far = [
            nx.single_source_dijkstra_path_length(held["network"], name, weight=cost) for name in _chosen(ties, SOURCES)
        ]
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

    def load() -> list[float]:
        frame = pd.read_parquet(ties)
        codes, held["ids"] = pd.factorize(pd.concat([frame["source"], frame["target"]], ignore_index=True))
        graph = rx.PyDiGraph()
        graph.add_nodes_from(held["ids"].tolist())
        sources, targets = codes[: len(frame)].tolist(), codes[len(frame) :].tolist()
        graph.add_edges_from(list(zip(sources, targets, frame["weight"].tolist(), strict=True)))
        held["network"] = graph
        return [graph.num_nodes(), graph.num_edges()]

    def paths() -> list[float]:
        total = 0.0
        for code in pd.Index(held["ids"]).get_indexer(_chosen(ties, SOURCES)):
            far = rx.digraph_dijkstra_shortest_path_lengths(held["network"], int(code), lambda weight: -np.log(weight))
            total += 1 + float(np.exp(-np.array(list(far.values()))).sum())
        return [total]

    return {
        "load": load,
        "pagerank": lambda: _said(rx.pagerank(held["network"], weight_fn=float, tol=1e-12, max_iter=500).values()),
        "paths": paths,
    }


ECOSYSTEM: dict[str, Callable[[Path], Steps]] = {
    "mapkit": mapkit_steps,
    "igraph": igraph_steps,
    "networkit": networkit_steps,
    "rustworkx": rustworkx_steps,
    "networkx": networkx_steps,
}


def _chosen(ties: Path, k: int) -> list[str]:
    return sorted(pd.read_parquet(ties, columns=["source"])["source"].head(5_000).unique())[:k]


def _said(values: Any) -> list[float]:
    """Return an answer as three numbers: sum, sum of squares, and the largest."""
    known = np.array(list(values), dtype=float)
    known = known[~np.isnan(known)]
    return [float(known.sum()), float((known**2).sum()), float(known.max())]


def _not_said(_: Any) -> list[float]:
    """Return nothing: other actors were drawn, so the answer is another."""
    return []


def _scaled(values: Any) -> list[float]:
    known = np.array(list(values), dtype=float)
    return _said(known / known.max())


def _resident() -> float:
    """Return the memory that is in use, in MiB, after everything that can be given back has been."""
    gc.collect()
    ctypes.CDLL("libc.so.6").malloc_trim(0)
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20


def one(name: str, ties: str, small: str) -> None:
    """Run one contestant and print its answers, CPU seconds and memory as JSON."""
    for step in ECOSYSTEM[name](Path(small)).values():
        step()  # imports, and loads compiled code
    pd.read_parquet(ties)
    before, answers, costs = _resident(), {}, {}
    steps = ECOSYSTEM[name](Path(ties))
    held = 0.0
    for measure, step in steps.items():
        start = time.process_time()
        answers[measure] = step()
        costs[measure] = time.process_time() - start
        if measure == "load":
            held = _resident() - before
    told: dict[str, Any] = {"answers": answers, "costs": costs, "held": held, "after": _resident() - before}
    print(json.dumps(told))


def main(sizes: list[int]) -> None:
    """Print a table for each size; stop where two answers differ."""
    folder = Path(tempfile.gettempdir()) / "mapkit-bench"
    folder.mkdir(parents=True, exist_ok=True)
    small = make_ties(folder / "network-20000.parquet", 20_000)
    for size in sizes:
        ties = make_ties(folder / f"network-{size}.parquet", size)
        runs: dict[str, list[dict[str, Any]]] = {name: [] for name in ECOSYSTEM if size <= TOO_LARGE.get(name, size)}
        for _ in range(ROUNDS):  # in turns, so that a slow minute falls on all
            for name in list(runs):
                cost = _run(name, ties, small)
                runs = {**runs, name: [*runs[name], cost]} if cost else {n: r for n, r in runs.items() if n != name}
        _compare(runs)
        print(_table(size, runs), flush=True)


def _run(name: str, ties: Path, small: Path) -> dict[str, Any] | None:
    command = [sys.executable, "-m", "benchmarks.contestants.ecosystem", "--one", name, str(ties), str(small)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=MOST_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return None
    if done.returncode:
        sys.exit(f"{name} failed:\n{done.stderr[-2000:]}")
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def _compare(runs: dict[str, list[dict[str, Any]]]) -> None:
    ours = runs["mapkit"][0]["answers"]
    for name, run in runs.items():
        for measure, answer in run[0]["answers"].items():
            if answer and not np.allclose(answer, ours[measure], rtol=1e-6):
                sys.exit(f"{measure}: {name} says {answer}, mapkit {ours[measure]}")


def _table(size: int, runs: dict[str, list[dict[str, Any]]]) -> str:
    lines = [f"\n## Position in a network of {size:,} ties\n"]
    lines += [f"| | {' | '.join(MEASURES)} | all that mapkit is asked | held, MiB | after, MiB |"]
    lines += ["|---|" + "---:|" * (len(MEASURES) + 3)]
    best = {
        name: {measure: min(each["costs"][measure] for each in run) for measure in run[0]["costs"]}
        for name, run in runs.items()
    }
    for name, costs in best.items():
        cells = [f"{costs[measure]:.3f}" if measure in costs else "-" for measure in MEASURES]
        every = f"{sum(costs.values()):.2f}" if len(costs) == len(MEASURES) else "-"
        memory = [f"{min(each[when] for each in runs[name]):.0f}" for when in ("held", "after")]
        lines.append(f"| {name} | {' | '.join([*cells, every, *memory])} |")
    for name, most in GOALS.items():
        if name in best:
            ratio = sum(best["mapkit"].values()) / sum(best[name].values())
            lines.append(
                f"\nmapkit takes {ratio:.2f}x {name}; at most {most:g}x: {'met' if ratio <= most else 'missed'}."
            )
    return "\n".join(lines)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(*sys.argv[2:])
    else:
        main([int(float(size)) for size in sys.argv[1:]] or [10_000, 100_000, 1_000_000])
