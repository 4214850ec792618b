"""The two-source map: every cell of a map as claimed and as observed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from mapkit.errors import OptionError, nearest, one_of
from mapkit.maps.journey_map import JourneyMap
from mapkit.maps.journey_map.grades import GRADES
from mapkit.maps.two_sources.judging import STATES
from mapkit.statistics import Comparable, Estimate, Result


@dataclass(frozen=True, eq=False)
class ObservedMap(Result):
    """A map beside the data. See :func:`observe_map` for the columns of ``table``.

    ``map`` is the map that was observed, ``segment`` the customers it was held against (None: all ``customers``).
    """

    map: JourneyMap | None = field(default=None, repr=False)
    segment: str | None = None
    customers: int = 0
    window: str | None = None
    tolerance: Mapping[str, float] = field(default_factory=dict)
    confidence: float = 0.95

    @property
    def cells(self) -> pd.DataFrame:
        """The rows that are cells of the map: all but what is unclaimed."""
        return self.table[self.table["state"] != "unclaimed"]

    @property
    def disagreements(self) -> pd.DataFrame:
        """The rows in which the data contradicts the map, the heaviest first."""
        return self.table[self.table["state"] == "disagree"]

    @property
    def states(self) -> pd.DataFrame:
        """``state``, ``cells``, ``of_cells``: how many cells of the map agree, disagree and are unmeasured."""
        return _shares(self.cells["state"], [state for state in STATES if state != "unclaimed"], "state")

    @property
    def evidence(self) -> pd.DataFrame:
        """``grade``, ``meaning``, ``cells``, ``of_cells``: what the cells of the map rest on, the data included."""
        shares = _shares(self.cells["grade"], list(GRADES), "grade")
        shares.insert(1, "meaning", list(GRADES.values()))
        return shares

    def share(self, state: str) -> Estimate:
        """Return the share of the map's cells in a state; without an interval, for the cells are all there are."""
        one_of(state, [each for each in STATES if each != "unclaimed"], "state")
        return self._of_cells(f"cells that are {state}", int((self.cells["state"] == state).sum()))

    @property
    def evidence_share(self) -> Estimate:
        """The share of the map's cells that rest on an experiment, a log or a survey: grades A to C."""
        return self._of_cells("cells with evidence", int((self.cells["grade"] != "D").sum()))

    def estimate(self, cell: str) -> Estimate:
        """Return what was observed for one cell, by its key or its step when only one row has that."""
        rows = self.table[self.table["cell"] == cell]
        rows = self.table[self.table["step"] == cell] if rows.empty else rows
        if len(rows) != 1:
            known = self.table["cell"].tolist()
            found = f"{len(rows)} cells are at {cell!r}" if len(rows) else f"The map has no cell {cell!r}"
            raise OptionError(f"{found}. Give a key of .table['cell'], such as {known[:1]}.{nearest(cell, known)}")
        row = rows.iloc[0]
        n = 0 if pd.isna(row["n"]) else int(row["n"])
        return Estimate(f"{row['about']} of {cell}", row["observed"], row["low"], row["high"], n, str(row["unit"]))

    def comparable(self) -> Comparable:
        """Return what was observed in every cell: of two segments, periods, or maps of one journey."""
        rows = self.table[self.table["observed"].notna()]
        numbers = pd.DataFrame(
            {
                "cell": rows["cell"], "quantity": rows["about"], "unit": rows["unit"], "value": rows["observed"],
                "low": rows["low"], "high": rows["high"], "n": rows["n"].astype(float),
                "hits": rows["hits"].astype("Float64").to_numpy(float, na_value=math.nan),
            }
        )  # fmt: skip
        return Comparable(numbers, ("cell",), {"window": self.window})

    def _of_cells(self, name: str, hits: int) -> Estimate:
        n = len(self.cells)
        return Estimate(name, hits / n if n else math.nan, n=n)


def _shares(values: pd.Series, every: list[str], name: str) -> pd.DataFrame:
    counts = values.value_counts()
    cells = [int(counts.get(each, 0)) for each in every]
    return pd.DataFrame({name: every, "cells": cells, "of_cells": [n / max(sum(cells), 1) for n in cells]})
