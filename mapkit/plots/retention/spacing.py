"""Labels moved apart where they would be written over each other."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise


def apart(wanted: Sequence[float], gap: float, top: float) -> list[float]:
    """Return places at least ``gap`` apart, in the order of those wanted and near them, none above ``top``.

    >>> apart([10, 12, 50], 10, 100)
    [10, 20, 50]
    >>> apart([98, 99], 10, 100)
    [90, 100]
    """
    order = sorted(range(len(wanted)), key=lambda k: wanted[k])
    places = list(wanted)
    for before, k in pairwise(order):
        places[k] = max(places[k], places[before] + gap)
    highest = top
    for k in reversed(order):
        places[k] = min(places[k], highest)
        highest = places[k] - gap
    return places
