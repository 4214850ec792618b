"""Where every actor stands: communities first, actors within them, nobody on top of another, isolates aside."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mapkit.ecosystems import Ecosystem
from mapkit.plots.ecosystem.disks import place_disks
from mapkit.plots.ecosystem.forces import settle

ASIDE = -1  # the group of actors without a tie to anybody else
_OUTWARD = 0.25  # how much ties to other communities pull, of what ties within do
_PAD = 5.0
_STRIP_GAP = 5.0


@dataclass(frozen=True, eq=False)
class Layout:
    """Places in points, from the top left.

    ``at`` is a row of x and y for each actor, ``radii`` are the actors' own, ``groups`` their communities (-1: without
    ties, in the strip below ``strip``), ``disks`` a row of x, y and radius for each community, ``pad`` the air that an
    outline keeps from its actors.
    """

    at: np.ndarray
    radii: np.ndarray
    groups: np.ndarray
    disks: np.ndarray
    wide: float
    high: float
    strip: float
    pad: float

    def hull(self, group: int) -> np.ndarray:
        """Return the rounded outline of a community's actors, as points of a polygon."""
        from scipy.spatial import ConvexHull

        pad, members = self.pad, self.groups == group
        turns = np.linspace(0, 2 * np.pi, 12, endpoint=False)
        circle = np.column_stack([np.cos(turns), np.sin(turns)])
        around = self.at[members][:, None, :] + (self.radii[members] + pad)[:, None, None] * circle[None, :, :]
        points = around.reshape(-1, 2)
        outline = points[ConvexHull(points).vertices]
        for _ in range(3):  # every round cuts the corners, so that the outline has none
            after = np.roll(outline, -1, axis=0)
            outline = np.stack([0.75 * outline + 0.25 * after, 0.25 * outline + 0.75 * after], axis=1).reshape(-1, 2)
        return np.asarray(outline)


def lay_out(
    ecosystem: Ecosystem, groups: np.ndarray, radii: np.ndarray, *, wide: float, high: float, seed: int = 0
) -> Layout:
    """Return a place for every actor; the same ecosystem and seed give the same places.

    Parameters
    ----------
    groups
        Each actor's community, by code: 0, 1, 2 and so on.
    radii
        Each actor's radius in points. They shrink together where the page has no room for them.
    wide, high
        The page in points.
    seed
        Of the places from which the actors set out.
    """
    groups = np.where(without_ties(ecosystem), ASIDE, groups).astype(np.int64)
    inside, aside = np.flatnonzero(groups != ASIDE), np.flatnonzero(groups == ASIDE)
    radii = _fitting(np.asarray(radii, dtype=np.float64), wide, high)
    strip, pitch = high, 0.0
    if len(aside):
        strip, pitch = _strip(radii[aside], wide, high, only=not len(inside))
        radii[aside] = np.minimum(radii[aside], 0.45 * pitch)
    pad = float(np.clip(0.4 * np.sqrt(wide * strip / max(len(inside), 1)), 4.0, 11.0))
    at = np.zeros((ecosystem.n, 2))
    if len(inside):
        groups[inside] = np.unique(groups[inside], return_inverse=True)[1]
        disks = _community_disks(ecosystem, groups, radii, (wide, strip, pad))
        at[inside] = _within(ecosystem, inside, groups, disks, (radii, seed))
    else:
        disks = np.empty((0, 3))
    at[aside] = _in_rows(len(aside), wide, strip, pitch)
    return Layout(at, radii, groups, disks, wide, high, strip, pad)


def without_ties(ecosystem: Ecosystem) -> np.ndarray:
    """Return a mask of the actors that have no tie to anybody else."""
    ties = ecosystem.ties
    real = ties.sources != ties.targets
    alone = np.ones(ecosystem.n, dtype=bool)
    alone[ties.sources[real]] = False
    alone[ties.targets[real]] = False
    return alone


def strengths_between(ecosystem: Ecosystem, groups: np.ndarray) -> np.ndarray:
    """Return the strength of the ties from one community to another, both ways added up."""
    count = int(groups.max(initial=-1)) + 1
    ties = ecosystem.ties
    known = (groups[ties.sources] >= 0) & (groups[ties.targets] >= 0)
    places = groups[ties.sources[known]] * count + groups[ties.targets[known]]
    sums = np.bincount(places, weights=size_of_weights(ties.weights[known]), minlength=count * count)
    square = sums.reshape(count, count)
    return square + square.T - np.diag(np.diag(square))


def size_of_weights(weights: np.ndarray) -> np.ndarray:
    """Return how strong ties are whichever their sign; a missing weight is no strength."""
    return np.abs(np.nan_to_num(weights, nan=0.0, posinf=0.0, neginf=0.0))


def _fitting(radii: np.ndarray, wide: float, high: float) -> np.ndarray:
    """Return radii whose disks, with air between them, take at most a third of the page."""
    share = float((np.pi * (radii + 0.75) ** 2).sum()) / (wide * high)
    return np.asarray(radii * min(1.0, np.sqrt(0.3 / max(share, 1e-12))))


def _community_disks(
    ecosystem: Ecosystem, groups: np.ndarray, radii: np.ndarray, page: tuple[float, float, float]
) -> np.ndarray:
    wide, high, pad = page
    inside = groups != ASIDE
    count = int(groups.max()) + 1
    spacing = np.sqrt(wide * high / max(int(inside.sum()), 1))
    room = np.bincount(groups[inside], weights=(radii[inside] + 0.35 * spacing) ** 2, minlength=count)
    gap = 2 * pad + min(14.0, 0.9 * spacing)
    frame = 2 * pad + 4
    between = strengths_between(ecosystem, groups)
    disks = place_disks(room, between, wide - frame, high - frame, gap=gap if count < 40 else gap / 2)
    return disks + np.array([frame / 2, frame / 2, 0])


def _within(
    ecosystem: Ecosystem, inside: np.ndarray, groups: np.ndarray, disks: np.ndarray, how: tuple[np.ndarray, int]
) -> np.ndarray:
    radii, seed = how
    own = disks[groups[inside]]
    numbers = np.full(ecosystem.n, -1, dtype=np.int64)
    numbers[inside] = np.arange(len(inside))
    ties = ecosystem.ties
    real = np.flatnonzero(ties.sources != ties.targets)
    one, other = numbers[ties.sources[real]], numbers[ties.targets[real]]
    strength = size_of_weights(ties.weights[real])
    strength = 0.3 + strength / max(float(strength.mean()) if len(strength) else 1.0, 1e-12)
    strength = np.where(groups[ties.sources[real]] == groups[ties.targets[real]], strength, _OUTWARD * strength)
    froms, tos = np.concatenate([one, other]), np.concatenate([other, one])
    order = np.argsort(froms, kind="stable")
    starts = np.searchsorted(froms[order], np.arange(len(inside) + 1))
    chance = np.random.default_rng(seed)
    turn, out = chance.uniform(0, 2 * np.pi, len(inside)), np.sqrt(chance.uniform(0, 1, len(inside))) * own[:, 2]
    at = own[:, :2] + np.column_stack([out * np.cos(turn), out * np.sin(turn)])
    settle(
        at, starts, tos[order], np.concatenate([strength, strength])[order], np.ascontiguousarray(own), radii[inside]
    )
    return at


def _strip(radii: np.ndarray, wide: float, high: float, *, only: bool) -> tuple[float, float]:
    """Return how far down the strip of actors without ties begins, and how far apart they stand.

    It takes about a seventh of the page at most; all of it where there is nobody else.
    """
    if only:
        pitch = float(min(0.9 * np.sqrt((wide - 2 * _PAD) * (high - 4 * _PAD) / len(radii)), 160.0))
        return 0.0, pitch
    pitch = float(min(2 * radii.max() + _STRIP_GAP, 0.9 * np.sqrt(0.14 * wide * high / len(radii))))
    return high - int(np.ceil(len(radii) / _a_row(wide, pitch))) * pitch - 2 * _PAD, pitch


def _a_row(wide: float, pitch: float) -> int:
    return max(int((wide - 2 * _PAD) / pitch), 1)


def _in_rows(count: int, wide: float, strip: float, pitch: float) -> np.ndarray:
    if not count:
        return np.empty((0, 2))
    each, k = _a_row(wide, pitch), np.arange(count)
    return np.column_stack([_PAD + pitch * (k % each + 0.5), strip + 2 * _PAD + pitch * (k // each + 0.5)])
