"""Customers' answers about single touchpoints, on their own scales."""

from __future__ import annotations

import pandas as pd

from mapkit.errors import TableError, listed
from mapkit.tables import Table

_SCALE = (1.0, 5.0)


def satisfaction_answers(feedback: Table) -> pd.DataFrame:
    """Return respondent, touchpoint, score, low and high of customers' answers to satisfaction within their scale.

    Raises
    ------
    TableError
        There are none, or they name no touchpoint.
    """
    feedback.need("touchpoint", for_what="satisfaction with touchpoints")
    rows = answers_to(feedback, "satisfaction")
    rows = rows[rows["touchpoint"].notna()]
    if rows.empty:
        there = sorted(feedback.data.select("metric").distinct().to_pandas()["metric"].astype(str))
        raise TableError(
            f"the feedback has no customers' answers to 'satisfaction' with a touchpoint. It has {listed(there)}."
        )
    return rows.assign(touchpoint=rows["touchpoint"].astype(str)).reset_index(drop=True)


def answers_to(feedback: Table, metric: str) -> pd.DataFrame:
    """Return respondent, touchpoint, score, low, high of customers' answers to one metric; None where not said."""
    data = feedback.data
    said = data["metric"].cast("string").strip().lower() == metric
    if "rater" in feedback.columns:
        rater = data["rater"].cast("string").strip().lower()
        said = said & (rater.isnull() | (rater == "customer"))
    names = [
        name
        for name in ("respondent", "customer", "touchpoint", "score", "scale_min", "scale_max", "time")
        if name in data.columns
    ]
    rows: pd.DataFrame = data.filter(said).select(*names).to_pandas()
    low, high = (0.0, 10.0) if metric == "nps" else _SCALE
    for column, scale, usual in (("low", "scale_min", low), ("high", "scale_max", high)):
        given = rows[scale] if scale in rows else pd.Series(float("nan"), index=rows.index)
        rows[column] = pd.to_numeric(given, errors="coerce").fillna(usual).astype(float)
    kept = rows[rows["score"].between(rows["low"], rows["high"]) & (rows["high"] > rows["low"])]
    return kept.drop(columns=["scale_min", "scale_max"], errors="ignore").reset_index(drop=True)
