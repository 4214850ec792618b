"""How well an influencer's audience is the one wanted, and columns that say how genuine it is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from mapkit.errors import OptionError, TableError, listed, nearest

PREFIX = "audience_"
_SLACK = 1e-6


def audience_fit(people: pd.DataFrame, wanted: Mapping[str, float], audience: Any = None) -> np.ndarray:
    """Return 1 minus the total variation between each audience and the one wanted; NaN where it is not known.

    Parameters
    ----------
    people
        Influencers, with columns ``audience_<group>`` (shares, 0..1) where ``audience`` is not given.
    wanted
        The share of each group in the audience wanted; scaled to add up to 1.
    audience
        A frame with ``actor``, ``group``, ``share`` (0..1 of the actor's audience).

    What an audience has outside the groups wanted counts as different from it.

    Raises
    ------
    OptionError, TableError
        The wanted audience is empty, a group is not there, or shares are not shares (percent, for instance).
    """
    total = sum(wanted.values()) if wanted else 0.0
    if not (math.isfinite(total) and total > 0 and min(wanted.values()) >= 0):
        raise OptionError("wanted is no audience. Give each group its share: wanted={'de': 0.7, 'at': 0.3}.")
    shares = _by_columns(people) if audience is None else _by_rows(people, audience)
    strange = [group for group in wanted if group not in shares]
    if strange:
        raise OptionError(
            f"No audience has the group {listed(strange)}. There is {listed(shares.columns)}."
            f"{nearest(strange[0], map(str, shares.columns))}"
        )
    sums = shares.sum(axis=1)
    bad = (shares < 0).any(axis=1) | (sums > 1 + 1e-3)
    if bad.any():
        who = listed(people["actor"][bad.to_numpy()], most=3)
        raise TableError(f"Shares of the audience of {who} are negative or add up to more than 1. Give shares 0..1.")
    target = pd.Series({group: wanted.get(str(group), 0.0) / total for group in shares.columns})
    apart = (shares - target).abs().sum(axis=1) / 2 + (1 - sums).clip(lower=0) / 2
    return np.where(shares.isna().all(axis=1) | (sums <= _SLACK), np.nan, 1 - apart)


def authenticity(people: pd.DataFrame, column: str) -> np.ndarray:
    """Return a column of shares, 0..1, such as ``followers_real_share``.

    Raises
    ------
    TableError
        There is no such column, or its values are no shares: percent and scores are not taken for shares.
    """
    if column not in people:
        raise TableError(
            f"The actors have no column {column!r}. They have {listed(people.columns)}."
            f"{nearest(column, people.columns)}"
        )
    values = pd.to_numeric(people[column], errors="coerce").to_numpy(dtype=float)
    known = values[~np.isnan(values)]
    if len(known) and (known.min() < 0 or known.max() > 1):
        raise TableError(
            f"{column!r} runs from {known.min():g} to {known.max():g}; authenticity needs a share of the audience,"
            " 0..1. Divide percent by 100, and say what a score means before it is used."
        )
    return values


def _by_columns(people: pd.DataFrame) -> pd.DataFrame:
    names = [name for name in people.columns if str(name).startswith(PREFIX)]
    if not names:
        raise TableError(
            f"The actors have no columns {PREFIX}<group> with shares of their audience. Add them, or give audience=,"
            " a frame with actor, group, share."
        )
    shares = people[names].apply(pd.to_numeric, errors="coerce").astype(float)
    return shares.set_axis([name.removeprefix(PREFIX) for name in names], axis=1)


def _by_rows(people: pd.DataFrame, audience: Any) -> pd.DataFrame:
    frame = pd.DataFrame(audience)
    for name in ("actor", "group", "share"):
        if name not in frame:
            raise TableError(f"The audience has no column {name!r}. It has {listed(frame.columns)}.")
    frame = frame.assign(actor=frame["actor"].astype(str), share=pd.to_numeric(frame["share"], errors="coerce"))
    if frame.duplicated(["actor", "group"]).any():
        raise TableError("The audience has a group of an actor twice. Give one row for each actor and group.")
    wide = frame.pivot(index="actor", columns="group", values="share").astype(float)
    known = wide.fillna(0.0).where(wide.notna().any(axis=1), np.nan)
    return known.reindex(people["actor"].to_numpy()).reset_index(drop=True)
