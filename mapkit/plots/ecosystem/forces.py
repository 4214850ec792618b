"""Where actors come to rest: ties pull, neighbours push, and everyone stays within their community's disk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mapkit.sequences.compiled import suited

_ROUNDS, _LAST = 260, 120
_FAR = 3.0  # spacings beyond which two actors do not push each other
_GAP = 1.5  # points of air between two marks
_NEAR = 28  # actors about, in a crowd, who push one
_WORTH_COMPILING = 12  # steps of plain Python that take as long as one row of other loops
_PULL, _HOME = 1.2, 0.08

Loop = Callable[..., Any]


def settle(
    at: np.ndarray, starts: np.ndarray, ends: np.ndarray, pull: np.ndarray, disks: np.ndarray, radii: np.ndarray
) -> None:
    """Move actors, in place, until ties are short and neighbours apart.

    ``at`` is a row of x and y for each actor, ``starts`` and ``ends`` are ties as compressed rows with their ``pull``,
    ``disks`` is a row of x, y and radius for each actor: the disk in which it stays.

    Source: Fruchterman and Reingold (1991), Software: Practice and Experience 21, 1129-1164, with their grid.
    """
    actors = len(at)
    if actors < 2:
        return
    work = (_ROUNDS * (actors * min(actors, _NEAR) + len(ends))) // _WORTH_COMPILING

    def ready(loop: Loop) -> Loop:
        return suited(loop, work)

    spacing = float(np.sqrt((np.unique(disks, axis=0)[:, 2] ** 2).sum() * np.pi / actors))
    # Many actors pull harder in sum, so they push harder as well.
    push = 0.7 + 0.9 * min(1.0, actors / 300)
    moves = np.zeros_like(at)
    for turn in range(_ROUNDS):
        cells = _cells(at, _FAR * spacing, ready)
        ready(push_apart)(at, moves, radii, spacing, push, *cells)
        ready(pull_together)(at, moves, starts, ends, pull, disks)
        ready(step)(at, moves, spacing * (1.2 * (1.0 - turn / _ROUNDS) ** 1.5 + 0.01))
        ready(stay_within)(at, disks, radii)
    for _ in range(_LAST):
        cells = _cells(at, 2.0 * float(radii.max()) + _GAP, ready)
        overlapping = ready(part_overlapping)(at, radii, _GAP, *cells)
        ready(stay_within)(at, disks, radii)
        if not overlapping:
            break


def _cells(at: np.ndarray, reach: float, ready: Callable[[Loop], Loop]) -> tuple[Any, ...]:
    """Return the actors sorted into square cells, so that who is near stands in a cell next to one's own."""
    left, top = at.min(axis=0)
    across, down = (int(extent / reach) + 1 for extent in np.ptp(at, axis=0))
    first, following = np.full(across * down, -1, np.int64), np.full(len(at), -1, np.int64)
    ready(fill_cells)(at, float(left), float(top), reach, across, first, following)
    return float(left), float(top), reach, across, down, first, following


def fill_cells(at: Any, left: float, top: float, reach: float, across: int, first: Any, following: Any) -> None:
    """Chain the actors of each cell: plain loops, written for numba, as are all below."""
    for k in range(at.shape[0]):
        cell = int((at[k, 1] - top) / reach) * across + int((at[k, 0] - left) / reach)
        following[k] = first[cell]
        first[cell] = k


def push_apart(
    at: Any, moves: Any, radii: Any, spacing: float, push: float,
    left: float, top: float, reach: float, across: int, down: int, first: Any, following: Any,
) -> None:  # fmt: skip
    """Set each actor's move to the push of those within reach, which fades to nothing there."""
    for k in range(at.shape[0]):
        dx, dy = 0.0, 0.0
        column, row = int((at[k, 0] - left) / reach), int((at[k, 1] - top) / reach)
        for r in range(max(0, row - 1), min(down, row + 2)):
            for c in range(max(0, column - 1), min(across, column + 2)):
                other = first[r * across + c]
                while other >= 0:
                    x, y = at[k, 0] - at[other, 0], at[k, 1] - at[other, 1]
                    gone = x * x + y * y
                    if other != k and gone < reach * reach:
                        if gone < 1e-6:
                            x, y = 1e-3 * (k - other), 1e-3
                            gone = x * x + y * y
                        strength = push * spacing * spacing * (1.0 / gone - 1.0 / (reach * reach))
                        strength *= (radii[k] + radii[other]) / spacing + 0.5
                        dx += x * strength
                        dy += y * strength
                    other = following[other]
        moves[k, 0], moves[k, 1] = dx, dy


def pull_together(at: Any, moves: Any, starts: Any, ends: Any, pull: Any, disks: Any) -> None:
    """Add to each actor's move the mean pull of its ties, and a little towards the middle of its disk."""
    for k in range(at.shape[0]):
        total, px, py = 0.0, 0.0, 0.0
        for link in range(starts[k], starts[k + 1]):
            other = ends[link]
            x, y = at[other, 0] - at[k, 0], at[other, 1] - at[k, 1]
            if disks[other, 0] != disks[k, 0] or disks[other, 1] != disks[k, 1]:
                # A tie to another community pulls towards it, however far away that is drawn.
                away = (x * x + y * y) ** 0.5
                x, y = 0.8 * disks[k, 2] * x / away, 0.8 * disks[k, 2] * y / away
            px += pull[link] * x
            py += pull[link] * y
            total += pull[link]
        if total > 0.0:
            moves[k, 0] += _PULL * px / total
            moves[k, 1] += _PULL * py / total
        moves[k, 0] += _HOME * (disks[k, 0] - at[k, 0])
        moves[k, 1] += _HOME * (disks[k, 1] - at[k, 1])


def step(at: Any, moves: Any, heat: float) -> None:
    """Take a quarter of each move, but no more than the heat allows."""
    for k in range(at.shape[0]):
        length = (moves[k, 0] ** 2 + moves[k, 1] ** 2) ** 0.5
        if length > 0.0:
            share = min(0.25 * length, heat) / length
            at[k, 0] += moves[k, 0] * share
            at[k, 1] += moves[k, 1] * share


def stay_within(at: Any, disks: Any, radii: Any) -> None:
    """Bring who has left its disk back to the rim."""
    for k in range(at.shape[0]):
        x, y = at[k, 0] - disks[k, 0], at[k, 1] - disks[k, 1]
        out, most = (x * x + y * y) ** 0.5, max(disks[k, 2] - radii[k], 0.0)
        if out > most:
            at[k, 0] = disks[k, 0] + x * most / out
            at[k, 1] = disks[k, 1] + y * most / out


def part_overlapping(
    at: Any, radii: Any, gap: float,
    left: float, top: float, reach: float, across: int, down: int, first: Any, following: Any,
) -> bool:  # fmt: skip
    """Move every two who overlap as far apart as they lack; return whether any did."""
    found = False
    for k in range(at.shape[0]):
        column, row = int((at[k, 0] - left) / reach), int((at[k, 1] - top) / reach)
        for r in range(max(0, row - 1), min(down, row + 2)):
            for c in range(max(0, column - 1), min(across, column + 2)):
                other = first[r * across + c]
                while other >= 0:
                    x, y = at[other, 0] - at[k, 0], at[other, 1] - at[k, 1]
                    gone = (x * x + y * y) ** 0.5
                    lacks = radii[k] + radii[other] + gap - gone
                    if other > k and lacks > 1e-3:
                        found = True
                        if gone < 1e-6:
                            x, y, gone = 1.0, 0.0, 1.0
                        x, y = 0.52 * lacks * x / gone, 0.52 * lacks * y / gone
                        at[k, 0] -= x
                        at[k, 1] -= y
                        at[other, 0] += x
                        at[other, 1] += y
                    other = following[other]
    return found
