"""Removal effects in a Markov chain of touches: how many conversions would be lost without a channel, exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mapkit.journeys.attribution.tally import Tally
from mapkit.sequences.touches import GROUPS

# A chain of more states is solved channel by channel, so it is solved for fewer groups.
_GROUPS_OF_HIGHER_ORDERS = 16


@dataclass(frozen=True, eq=False)
class Removal:
    """Removal effects, of conversions and of their value, by replicate and channel; and each replicate's base.

    The first replicate is of all journeys, each other one of all but a group.
    """

    conversions: np.ndarray
    values: np.ndarray
    base: np.ndarray


def removal_effects(tally: Tally, segment: int, groups: np.ndarray) -> Removal:
    """Return the removal effects in one segment, over all journeys and without each of ``groups``.

    Journeys are walks from the start over states (the last touches) to a conversion or to nothing. Without a channel,
    every move into it ends in nothing; its effect is the share of conversions that is lost, 0..1. Solved as linear
    equations, not simulated. The chain's own probability of conversion is the share of journeys that converted.

    Source: Anderl, Becker, von Wangenheim and Schumann (2016), International Journal of Research in Marketing 33,
    457-474.
    """
    moves = _moves(tally, segment)
    if tally.kept.markov_order == 1:
        return _first_order(moves, len(tally.kept.channels), groups)
    return _higher_order(moves, tally, groups)


def _moves(tally: Tally, segment: int) -> pd.DataFrame:
    kept = tally.kept
    frame = pd.concat(tally.moves, ignore_index=True)
    whose, following = np.divmod(frame["key"].to_numpy(np.int64), len(kept.channels) + 3)
    whose, state = np.divmod(whose, kept.base**kept.markov_order)
    frame = frame.assign(segment=whose // GROUPS, group=whose % GROUPS, state=state, following=following)
    return frame[(frame["segment"] == segment) & (frame["count"] > 0)]


def _first_order(moves: pd.DataFrame, channels: int, groups: np.ndarray) -> Removal:
    """Return the effects of all channels from one inverse: the chance to meet a channel times that to convert from it.

    A walk that converts meets the channel or does not; from its first meeting on it converts as any walk from there.
    """
    size = channels + 1
    counts, worth = np.zeros((GROUPS, size, size + 2)), np.zeros((GROUPS, size))
    place = (moves["group"].to_numpy(), moves["state"].to_numpy(), moves["following"].to_numpy())
    np.add.at(counts, place, moves["count"].to_numpy(float))
    np.add.at(worth, place[:2], moves["value"].to_numpy(float))
    counts, worth = (_all_and_without(each, groups) for each in (counts, worth))
    visits = np.maximum(counts.sum(axis=2), 1e-300)[:, :, None]
    shares = counts / visits
    # fundamental[r, i, j]: how often a walk from state i is expected in state j
    fundamental = np.linalg.inv(np.eye(size) - shares[:, :, :size])
    meets = fundamental[:, 0, 1:] / np.diagonal(fundamental, axis1=1, axis2=2)[:, 1:]
    effects = []
    for gain in (shares[:, :, size], worth / visits[:, :, 0]):
        from_here = np.einsum("rij,rj->ri", fundamental, gain)
        with np.errstate(divide="ignore", invalid="ignore"):
            effects.append(meets * from_here[:, 1:] / from_here[:, :1])
    base = np.einsum("rj,rj->r", fundamental[:, 0, :], shares[:, :, size])
    return Removal(effects[0], effects[1], base)


def _higher_order(moves: pd.DataFrame, tally: Tally, groups: np.ndarray) -> Removal:
    together = _pooled(groups)
    replicates = [moves, *(moves[~moves["group"].isin(out)] for out in together)]
    solved = [_solved(each, tally) for each in replicates]
    conversions, values, base = (np.array(each) for each in zip(*solved, strict=True))
    return Removal(conversions, values, base)


def _solved(moves: pd.DataFrame, tally: Tally) -> tuple[np.ndarray, np.ndarray, float]:
    """Return the effects on conversions and on value, and the base, of one chain."""
    kept, channels = tally.kept, len(tally.kept.channels)
    summed = moves.groupby(["state", "following"], as_index=False)[["count", "value"]].sum()
    if summed.empty:
        nothing = np.full(channels, np.nan)
        return nothing, nothing, np.nan
    states, at = np.unique(summed["state"], return_inverse=True)
    digits = np.array([[state // kept.base**k % kept.base for k in range(kept.markov_order)] for state in states])
    visits = np.bincount(at, summed["count"])
    following = summed["following"].to_numpy()
    inner, converts = following <= channels, following == channels + 1
    # What comes after a move from a state: the oldest touch falls out, the new one becomes the lowest digit.
    comes = states[at] % kept.base ** (kept.markov_order - 1) * kept.base + following
    to = np.searchsorted(states, comes[inner])
    shares = (at[inner], to, (summed["count"].to_numpy() / visits[at])[inner])
    gains = np.zeros((len(states), 2))
    for k, amount in enumerate(("count", "value")):
        np.add.at(gains[:, k], at[converts], summed[amount].to_numpy(float)[converts])
    gains /= visits[:, None]
    base = _expected(shares, gains, np.ones(len(states), dtype=bool))
    without = np.array([_expected(shares, gains, (digits != code + 1).all(axis=1)) for code in range(channels)])
    with np.errstate(divide="ignore", invalid="ignore"):
        effects = 1 - without / base
    return effects[:, 0], effects[:, 1], float(base[0])


def _expected(shares: tuple[np.ndarray, ...], gains: np.ndarray, left: np.ndarray) -> np.ndarray:
    """Return what a walk from the start gains in the end, over the states that are left; the start is state 0."""
    from scipy.sparse import csc_matrix, identity
    from scipy.sparse.linalg import splu

    renumbered = np.cumsum(left) - 1
    inside = left[shares[0]] & left[shares[1]]
    size = int(left.sum())
    place = (renumbered[shares[0][inside]], renumbered[shares[1][inside]])
    chain: Any = csc_matrix((shares[2][inside], place), shape=(size, size))
    solved: np.ndarray = splu((identity(size, format="csc") - chain).tocsc()).solve(gains[left])
    return solved[0]


def _all_and_without(sums: np.ndarray, groups: np.ndarray) -> np.ndarray:
    whole = sums.sum(axis=0)
    without: np.ndarray = np.concatenate([whole[None], whole[None] - sums[groups]])
    return without


def _pooled(groups: np.ndarray) -> list[np.ndarray]:
    return [each for each in np.array_split(groups, min(_GROUPS_OF_HIGHER_ORDERS, max(len(groups), 1))) if len(each)]
