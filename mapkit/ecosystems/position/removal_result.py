"""What `simulate_removal` returns, and the numbers of it that a claim would use."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from mapkit.errors import OptionError, listed, nearest
from mapkit.statistics import Comparable, Estimate, Result

QUANTITIES = {
    "parts": "connected parts",
    "largest_part": "share of actors in the largest part",
    "reachable_pairs": "share of ordered pairs of which one reaches the other",
    "mean_hops": "mean hops between those who reach each other",
    "cut_off": "actors cut off",
}


@dataclass(frozen=True, eq=False)
class Removal(Result):
    """The network before and after actors leave it. See :func:`simulate_removal` for ``table`` and the frames."""

    cut_off: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    shifts: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    removed: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    anchor: str = ""
    actors: int = 0
    baseline: int = 0
    confidence: float = 0.95

    def after(self, quantity: str) -> Estimate:
        """Return a quantity after the removal. It was computed, not sampled, and has no interval."""
        row = self._row(quantity)
        return Estimate(f"{QUANTITIES[quantity]} after", float(row["after"]), n=int(row["of"]), unit=row["unit"])

    def change(self, quantity: str) -> Estimate:
        """Return after minus before."""
        row = self._row(quantity)
        unit = "points" if row["unit"] == "share" else row["unit"]
        return Estimate(f"change of {QUANTITIES[quantity]}", float(row["change"]), n=int(row["of"]), unit=unit)

    def beyond_chance(self, quantity: str) -> Estimate:
        """Return the change minus that of random removals of the same types, with the middle of those as interval."""
        row = self._row(quantity)
        if not self.baseline:
            raise OptionError("There is no baseline. Simulate again with baseline=200, to compare with random actors.")
        unit = "points" if row["unit"] == "share" else row["unit"]
        value = float(row["change"] - row["chance"])
        low, high = float(row["change"] - row["chance_high"]), float(row["change"] - row["chance_low"])
        return Estimate(f"change of {QUANTITIES[quantity]} beyond chance", value, low, high, self.baseline, unit)

    def comparable(self) -> Comparable:
        """Return the changes."""
        units = self.table["unit"].where(self.table["unit"] != "share", "points")
        numbers = pd.DataFrame({"what": self.table["quantity"], "quantity": "change", "unit": units})
        numbers = numbers.assign(value=self.table["change"], low=np.nan, high=np.nan, n=self.table["of"].astype(float))
        return Comparable(numbers, ("what",), {"removed": len(self.removed)})

    def _row(self, quantity: str) -> pd.Series:
        rows = self.table[self.table["quantity"] == quantity]
        if rows.empty:
            known = list(QUANTITIES)
            raise OptionError(f"There is no quantity {quantity!r}. There is {listed(known)}.{nearest(quantity, known)}")
        return rows.iloc[0]
