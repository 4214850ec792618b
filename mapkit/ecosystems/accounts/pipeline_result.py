"""What `measure_pipeline` returns, and the numbers of it that a claim would use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from mapkit.errors import OptionError, listed, nearest
from mapkit.statistics import Comparable, Estimate, Result


@dataclass(frozen=True, eq=False)
class Pipeline(Result):
    """A pipeline's velocity and its four parts. See :func:`measure_pipeline` for the columns of ``table``."""

    by: str | None = None
    start: pd.Timestamp | None = None
    end: pd.Timestamp | None = None
    confidence: float = 0.95

    def velocity(self, segment: str = "all") -> Estimate:
        """Return what the pipeline earns a day, with its interval; ``n`` is how many are open."""
        row = self._row(segment)
        ends = (float(row["velocity_per_day_low"]), float(row["velocity_per_day_high"]))
        name = "velocity" if segment == "all" else f"velocity of {segment}"
        return Estimate(name, float(row["velocity_per_day"]), *ends, int(row["open"]), "a day")

    def win_rate(self, segment: str = "all") -> Estimate:
        """Return the share won of those closed."""
        row = self._row(segment)
        name = "win rate" if segment == "all" else f"win rate of {segment}"
        return Estimate.of_share(name, int(row["won"]), int(row["closed"]), self.confidence)

    def comparable(self) -> Comparable:
        """Return the win rate of each segment."""
        return Comparable.of_shares(self.table, ["segment"], {"win_rate": ("won", "closed")}, {"by": self.by})

    def _row(self, segment: str) -> dict[Any, Any]:
        rows = self.table[self.table["segment"] == segment]
        if rows.empty:
            names = list(self.table["segment"])
            raise OptionError(f"There is no segment {segment!r}. There is {listed(names)}.{nearest(segment, names)}")
        found: dict[Any, Any] = rows.iloc[0].to_dict()
        return found
