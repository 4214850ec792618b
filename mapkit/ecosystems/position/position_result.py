"""What `measure_position` returns, and the numbers of it that a claim would use."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mapkit.ecosystems.position.ranks import ranked
from mapkit.errors import OptionError, nearest, one_of
from mapkit.statistics import Comparable, Estimate, Result
from mapkit.statistics.intervals import normal_quantile

# The actor with the least of these stands best.
LEAST_FIRST = ("constraint",)
# Comparable only within one connected part.
WITHIN_PARTS = ("eigenvector",)


@dataclass(frozen=True, eq=False)
class Position(Result):
    """Where each actor stands in the network. See :func:`measure_position` for the columns of ``table``."""

    measures: tuple[str, ...] = ()
    actors: int = 0
    ties: int = 0
    pivots: int | None = None
    confidence: float = 0.95

    def of(self, actor: str) -> pd.Series:
        """Return one actor's row. Raises OptionError, with the nearest id, for one that is not there."""
        rows = self.table[self.table["actor"] == actor]
        if rows.empty:
            known = self.table["actor"]
            raise OptionError(
                f"There is no actor {actor!r} among the {len(known):,}.{nearest(str(actor), known)}"
                " Actors are named by their id, not by their label."
            )
        return rows.iloc[0]

    def top(self, measure: str, k: int = 10) -> pd.DataFrame:
        """Return the first ``k`` actors by a measure: ``rank``, actor, name, type and the measure.

        The least come first by constraint, whoever has none comes last, and by eigenvector the largest part comes
        first. Equal values share a rank, and stand in the order of the actors.
        """
        rank = self.ranks(measure)
        columns = ["actor", "name", "type", *(each for each in self._with_error(measure) if each in self.table)]
        first = np.argsort(rank.to_numpy(), kind="stable")[:k]
        return self.table.iloc[first][columns].assign(rank=rank.iloc[first]).reset_index(drop=True)

    def ranks(self, measure: str) -> pd.Series:
        """Return every actor's rank by a measure, 1 the first; equal values share the better rank."""
        one_of(measure, self._numbers(), "measure")
        values = self.table[measure].to_numpy(dtype=float)
        ranks = ranked(values, least=measure in LEAST_FIRST)
        if measure in WITHIN_PARTS:  # the largest part first
            ranks = ranked(self.table["part"].to_numpy() * (len(ranks) + 1.0) + ranks, least=True)
        return pd.Series(ranks, index=self.table.index, name="rank")

    def value(self, actor: str, measure: str) -> Estimate:
        """Return an actor's value; its interval is that of sampling, where pivots were sampled."""
        one_of(measure, self._numbers(), "measure")
        row = self.of(actor)
        low = high = np.nan
        if f"{measure}_se" in row:
            half = normal_quantile(self.confidence) * row[f"{measure}_se"]
            low, high = row[measure] - half, row[measure] + half
        return Estimate(f"{measure} of {actor}", float(row[measure]), float(low), float(high), self.actors, "")

    def rank(self, actor: str, measure: str) -> Estimate:
        """Return an actor's rank by a measure, 1 the first. ``rank_actors`` gives it an interval."""
        here = (self.table["actor"] == self.of(actor)["actor"]).to_numpy()
        place = self.ranks(measure).to_numpy()[here][0]
        return Estimate(f"rank of {actor} by {measure}", float(place), n=self.actors, unit="")

    def comparable(self) -> Comparable:
        """Return each actor's value of every measure, with the interval that sampling leaves."""
        parts = []
        for measure in self._numbers():
            half = normal_quantile(self.confidence) * self.table.get(f"{measure}_se", pd.Series(np.nan))
            value = self.table[measure].astype(float)
            ends = {"low": value - half, "high": value + half}
            facts = {"quantity": measure, "unit": "", "value": value, **ends, "n": float(self.actors)}
            parts.append(self.table[["actor"]].assign(**facts))
        return Comparable(pd.concat(parts, ignore_index=True), ("actor",), {"measures": self.measures})

    def _numbers(self) -> list[str]:
        no_measure = ("actor", "name", "type", "part")
        return [name for name in self.table.columns if name not in no_measure and not name.endswith("_se")]

    @staticmethod
    def _with_error(measure: str) -> tuple[str, str]:
        return measure, f"{measure}_se"
