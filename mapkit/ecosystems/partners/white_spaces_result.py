"""What `find_white_spaces` returns, and the numbers of it that a claim would use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from mapkit.errors import OptionError, listed, nearest
from mapkit.statistics import Estimate, Result


@dataclass(frozen=True, eq=False)
class WhiteSpaces(Result):
    """Ties between types and communities against chance. See :func:`find_white_spaces` for the columns."""

    ties: int = 0
    confidence: float = 0.95

    @property
    def holes(self) -> pd.DataFrame:
        """The cells with fewer ties than chance would give, the emptiest first."""
        return self.table[self.table["verdict"].isin(["none", "few"])].reset_index(drop=True)

    def ratio(self, a: str, b: str) -> Estimate:
        """Return ties / expected between two types (in any order), or of a type with a community.

        ``n`` is the number of ties there could be. Raises OptionError where there is no such cell.
        """
        rows = self.table
        found = rows[(rows["a"] == a) & (rows["b"] == b)]
        if found.empty:
            found = rows[(rows["kind"] == "types") & (rows["a"] == b) & (rows["b"] == a)]
        if found.empty:
            names = sorted({*rows["a"], *rows["b"]})
            wrong = next((name for name in (a, b) if name not in names), a)
            raise OptionError(f"There is no cell of {a!r} and {b!r}. There is {listed(names)}.{nearest(wrong, names)}")
        row: dict[Any, Any] = found.iloc[0].to_dict()
        return Estimate(
            f"ties of {a} with {b}, to chance",
            float(row["ratio"]),
            float(row["ratio_low"]),
            float(row["ratio_high"]),
            int(row["pairs"]),
            "x",
        )
