"""A forest from edges that may be anything: who came from whom, how deep, and how many below each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Codes = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Forest:
    """Everybody in trees, as arrays by code: ``names[code]``.

    ``parent`` is a node's own code at a root. ``below`` counts a node and all under it. What had to be decided to make
    trees of the edges is counted: ``self_edges`` were set apart, ``later_parents`` are edges to somebody who had one
    already, and ``cut`` is one edge of every circle.
    """

    names: NDArray[Any]
    parent: Codes
    depth: Codes
    root: Codes
    below: Codes
    edge: Codes
    self_edges: int
    later_parents: int
    cut: int


def forest_of(source: pd.Series, target: pd.Series, time: pd.Series | None) -> Forest:
    """Return the forest in which each target hangs under the source that reached it first.

    Equal times, and edges without a time (which come last), follow the order of the rows. ``edge`` is the row of the
    edge to a node's parent, -1 at a root. A circle is opened at its beginning: the source of its earliest edge, which
    cannot have come from anybody in it, is a root.
    """
    codes, names = pd.factorize(pd.concat([source, target], ignore_index=True).astype(str))
    start, end = codes[: len(source)].astype(np.int64), codes[len(source) :].astype(np.int64)
    own = start == end
    order = np.arange(len(start))
    if time is not None:
        moments = time.to_numpy("datetime64[us]").astype(np.int64)
        moments = np.where(time.isna(), np.iinfo(np.int64).max, moments)
        order = np.lexsort((order, moments))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    kept = order[~own[order]]
    _, first = np.unique(end[kept], return_index=True)
    chosen = kept[first]
    parent = np.arange(len(names), dtype=np.int64)
    edge = np.full(len(names), -1, dtype=np.int64)
    parent[end[chosen]], edge[end[chosen]] = start[chosen], chosen
    cut = _open_circles(parent, edge, rank)
    depth, root = _depths(parent)
    return Forest(
        names=np.asarray(names, dtype=object),
        parent=parent,
        depth=depth,
        root=root,
        below=_below(parent, depth),
        edge=edge,
        self_edges=int(own.sum()),
        later_parents=len(kept) - len(chosen),
        cut=cut,
    )


def _open_circles(parent: Codes, edge: Codes, rank: Codes) -> int:
    """Make a root of the source of each circle's earliest edge, in place, and return how many circles there were."""
    reached = parent.copy()
    steps = 1
    while steps < len(parent):
        reached, steps = reached[reached], steps * 2
    # After so many steps only roots and members of circles are reached.
    members = np.unique(reached[parent[reached] != reached]) if len(parent) else reached
    if not len(members):
        return 0
    earliest = np.full(len(parent), np.iinfo(np.int64).max)
    earliest[members] = rank[edge[members]]
    ahead, steps = parent.copy(), 1
    while steps < 2 * len(members):
        earliest[members] = np.minimum(earliest[members], earliest[ahead[members]])
        ahead, steps = ahead[ahead], steps * 2
    begins = parent[members[rank[edge[members]] == earliest[members]]]
    parent[begins], edge[begins] = begins, -1
    return len(begins)


def _depths(parent: Codes) -> tuple[Codes, Codes]:
    """Return every node's depth and root, by jumps that double: no recursion, however deep the tree."""
    depth = (parent != np.arange(len(parent))).astype(np.int64)
    ahead = parent.copy()
    while True:
        further = ahead[ahead]
        if np.array_equal(further, ahead):
            return depth, ahead
        depth = depth + depth[ahead]
        ahead = further


def _below(parent: Codes, depth: Codes) -> Codes:
    from mapkit.sequences.compiled import suited

    below = np.ones(len(parent), dtype=np.int64)
    order = np.argsort(-depth, kind="stable")
    suited(_add_to_parents, len(parent))(order, parent, below)
    return below


def _add_to_parents(order: Codes, parent: Codes, below: Codes) -> None:
    """Add each node's count to its parent's, deepest first; a plain loop, written for numba."""
    for node in order:
        if parent[node] != node:
            below[parent[node]] += below[node]
