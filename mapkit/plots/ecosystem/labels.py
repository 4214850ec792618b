"""Where names stand beside their actors: none on another, none on a large mark, and none that cannot be told whose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_GAP = 2.0
_RINGS = (0.0, 7.0, 15.0, 26.0)
_WAYS = 16


@dataclass(frozen=True)
class Placed:
    """A label: the middle of its text, and whether it stands so far off that it needs a line to its actor."""

    actor: int
    x: float
    y: float
    wide: float
    led: bool


class Space:
    """Rectangles that are taken, and marks that should not be covered."""

    def __init__(self, at: np.ndarray, radii: np.ndarray, page: tuple[float, float]) -> None:
        self.at, self.radii, self.page = at, radii, page
        self.taken: list[tuple[float, float, float, float]] = []

    def take(self, x: float, y: float, wide: float, high: float) -> None:
        """Keep a rectangle around a place."""
        self.taken.append((x - wide / 2, y - high / 2, x + wide / 2, y + high / 2))

    def cost(self, x: float, y: float, wide: float, high: float) -> float:
        """Return how bad it is to write around a place: infinite on another label or off the page."""
        box = (x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)
        if box[0] < 0 or box[1] < 0 or box[2] > self.page[0] or box[3] > self.page[1]:
            return float("inf")
        if any(a < box[2] and box[0] < c and b < box[3] and box[1] < d for a, b, c, d in self.taken):
            return float("inf")
        dx = np.maximum(np.abs(self.at[:, 0] - x) - wide / 2, 0)
        dy = np.maximum(np.abs(self.at[:, 1] - y) - high / 2, 0)
        covered = np.maximum(self.radii - np.hypot(dx, dy), 0)
        return float((covered * self.radii).sum())


def place_labels(space: Space, actors: list[int], wides: list[float], high: float) -> list[Placed]:
    """Return a place for each label, the first given first; one that finds none is left out.

    Tried are places all around the actor on rings further and further out; the best covers least of other marks.
    """
    placed = []
    for actor, wide in zip(actors, wides, strict=True):
        found = _best(space, actor, wide, high)
        if found is not None:
            placed.append(found)
            space.take(found.x, found.y, wide, high)
    return placed


def _best(space: Space, actor: int, wide: float, high: float) -> Placed | None:
    (x, y), r = space.at[actor], space.radii[actor]
    best, least = None, float("inf")
    for ring, out in enumerate(_RINGS):
        for k in range(_WAYS):
            turn = 2 * np.pi * k / _WAYS
            ex, ey = np.cos(turn), np.sin(turn)
            # The label's rim, not its middle, keeps the distance.
            px = x + ex * (r + _GAP + out + wide / 2)
            py = y + ey * (r + _GAP + out + high / 2)
            aside = abs(ey) if abs(ex) > 0.3 else 0.25
            cost = space.cost(px, py, wide, high) + 3.5 * ring + aside
            if cost < least:
                best, least = Placed(actor, float(px), float(py), wide, ring > 1), cost
    return best
