"""What `measure_drivers` returns, and the numbers of it that a claim would use."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from mapkit.errors import OptionError, listed, nearest
from mapkit.statistics import Comparable, Estimate, Result


@dataclass(frozen=True, eq=False)
class Drivers(Result):
    """What goes with an outcome. See :func:`measure_drivers` for the columns of ``table``."""

    outcome: str = ""
    customers: int = 0
    converted: int = 0
    within_seconds: float | None = None
    strata: str | None = None
    confidence: float = 0.95

    def share(self, candidate: str, *, having: bool = True) -> Estimate:
        """Return the share converting of the customers with (or without) a candidate."""
        row, side = self._row(candidate), "with" if having else "without"
        name = f"{self.outcome} of those {side} {candidate}"
        return Estimate.of_share(name, int(row[f"converted_{side}"]), int(row[f"customers_{side}"]), self.confidence)

    def difference(self, candidate: str, *, within: bool = False) -> Estimate:
        """Return the share converting with minus without; ``within``: the difference within strata."""
        return self._estimate(candidate, "difference", "points", within)

    def lift(self, candidate: str) -> Estimate:
        """Return the share converting with, divided by that without."""
        return self._estimate(candidate, "lift", "times", False)

    def odds_ratio(self, candidate: str, *, within: bool = False) -> Estimate:
        """Return the odds of converting with, divided by those without; ``within``: Mantel and Haenszel's."""
        return self._estimate(candidate, "odds_ratio", "times", within)

    def comparable(self) -> Comparable:
        """Return each candidate's difference (within strata where there are some)."""
        name = "difference_within" if self.strata else "difference"
        rows = self.table
        numbers = pd.DataFrame(
            {
                "kind": rows["kind"],
                "candidate": rows["candidate"],
                "quantity": name,
                "unit": "points",
                "value": rows[name],
                "low": rows[f"{name}_low"],
                "high": rows[f"{name}_high"],
                "n": rows[["customers_with", "customers_without"]].min(axis=1),
            }
        )
        definition = {"outcome": self.outcome, "within": self.within_seconds, "strata": self.strata}
        return Comparable(numbers, ("kind", "candidate"), definition)

    def _estimate(self, candidate: str, quantity: str, unit: str, within: bool) -> Estimate:
        if within and self.strata is None:
            raise OptionError("There are no strata. Measure again with within_strata='the column to compare within'.")
        row, column = self._row(candidate), f"{quantity}_within" if within else quantity
        name = f"{quantity.replace('_', ' ')} of {self.outcome}, with against without {candidate}"
        name += f", within {self.strata}" if within else ""
        n = int(min(row["customers_with"], row["customers_without"]))
        return Estimate(name, row[column], row[f"{column}_low"], row[f"{column}_high"], n, unit)

    def _row(self, candidate: str) -> pd.Series:
        rows = self.table[self.table["candidate"] == candidate]
        if len(rows) != 1:
            known = list(self.table["candidate"])
            raise OptionError(
                f"{'Two candidates are' if len(rows) else 'No candidate is'} called {candidate!r}."
                f" There is {listed(known)}.{nearest(candidate, known)}"
            )
        return rows.iloc[0]
