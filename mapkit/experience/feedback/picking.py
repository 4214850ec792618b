"""One group of a result, by the names it goes by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from mapkit.errors import OptionError, listed, nearest


def pick(table: pd.DataFrame, keys: Sequence[str], group: Sequence[object]) -> pd.Series[Any]:
    """Return the row of a group: one name for each of the ``keys``, in their order.

    Raises
    ------
    OptionError
        There is no such group; the message names those there are.
    """
    if len(group) != len(keys):
        wanted = f"one name for each of {listed(keys)}" if keys else "no name: the answers were not split"
        raise OptionError(f"{listed(group)} does not name a group. Give {wanted}.")
    rows = table
    for key, name in zip(keys, group, strict=True):
        there = [str(each) for each in rows[key].unique()]
        rows = rows[rows[key] == str(name)]
        if rows.empty:
            raise OptionError(f"There is no {key} {str(name)!r}. There are {listed(there)}.{nearest(str(name), there)}")
    if rows.empty:
        raise OptionError("There are no answers, so there is no number.")
    return rows.iloc[0]


def as_group(given: object) -> tuple[object, ...]:
    """Return a group as a tuple of names: None is the whole, one name stands for itself."""
    return () if given is None else tuple(given) if isinstance(given, tuple | list) else (given,)


def told(group: Sequence[object]) -> str:
    """Return a group's names as a sentence would say them."""
    return ", ".join(str(name) for name in group) or "all"
