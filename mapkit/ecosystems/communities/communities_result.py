"""What `find_communities` returns, and the numbers of it that a claim would use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from mapkit.ecosystems.communities.agreement import adjusted_rand
from mapkit.errors import OptionError, listed, nearest
from mapkit.statistics import Estimate, Result


@dataclass(frozen=True, eq=False)
class Communities(Result):
    """Actors in communities. See :func:`find_communities` for the columns of ``table``, ``sizes`` and ``between``."""

    sizes: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    between: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    modularity: float = float("nan")
    resolution: float = 1.0
    isolates: int = 0
    runs: int = 1
    rand: float = float("nan")
    information: float = float("nan")

    @property
    def communities(self) -> int:
        """How many communities have two actors or more."""
        return int((self.sizes["actors"] > 1).sum())

    def count(self) -> Estimate:
        """Return how many communities have two actors or more."""
        return Estimate("communities of two actors or more", self.communities, n=len(self.table), unit="communities")

    def of(self, actor: str) -> int:
        """Return an actor's community. Raises OptionError for an actor that is not there."""
        rows = self.table.loc[self.table["actor"] == actor, "community"]
        if rows.empty:
            known = list(self.table["actor"])
            raise OptionError(f"There is no actor {actor!r} among the {len(known):,}.{nearest(str(actor), known)}")
        return int(rows.iloc[0])

    def members(self, community: int) -> pd.DataFrame:
        """Return the rows of ``table`` of one community. Raises OptionError for a number that is none."""
        if community not in set(self.sizes["community"]):
            raise OptionError(f"There is no community {community!r}. They are numbered 0 to {len(self.sizes) - 1:,}.")
        return self.table[self.table["community"] == community].reset_index(drop=True)

    def agreement(self, groups: str | Mapping[Any, Any]) -> Estimate:
        """Return how far the communities agree with groups known otherwise: the adjusted Rand index, 1 for the same.

        ``groups`` is a column of ``table``, or a mapping from actors, or from types, to groups. Actors that it does not
        tell of are left out. Raises OptionError where it tells of none.
        """
        if isinstance(groups, str):
            if groups not in self.table:
                raise OptionError(f"The table has no column {groups!r}. It has {listed(self.table.columns)}.")
            given, name = self.table[groups], groups
        else:
            by_actor = self.table["actor"].map(groups)
            given, name = by_actor.where(by_actor.notna(), self.table["type"].map(groups)), "the groups given"
        known = given.notna().to_numpy()
        if not known.any():
            raise OptionError("No actor and no type of the table is in the groups given.")
        numbers = pd.factorize(given[known])[0]
        value = adjusted_rand(self.table.loc[known, "community"].to_numpy(), np.asarray(numbers))
        return Estimate(f"adjusted Rand index of communities and {name}", value, n=int(known.sum()), unit="")

    def repeatability(self) -> Estimate:
        """Return the mean adjusted Rand index of the partition kept with those of the other runs."""
        return Estimate("adjusted Rand index between runs", self.rand, n=self.runs - 1, unit="")
