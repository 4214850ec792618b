"""How large an influencer is: tiers by followers, and kinds of key opinion leaders."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from mapkit.errors import OptionError, listed

TIERS: Mapping[str, float] = {
    "nano": 0,
    "micro": 10_000,
    "mid": 100_000,
    "macro": 500_000,
    "mega": 1_000_000,
}
"""Each tier and the least followers it takes."""

KOL_TYPES: tuple[str, ...] = ("expert", "peer", "media", "celebrity")
"""Kinds of key opinion leaders: by knowledge, by likeness, by trade, by fame."""

KolRule = Mapping[str, str] | Callable[[pd.Series], str | None]
_COLUMNS = ("kol_type", "role", "type")


def tiers_of(followers: Any) -> np.ndarray:
    """Return the tier of each number of followers; None where it is not known.

    >>> tiers_of([9_999, 10_000, 2_000_000, float("nan")]).tolist()
    ['nano', 'micro', 'mega', None]
    """
    numbers = np.asarray(followers, dtype=float)
    places = np.searchsorted(np.array([*TIERS.values()]), numbers, side="right") - 1
    tiers = np.array([*TIERS, None], dtype=object)
    chosen: np.ndarray = tiers[np.where(np.isnan(numbers), len(TIERS), np.clip(places, 0, len(TIERS) - 1))]
    return chosen


def kol_types_of(people: pd.DataFrame, rule: KolRule | None) -> np.ndarray:
    """Return each influencer's kind: by the rule given, else by a column that names one, else None.

    The columns asked are ``kol_type``, ``role`` and ``type``, in this order.

    Raises
    ------
    OptionError
        The rule names a kind that is none of ``KOL_TYPES``.
    """
    if rule is None:
        return _by_column(people)
    if isinstance(rule, Mapping):
        kinds: Sequence[Any] = [rule.get(str(actor)) for actor in people["actor"]]
    else:
        kinds = [rule(row) for _, row in people.iterrows()]
    strange = [kind for kind in dict.fromkeys(kinds) if kind is not None and kind not in KOL_TYPES]
    if strange:
        raise OptionError(f"kol_types names {listed(strange)}, which is no kind. Use {listed(KOL_TYPES)} or None.")
    return np.array(kinds, dtype=object)


def _by_column(people: pd.DataFrame) -> np.ndarray:
    kinds = np.full(len(people), None, dtype=object)
    for name in reversed([each for each in _COLUMNS if each in people]):
        said = people[name].astype(str).str.strip().str.lower()
        known = said.isin(KOL_TYPES).to_numpy()
        kinds[known] = said.to_numpy(dtype=object)[known]
    return kinds
