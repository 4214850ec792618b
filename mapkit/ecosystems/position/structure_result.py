"""What `measure_structure` returns, and the numbers of it that a claim would use."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from mapkit.errors import OptionError, listed, nearest
from mapkit.statistics import Comparable, Estimate, Result


@dataclass(frozen=True, eq=False)
class Structure(Result):
    """How a network is built. See :func:`measure_structure` for ``table`` and the frames."""

    parts: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    cut_points: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    bridges: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    isolates: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    mixing: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    actors: int = 0
    ties: int = 0
    confidence: float = 0.95

    def value(self, quantity: str) -> Estimate:
        """Return a quantity of the table. The network is counted whole, so it has no interval."""
        rows = self.table[self.table["quantity"] == quantity]
        if rows.empty:
            known = list(self.table["quantity"])
            raise OptionError(f"There is no quantity {quantity!r}. There is {listed(known)}.{nearest(quantity, known)}")
        row = rows.iloc[0]
        return Estimate(quantity.replace("_", " "), float(row["value"]), n=int(row["of"]), unit=row["unit"])

    def between(self, source: str, target: str, tie_type: str = "(all)") -> Estimate:
        """Return how many times as many ties there are from one type to another as chance would give."""
        rows = self.mixing
        for column, wanted in (("tie_type", tie_type), ("source_type", source), ("target_type", target)):
            known = sorted(set(self.mixing[column]))
            if wanted not in known:
                what = column.replace("_", " ")
                raise OptionError(f"There is no {what} {wanted!r}. There is {listed(known)}.{nearest(wanted, known)}")
            rows = rows[rows[column] == wanted]
        row = rows.iloc[0]
        value, low, high = (float(row[name]) for name in ("ratio", "low", "high"))
        name = f"ties from {source} to {target} against chance"
        return Estimate(name, value, low, high, round(float(row["all_ties"])), "times")

    def comparable(self) -> Comparable:
        """Return the quantities of the table."""
        columns = self.table[["unit", "value"]].assign(what=self.table["quantity"], quantity="value")
        numbers = columns.assign(low=np.nan, high=np.nan, n=self.table["of"].astype(float))
        return Comparable(numbers, ("what",))
