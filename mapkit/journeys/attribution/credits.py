"""How a conversion is shared among the touches before it: one weight a touch, by every rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mapkit.sequences import Journeys

# The rules that give each touch a weight by its place alone; the Markov model looks at all journeys together.
RULES = ("first", "last", "last_non_direct", "linear", "time_decay", "position", "shapley")
MODELS = (*RULES[:-1], "markov", "shapley")
# Of first and last touch together; what is between shares the rest.
_ENDS = 0.4


@dataclass(frozen=True, eq=False)
class Placed:
    """Touches with their journey, their place in it, and its length."""

    journeys: Journeys
    journey: np.ndarray
    place: np.ndarray
    length: np.ndarray

    @classmethod
    def of(cls, journeys: Journeys) -> Placed:
        """Return the touches of some journeys, placed."""
        lengths = journeys.lengths
        journey = np.repeat(np.arange(len(lengths)), lengths)
        place = np.arange(len(journey)) - journeys.offsets[journey]
        return cls(journeys, journey, place, lengths[journey])

    def shared(self, weights: np.ndarray) -> np.ndarray:
        """Return weights that add up to 1 in every journey."""
        sums = np.bincount(self.journey, weights, minlength=len(self.journeys.lengths))
        return weights / sums[self.journey]


def weights_of(placed: Placed, rule: str, direct: np.ndarray, half_life: float) -> np.ndarray:
    """Return a weight for each touch that adds up to 1 in every journey.

    ``direct`` says of each channel whether it is direct; ``half_life`` is in the unit of ``Journeys.seconds``.
    """
    return _WEIGHTS[rule](placed, direct, half_life)


def _first(placed: Placed, direct: np.ndarray, half_life: float) -> np.ndarray:
    return (placed.place == 0).astype(float)


def _last(placed: Placed, direct: np.ndarray, half_life: float) -> np.ndarray:
    return (placed.place == placed.length - 1).astype(float)


def _last_non_direct(placed: Placed, direct: np.ndarray, half_life: float) -> np.ndarray:
    last = np.full(len(placed.journeys.lengths), -1)
    named = np.flatnonzero(~direct[placed.journeys.codes])
    # Places rise within a journey, so the last one written stays.
    last[placed.journey[named]] = placed.place[named]
    last = np.where(last < 0, placed.journeys.lengths - 1, last)
    return (placed.place == last[placed.journey]).astype(float)


def _linear(placed: Placed, direct: np.ndarray, half_life: float) -> np.ndarray:
    return 1.0 / placed.length


def _time_decay(placed: Placed, direct: np.ndarray, half_life: float) -> np.ndarray:
    seconds = placed.journeys.seconds
    # Measured from the last touch: shares are the same, and a journey of years does not vanish.
    since = seconds - seconds[placed.journeys.offsets[placed.journey] + placed.length - 1]
    return placed.shared(np.exp2(-since / half_life))


def _position(placed: Placed, direct: np.ndarray, half_life: float) -> np.ndarray:
    at_an_end = (placed.place == 0) | (placed.place == placed.length - 1)
    between = (1 - 2 * _ENDS) / np.maximum(placed.length - 2, 1)
    return placed.shared(np.where(at_an_end, _ENDS, between))


def _shapley(placed: Placed, direct: np.ndarray, half_life: float) -> np.ndarray:
    weights = np.zeros(len(placed.journey))
    weights[first_meetings(placed)] = 1.0
    return placed.shared(weights)


def first_meetings(placed: Placed) -> np.ndarray:
    """Return the touches at which a journey meets a channel; each channel once a journey."""
    codes = placed.journeys.codes
    channels = int(codes.max()) + 1 if len(codes) else 0
    seen = np.full(len(placed.journeys.lengths) * channels, -1, dtype=np.int64)
    # Written backwards, so that the first one stays.
    seen[(placed.journey * channels + codes)[::-1]] = np.arange(len(codes))[::-1]
    return seen[seen >= 0]


_WEIGHTS: dict[str, Callable[[Placed, np.ndarray, float], np.ndarray]] = {
    "first": _first,
    "last": _last,
    "last_non_direct": _last_non_direct,
    "linear": _linear,
    "time_decay": _time_decay,
    "position": _position,
    "shapley": _shapley,
}
