"""Where communities stand on a page: disks as large as their communities, those with many ties side by side."""

from __future__ import annotations

import numpy as np

_ROUNDS, _MOST_TRIES = 200, 12
_FILLED = 0.84  # of the page that disks may take


def place_disks(sizes: np.ndarray, between: np.ndarray, wide: float, high: float, *, gap: float) -> np.ndarray:
    """Return a row of x, y and radius for each community, none overlapping, all within ``wide`` times ``high``.

    ``between`` holds the strength of the ties from one community to another; it decides who stands beside whom.
    """
    count = len(sizes)
    if count == 0:
        return np.empty((0, 3))
    tries = int(np.clip(min(3 * count, 120 // count), 1, _MOST_TRIES))
    made = [_placed(sizes, between, (wide, high, gap), turn / tries) for turn in range(tries)]
    return min(made, key=lambda disks: _length(disks, between))


def _length(disks: np.ndarray, between: np.ndarray) -> float:
    """Return how long the ties between communities are drawn, by strength, and more where disks had to shrink."""
    away = np.hypot(*(disks[:, None, :2] - disks[None, :, :2]).transpose(2, 0, 1))
    length = float((between * away).sum() / max(float(between.sum()), 1e-12))
    return (length + 0.3 * float(away.mean())) / float(np.sqrt((disks[:, 2] ** 2).sum()))


def _placed(sizes: np.ndarray, between: np.ndarray, page: tuple[float, float, float], turned: float) -> np.ndarray:
    wide, high, gap = page
    count = len(sizes)
    shares = sizes / sizes.sum()
    radii = np.sqrt(shares * _FILLED * wide * high / np.pi) + (0.0 if count == 1 else gap / 3)
    radii = np.minimum(radii, min(wide, high) / 2)
    at = _start(radii, wide, high, turned)
    pull = between + between.T
    np.fill_diagonal(pull, 0)
    pull = pull / (pull.sum(axis=1, keepdims=True) + 1e-12)
    for turn in range(_ROUNDS):
        calm = 1 - turn / _ROUNDS
        middle = np.array([wide / 2, high / 2])
        at = at + 0.06 * calm * (pull @ at - at * pull.sum(axis=1, keepdims=True)) + 0.02 * calm * (middle - at)
        at = _apart(at, radii, wide, high, gap)
    for _ in range(90):
        if not _overlap(at, radii, gap):
            break
        radii = radii * 0.98
        for _ in range(40):
            at = _apart(at, radii, wide, high, gap)
    return np.column_stack([at, radii])


def _start(radii: np.ndarray, wide: float, high: float, turned: float) -> np.ndarray:
    """Return places on a sunflower's spiral, the largest first, so that the same communities start the same."""
    order = np.argsort(-radii, kind="stable")
    rank = np.empty(len(radii))
    rank[order] = np.arange(len(radii))
    turn, out = (rank * (3 - np.sqrt(5)) / 2 + turned) * 2 * np.pi, np.sqrt((rank + 0.35) / max(len(radii), 1))
    return np.column_stack([wide / 2 * (1 + 0.8 * out * np.cos(turn)), high / 2 * (1 + 0.8 * out * np.sin(turn))])


def _apart(at: np.ndarray, radii: np.ndarray, wide: float, high: float, gap: float) -> np.ndarray:
    away = at[:, None, :] - at[None, :, :]
    gone = np.sqrt((away**2).sum(axis=2)) + np.eye(len(at))
    lacks = np.maximum(radii[:, None] + radii[None, :] + gap - gone, 0)
    np.fill_diagonal(lacks, 0)
    # The smaller of two gives way.
    share = radii[None, :] ** 2 / (radii[:, None] ** 2 + radii[None, :] ** 2)
    at = at + (away / np.maximum(gone, 1e-9)[:, :, None] * (lacks * share)[:, :, None]).sum(axis=1) * 0.6
    low = np.minimum(radii, [[wide / 2], [high / 2]]).T
    return np.asarray(np.clip(at, low, np.array([wide, high]) - low))


def _overlap(at: np.ndarray, radii: np.ndarray, gap: float) -> bool:
    away = at[:, None, :] - at[None, :, :]
    gone = np.sqrt((away**2).sum(axis=2))
    np.fill_diagonal(gone, np.inf)
    return bool((gone < radii[:, None] + radii[None, :] + 0.8 * gap).any())
