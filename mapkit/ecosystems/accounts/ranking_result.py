"""What `rank_accounts` returns, and the numbers of it that a claim would use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mapkit.errors import OptionError, nearest
from mapkit.statistics import Estimate, Result


@dataclass(frozen=True, eq=False)
class AccountRanking(Result):
    """Accounts by score, with tiers. See :func:`rank_accounts` for the columns of ``table``."""

    weights: Mapping[str, float] = field(default_factory=dict)
    tiers: tuple[int, ...] = ()
    confidence: float = 0.95

    def accounts(self, tier: int) -> list[str]:
        """Return the accounts of a tier, the best first."""
        return list(self.table.loc[self.table["tier"].eq(tier).fillna(False), "account"])

    def rank(self, account: str) -> Estimate:
        """Return an account's rank with its interval; ``n`` is how many are ranked.

        Raises
        ------
        OptionError
            The account is not there, or not scored.
        """
        rows = self.table[self.table["account"] == account]
        if rows.empty:
            raise OptionError(f"There is no account {account!r}.{nearest(account, self.table['account'])}")
        row = rows.iloc[0]
        if row["missing"]:
            raise OptionError(f"{account!r} is not ranked: {row['missing']} is missing. Score it first.")
        n = int(self.table["rank"].notna().sum())
        return Estimate(
            f"rank of {account}", float(row["rank"]), float(row["rank_low"]), float(row["rank_high"]), n, "rank"
        )
