"""What `find_paths` returns: the strongest ways, tie by tie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from mapkit.ecosystems.ecosystem import Ecosystem
from mapkit.ecosystems.flow.bounded import Rounds
from mapkit.ecosystems.flow.search import Reached
from mapkit.ecosystems.links import Links
from mapkit.errors import OptionError
from mapkit.statistics import Estimate, Result

Ways = Mapping[int, list[tuple[list[int], list[int]]]]


@dataclass(frozen=True, eq=False)
class Trails:
    """The ways themselves: those looked for, or the whole search where everybody was a target."""

    ecosystem: Ecosystem
    links: Links
    ways: Ways = field(default_factory=dict)
    search: Reached | Rounds | None = None

    def way(self, target: int, rank: int) -> tuple[list[int], list[int]]:
        """Return the actors of a way and the links between them; both empty where there is none."""
        if self.search is not None:
            return self.search.way_to(target) if rank == 1 else ([], [])
        ways = self.ways.get(target, [])
        return ways[rank - 1] if rank <= len(ways) else ([], [])

    def step_by_step(self, target: int, rank: int) -> pd.DataFrame:
        """Return a row a tie of a way."""
        codes, links = self.way(target, rank)
        ids, names = self.ecosystem.ids, self.ecosystem.labels
        rows = self.links.out.place[links] if links else np.empty(0, dtype=np.int64)
        strengths = self.links.tie_weights[rows]
        return pd.DataFrame(
            {
                "step": np.arange(1, len(links) + 1),
                "source": [ids[code] for code in codes[:-1]],
                "source_name": [str(names[code]) for code in codes[:-1]],
                "target": [ids[code] for code in codes[1:]],
                "target_name": [str(names[code]) for code in codes[1:]],
                "tie_type": self._tie_types(rows),
                "strength": strengths,
                "strength_so_far": np.cumprod(strengths),
            }
        )

    def _tie_types(self, rows: np.ndarray) -> list[str | None]:
        more = self.ecosystem.ties.more
        if "type" not in more.column_names:
            return [None] * len(rows)
        kinds = more["type"].take(rows).to_pylist()
        return [None if kind is None else str(kind) for kind in kinds]


@dataclass(frozen=True, eq=False, kw_only=True)
class InfluencePaths(Result):
    """The strongest ways of influence. See :func:`find_paths` for the columns of ``table``."""

    trails: Trails = field(repr=False)
    sources: tuple[str, ...]
    direction: str = "along"
    max_steps: int | None = None
    of_actors: int = 0

    def path(self, target: str | None = None, rank: int = 1) -> pd.DataFrame:
        """Return a way tie by tie: step, source, target and their names, tie_type, strength, strength_so_far.

        Without ``target``: the way to the first target of the table. No rows where there is no way. Raises OptionError
        for an actor that was not looked for, or a rank that no way has.
        """
        row = self._row(target, rank)
        return self.trails.step_by_step(int(self.trails.ecosystem.codes([row["actor"]])[0]), rank)

    def strength(self, target: str | None = None, rank: int = 1) -> Estimate:
        """Return the product of the strengths along a way; NaN where there is none. ``n`` is its steps."""
        row = self._row(target, rank)
        name = f"strength of the way to {row['actor']}"
        return Estimate(name, float(row["strength"]), n=int(np.nan_to_num(row["steps"])), unit="")

    def steps(self, target: str | None = None, rank: int = 1) -> Estimate:
        """Return how many ties a way has; NaN where there is none."""
        row = self._row(target, rank)
        return Estimate(f"steps of the way to {row['actor']}", float(row["steps"]), n=1, unit="steps")

    def reached(self) -> Estimate:
        """Return the share of the targets to which there is a way."""
        first = self.table[self.table["rank"] == 1]
        share = float(first["strength"].notna().mean()) if len(first) else float("nan")
        return Estimate("targets to which there is a way", share, n=len(first))

    def through(self) -> pd.DataFrame:
        """Return who stands on the strongest ways, the most frequent first: ``actor``, ``name``, ``type``, ``ways``.

        Ends of a way do not count. ``of_ways`` is the share of all ``all_ways``, one to each target reached.
        """
        ecosystem = self.trails.ecosystem
        first = self.table.loc[(self.table["rank"] == 1) & (self.table["steps"] > 0), "actor"]
        between = [self.trails.way(int(code), 1)[0][1:-1] for code in ecosystem.codes(first)]
        counts = np.bincount(np.array([code for way in between for code in way], dtype=np.int64), minlength=ecosystem.n)
        order = np.argsort(-counts, kind="stable")[: int((counts > 0).sum())]
        return pd.DataFrame(
            {
                "actor": ecosystem.ids[order],
                "name": ecosystem.labels[order],
                "type": ecosystem.types[order],
                "ways": counts[order],
                "all_ways": len(between),
                "of_ways": counts[order] / max(len(between), 1),
            }
        )

    def share_through(self, actor: str) -> Estimate:
        """Return the share of the strongest ways, one to each target reached, on which an actor stands between."""
        self.trails.ecosystem.codes([actor])
        rows = self.through()
        ways = int(rows.loc[rows["actor"] == actor, "ways"].sum())
        every = int(((self.table["rank"] == 1) & (self.table["steps"] > 0)).sum())
        return Estimate(f"strongest ways through {actor}", ways / every if every else float("nan"), n=every)

    def _row(self, target: str | None, rank: int) -> pd.Series:
        if self.table.empty:
            raise OptionError("There is no target: every actor is a source.")
        wanted = str(self.table["actor"].iloc[0]) if target is None else target
        rows = self.table[(self.table["actor"] == wanted) & (self.table["rank"] == rank)]
        if rows.empty:
            there = self.table.loc[self.table["actor"] == wanted, "rank"]
            what = f"{len(there):,} of rank 1 to {there.max()}" if len(there) else "none: it is a source, or no target"
            raise OptionError(f"There is no way number {rank!r} to {wanted!r}; there is {what}.")
        return rows.iloc[0]
