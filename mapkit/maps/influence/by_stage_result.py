"""What `measure_influence_by_stage` returns, and the numbers of it that a claim would use."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd

from mapkit.errors import OptionError, listed, nearest
from mapkit.maps.influence.counts import ANY
from mapkit.statistics import Comparable, Estimate, Result

Side = Literal["with", "without", "alone"]


@dataclass(frozen=True, eq=False)
class InfluenceByStage(Result):
    """Influence at each stage. See :func:`measure_influence_by_stage` for the columns of its three tables."""

    feeds: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    confounders: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    stages: tuple[str, ...] = ()
    strata: tuple[str, ...] = ()
    customers: int = 0
    minimum: int = 30
    confidence: float = 0.95
    definition: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def influencers(self) -> tuple[str, ...]:
        """The influencers that somebody had met, most customers first."""
        own = self.feeds[(self.feeds["kind"] == "influencer") & (self.feeds["stage"] == self.stages[0])]
        first = own.sort_values(["entrants_met", "influencer"], ascending=[False, True])["influencer"]
        rest = self.feeds.loc[self.feeds["kind"] == "influencer", "influencer"]
        return tuple(dict.fromkeys([*first, *rest]))

    def share(self, to_stage: str, influencer: str = ANY, *, side: Side = "with", whole: bool = False) -> Estimate:
        """Return the share going on to a stage of those with, without, or alone with an influencer."""
        row = self._row(to_stage, influencer, whole)
        name = f"{row['from_stage']} to {to_stage} {side} {influencer}"
        hits, n = int(row[f"converted_{side}"]), int(row[f"customers_{side}"])
        return Estimate.of_share(name, hits, n, self.confidence)

    def difference(self, to_stage: str, influencer: str = ANY, *, within: bool = True, whole: bool = False) -> Estimate:
        """Return the share going on with minus without an influencer: within strata and overlap removed, or crude."""
        column = "difference_within" if within else "difference"
        return self._estimate(to_stage, influencer, column, "points", whole)

    def ratio(self, to_stage: str, influencer: str = ANY, *, within: bool = True, whole: bool = False) -> Estimate:
        """Return the share going on with an influencer divided by that without: within strata, or crude."""
        return self._estimate(to_stage, influencer, "ratio_within" if within else "ratio", "times", whole)

    def lost_without(self, to_stage: str, influencer: str = ANY, *, whole: bool = False) -> Estimate:
        """Return how many customers fewer would have reached a stage without an influencer, were it the cause."""
        return self._estimate(to_stage, influencer, "lost_without", "customers", whole)

    def fed(self, stage: str, influencer: str = ANY) -> Estimate:
        """Return the share of those who entered a stage that had met an influencer by then."""
        rows = self.feeds[(self.feeds["stage"] == stage) & (self.feeds["influencer"] == influencer)]
        if rows.empty:
            self._unknown(stage, influencer, self.feeds["stage"], self.feeds["influencer"])
        row = rows.iloc[0]
        name = f"of those who entered {stage}, had met {influencer}"
        return Estimate.of_share(name, int(row["entrants_met"]), int(row["entrants"]), self.confidence)

    def comparable(self) -> Comparable:
        """Return each influencer's difference within strata, at each stage."""
        rows = self.table
        numbers = pd.DataFrame(
            {
                "influencer": rows["influencer"],
                "step": rows["from_stage"] + " to " + rows["to_stage"],
                "quantity": "difference_within",
                "unit": "points",
                "value": rows["difference_within"],
                "low": rows["difference_within_low"],
                "high": rows["difference_within_high"],
                "n": rows[["customers_with", "customers_without"]].min(axis=1),
            }
        )
        return Comparable(numbers, ("influencer", "step"), self.definition)

    def _estimate(self, to_stage: str, influencer: str, column: str, unit: str, whole: bool) -> Estimate:
        row = self._row(to_stage, influencer, whole)
        what, within = column.removesuffix("_within"), "" if column.endswith("_within") else ", crude"
        name = f"{what} of {row['from_stage']} to {to_stage}, with against without {influencer}{within}"
        if column == "lost_without":
            name = f"customers at {to_stage} lost without {influencer}"
        n = int(min(row["customers_with"], row["customers_without"]))
        return Estimate(name, row[column], row[f"{column}_low"], row[f"{column}_high"], n, unit)

    def _row(self, to_stage: str, influencer: str, whole: bool) -> pd.Series:
        rows = self.table[self.table["whole"] == whole]
        found = rows[(rows["to_stage"] == to_stage) & (rows["influencer"] == influencer)]
        if found.empty:
            self._unknown(to_stage, influencer, rows["to_stage"], rows["influencer"])
        return found.iloc[0]

    def _unknown(self, stage: str, influencer: str, stages: pd.Series, influencers: pd.Series) -> None:
        for name, known, what in ((stage, stages, "stage"), (influencer, influencers, "influencer")):
            there = list(dict.fromkeys(known))
            if name not in there:
                raise OptionError(
                    f"No {what} {name!r} is in this result. There is {listed(there)}.{nearest(str(name), there)}"
                )
        raise OptionError(f"Nobody had met {influencer!r} by then: there is no number for it at {stage!r}.")
