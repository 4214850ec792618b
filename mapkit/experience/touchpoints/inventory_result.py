"""What `measure_inventory` returns, and the numbers of it that a claim would use."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from mapkit.errors import OptionError, listed
from mapkit.experience.touchpoints.listed import check_touchpoint
from mapkit.statistics import Comparable, Estimate, Result


@dataclass(frozen=True, eq=False)
class Inventory(Result):
    """An inventory held against a log. See :func:`measure_inventory` for the columns of each frame."""

    unlisted: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    coverage: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    owners: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    relationship: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    shared: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    customers: int = 0
    events: int = 0
    confidence: float = 0.95

    @property
    def unwitnessed(self) -> list[str]:
        """The touchpoints of which the log shows nothing."""
        return list(self.table.loc[~self.table["witnessed"], "touchpoint"])

    @property
    def orphans(self) -> list[str]:
        """The touchpoints that nobody owns."""
        return list(self.table.loc[self.table["owner"].isna(), "touchpoint"])

    @property
    def holes(self) -> list[tuple[str, str]]:
        """The pairs of stage and channel without a touchpoint."""
        empty = self.coverage[self.coverage["touchpoints"] == 0]
        return list(zip(empty["stage"], empty["channel"], strict=True))

    @property
    def share_witnessed(self) -> Estimate:
        """The share of touchpoints that the log shows; the inventory is complete, so there is no interval."""
        n = len(self.table)
        value = float(self.table["witnessed"].mean()) if n else float("nan")
        return Estimate("touchpoints the log shows", value, n=n)

    @property
    def share_listed(self) -> Estimate:
        """The share of the log's events that some touchpoint lists; the log is complete, so there is no interval."""
        missing = int(self.unlisted["events"].sum())
        value = 1 - missing / self.events if self.events else float("nan")
        return Estimate("events that a touchpoint lists", value, n=self.events)

    def share(self, touchpoint: str) -> Estimate:
        """Return the share of customers who met a touchpoint."""
        check_touchpoint(touchpoint, self.table["touchpoint"])
        row = self.table[self.table["touchpoint"] == touchpoint].iloc[0]
        return Estimate.of_share(
            f"customers who met {touchpoint}", int(row["customers"]), self.customers, self.confidence
        )

    def share_of_stage(self, touchpoint: str, stage: str) -> Estimate:
        """Return the share of a touchpoint's occurrences that lie in a stage of the log."""
        if self.relationship.empty:
            raise OptionError("the events have no stages. Map them first: map_stages(events, model).")
        rows = self.relationship[self.relationship["touchpoint"] == touchpoint]
        if rows.empty:
            raise OptionError(
                f"{touchpoint!r} does not occur in a stage."
                f" There is {listed(self.relationship['touchpoint'].unique())}."
            )
        hits = int(rows.loc[rows["stage"] == stage, "events"].sum())
        name = f"{touchpoint} in {stage}"
        return Estimate.of_share(name, hits, int(rows["events"].sum()), self.confidence)

    def comparable(self) -> Comparable:
        """Return the share of customers who met each touchpoint."""
        table = self.table.assign(all_customers=self.customers)
        return Comparable.of_shares(table, ["touchpoint"], {"of_customers": ("customers", "all_customers")})
