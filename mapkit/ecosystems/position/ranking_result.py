"""What `rank_actors` returns, and the numbers of it that a claim would use."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mapkit.errors import OptionError, nearest
from mapkit.statistics import Comparable, Estimate, Result


@dataclass(frozen=True, eq=False)
class Ranking(Result):
    """Actors in the order of a measure, and how far ranks move. See :func:`rank_actors` for ``table``."""

    by: str = ""
    first: int = 10
    resamples: int = 0
    confidence: float = 0.95

    def rank(self, actor: str) -> Estimate:
        """Return an actor's rank, 1 the first, with its interval under resampling of the ties."""
        row = self._row(actor)
        ends = (float(row["rank_low"]), float(row["rank_high"])) if self.resamples else (np.nan, np.nan)
        return Estimate(f"rank of {actor} by {self.by}", float(row["rank"]), *ends, len(self.table), "")

    def value(self, actor: str) -> Estimate:
        """Return an actor's value, with its interval under resampling of the ties."""
        row = self._row(actor)
        value, low, high = (float(row[name]) for name in ("value", "low", "high"))
        return Estimate(f"{self.by} of {actor}", value, low, high, len(self.table), "")

    def in_top(self, actor: str) -> Estimate:
        """Return the share of resamples in which an actor is among the first ``first``."""
        hits = int(self._row(actor)["times_in_top"])
        name = f"{actor} among the first {self.first} by {self.by}"
        return Estimate.of_share(name, hits, self.resamples, self.confidence)

    def comparable(self) -> Comparable:
        """Return each actor's value with its interval."""
        columns = ["actor", "value", "low", "high"]
        numbers = self.table[columns].assign(quantity="value", unit="", n=float(len(self.table)))
        return Comparable(numbers, ("actor",), {"by": self.by})

    def _row(self, actor: str) -> pd.Series:
        rows = self.table[self.table["actor"] == actor]
        if rows.empty:
            known = self.table["actor"]
            raise OptionError(f"There is no actor {actor!r} among the {len(known):,}.{nearest(str(actor), known)}")
        return rows.iloc[0]
