"""What `find_partners` returns, and the numbers of it that a claim would use."""

from __future__ import annotations

from dataclasses import dataclass

from mapkit.errors import OptionError
from mapkit.statistics import Estimate, Result


@dataclass(frozen=True, eq=False)
class Partners(Result):
    """Unlinked pairs with much in common. See :func:`find_partners` for the columns of ``table``."""

    beyond_chance: int = 0
    tested: int = 0
    sharing: int = 0
    by: tuple[str, ...] = ()
    significance: float = 0.05

    def pairs(self) -> list[tuple[str, str]]:
        """Return the pairs, the best first."""
        return list(zip(self.table["a"], self.table["b"], strict=True))

    def place(self, one: str, other: str) -> Estimate:
        """Return at which place a pair stands, from 1; ``n`` is how many pairs were considered.

        Raises
        ------
        OptionError
            The pair is not among those listed.
        """
        for place, pair in enumerate(self.pairs(), start=1):
            if set(pair) == {one, other}:
                return Estimate(f"place of {one} and {other}", float(place), n=self.tested, unit="place")
        raise OptionError(
            f"{one!r} and {other!r} are not among the {len(self.table):,} pairs listed: they may be tied already, or"
            " share too little. Raise most=..., or look at the ties of each."
        )

    def shared_beyond_chance(self, one: str, other: str) -> Estimate:
        """Return how many neighbours a listed pair shares for each that chance would give, with its interval.

        Source: Garwood's exact interval of a Poisson count (1936), Biometrika 28, 437-442, over the expected count.
        """
        from scipy.stats import chi2

        row = self.table.iloc[int(self.place(one, other).value) - 1]
        shared, expected = int(row["shared"]), float(row["expected"])
        low = chi2.ppf(0.025, 2 * shared) / 2 / expected if shared else 0.0
        high = chi2.ppf(0.975, 2 * shared + 2) / 2 / expected
        return Estimate(f"neighbours shared by {one} and {other}, to chance", shared / expected, low, high, shared, "x")
