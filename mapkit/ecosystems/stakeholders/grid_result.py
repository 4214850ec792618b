"""What `measure_stakeholders` returns, and the numbers of it that a claim would use."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from mapkit.ecosystems.stakeholders.classes import CLASSES, NOT_SCORED, QUADRANTS
from mapkit.errors import OptionError, nearest, one_of
from mapkit.statistics import Estimate, Result


@dataclass(frozen=True, eq=False)
class Stakeholders(Result):
    """Stakeholders by power, interest and salience. See :func:`measure_stakeholders` for the columns."""

    quadrants: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    classes: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    high: float = 5.0
    margin: float = 1.0

    @property
    def not_scored(self) -> pd.DataFrame:
        """The actors without a quadrant, with what each lacks: ``actor``, ``name``, ``type``, ``missing``."""
        rows = self.table[self.table["quadrant"] == NOT_SCORED]
        return rows[["actor", "name", "type", "missing"]].reset_index(drop=True)

    def actors(self, group: str) -> list[str]:
        """Return the ids of the actors of a quadrant or of a class of salience."""
        one_of(group, (*QUADRANTS, *CLASSES, NOT_SCORED), "group")
        column = "salience" if group in CLASSES else "quadrant"
        return list(self.table.loc[self.table[column] == group, "actor"])

    def quadrant(self, actor: str) -> str:
        """Return the quadrant of one actor. Raises OptionError, with the nearest id, for one that is not there."""
        rows = self.table.loc[self.table["actor"] == actor, "quadrant"]
        if rows.empty:
            raise OptionError(f"There is no actor {actor!r}.{nearest(actor, self.table['actor'])}")
        return str(rows.iloc[0])

    def share(self, quadrant: str) -> Estimate:
        """Return the share of scored actors in a quadrant; its range is from moving the thresholds by the margin."""
        one_of(quadrant, QUADRANTS, "quadrant")
        row = self.quadrants[self.quadrants["quadrant"] == quadrant].iloc[0]
        return Estimate(
            f"stakeholders to {quadrant}",
            float(row["of_scored"]),
            float(row["of_scored_low"]),
            float(row["of_scored_high"]),
            int(row["scored"]),
        )

    @property
    def share_near(self) -> Estimate:
        """The share of scored actors whose quadrant depends on where exactly the threshold lies."""
        scored = self.table[self.table["quadrant"] != NOT_SCORED]
        value = float((scored["near"] != "").mean()) if len(scored) else float("nan")
        return Estimate("stakeholders near a threshold", value, n=len(scored))
