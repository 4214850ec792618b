"""Which types of actors complete each other, and why: a declared table that anybody can replace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from mapkit.errors import OptionError, listed, nearest

COMPLEMENTS: Mapping[tuple[str, str], str] = {
    ("partner", "partner"): "each can send the other's customers on",
    ("partner", "supplier"): "one can sell what the other makes",
    ("brand", "partner"): "a brand can be sold where the partner already sells",
    ("brand", "supplier"): "a brand can carry what the supplier makes",
    ("brand", "kol"): "one has something to say, the other an audience",
    ("brand", "media"): "one has something to say, the other an audience",
    ("kol", "partner"): "one has an audience, the other a place to buy",
    ("media", "partner"): "one has an audience, the other a place to buy",
    ("partner", "platform"): "one has an offer, the other its reach",
    ("kol", "media"): "one has a voice, the other a stage",
}


def complement_table(given: Any) -> dict[tuple[str, str], str]:
    """Return pairs of types with the reason, either way round: the house's, a mapping, or a list of pairs.

    Raises
    ------
    OptionError
        An entry is no pair of types.
    """
    source = COMPLEMENTS if given is None else given
    entries = source.items() if isinstance(source, Mapping) else ((pair, "complementary types") for pair in source)
    table: dict[tuple[str, str], str] = {}
    for pair, why in entries:
        if isinstance(pair, str) or len(tuple(pair)) != 2:
            raise OptionError(f"complements has {pair!r}. Give pairs of types, such as ('partner', 'supplier').")
        one, other = (str(each) for each in pair)
        table[one, other] = table[other, one] = str(why)
    return table


def allowed_pairs(types: np.ndarray, wanted: Iterable[Any] | None) -> tuple[np.ndarray, list[str], np.ndarray | None]:
    """Return a number for each actor's type, the types, and which may pair: a matrix over them, or None for all.

    ``wanted`` holds types (both of a pair must be among them) or pairs of types.

    Raises
    ------
    OptionError
        A type that no actor has.
    """
    named = np.array(["" if each is None else str(each) for each in types], dtype=object)
    known, kinds = np.unique(named.astype(str), return_inverse=True)
    names = [str(each) for each in known]
    if wanted is None:
        return kinds, names, None
    choices = [wanted] if isinstance(wanted, str) else list(wanted)
    pairs = [tuple(each) for each in choices if not isinstance(each, str)]
    single = [each for each in choices if isinstance(each, str)]
    for name in [*single, *(part for pair in pairs for part in pair)]:
        if name not in names:
            raise OptionError(f"There is no type of actors {name!r}. There is {listed(names)}.{nearest(name, names)}")
    matrix = np.zeros((len(names), len(names)), dtype=bool)
    for one, other in [*((a, b) for a in single for b in single), *pairs]:
        a, b = names.index(one), names.index(other)
        matrix[a, b] = matrix[b, a] = True
    return kinds, names, matrix
