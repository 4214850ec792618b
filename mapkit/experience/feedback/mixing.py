"""Scores at one mix of people: what a wave would have said, had the same kinds of people answered it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from mapkit.errors import OptionError, listed, nearest


def with_reweighted(
    table: pd.DataFrame, strata: pd.DataFrame, keys: Sequence[str], by_mix: str, weights: Mapping[str, float]
) -> pd.DataFrame:
    """Return the table with ``reweighted``, ``reweighted_low``, ``reweighted_high``.

    ``strata`` has one row a group and value of ``by_mix``: ``score``, ``low``, ``high``. A group in which a value that
    has a weight did not answer gets no number: nobody knows what they would have said.

    Source: Zou and Donner (2008), Statistics in Medicine 27, 1693-1702, for the interval of the weighted sum.
    """
    weight = strata[by_mix].map(weights).astype(float)
    asked = strata[(weight > 0).to_numpy()].assign(weight=weight[weight > 0])
    asked = asked.assign(
        part=asked["weight"] * asked["score"],
        down=(asked["weight"] * (asked["score"] - asked["low"])) ** 2,
        up=(asked["weight"] * (asked["high"] - asked["score"])) ** 2,
        known=asked["score"].notna(),
    )
    columns = ["weight", "part", "down", "up"]
    heard = asked[asked["known"]]
    if keys:
        sums = heard.groupby(list(keys), sort=False)[columns].sum().reset_index()
        sums = table[list(keys)].merge(sums, on=list(keys), how="left")
    else:
        sums = heard[columns].sum().to_frame().T
    part = sums["part"].where(np.isclose(sums["weight"], 1.0)).to_numpy()
    down, up = np.sqrt(sums["down"].to_numpy()), np.sqrt(sums["up"].to_numpy())
    return table.assign(reweighted=part, reweighted_low=part - down, reweighted_high=part + up)


def shares(sizes: pd.Series, weights: Mapping[str, float] | None, by_mix: str) -> dict[str, float]:
    """Return the weights as shares that add up to 1: those given, or the mix of all answers (``sizes`` by name).

    Raises
    ------
    OptionError
        A weight is negative, names nobody who answered, or somebody who answered has none.
    """
    if weights is None:
        total = sizes.sum()
        return {str(name): float(size / total) for name, size in sizes.items()} if total else {}
    there = [str(name) for name, size in sizes.items() if size]
    for name, weight in weights.items():
        if name not in there:
            raise OptionError(
                f"weights name {name!r}, which is no {by_mix} that answered. There are {listed(there)}."
                f"{nearest(str(name), there)}"
            )
        if not (np.isfinite(weight) and weight >= 0):
            raise OptionError(f"weights[{name!r}] is {weight!r}. Give each {by_mix} its share or number of people.")
    missing = [name for name in there if name not in weights]
    if missing or not sum(weights.values()) > 0:
        raise OptionError(
            f"weights leave out {listed(missing)}. Give each {by_mix} its share; 0 for those who should not count."
        )
    return {name: weight / sum(weights.values()) for name, weight in weights.items()}
