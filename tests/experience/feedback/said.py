"""Small feedback tables, written as a test's sentence would say them."""

from __future__ import annotations

import pandas as pd


def answered(metric: str, **groups: str) -> pd.DataFrame:
    """Return answers: ``answered("nps", spring="9 9 3", autumn="10 8")``, the names in the column wave.

    Answers of one wave come a day after those of the wave before.
    """
    rows = [
        {
            "metric": metric,
            "score": float(score),
            "wave": wave,
            "time": pd.Timestamp("2025-01-01") + pd.Timedelta(k, "D"),
        }
        for k, (wave, scores) in enumerate(groups.items())
        for score in scores.split()
    ]
    return pd.DataFrame(rows)


def times(**counts: int) -> str:
    """Return so many of each answer: ``times(_9=50, _7=33)``."""
    return " ".join(score.removeprefix("_") for score, count in counts.items() for _ in range(count))
