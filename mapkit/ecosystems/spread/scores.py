"""How many reverse-reachable sets given seeds cover, together and one after another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mapkit.ecosystems.spread.cover import Membership
from mapkit.ecosystems.spread.reverse_sets import ReverseSets
from mapkit.sequences.compiled import compiled

NEARLY = 0.99


def covered_by(sets: ReverseSets, actors: int, contestants: Sequence[np.ndarray]) -> np.ndarray:
    """Return a row for each contestant: which sets it covers."""
    marks, found = np.zeros(actors, dtype=np.uint8), np.zeros(sets.count, dtype=np.uint8)
    for bit, codes in enumerate(contestants):
        marks[codes] |= np.uint8(1 << bit)
    compiled(join_marks)(sets.members, sets.starts, marks, found)
    return np.array([(found >> bit) & 1 for bit in range(len(contestants))], dtype=bool)


def join_marks(members: Any, starts_of: Any, marks: Any, found: Any) -> None:
    """Join the marks of each set's members."""
    for k in range(starts_of.shape[0] - 1):
        for place in range(starts_of[k], starts_of[k + 1]):
            found[k] |= marks[members[place]]


def first_coverers(sets: ReverseSets, actors: int, ordered: np.ndarray) -> np.ndarray:
    """Return, for each set, the place of the first seed in it; as many as there are seeds where none is."""
    places, found = np.full(actors, len(ordered), np.int64), np.empty(sets.count, np.int64)
    places[ordered] = np.arange(len(ordered))
    compiled(first_places)(sets.members, sets.starts, places, len(ordered), found)
    return found


def first_places(members: Any, starts_of: Any, places: Any, none: Any, found: Any) -> None:
    """Find the lowest place among each set's members."""
    for k in range(starts_of.shape[0] - 1):
        found[k] = none
        for place in range(starts_of[k], starts_of[k + 1]):
            found[k] = min(found[k], places[members[place]])


def sole_coverers(sets: ReverseSets, actors: int, seeds: np.ndarray) -> np.ndarray:
    """Return, for each set, the place of the only seed in it; -1 where there is none, -2 where there are several."""
    places, found = np.full(actors, -1, np.int64), np.empty(sets.count, np.int64)
    places[seeds] = np.arange(len(seeds))
    compiled(sole_places)(sets.members, sets.starts, places, found)
    return found


def sole_places(members: Any, starts_of: Any, places: Any, found: Any) -> None:
    """Find the one place among each set's members."""
    for k in range(starts_of.shape[0] - 1):
        found[k] = -1
        for place in range(starts_of[k], starts_of[k + 1]):
            here = places[members[place]]
            if here >= 0:
                found[k] = here if found[k] == -1 else -2


def replay(
    sets: ReverseSets, within: Membership, ordered: np.ndarray, allowed: np.ndarray, costs: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return how many others would have done nearly as well at each place for no more, and the gains that are left."""
    gains, covered = np.diff(within.starts), np.zeros(sets.count, dtype=np.bool_)
    left, ties = allowed.copy(), np.zeros(len(ordered), dtype=np.int64)
    left[ordered] = False
    arrays = (sets.members, sets.starts, within.starts, within.sets)
    cover = compiled(cover_one)
    for place, code in enumerate(ordered):
        enough = max(NEARLY * gains[code], 1e-9)
        ties[place] = int((left & (gains >= enough) & (costs <= costs[code])).sum())
        cover(arrays, code, gains, covered)
    return ties, gains


def cover_one(arrays: Any, code: Any, gains: Any, covered: Any) -> None:
    """Cover the sets of one actor, and take them from everybody's gains."""
    members, starts_of, starts, of = arrays
    for place in range(starts[code], starts[code + 1]):
        if not covered[of[place]]:
            covered[of[place]] = True
            for k in range(starts_of[of[place]], starts_of[of[place] + 1]):
                gains[members[k]] -= 1
