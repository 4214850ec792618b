"""How far off a score may be: the scales of RICE and ICE, and one notch on each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

_IMPACT = np.array([0.25, 0.5, 1.0, 2.0, 3.0])
_QUARTER = 1.25
_STEP = 0.2


def fault_of(row: Mapping[Any, Any], parts: Sequence[str]) -> str | None:
    """Return why an idea cannot be scored, or None when it can."""
    if row["idea"] is None:
        return "without a name"
    for part in parts:
        number = row[part]
        if not np.isfinite(number):
            return f"without {part}"
        if number < 0 or (part == "effort" and number == 0):
            return f"with {part} {'of 0' if number == 0 else 'below 0'}"
    return None


def alternatives(scored: pd.DataFrame, part: str, method: str) -> np.ndarray:
    """Return three columns for one score: a notch lower, as given, a notch higher."""
    given = scored[part].to_numpy(float)
    low, high = _notch(given, part, method)
    own_low, own_high = scored.get(f"{part}_low"), scored.get(f"{part}_high")
    if own_low is not None and own_high is not None:
        ends = np.array([own_low.fillna(pd.Series(low)), own_high.fillna(pd.Series(high))])
        low, high = ends.min(axis=0), ends.max(axis=0)
        # An effort of nothing would be an endless score.
        low = np.maximum(low, 1e-9) if part == "effort" else low
    return np.column_stack([low, given, high])


def beyond_scale(table: pd.DataFrame, method: str) -> list[str]:
    """Return a note for every score that is outside its usual scale; such scores are used as they are."""
    if method == "ice":
        odd = {part: ~table[part].between(1, 10) for part in ("impact", "confidence", "ease")}
        usual = dict.fromkeys(odd, "1..10")
    else:
        odd = {"impact": ~table["impact"].isin(_IMPACT), "confidence": table["confidence"] > 1}
        usual = {"impact": ".25, .5, 1, 2, 3", "confidence": "0..1 (a percentage?)"}
    return [
        f"{int(rows.sum())} ideas have a {part} outside {usual[part]}; it is used as it is."
        for part, rows in odd.items()
        if rows.any()
    ]


def _notch(given: np.ndarray, part: str, method: str) -> tuple[np.ndarray, np.ndarray]:
    if method == "ice":
        return np.minimum(given, (given - 1).clip(1)), np.maximum(given, (given + 1).clip(None, 10))
    if part == "impact":
        below = np.searchsorted(_IMPACT, given, side="left") - 1
        above = np.searchsorted(_IMPACT, given, side="right")
        low = np.where(below >= 0, _IMPACT[below.clip(0)], given)
        return low, np.where(above < len(_IMPACT), _IMPACT[above.clip(None, len(_IMPACT) - 1)], given)
    if part == "confidence":
        return np.minimum(given, (given - _STEP).clip(0)), np.maximum(given, (given + _STEP).clip(None, 1))
    return given / _QUARTER, given * _QUARTER
