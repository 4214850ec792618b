"""Room for labels: what has been written, so that nothing is written over it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Room:
    """Rectangles that are taken, in points."""

    taken: list[tuple[float, float, float, float]] = field(default_factory=list)

    def take(self, x: float, y: float, wide: float, high: float) -> bool:
        """Take a rectangle around a place if nothing is there, and say whether it was free; it is taken either way.

        A caller that must draw takes without asking.
        """
        box = (x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)
        free = not any(a < box[2] and box[0] < c and b < box[3] and box[1] < d for a, b, c, d in self.taken)
        self.taken.append(box)
        return free
