"""What attribution keeps of journeys: sums by segment and group of customers, small however long the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from mapkit.journeys.attribution.credits import Placed, first_meetings, weights_of
from mapkit.sequences import Journeys
from mapkit.sequences.touches import GROUPS

# Paths of more touches are counted together: their number has no limit.
MOST_TOUCHES = 6
# Parts have many paths in common: so many rows are kept before they are put together.
_MOST_WAITING = 1_000_000


@dataclass(frozen=True, eq=False)
class Kept:
    """What to keep, and how touches are weighed."""

    channels: tuple[str, ...]
    segments: tuple[str, ...]
    rules: tuple[str, ...]
    markov_order: int
    direct: frozenset[str]
    half_life: float

    @property
    def base(self) -> int:
        """A state of the Markov chain is a number of ``markov_order`` digits in this base; 0 is no touch yet."""
        return len(self.channels) + 1


@dataclass(eq=False)
class Tally:
    """Sums over journeys, by segment and group.

    Parameters
    ----------
    credits
        [segment, group, rule, channel, (conversions, value)].
    outcomes
        [segment, group, (converted, null, unattributed, value, unattributed value)]: journeys with touches that
        converted, or ended in nothing; conversions without any touch; the values of the first and of the last.
    met
        [segment, channel, (customers, converted)]: customers whose first journey holds the channel.
    customers
        [segment, (customers, converted)]: by their first journeys.
    moves
        Frames of key, count, value: key holds segment, group, state before and what followed, see ``moves_of``.
    paths
        Frames of key, conversions, value, nulls: key holds segment and path, see ``paths_of``.
    """

    kept: Kept
    credits: np.ndarray = field(init=False)
    outcomes: np.ndarray = field(init=False)
    met: np.ndarray = field(init=False)
    customers: np.ndarray = field(init=False)
    moves: list[pd.DataFrame] = field(default_factory=lambda: [_nothing("count", "value")])
    paths: list[pd.DataFrame] = field(default_factory=lambda: [_nothing("conversions", "value", "nulls")])

    def __post_init__(self) -> None:
        segments, channels = len(self.kept.segments), len(self.kept.channels)
        self.credits = np.zeros((segments, GROUPS, len(self.kept.rules), channels, 2))
        self.outcomes = np.zeros((segments, GROUPS, 5))
        self.met = np.zeros((segments, channels, 2))
        self.customers = np.zeros((segments, 2))

    def add(self, journeys: Journeys) -> None:
        """Add some journeys."""
        placed = Placed.of(journeys)
        self._add_outcomes(journeys)
        self._add_met(placed)
        self._add_credits(placed)
        self.moves.append(moves_of(placed, self.kept))
        self.paths.append(paths_of(placed, self.kept))
        if sum(map(len, self.paths)) > _MOST_WAITING:
            self.paths = [_together(self.paths)]

    def _add_outcomes(self, journeys: Journeys) -> None:
        there = journeys.lengths > 0
        ended = (
            journeys.conversions * there, journeys.nulls * there,
            journeys.conversions * ~there, journeys.values * there, journeys.values * ~there,
        )  # fmt: skip
        cells = journeys.segments * GROUPS + journeys.groups
        for k, amounts in enumerate(ended):
            summed = np.bincount(cells, amounts, minlength=self.outcomes.shape[0] * GROUPS)
            self.outcomes[:, :, k] += summed.reshape(-1, GROUPS)

    def _add_met(self, placed: Placed) -> None:
        journeys = placed.journeys
        counts = (journeys.conversions + journeys.nulls, journeys.conversions)
        meetings = first_meetings(placed)
        meetings = meetings[journeys.first[placed.journey[meetings]]]
        journey, channels = placed.journey[meetings], self.met.shape[1]
        cells = journeys.segments[journey] * channels + journeys.codes[meetings]
        for k, amounts in enumerate(counts):
            met = np.bincount(cells, amounts[journey], minlength=self.met[:, :, 0].size)
            self.met[:, :, k] += met.reshape(self.met.shape[:2])
            self.customers[:, k] += np.bincount(
                journeys.segments, amounts * journeys.first, minlength=len(self.customers)
            )

    def _add_credits(self, placed: Placed) -> None:
        journeys, channels = placed.journeys, len(self.kept.channels)
        direct = np.array([name in self.kept.direct for name in self.kept.channels], dtype=bool)
        journey = placed.journey
        cells = (journeys.segments[journey] * GROUPS + journeys.groups[journey]) * channels + journeys.codes
        size = self.outcomes.shape[0] * GROUPS * channels
        for r, rule in enumerate(self.kept.rules):
            weights = weights_of(placed, rule, direct, self.kept.half_life)
            for k, amounts in enumerate((journeys.conversions, journeys.values)):
                summed = np.bincount(cells, weights * amounts[journey], minlength=size)
                self.credits[:, :, r, :, k] += summed.reshape(-1, GROUPS, channels)


def moves_of(placed: Placed, kept: Kept) -> pd.DataFrame:
    """Return how often each state was followed by what: key, count and value (of conversions).

    A state is the last ``markov_order`` touches, the newest as the lowest digit. What follows is a channel's number
    from 1, then one beyond the channels for a conversion, and two beyond for nothing.
    """
    journeys, base, channels = placed.journeys, kept.base, len(kept.channels)
    digits = journeys.codes.astype(np.int64) + 1
    before, after = np.zeros(len(digits), dtype=np.int64), digits.copy()
    for lag in range(1, kept.markov_order + 1):
        earlier = np.zeros(len(digits), dtype=np.int64)
        earlier[lag:] = digits[:-lag]
        earlier[placed.place < lag] = 0
        before += earlier * base ** (lag - 1)
        after += earlier * base**lag if lag < kept.markov_order else 0
    whose = journeys.segments * GROUPS + journeys.groups
    there = np.flatnonzero(journeys.lengths > 0)
    last = after[journeys.offsets[there + 1] - 1]

    def key(whom: np.ndarray, state: np.ndarray, following: np.ndarray | int) -> np.ndarray:
        return (whom * base**kept.markov_order + state) * (channels + 3) + following

    passed = (journeys.conversions + journeys.nulls)[placed.journey]
    parts = [
        (key(whose[placed.journey], before, digits), passed, np.zeros(len(digits))),
        (key(whose[there], last, channels + 1), journeys.conversions[there], journeys.values[there]),
        (key(whose[there], last, channels + 2), journeys.nulls[there], np.zeros(len(there))),
    ]
    keys, counts, values = (np.concatenate(same) for same in zip(*parts, strict=True))
    return added_up(keys, count=counts, value=values)


def paths_of(placed: Placed, kept: Kept) -> pd.DataFrame:
    """Return key, conversions, value, nulls of each path; the key of every path that is too long is all nines, -1."""
    journeys = placed.journeys
    short = np.flatnonzero((journeys.lengths > 0) & (journeys.lengths <= MOST_TOUCHES))
    path = np.zeros(len(short), dtype=np.int64)
    for place in range(MOST_TOUCHES):
        there = journeys.lengths[short] > place
        path[there] = path[there] * kept.base + journeys.codes[journeys.offsets[short[there]] + place] + 1
    keys = journeys.segments * kept.base**MOST_TOUCHES
    keys[short] += path
    keys = np.where(journeys.lengths > MOST_TOUCHES, -1 - journeys.segments, keys)
    there = journeys.lengths > 0
    return added_up(
        keys[there], conversions=journeys.conversions[there], value=journeys.values[there], nulls=journeys.nulls[there]
    )


def path_names(tally: Tally) -> pd.DataFrame:
    """Return segment, path, conversions, value, nulls; the most frequent first, too long ones together at the end."""
    kept = tally.kept
    counted = _together(tally.paths)
    size = kept.base**MOST_TOUCHES
    keys = counted["key"].to_numpy()
    segment = np.where(keys < 0, -1 - keys, keys // size)
    frame = counted.assign(
        segment=[kept.segments[code] for code in segment],
        path=np.where(keys < 0, f"({MOST_TOUCHES + 1} touches or more)", _path_names(np.maximum(keys, 0) % size, kept)),
        long=keys < 0,
        journeys=counted["conversions"] + counted["nulls"],
    )
    frame = frame.sort_values(["long", "journeys", "path"], ascending=[True, False, True], ignore_index=True)
    return frame[["segment", "path", "conversions", "value", "nulls"]]


def _path_names(keys: np.ndarray, kept: Kept) -> np.ndarray:
    """Return the paths behind the keys, read from the last touch to the first."""
    names = np.array([*kept.channels, ""], dtype=object)
    written = np.full(len(keys), "", dtype=object)
    while keys.any():
        keys, digits = np.divmod(keys, kept.base)
        there = digits > 0
        arrow = np.where(written[there] == "", "", " > ").astype(object)
        written[there] = names[digits[there] - 1] + arrow + written[there]
    return written


def added_up(keys: np.ndarray, **amounts: np.ndarray) -> pd.DataFrame:
    """Return each key once, with its amounts added up."""
    if not len(keys):
        return _nothing(*amounts)
    low, span = int(keys.min()), int(keys.max() - keys.min()) + 1
    if span <= 4 * len(keys) + 100_000:
        # Counting in place is much quicker than sorting, where the keys are close together.
        found = np.flatnonzero(np.bincount(keys - low, minlength=span))
        where, names = keys - low, found + low
        summed = {name: np.bincount(where, each, minlength=span)[found] for name, each in amounts.items()}
    else:
        names, where = np.unique(keys, return_inverse=True)
        summed = {name: np.bincount(where, each, minlength=len(names)) for name, each in amounts.items()}
    return pd.DataFrame({"key": names, **summed})


def _together(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    joined = pd.concat(frames, ignore_index=True)
    amounts = {name: joined[name].to_numpy(float) for name in joined.columns if name != "key"}
    return added_up(joined["key"].to_numpy(np.int64), **amounts)


def _nothing(*amounts: str) -> pd.DataFrame:
    return pd.DataFrame({"key": np.empty(0, dtype=np.int64), **{name: np.empty(0) for name in amounts}})
