"""Names beside dots: each where it covers no other name and no dot that is named, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_HIGH, _AIR = 10.0, 1.5
_FAR = (6.0, 11.0, 17.0, 26.0)


@dataclass(frozen=True)
class Label:
    """A name's place: its left end and middle, in the units of the page, and the dot it belongs to."""

    text: str
    x: float
    y: float
    dot: tuple[float, float]
    is_far: bool


def place_labels(
    named: Sequence[tuple[str, float, float, float]],
    others: np.ndarray,
    room: tuple[float, float, float, float],
    taken: Sequence[tuple[float, float, float, float]] = (),
) -> list[Label]:
    """Return places for names of (text, width, x, y), the first wanted most; ``others`` are dots to cover if need be.

    ``room`` is (left, top, right, bottom); ``taken`` are boxes in which no name may stand.
    """
    dots = np.array([(x, y) for _, _, x, y in named]).reshape(-1, 2)
    boxes, placed = list(taken), []
    for text, width, x, y in named:
        found = _best(width, (x, y), dots, others, room, boxes)
        if found is not None:
            box, far = found
            boxes.append(box)
            placed.append(Label(text, box[0], (box[1] + box[3]) / 2, (x, y), far))
    return placed


def _best(
    width: float,
    dot: tuple[float, float],
    dots: np.ndarray,
    others: np.ndarray,
    room: tuple[float, float, float, float],
    boxes: Sequence[tuple[float, float, float, float]],
) -> tuple[tuple[float, float, float, float], bool] | None:
    found, least = None, np.inf
    for step, far in enumerate(_FAR):
        for across, down in ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (1, 1), (-1, -1), (-1, 1)):
            x = dot[0] + across * far - (width if across < 0 else width / 2 if across == 0 else 0)
            y = dot[1] + down * (far + _HIGH / 2) * (0.75 if across else 1) - _HIGH / 2
            box = (x, y, x + width, y + _HIGH)
            inside = box[0] >= room[0] and box[2] <= room[2] and box[1] >= room[1] and box[3] <= room[3]
            if not inside or any(_overlap(box, other) for other in boxes) or _covered(box, dots, 3.0):
                continue
            cost = 3.0 * _covered(box, others, 2.0) + 2.0 * step + 0.1 * abs(down) + abs(across * down)
            if cost < least:
                found, least = (box, step > 0 or across * down != 0), cost
    return found


def _overlap(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] + _AIR and b[0] < a[2] + _AIR and a[1] < b[3] and b[1] < a[3]


def _covered(box: tuple[float, float, float, float], dots: np.ndarray, air: float) -> int:
    if not len(dots):
        return 0
    x, y = dots[:, 0], dots[:, 1]
    return int(((x > box[0] - air) & (x < box[2] + air) & (y > box[1] - air) & (y < box[3] + air)).sum())
