"""How far things pass from person to person: the size, depth and shape of every cascade."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from mapkit.errors import OptionError, TableError
from mapkit.journeys.growth.trees import Forest, forest_of
from mapkit.statistics import Comparable, Estimate, Result
from mapkit.tables.beside import frame_of, times_of

_WHAT = "the frame of shares"


@dataclass(frozen=True, eq=False)
class Cascades(Result):
    """Every cascade, the largest first. See :func:`measure_cascades` for the columns of ``table``.

    ``members`` has a row a person: ``cascade`` (its root), ``person``, ``parent`` (empty at the root), ``depth``.
    """

    members: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    confidence: float = 0.95

    def share_larger(self, size: int) -> Estimate:
        """Return the share of cascades with more than ``size`` people."""
        hits = int((self.table["size"] > size).sum())
        return Estimate.of_share(f"cascades larger than {size}", hits, len(self.table), self.confidence)

    def share_deeper(self, depth: int = 1) -> Estimate:
        """Return the share of cascades that went on beyond ``depth`` steps from their root."""
        hits = int((self.table["depth"] > depth).sum())
        return Estimate.of_share(f"cascades deeper than {depth}", hits, len(self.table), self.confidence)

    def tree(self, cascade: str | None = None) -> pd.DataFrame:
        """Return the members of one cascade (the largest unless named), from the root down."""
        if cascade is None:
            cascade = str(self.table["cascade"].iloc[0]) if len(self.table) else ""
        rows = self.members[self.members["cascade"] == cascade]
        if rows.empty:
            raise OptionError(f"No cascade begins with {cascade!r}. `table` lists them by their root.")
        return rows.sort_values("depth", kind="stable").reset_index(drop=True)

    def comparable(self) -> Comparable:
        """Return the shares of cascades that went beyond one step, and that have more than 2, 5 and 10 people."""
        n = len(self.table)
        rows = [{"quantity": "of_cascades_deeper_than_1", "hits": int((self.table["depth"] > 1).sum()), "n": n}]
        rows += [
            {"quantity": f"of_cascades_larger_than_{k}", "hits": int((self.table["size"] > k).sum()), "n": n}
            for k in (2, 5, 10)
        ]
        numbers = pd.DataFrame(rows).assign(unit="share", low=np.nan, high=np.nan)
        return Comparable(numbers.assign(value=numbers["hits"] / max(n, 1)), ())


def measure_cascades(shares: Any, *, confidence: float = 0.95) -> Cascades:
    """Return one row a cascade: who began it, how many it reached, how deep and broad it got, and its shape.

    ``table`` columns: ``cascade`` (the name of its root), ``size`` (people, the root included), ``depth`` (steps from
    the root to the furthest), ``max_breadth`` (most people at one depth), ``structural_virality``: the mean distance
    between two of its people along the tree. A broadcast from one to many has 2 - 2/size, a chain (size + 1)/3.

    A person who was reached by several hangs under the one who reached them first; the other edges are counted in the
    notes. Who shares without having been reached begins a cascade. What never was shared is not in the data, so nothing
    here says how likely sharing is.

    Parameters
    ----------
    shares
        A frame of ``source``, ``target`` and, where known, ``time``: a ties table, invites (``inviter``, ``invitee``,
        ``time_accepted`` or ``time_sent``), or any shares.

    Raises
    ------
    TableError
        The frame lacks a column, or a source is empty.

    Source: Goel, Anderson, Hofman and Watts (2015), "The Structural Virality of Online Diffusion", Management Science
    62, 180-196.

    >>> star = measure_cascades([{"source": "ann", "target": name} for name in ("bob", "cid", "dan")])
    >>> star.table["structural_virality"].tolist()
    [1.5]
    """
    rows, empty = _edges(shares)
    forest = forest_of(rows["source"], rows["target"], rows["time"] if rows["time"].notna().any() else None)
    table, members = _cascades(forest)
    return Cascades(
        f"{len(table):,} cascades, {int(table['size'].sum()):,} people",
        table,
        tuple(_notes(forest, table, rows, empty)),
        members,
        confidence,
    )


def _edges(shares: Any) -> tuple[pd.DataFrame, int]:
    given = frame_of(shares, _WHAT)
    if "inviter" in given.columns and "source" not in given.columns:
        given = given.rename(columns={"inviter": "source", "invitee": "target"})
        when = [name for name in ("time_accepted", "time_sent") if name in given.columns]
        given = given.rename(columns={when[0]: "time"}) if when else given
    given = frame_of(given, _WHAT, "source", "target")
    reached = given[given["target"].notna()]
    if reached["source"].isna().any():
        row = reached.index[reached["source"].isna()][0]
        raise TableError(f"{_WHAT}: 'source' is empty in row {row + 1}. Leave out rows without a source.")
    time = times_of(given, "time", _WHAT) if "time" in given.columns else pd.Series(pd.NaT, index=given.index)
    edges = pd.DataFrame({"source": reached["source"], "target": reached["target"], "time": time[reached.index]})
    return edges.reset_index(drop=True), len(given) - len(reached)


def _cascades(forest: Forest) -> tuple[pd.DataFrame, pd.DataFrame]:
    people = len(forest.names)
    size = np.bincount(forest.root, minlength=people)
    depth = np.zeros(people, dtype=np.int64)
    np.maximum.at(depth, forest.root, forest.depth)
    levels = forest.root * (int(forest.depth.max(initial=0)) + 1) + forest.depth
    level, broad = np.unique(levels, return_counts=True)
    breadth = np.zeros(people, dtype=np.int64)
    np.maximum.at(breadth, level // (int(forest.depth.max(initial=0)) + 1), broad)
    # An edge lies on the way between each of those below it and each of the others.
    crossings = forest.below.astype(float) * (size[forest.root] - forest.below)
    total = np.bincount(forest.root, weights=crossings, minlength=people)
    roots = np.flatnonzero((forest.parent == np.arange(people)) & (size > 1))
    n = size[roots].astype(float)
    table = pd.DataFrame(
        {
            "cascade": forest.names[roots],
            "size": size[roots],
            "depth": depth[roots],
            "max_breadth": breadth[roots],
            "structural_virality": 2 * total[roots] / (n * (n - 1)),
        }
    ).sort_values(["size", "cascade"], ascending=[False, True], ignore_index=True)
    inside = np.flatnonzero(size[forest.root] > 1)
    hangs = forest.parent[inside] != inside
    members = pd.DataFrame(
        {
            "cascade": forest.names[forest.root[inside]],
            "person": forest.names[inside],
            "parent": pd.Series(forest.names[forest.parent[inside]]).where(hangs),
            "depth": forest.depth[inside],
        }
    )
    return table, members


def _notes(forest: Forest, table: pd.DataFrame, rows: pd.DataFrame, empty: int) -> Iterator[str]:
    order = "the earliest" if rows["time"].notna().any() else "the first in the order of the rows (no times)"
    yield f"{len(rows):,} shares. Of several sources of one person {order} counts."
    if empty:
        yield f"{empty:,} rows reached nobody (no target): not counted."
    if forest.self_edges:
        yield f"{forest.self_edges:,} shares to oneself are set apart."
    if forest.later_parents:
        yield f"{forest.later_parents:,} shares reached somebody who had been reached before: in no tree."
    if forest.cut:
        yield f"{forest.cut:,} circles were opened at the source of their earliest share."
    if len(table):
        yield f"The median cascade has {table['size'].median():,.0f} people, the largest {table['size'].max():,}."
