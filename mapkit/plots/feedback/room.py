"""Room for names beside dots: what is taken, and whether a name still fits on the page."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Room:
    """A page so many points wide and high, and the rectangles on it that are taken."""

    wide: float
    high: float
    taken: list[tuple[float, float, float, float]] = field(default_factory=list)

    def is_free(self, x: float, y: float, wide: float, high: float) -> bool:
        """Return whether a rectangle around a place lies on the page and covers nothing."""
        left, bottom, right, top = _box(x, y, wide, high)
        inside = left >= 0 and right <= self.wide and bottom >= 0 and top <= self.high
        return inside and not any(a < right and left < c and b < top and bottom < d for a, b, c, d in self.taken)

    def take(self, x: float, y: float, wide: float, high: float) -> None:
        """Take a rectangle around a place."""
        self.taken.append(_box(x, y, wide, high))


def _box(x: float, y: float, wide: float, high: float) -> tuple[float, float, float, float]:
    return x - wide / 2, y - high / 2, x + wide / 2, y + high / 2
