"""A result's numbers in the one shape in which any two results of a kind can be compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd


@dataclass(frozen=True, eq=False)
class Comparable:
    """A result's numbers in the one shape that can be compared.

    Parameters
    ----------
    numbers
        One row a number: the ``keys``, then ``quantity`` (the column it came from), ``unit`` ("share" or any other),
        ``value``, ``low``, ``high``, ``n`` and, for shares of n, ``hits``.
    keys
        The columns that say which number it is, such as ("step",).
    definition
        What must be the same for the two to mean the same: {"window": "14d"}.
    """

    numbers: pd.DataFrame
    keys: tuple[str, ...]
    definition: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of_shares(
        cls,
        table: pd.DataFrame,
        keys: Sequence[str],
        shares: Mapping[str, tuple[str, str]],
        definition: Mapping[str, Any] | None = None,
    ) -> Comparable:
        """Return shares as numbers; ``shares`` maps a quantity to its columns of (hits, n).

        The interval of each is left out: Newcombe's interval of the difference is made from the counts.
        """
        parts = [
            table[list(keys)].assign(
                quantity=quantity,
                unit="share",
                value=_ratio(table[hits], table[n]),
                low=np.nan,
                high=np.nan,
                n=table[n].astype(float),
                hits=table[hits].astype(float),
            )
            for quantity, (hits, n) in shares.items()
        ]
        return cls(pd.concat(parts, ignore_index=True), tuple(keys), definition or {})


def _ratio(hits: pd.Series, n: pd.Series) -> pd.Series:
    return hits.astype(float) / n.astype(float).where(n > 0)
