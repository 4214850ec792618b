"""How far two answers of the same people go together: what the interval of their difference has to know."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mapkit.experience.feedback.asking import NONE
from mapkit.experience.feedback.tally import Scale

if TYPE_CHECKING:
    import ibis.expr.types as ir

Place = Callable[[pd.Series, pd.Series, pd.Series], pd.Series]


def counted_pairs(one: ir.Table, other: ir.Table, keys: Sequence[str], scale: Scale) -> pd.DataFrame | None:
    """Return how often which two answers came from one respondent in one group; None where nobody is named.

    Columns: the keys, ``score_1``, ``low_1``, ``high_1``, ``score_2``, ``low_2``, ``high_2``, ``pairs``.
    """
    if "respondent" not in one.columns:
        return None
    left, right = _plain(one, keys, 1), _plain(other, keys, 2)
    joined = left.join(right, [*(f"key_{k}" for k in range(len(keys))), "respondent"])
    marks = [f"{name}_{side}" for side in (1, 2) for name in ("score", "low", "high")]
    groups = [f"key_{k}" for k in range(len(keys))]
    pairs = joined.group_by([*groups, *marks]).agg(pairs=joined.count()).to_pandas()
    pairs = pairs.rename(columns={f"key_{k}": key for k, key in enumerate(keys)})
    for side in (1, 2):
        low = pairs[f"low_{side}"] = pairs[f"low_{side}"].fillna(scale.low)
        high = pairs[f"high_{side}"] = pairs[f"high_{side}"].fillna(scale.high)
        pairs = pairs[pairs[f"score_{side}"].between(low, high)]
    return pairs


def correlation(groups: pd.DataFrame, pairs: pd.DataFrame | None, keys: Sequence[str], place: Place) -> NDArray:
    """Return the correlation of two answers in each group, 0 where it cannot be known.

    ``place`` turns scores, lows and highs into the numbers whose correlation is wanted.
    """
    if pairs is None or pairs.empty:
        return np.zeros(len(groups))
    x, y = (place(pairs[f"score_{side}"], pairs[f"low_{side}"], pairs[f"high_{side}"]) for side in (1, 2))
    n = pairs["pairs"]
    sums = pd.DataFrame({"n": n, "x": n * x, "y": n * y, "xx": n * x * x, "yy": n * y * y, "xy": n * x * y})
    total = sums.groupby([pairs[key] for key in keys], sort=False).sum().reset_index()
    total = groups[list(keys)].merge(total, on=list(keys), how="left")
    with np.errstate(divide="ignore", invalid="ignore"):
        together = total["n"] * total["xy"] - total["x"] * total["y"]
        apart = (total["n"] * total["xx"] - total["x"] ** 2) * (total["n"] * total["yy"] - total["y"] ** 2)
        found = together / np.sqrt(apart.where(apart > 1e-9))
    return found.fillna(0.0).clip(-1, 1).to_numpy(float)


def difference(
    one: tuple[pd.Series, pd.Series, pd.Series],
    other: tuple[pd.Series, pd.Series, pd.Series],
    correlated: NDArray | float,
) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Return the difference of two (value, low, high), with the interval that their correlation makes.

    Source: Zou and Donner (2008), Statistics in Medicine 27, 1693-1702 (MOVER).
    """
    (a, low_a, high_a), (b, low_b, high_b) = one, other
    value = a - b
    down, up = _reach(a - low_a, high_b - b, correlated), _reach(high_a - a, b - low_b, correlated)
    return value, value - down, value + up


def _reach(first: pd.Series, second: pd.Series, correlated: NDArray | float) -> pd.Series:
    return (first**2 + second**2 - 2 * correlated * first * second).clip(lower=0) ** 0.5


def _plain(rows: ir.Table, keys: Sequence[str], side: int) -> ir.Table:
    import ibis

    known = rows.filter(rows.respondent.notnull())
    named = {f"key_{k}": known[key].cast("string").fill_null(NONE) for k, key in enumerate(keys)}
    ends = {
        f"{end}_{side}": known[name].cast("float64") if name in known.columns else ibis.null().cast("float64")
        for end, name in (("low", "scale_min"), ("high", "scale_max"))
    }
    return known.select(
        **named,
        **ends,
        **{f"score_{side}": known.score.cast("float64")},
        respondent=known.respondent.cast("string"),
    )
