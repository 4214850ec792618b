"""What the survey says of each touchpoint, and of each touchpoint in each segment."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from mapkit.experience.feedback import measure_opportunity

IMPORTANCE = ("importance", "importance_low", "importance_high")
MEAN = ("importance_mean", "importance_mean_low", "importance_mean_high")
COLUMNS = (
    *IMPORTANCE,
    *MEAN,
    "satisfaction_mean",
    "satisfaction_mean_low",
    "satisfaction_mean_high",
    "expectation_mean",
    "expectation_n",
    "expectation_gap",
    "expectation_gap_low",
    "expectation_gap_high",
    "opportunity",
    "opportunity_low",
    "opportunity_high",
)


def survey_of(feedback: Any, touchpoints: pd.Series, confidence: float) -> pd.DataFrame:
    """Return touchpoint, ``n_survey`` and ``COLUMNS`` (on 0..10); NaN and 0 where nobody was asked."""
    table = pd.DataFrame({"touchpoint": touchpoints})
    if feedback is None:
        return table.assign(n_survey=0, **dict.fromkeys(COLUMNS, np.nan)).assign(expectation_n=0)
    found = measure_opportunity(feedback, confidence=confidence).table
    found = found.rename(columns={"n": "n_survey"})[["touchpoint", "n_survey", *COLUMNS]]
    merged = table.merge(found, on="touchpoint", how="left")
    sizes = ["n_survey", "expectation_n"]
    return merged.assign(**{name: merged[name].fillna(0).astype(int) for name in sizes})


def importance_by_segment(feedback: Any, confidence: float) -> pd.DataFrame:
    """Return touchpoint, segment, ``n_survey`` and the mean importance (0..10) with its interval."""
    columns = ["touchpoint", "segment", "n_survey", *MEAN]
    if feedback is None or "segment" not in feedback.columns:
        return pd.DataFrame(columns=columns)
    found = measure_opportunity(feedback, segment="segment", confidence=confidence).table
    return found.rename(columns={"importance_n": "n_survey"})[columns]
