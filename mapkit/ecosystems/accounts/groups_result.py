"""What `measure_buying_groups` returns, and the numbers of it that a claim would use."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from mapkit.errors import OptionError, nearest, one_of
from mapkit.statistics import Comparable, Estimate, Result


@dataclass(frozen=True, eq=False)
class BuyingGroups(Result):
    """Buying groups by account. See :func:`measure_buying_groups` for the columns of each frame."""

    roles: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    by_role: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    confidence: float = 0.95

    @property
    def incomplete(self) -> list[str]:
        """The accounts that lack a role."""
        return list(self.table.loc[self.table["missing"] != "", "account"])

    def lacking(self, role: str) -> list[str]:
        """Return the accounts in which nobody is known for a role."""
        one_of(role, self.by_role["role"], "role")
        rows = self.roles[(self.roles["role"] == role) & (self.roles["contacts"] == 0)]
        return list(rows["account"])

    def coverage(self, account: str) -> Estimate:
        """Return the share of an account's roles that are covered; they are all counted, so there is no interval."""
        rows = self.table[self.table["account"] == account]
        if rows.empty:
            raise OptionError(f"There is no account {account!r}.{nearest(account, self.table['account'])}")
        row = rows.iloc[0]
        return Estimate(f"roles covered in {account}", float(row["of_needed"]), n=int(row["roles_needed"]))

    @property
    def share_complete(self) -> Estimate:
        """The share of accounts in which every role is covered."""
        whole = len(self.table) - len(self.incomplete)
        return Estimate.of_share("accounts with every role covered", whole, len(self.table), self.confidence)

    def share(self, role: str) -> Estimate:
        """Return the share of accounts in which a role is covered."""
        one_of(role, self.by_role["role"], "role")
        row = self.by_role[self.by_role["role"] == role].iloc[0]
        return Estimate.of_share(
            f"accounts with a known {role}", int(row["covered"]), int(row["accounts"]), self.confidence
        )

    def comparable(self) -> Comparable:
        """Return the share of accounts in which each role is covered."""
        return Comparable.of_shares(
            self.by_role, ["role"], {"of_accounts": ("covered", "accounts")}, {"roles": tuple(self.by_role["role"])}
        )
