"""What the attribution measures return."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from mapkit.errors import OptionError, listed, nearest
from mapkit.statistics import Comparable, Estimate, Result

CAUTION = (
    "Association, not cause: a model shares out conversions that happened; it does not know what would have happened"
    " without a channel. A holdout experiment does."
)


@dataclass(frozen=True, eq=False)
class Attribution(Result):
    """What each model gives each channel. Association, not cause.

    ``table`` columns: ``segment`` (with ``by`` only), ``model``, ``channel``, ``conversions`` and ``value`` given to
    the channel (they add up to all conversions with a touch, and to their value), ``value_low``, ``value_high``,
    ``share`` (of those conversions, 0..1), ``low``, ``high``, ``n`` (those conversions), for the Markov model
    ``removal_effect`` (share of conversions lost without the channel), ``removal_low``, ``removal_high``; with spend
    also ``spend``, ``cpa`` (spend / conversions), ``cpa_low``, ``cpa_high``, ``roas`` (value / spend), ``roas_low``,
    ``roas_high``.

    ``paths``: ``segment`` (with ``by`` only), ``path``, ``conversions``, ``value``, ``nulls`` (journeys that ended in
    nothing). ``disagreement``: by channel the models that give it least and most, ``spread`` (highest minus lowest
    share) with its interval, and whether they are ``apart`` beyond chance. ``exposure``: by channel the customers whose
    first journey holds it or not, how many of them converted, and the difference with Newcombe's interval.
    ``outcomes``: ``segment``, ``converted`` and ``null`` journeys, ``unattributed`` conversions (no touch before them),
    ``value``, ``unattributed_value``.
    """

    models: tuple[str, ...] = ()
    by: str | None = None
    confidence: float = 0.95
    definition: Mapping[str, Any] = field(default_factory=dict)
    paths: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    disagreement: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    exposure: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    outcomes: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)

    @property
    def channels(self) -> list[str]:
        """The channels, from the one with most credit on average over the models to the one with least."""
        mean = self.table.groupby("channel", sort=False)["conversions"].mean()
        return list(mean.sort_values(ascending=False, kind="stable").index)

    @property
    def unattributed(self) -> int:
        """Conversions without any touch before them: no channel is given them."""
        return int(self.outcomes["unattributed"].sum())

    @property
    def base(self) -> Estimate:
        """The share of journeys with a touch that end in a conversion."""
        converted, null = int(self.outcomes["converted"].sum()), int(self.outcomes["null"].sum())
        return Estimate.of_share("journeys that convert", converted, converted + null, self.confidence)

    def share(self, channel: str, model: str, segment: str | None = None) -> Estimate:
        """Return the share of conversions that a model gives a channel (in one segment, where there are segments)."""
        row = self._row(channel, model, segment)
        name = f"conversions given to {channel} by {model}" + (f" ({segment})" if segment else "")
        return Estimate(name, row["share"], row["low"], row["high"], int(row["n"]))

    def removal_effect(self, channel: str, segment: str | None = None) -> Estimate:
        """Return the share of conversions that the Markov chain loses without a channel."""
        row = self._row(channel, "markov", segment)
        name = f"conversions lost without {channel}" + (f" ({segment})" if segment else "")
        return Estimate(name, row["removal_effect"], row["removal_low"], row["removal_high"], int(row["n"]))

    def effect(self, channel: str, segment: str | None = None) -> Estimate:
        """Return conversion with a channel in the first journey minus conversion without it, in points."""
        self._row(channel, self.models[0], segment)
        rows = self.exposure[self.exposure["channel"] == channel]
        row = (rows if segment is None else rows[rows["segment"] == segment]).iloc[0]
        name = f"conversion with {channel} minus without" + (f" ({segment})" if segment else "")
        n = int(min(row["customers_with"], row["customers_without"]))
        return Estimate(name, row["difference"], row["difference_low"], row["difference_high"], n, "points")

    def comparable(self) -> Comparable:
        """Return the shares by model and channel (and segment)."""
        keys = ["segment", "model", "channel"] if self.by else ["model", "channel"]
        numbers = self.table[[*keys, "low", "high", "n"]].assign(
            quantity="share", unit="share", value=self.table["share"], hits=math.nan
        )
        return Comparable(numbers, tuple(keys), dict(self.definition))

    def _row(self, channel: str, model: str, segment: str | None) -> pd.Series:
        table = self.table
        if segment is not None and self.by is None:
            raise OptionError(f"segment={segment!r}: there are no segments. Measure again with by='segment'.")
        asked = {"channel": channel, "model": model} | ({"segment": segment} if self.by else {})
        for column, value in asked.items():
            known = list(dict.fromkeys(self.table[column]))
            if value not in known:
                raise OptionError(
                    f"There is no {column} {value!r}. There is {listed(known)}.{nearest(str(value), known)}"
                )
            table = table[table[column] == value]
        return table.iloc[0]
