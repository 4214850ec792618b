"""Values at given ranks: exact quantiles and their intervals, in any database."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from mapkit.statistics.intervals import normal_quantile

if TYPE_CHECKING:
    import ibis.expr.types as ir

Triple = tuple[float, float, float]


def quantiles(
    values: ir.Table, sizes: Mapping[str, int], shares: tuple[float, ...], confidence: float
) -> dict[tuple[str, float], Triple]:
    """Return (value, low, high) of each segment's quantiles; ``values`` has segment and value, ``sizes`` how many.

    A quantile between two values is their linear interpolation. Its interval is between two order statistics
    (binomial, normal approximation), and takes the values as independent.

    Source: for the interval Conover (1999), Practical Nonparametric Statistics, 3rd edition, section 3.2.
    """
    wanted = {(segment, share): _ranks(n, share, confidence) for segment, n in sizes.items() if n for share in shares}
    at = _values_at(
        values, {segment: {r for (s, _), ranks in wanted.items() if s == segment for r in ranks} for segment in sizes}
    )
    found = {}
    for (segment, share), (below, above, low, high) in wanted.items():
        part = share * (sizes[segment] - 1) - below
        middle = at[segment, below] + part * (at[segment, above] - at[segment, below])
        found[segment, share] = (middle, at[segment, low], at[segment, high])
    return found


def _ranks(n: int, share: float, confidence: float) -> tuple[int, int, int, int]:
    """Return the ranks (from 0) below and above the quantile, and those of its interval's ends."""
    place = share * (n - 1)
    half = normal_quantile(confidence) * math.sqrt(n * share * (1 - share))
    low, high = math.floor(n * share - half) - 1, math.ceil(n * share + half)
    return math.floor(place), math.ceil(place), min(max(low, 0), n - 1), min(max(high, 0), n - 1)


def _values_at(values: ir.Table, ranks: Mapping[str, set[int]]) -> dict[tuple[str, int], float]:
    import ibis

    ranked = values.mutate(rank=ibis.row_number().over(group_by="segment", order_by="value"))
    conditions = [
        (ranked["segment"] == segment) & ranked["rank"].isin(sorted(some)) for segment, some in ranks.items() if some
    ]
    if not conditions:
        return {}
    found = ranked.filter(ibis.or_(*conditions)).select("segment", "rank", "value").to_pandas()
    return {(str(s), int(r)): float(v) for s, r, v in found.itertuples(index=False)}
