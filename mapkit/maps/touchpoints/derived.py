"""Derived importance: how the outcome of the whole goes with the satisfaction with each part."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mapkit.errors import TableError
from mapkit.maps.touchpoints.rated import answers_to, satisfaction_answers
from mapkit.tables import Table

_RIDGE = 1.0  # respondents' worth of "no effect" a touchpoint
_CASES_EACH = 5


@dataclass(frozen=True, eq=False)
class Ratings:
    """Respondents with an outcome and at least one rating: ``scaled`` (a column a touchpoint, 0..1), ``outcome``.

    ``asked`` counts who gave the outcome, ``ratings`` the ratings.
    """

    scaled: pd.DataFrame
    outcome: pd.Series
    asked: int
    ratings: int


def ratings_of(feedback: Table, outcome: str) -> Ratings:
    """Return every respondent's ratings and outcome; of several answers to one question their mean.

    Raises
    ------
    TableError
        There are no answers to the outcome.
    """
    rated, whole = satisfaction_answers(feedback), answers_to(feedback, outcome)
    if "touchpoint" in whole:
        whole = whole[whole["touchpoint"].isna()]
    who = "respondent" if "respondent" in rated else "customer"
    rated, whole = rated[rated[who].notna()], whole[whole[who].notna()]
    if whole.empty:
        raise TableError(
            f"the feedback has no respondents' answers to {outcome!r} about the whole. Name another outcome."
        )
    overall = whole.groupby(who)["score"].mean()
    scaled = rated.assign(scaled=(rated["score"] - rated["low"]) / (rated["high"] - rated["low"]))
    wide = scaled.pivot_table(index=who, columns="touchpoint", values="scaled", aggfunc="mean")
    both = wide.index.intersection(overall.index)
    kept = wide.loc[both]
    return Ratings(kept, overall.loc[both], len(overall), int(kept.notna().sum().sum()))


def derived_importance(
    ratings: Ratings, minimum: int, draws: int, seed: int, confidence: float
) -> tuple[pd.DataFrame, str]:
    """Return touchpoint, importance with its interval, and n; and how it was computed, in a sentence."""
    values, outcome = ratings.scaled.to_numpy(float), ratings.outcome.to_numpy(float)
    n = (~np.isnan(values)).sum(axis=0)
    varied = np.array(
        [np.nanstd(column) > 0 if count else False for column, count in zip(values.T, n, strict=True)], dtype=bool
    )
    told = (n >= minimum) & varied & bool(len(outcome) and outcome.std() > 0)
    table = pd.DataFrame({"touchpoint": list(map(str, ratings.scaled.columns)), "n": n})
    ends = np.full((3, len(n)), np.nan)
    if not told.any():
        method = "No touchpoint has enough respondents, so nothing was computed."
    else:
        values = values[:, told]
        complete = ~np.isnan(values).any(axis=1)
        if complete.sum() >= max(minimum, _CASES_EACH * told.sum()):
            values, outcome, ridge = values[complete], outcome[complete], 0.0
            method = f"Ordinary least squares over {int(complete.sum()):,} respondents who rated every such touchpoint."
        else:
            ridge = _RIDGE
            method = (
                f"Missing ratings are at their touchpoint's mean, ridge {ridge:g}: only {int(complete.sum()):,} rated"
                " every touchpoint, so what touchpoints share is hard to tell apart."
            )
        ends[:, told] = _with_interval(values, outcome, ridge, (draws, seed, confidence))
    for end, column in zip(("", "_low", "_high"), ends, strict=True):
        table[f"importance{end}"] = column
    return table[["touchpoint", "importance", "importance_low", "importance_high", "n"]], method


def _with_interval(values: np.ndarray, outcome: np.ndarray, ridge: float, asked: tuple[int, int, float]) -> np.ndarray:
    draws, seed, confidence = asked
    random = np.random.default_rng(seed)
    drawn = [
        _coefficients(values[pick], outcome[pick], ridge)
        for pick in random.integers(len(outcome), size=(draws, len(outcome)))
    ]
    low, high = np.nanquantile(drawn, [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)
    return np.array([_coefficients(values, outcome, ridge), low, high])


def _coefficients(values: np.ndarray, outcome: np.ndarray, ridge: float) -> np.ndarray:
    """Return standardised coefficients; a missing value is 0, its touchpoint's mean."""
    there = ~np.isnan(values)
    n = np.maximum(there.sum(axis=0), 1)
    mean = np.where(there, values, 0).sum(axis=0) / n
    centred = np.where(there, values - mean, 0.0)
    spread = np.sqrt((centred**2).sum(axis=0) / n)
    x = centred / np.where(spread > 0, spread, 1.0)
    y = (outcome - outcome.mean()) / (outcome.std() or 1.0)
    found: np.ndarray = np.linalg.lstsq(x.T @ x + ridge * np.eye(x.shape[1]), x.T @ y, rcond=None)[0]
    return found
