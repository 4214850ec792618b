"""What is said of each persona: shares beside those of everybody else, judged together, small cells kept back."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mapkit.statistics import adjust_p_values, difference_interval, wilson_interval
from mapkit.statistics.two_shares import share_p_values

COLUMNS = (
    "segment", "list", "says", "hits", "n", "share", "low", "high", "others_hits", "others_n", "others", "difference",
    "difference_low", "difference_high", "p_adjusted", "verdict",
)  # fmt: skip


def statements_of(counts: pd.DataFrame, sizes: pd.Series, k: int, confidence: float) -> tuple[pd.DataFrame, int]:
    """Return the statements of every segment, and how many were kept back for resting on fewer than ``k``.

    ``sizes`` are the customers of each segment that is told of. A trait of fewer than k customers of a segment, or one
    that fewer than k of it lack without all having it, could point to persons.
    """
    segments = list(sizes.index)
    whole = counts.pivot_table(index=["list", "trait"], columns="segment", values="customers", aggfunc="sum")
    hits = whole.reindex(columns=segments).fillna(0).astype("int64")
    rows = hits.melt(value_name="hits", ignore_index=False).reset_index()
    rows["n"] = rows["segment"].map(sizes).astype("int64")
    total = rows.groupby(["list", "trait"])["hits"].transform("sum")
    rows["others_hits"], rows["others_n"] = total - rows["hits"], int(sizes.sum()) - rows["n"]
    lack = rows["n"] - rows["hits"]
    told = (rows["hits"] >= k) & ((lack == 0) | (lack >= k))
    kept_back = int((~told & (rows["hits"] > 0)).sum())
    table = _with_shares(rows[told].reset_index(drop=True), confidence)
    return table.sort_values(["segment", "list", "share"], ascending=[True, True, False], ignore_index=True), kept_back


def _with_shares(rows: pd.DataFrame, confidence: float) -> pd.DataFrame:
    a, n, b, m = (rows[name].to_numpy(float) for name in ("hits", "n", "others_hits", "others_n"))
    low, high = wilson_interval(a, n, confidence)
    least, most = difference_interval(a, n, b, m, confidence)
    adjusted = adjust_p_values(share_p_values(a, n, b, m))
    with np.errstate(divide="ignore", invalid="ignore"):
        others = b / np.where(m > 0, m, np.nan)
    difference = a / n - others if len(rows) else others
    sure = (adjusted < 1 - confidence) & ((least > 0) | (most < 0))
    verdict = np.select([sure & (difference > 0), sure], ["more", "less"], "cannot tell")
    table = rows.assign(
        says=rows["trait"], share=a / n, low=low, high=high, others=others, difference=difference,
        difference_low=least, difference_high=most, p_adjusted=adjusted, verdict=verdict,
    )  # fmt: skip
    return table[list(COLUMNS)]
