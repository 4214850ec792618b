"""Which segments a picture shows: the largest, with the rest pooled, so that the palette still tells them apart."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from mapkit.plots.style import MARKERS, MOST_SERIES, OTHER, SERIES
from mapkit.statistics import wilson_interval

POOLED = "other"


def pool_small(table: pd.DataFrame, *, by: Sequence[str], size: str, counts: Sequence[str]) -> pd.DataFrame:
    """Return the table with segments from large to small, and those beyond the eighth summed as "other".

    ``size`` is the column whose sum ranks segments; ``by`` names the rows within a segment; ``counts`` are the columns
    that are summed, all others of a pooled row are missing. A segment that is already called "other" joins the pool,
    which comes last.
    """
    named = table.assign(segment=table["segment"].where(table["segment"].notna(), "(none)").astype(str))
    sizes = named.groupby("segment", sort=False)[size].sum().sort_values(ascending=False, kind="stable")
    ranked = [name for name in sizes.index if name != POOLED]
    if len(sizes) > MOST_SERIES:
        ranked = ranked[: MOST_SERIES - 1]
        kept = named["segment"].isin(ranked)
        pooled = named[~kept].groupby(list(by), sort=False, as_index=False)[list(counts)].sum()
        named = pd.concat([named[kept], pooled.assign(segment=POOLED)], ignore_index=True)
    place = {name: k for k, name in enumerate(ranked)}
    return named.sort_values(
        "segment", key=lambda names: names.map(place).fillna(len(place)), kind="stable", ignore_index=True
    )


def with_share(
    table: pd.DataFrame, name: str, hits: pd.Series, trials: pd.Series, confidence: float = 0.95
) -> pd.DataFrame:
    """Return the table with ``name``, ``name_low`` and ``name_high`` where they are missing, after pooling."""
    low, high = wilson_interval(hits, trials, confidence)
    missing = table[name].isna() & (trials > 0)
    filled = {name: hits / trials, f"{name}_low": low, f"{name}_high": high}
    return table.assign(**{column: table[column].mask(missing, values) for column, values in filled.items()})


def looks(segments: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Return colour and marker of each segment: the palette in order, grey for the pooled rest."""
    named = [name for name in segments if name != POOLED]
    return {
        **{name: (SERIES[k % len(SERIES)], MARKERS[k % len(MARKERS)]) for k, name in enumerate(named)},
        POOLED: (OTHER, "o"),
    }
