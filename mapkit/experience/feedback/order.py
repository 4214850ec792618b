"""In which order groups stand: as given, as a stage model has them, as they follow one another in time, or by name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

import pandas as pd

from mapkit.errors import OptionError, listed, nearest


def in_order(counted: pd.DataFrame, keys: Sequence[str], order: Sequence[str]) -> pd.DataFrame:
    """Return the distinct groups of ``keys`` in order; ``order`` names those of one of the keys, or of the first.

    ``counted`` has ``first`` and ``last``, the times of answers. Names that are not in ``order`` come after it.
    """
    groups = counted[list(keys)].drop_duplicates()
    if not keys:
        return groups
    ordered = next((key for key in keys if set(order) & set(groups[key])), keys[0])
    if order and not set(order) & set(groups[ordered]):
        names = groups[ordered].tolist()
        raise OptionError(
            f"order={list(order)!r} names no group of {ordered!r}. There are {listed(names)}.{nearest(order[0], names)}"
        )
    places = pd.DataFrame(index=groups.index)
    for key in keys:
        names = list(order) if order and key == ordered else []
        known = [*names, *(name for name in _usual(counted, key) if name not in names)]
        places[key] = groups[key].map({name: place for place, name in enumerate(known)})
    return groups.loc[places.sort_values(list(keys)).index].reset_index(drop=True)


def _usual(counted: pd.DataFrame, key: str) -> list[str]:
    names = sorted(counted[key].unique(), key=_by_name)
    for stages in _stage_orders():
        if set(names) <= set(stages):
            return [stage for stage in stages if stage in names]
    spans = counted.groupby(key, sort=False).agg(first=("first", "min"), last=("last", "max")).sort_values("first")
    # Groups that follow one another in time are waves.
    if len(spans) > 1 and spans.notna().all(axis=None) and (spans["first"] > spans["last"].shift())[1:].all():
        return list(spans.index)
    return names


@cache
def _stage_orders() -> tuple[tuple[str, ...], ...]:
    from mapkit.stages import AARRR, JOURNEY, TOFU_MOFU_BOFU

    return tuple(tuple(model.stages) for model in (JOURNEY, AARRR, TOFU_MOFU_BOFU))


def _by_name(name: str) -> list[tuple[bool, float, str]]:
    """Return a key by which "wave 2" stands before "wave 10"."""
    return [
        (not part.isdigit(), float(part) if part.isdigit() and len(part) < 16 else 0.0, part)
        for part in re.split(r"([0-9]+)", name)
    ]
