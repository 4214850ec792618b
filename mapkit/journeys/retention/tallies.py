"""Customers counted by cohort, or by the period in which they were active: what both ways of counting give."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Bracket = tuple[int, int]
Counts = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class CohortCounts:
    """Customers: ``sizes`` is segments x cohorts, ``active`` segments x cohorts x brackets."""

    segments: tuple[str, ...]
    sizes: Counts
    active: Counts


@dataclass(frozen=True, eq=False)
class LifeCounts:
    """Customers, segments x periods: active, active for the first time, active in the period before as well."""

    segments: tuple[str, ...]
    active: Counts
    new: Counts
    returning: Counts


def segments_of(counted: pd.DataFrame) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Return the segments, most customers first, and each row's place among them; without a split all are in one."""
    named = segment_names(counted)
    sizes = counted["customers"].groupby(named).sum()
    order = tuple(sorted(sizes.index, key=lambda name: (-sizes[name], name)))
    return order, named.map({name: k for k, name in enumerate(order)}).to_numpy(np.int64)


def segment_names(counted: pd.DataFrame) -> pd.Series:
    """Return each row's segment; without a split it is the empty name."""
    if "segment" in counted:
        return counted["segment"].astype(str)
    return pd.Series("", index=counted.index, dtype=object)
