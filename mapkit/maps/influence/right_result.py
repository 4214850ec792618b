"""What `find_right_influencers` returns, and the numbers of it that a claim would use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mapkit.errors import OptionError, listed, nearest
from mapkit.statistics import Estimate, Result


@dataclass(frozen=True, eq=False)
class RightInfluencers(Result):
    """Whom to engage. See :func:`find_right_influencers` for the columns of ``table``."""

    stage: str | None = None
    targets: str = ""
    total: int = 0
    covered: int = 0
    weights: Mapping[str, float] = field(default_factory=dict)

    @property
    def chosen(self) -> tuple[str, ...]:
        """The actors to engage, in the order in which they are taken."""
        return tuple(self.table.loc[self.table["choice"].notna(), "actor"])

    def score(self, actor: str) -> Estimate:
        """Return an actor's score with the interval of 95% of the draws of weights and effects."""
        known = list(self.table["actor"])
        if actor not in known:
            raise OptionError(f"No actor {actor!r} is here. There is {listed(known)}.{nearest(str(actor), known)}")
        row = self.table[self.table["actor"] == actor].iloc[0]
        n = int(self.table["score"].notna().sum())
        return Estimate(f"score of {actor}", row["score"], row["score_low"], row["score_high"], n, "")

    def coverage(self) -> Estimate:
        """Return the share of the targets that those chosen reach together, each counted once.

        The targets are all there are, no sample, so the share has no interval.
        """
        share = self.covered / self.total if self.total else float("nan")
        return Estimate(f"{self.targets} reached by those chosen", share, n=self.total)
