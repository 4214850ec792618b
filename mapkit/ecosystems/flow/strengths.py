"""Tie strengths between 0 and 1, and the links along, against or in both directions that carry them."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from mapkit.ecosystems.ecosystem import Ecosystem
from mapkit.ecosystems.links import Links, link
from mapkit.errors import OptionError, listed, nearest, one_of

Direction = Literal["along", "against", "both"]
DIRECTIONS: tuple[Direction, ...] = ("along", "against", "both")


def strengths_of(ecosystem: Ecosystem, column: str, scale: str | None) -> np.ndarray:
    """Return each tie's strength, from "weight" or another column of the ties.

    Raises
    ------
    OptionError
        The column is not there or holds no numbers, or a strength is missing, negative, or above 1 with no scale.
    """
    if scale is not None:
        one_of(scale, ("max",), "scale")
    values = _column(ecosystem, column)
    missing, negative = int(np.isnan(values).sum()), int((values < 0).sum())
    if missing or negative:
        raise OptionError(
            f"find_paths needs strengths that are known and not negative; in {column!r} {missing:,} ties lack theirs"
            f" and {negative:,} are negative. Give these ties a strength, or leave them out with ecosystem.where(...)."
        )
    most = float(values.max(initial=0.0))
    if most <= 1:
        return values
    if scale is None or np.isinf(most):
        raise OptionError(
            f"find_paths multiplies strengths between 0 and 1; {int((values > 1).sum()):,} of {len(values):,} ties have"
            f" more in {column!r}, up to {most:g}. Give scale='max' to divide all by the largest, which makes them"
            " strengths relative to the strongest tie, or put strengths into a column and name it: strength='...'."
        )
    scaled: np.ndarray = values / most
    return scaled


def links_of(ecosystem: Ecosystem, strengths: np.ndarray, direction: Direction) -> Links:
    """Return the links that influence takes: along the ties, against them, or both ways."""
    ties = ecosystem.ties
    if direction == "along":
        return Links(ecosystem.links.out, strengths)
    sources, targets = (ties.targets, ties.sources) if direction == "against" else (ties.sources, ties.targets)
    two_way = np.ones(ecosystem.m, dtype=bool) if direction == "both" else ties.two_way
    return link(ecosystem.n, sources, targets, strengths, two_way)


def _column(ecosystem: Ecosystem, column: str) -> np.ndarray:
    if column == "weight":
        return ecosystem.ties.weights
    names = ecosystem.ties.more.column_names
    if column not in names:
        raise OptionError(
            f"The ties have no column {column!r}. They have {listed(['weight', *names])}."
            f"{nearest(str(column), ['weight', *names])} Name the one that holds strengths from 0 to 1."
        )
    values = ecosystem.ties.more[column].to_pandas()
    if not pd.api.types.is_numeric_dtype(values):
        raise OptionError(f"The column {column!r} of the ties holds no numbers, so it is no strength.")
    return values.to_numpy(dtype=float, na_value=np.nan)
