"""Seeds: the 50 actors from which an independent cascade (weighted cascade) reaches most, on the same ties.

Seeds are not one right answer, so nobody is asked for the same numbers: whoever chose, the seeds are judged in one way,
by a simulation that no contestant has made, and a contestant is as good as what its seeds reach. The peers:

- cynetdiff's cascades (C++) under lazy greedy search (CELF), 200 runs an estimate: what its own examples do. It is
  asked up to 10,000 ties, beyond which it takes minutes
- networkx's PageRank on reversed ties, and degree, as most people do it

``python -m benchmarks.contestants.seeds 1e4 1e5 1e6`` prints a table; each contestant runs in a process of its own.
"""

from __future__ import annotations

import heapq
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

K, ROUNDS, MOST_SECONDS = 50, 3, 300
TOO_LARGE = {"cynetdiff, lazy greedy": 10_000, "networkx PageRank on reversed ties": 1_000_000}
_RUNS = 200


def make_ties(path: Path, ties: int, seed: int = 7) -> Path:
    """Write ties to Parquet, ten an actor, unless they are there: some actors are heard by far more than others."""
    if not path.exists():
        rng, actors = np.random.default_rng(seed), ties // 10
        loud = 1 / np.arange(1, actors + 1) ** 0.6
        source = rng.permutation(actors)[rng.choice(actors, ties, p=loud / loud.sum())]
        frame = pd.DataFrame({"source": source, "target": rng.integers(0, actors, ties)})
        frame = frame[frame["source"] != frame["target"]].drop_duplicates()
        frame.astype(str).to_parquet(path, index=False)
    return path


def mapkit_seeds(ties: Path) -> list[str]:
    """Reverse-reachable sets, five ways compared, a certified bound beside them."""
    import mapkit as mk

    there = mk.Ecosystem(None, pd.read_parquet(ties))
    return mk.find_seeds(there, k=K, model="ic", probability="weighted_cascade").actors


def cynetdiff_seeds(ties: Path) -> list[str]:
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


def networkx_pagerank(ties: Path) -> list[str]:
    """The 50 with the highest PageRank when every tie is turned round."""
    import networkx as nx

    rank = nx.pagerank(_graph(ties).reverse(copy=False))
    return sorted(rank, key=rank.__getitem__, reverse=True)[:K]


def pandas_degree(ties: Path) -> list[str]:
    """The 50 with most ties out."""
    return pd.read_parquet(ties)["source"].value_counts().index[:K].tolist()


def _graph(ties: Path):  # type: ignore[no-untyped-def]
    import networkx as nx

    return nx.from_pandas_edgelist(pd.read_parquet(ties), create_using=nx.DiGraph)


SEEDS: dict[str, Callable[[Path], list[str]]] = {
    "mapkit": mapkit_seeds,
    "cynetdiff, lazy greedy": cynetdiff_seeds,
    "networkx PageRank on reversed ties": networkx_pagerank,
    "degree": pandas_degree,
}


def judge(ties: Path, seeds: list[str]) -> tuple[float, float]:
    """Return the mean that seeds reach in 1,000 simulated cascades, and its standard error."""
    import mapkit as mk

    there = mk.Ecosystem(None, pd.read_parquet(ties))
    found = mk.simulate_spread(there, seeds, model="ic", probability="weighted_cascade", runs=1_000, seed=99)
    return found.mean, found.se


def main(sizes: list[int]) -> None:
    """Print a table for each size: CPU seconds (best of three), and what the seeds reach."""
    folder = Path(tempfile.gettempdir()) / "mapkit-bench"
    folder.mkdir(parents=True, exist_ok=True)
    small = make_ties(folder / "ties-1000.parquet", 1_000)
    for size in sizes:
        ties = make_ties(folder / f"ties-{size}.parquet", size)
        print(f"\n## {K} seeds, {size:,} ties\n\n| | CPU seconds | reached |\n|---|---:|---:|")
        for name in SEEDS:
            if size > TOO_LARGE.get(name, size):
                print(f"| {name} | not asked at this size | |")
                continue
            print(_row(name, ties, small), flush=True)


def _row(name: str, ties: Path, small: Path) -> str:
    runs = []
    for _ in range(ROUNDS):
        command = [sys.executable, "-m", "benchmarks.contestants.seeds", "--one", name, str(ties), str(small)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=MOST_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            return f"| {name} | not done in {MOST_SECONDS} s | |"
        if done.returncode:
            return f"| {name} | {done.stderr.strip().splitlines()[-1]} | |"
        runs.append(json.loads(done.stdout.splitlines()[-1]))
    mean, error = judge(ties, runs[0]["seeds"])
    return f"| {name} | {min(run['cpu'] for run in runs):.2f} | {mean:,.0f} ± {error:,.0f} |"


def one(name: str, ties: str, small: str) -> None:
    """Run one contestant and print its seeds and CPU seconds as JSON."""
    SEEDS[name](Path(small))  # imports, and loads compiled code
    start = time.process_time()
    seeds = SEEDS[name](Path(ties))
    print(json.dumps({"cpu": time.process_time() - start, "seeds": seeds}))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(*sys.argv[2:])
    else:
        main([int(float(size)) for size in sys.argv[1:]] or [10_000, 100_000, 1_000_000])
