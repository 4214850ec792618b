"""What `measure_account_overlap` returns, and the numbers of it that a claim would use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from mapkit.errors import OptionError, listed, nearest, one_of
from mapkit.statistics import Estimate, Result


@dataclass(frozen=True, eq=False)
class AccountOverlap(Result):
    """How many customers two lists share, and nothing of who they are. See :func:`measure_account_overlap`."""

    segment: str | None = None
    confidence: float = 0.95

    def share(self, of: Literal["ours", "theirs"] = "ours", segment: str = "all") -> Estimate:
        """Return the share of one list's customers that the other has as well.

        Raises
        ------
        OptionError
            The segment is not there, or its count is not told because it is small.
        """
        one_of(of, ("ours", "theirs"), "of")
        row = self._row(segment)
        if row["suppressed"]:
            raise OptionError(
                f"The count of {segment!r} is not told, because it is small or would give a small one away."
            )
        name = f"{of} in both lists" if segment == "all" else f"{of} in both lists, {segment}"
        return Estimate.of_share(name, int(row["both"]), int(row[of]), self.confidence)

    @property
    def lift(self) -> Estimate:
        """Shared customers as a multiple of what chance would give. Raises OptionError without a population."""
        if "lift" not in self.table:
            raise OptionError("Lift needs the size of the market: measure_account_overlap(..., population=...).")
        row = self._row("all")
        n = 0 if pd.isna(row["ours"]) else int(row["ours"])
        return Estimate(
            "lift of the overlap", float(row["lift"]), float(row["lift_low"]), float(row["lift_high"]), n, "x"
        )

    def _row(self, segment: str) -> dict[Any, Any]:
        rows = self.table[self.table["segment"] == segment]
        if rows.empty:
            names = list(self.table["segment"])
            raise OptionError(f"There is no segment {segment!r}. There is {listed(names)}.{nearest(segment, names)}")
        found: dict[Any, Any] = rows.iloc[0].to_dict()
        return found
