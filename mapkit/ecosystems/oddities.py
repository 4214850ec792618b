"""What is odd about ties: counted, shown, and kept."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pyarrow as pa

from mapkit.ecosystems.tie_columns import TieColumns, examples

_COLUMNS = ["what", "count", "examples", "kept_as"]


def oddities(
    actors: pd.DataFrame, ids: pa.Array, ties: TieColumns, strangers: int = 0, merged: int = 0
) -> pd.DataFrame:
    """Return one row for each kind of oddity that occurs: ``what``, ``count``, ``examples``, ``kept_as``.

    ``strangers`` ends of ties, the last of the ids, are in no actors table; ``merged`` ties were added to others.
    """
    rows = list(_found(actors, ids, ties, strangers))
    if merged:
        rows.append(("merged ties", merged, "", "weights added up"))
    return pd.DataFrame(rows, columns=_COLUMNS)


def _found(
    actors: pd.DataFrame, ids: pa.Array, ties: TieColumns, strangers: int
) -> Iterator[tuple[str, int, str, str]]:
    if strangers:
        named = ", ".join(ids[len(ids) - strangers :].slice(0, 3).to_pylist())
        yield "ends of ties that the actors table lacks", strangers, named, "actors without a type"
    for what, rows, kept_as in (
        ("ties of an actor to itself", np.flatnonzero(ties.sources == ties.targets), "ties"),
        ("further ties between the same two", _further(ties, len(ids)), "ties of their own"),
        ("negative weights", np.flatnonzero(ties.weights < 0), "they are; measures of weight refuse them"),
        ("missing weights", np.flatnonzero(np.isnan(ties.weights)), "they are; measures of weight refuse them"),
    ):
        if len(rows):
            yield what, len(rows), examples(ids, ties, rows), kept_as
    if "name" in actors:
        shared = actors["name"].dropna()
        shared = shared[shared.duplicated(keep=False)]
        if len(shared):
            yield "actors that share a label", len(shared), ", ".join(map(str, shared.unique()[:3])), "actors apart"


def _further(ties: TieColumns, actors: int) -> np.ndarray:
    """Return every tie but the first of each pair, direction counting unless neither has one."""
    low, high = np.minimum(ties.sources, ties.targets), np.maximum(ties.sources, ties.targets)
    first = np.where(ties.two_way, low, ties.sources).astype(np.int64)
    second = np.where(ties.two_way, high, ties.targets)
    pairs = (first * max(actors, 1) + second) * 2 + ties.two_way
    order = np.argsort(pairs, kind="stable")
    again = pairs[order][1:] == pairs[order][:-1]
    return np.sort(order[1:][again])
