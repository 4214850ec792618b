"""Whom to take, one after another, so that nobody is paid twice for the same people; and the reason in a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from mapkit.statistics.estimates import written

PARTS = ("audience", "position", "stage_part")


def parts_of(table: pd.DataFrame, weights: np.ndarray, ranked: bool) -> np.ndarray:
    """Return what each part adds to the score, a row an actor; it is the sum. NaN rows have no score.

    A part that nobody has a number for leaves its weight to the others. Who is not scored in a ranking that was given
    is not scored here either: the ranking says why.
    """
    values = table[list(PARTS)].to_numpy(float)
    there = np.isfinite(values).any(axis=0)
    shares = np.where(there, weights, 0.0)
    if shares.sum() <= 0:
        return np.full(values.shape, np.nan)
    parts: np.ndarray = np.where(there, values, 0.0) * shares / shares.sum()
    return np.where(np.isfinite(values[:, [0]]), parts, np.nan) if ranked else np.nan_to_num(parts)


def top_shares(
    table: pd.DataFrame, weights: np.ndarray, ranked: bool, most: int, draws: int, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return both ends of 95% of the scores drawn, and the share of draws in which an actor is among the ``most``.

    Drawn are the weights (Dirichlet around those given, total 30) and the effects at the stage (normal).
    """
    rng, scores = np.random.default_rng(seed), np.empty((len(table), draws))
    largest = float(table["expected"].max())
    for k in range(draws):
        drawn = table
        if largest > 0:
            effect = table["expected"] + table["spread"] * rng.standard_normal(len(table))
            drawn = table.assign(stage_part=(effect / largest).clip(0, 1))
        own = weights.copy()
        own[weights > 0] = rng.dirichlet(30 * weights[weights > 0])
        scores[:, k] = parts_of(drawn, own, ranked).sum(axis=1)
    known = np.isfinite(scores[:, 0])
    low, high, share = (np.full(len(table), np.nan) for _ in range(3))
    if known.any():
        low[known], high[known] = np.quantile(scores[known], [0.025, 0.975], axis=1)
        places = (-scores[known]).argsort(axis=0, kind="stable").argsort(axis=0, kind="stable")
        share[known] = (places < most).mean(axis=1)
    return low, high, share


def chosen(
    parts: np.ndarray,
    access: np.ndarray,
    reached: Sequence[np.ndarray],
    members: Sequence[np.ndarray] | None,
    prices: np.ndarray | None,
    most: int,
    budget: float,
) -> pd.DataFrame:
    """Return actors taken one after another: ``at``, ``choice`` (from 1), overlaps, what is new, ``worth``.

    Each time the one is taken that is worth most: its score, of which ``access`` (what the targets it reaches add)
    counts only for the share of them that nobody taken before reaches, and audience and stage only for the share of
    its audience (where audiences are known).
    """
    seen, known = _Covered(reached), None if members is None else _Covered(members)
    taken, rows = np.zeros(len(parts), dtype=bool), []
    cost = np.zeros(len(parts)) if prices is None else prices
    for place in range(1, most + 1):
        new, overlap = seen.new()
        fresh, shared = (np.full(len(parts), np.nan), np.zeros(len(parts))) if known is None else known.new()
        worth = parts[:, 1] - access * overlap + (parts[:, 0] + parts[:, 2]) * (1 - shared)
        worth = np.where(taken | ~np.isfinite(worth) | ~(cost <= budget), -1.0, worth)
        best = int(worth.argmax()) if len(worth) else 0
        if not len(worth) or worth[best] <= 0:
            break
        rows.append((best, place, overlap[best], new[best], shared[best], fresh[best], worth[best]))
        taken[best] = True
        budget -= cost[best]
        for each in (seen, *(() if known is None else (known,))):
            each.take(best)
    columns = ["at", "choice", "overlap", "new_targets", "audience_overlap", "new_audience", "worth"]
    return pd.DataFrame(rows, columns=columns)


class _Covered:
    """Whom those taken so far reach."""

    def __init__(self, sets: Sequence[np.ndarray]) -> None:
        self._sets = sets
        self._own = np.array([len(each) for each in sets])
        self._done = np.zeros(max((int(each.max()) + 1 for each in sets if len(each)), default=0), dtype=bool)

    def new(self) -> tuple[np.ndarray, np.ndarray]:
        """Return for each actor how many it would add, and the share of its own that are reached already."""
        new = np.array([int((~self._done[each]).sum()) for each in self._sets])
        return new, np.where(self._own > 0, 1 - new / np.maximum(self._own, 1), 0.0)

    def take(self, actor: int) -> None:
        """Count an actor's people as reached."""
        self._done[self._sets[actor]] = True


def reason(row: Mapping[Any, Any], people: str, total: int, stage: str | None, left: float | None = None) -> str:
    """Return why, in one sentence; ``left`` is what those taken leave of the budget, None where there is none."""
    parts = [_audience(row), _reached(row, people, total), _effect(row, stage), _too_dear(row, left)]
    said = "; ".join(part for part in parts if part)
    return f"{said[0].upper()}{said[1:]}." if said else ""


def _audience(row: Mapping[Any, Any]) -> str:
    if row["audience"] != row["audience"]:
        note = row.get("note")
        return f"no audience score ({note})" if isinstance(note, str) and note else "no audience score"
    ranks = row.get("rank_low"), row.get("rank_high")
    known = all(each is not None and each == each for each in ranks)
    between = f", rank {ranks[0]:.0f} to {ranks[1]:.0f}" if known else ""
    return f"audience {row['audience']:.2f}{between}"


def _reached(row: Mapping[Any, Any], people: str, total: int) -> str:
    if not total:
        return ""
    text = f"reaches {row['targets_reached']:,.0f} of {total:,} {people}"
    if row["choice"] == row["choice"] and row["choice"] > 1 and row["targets_reached"]:
        text += f", {row['new_targets']:,.0f} of them new"
    if row["audience_overlap"] == row["audience_overlap"] and row["new_audience"] == row["new_audience"]:
        text += f", {row['new_audience']:,.0f} new members of audiences"
    return text


def _too_dear(row: Mapping[Any, Any], left: float | None) -> str:
    """Return why the budget does not let somebody be taken; empty where it does."""
    if left is None or row["choice"] == row["choice"]:
        return ""
    if row["cost"] != row["cost"]:
        return "cost not known, so not taken"
    return f"costs {row['cost']:,.0f}, the others leave {left:,.0f}" if row["cost"] > left else ""


def _effect(row: Mapping[Any, Any], stage: str | None) -> str:
    if stage is None:
        return ""
    if row["effect"] != row["effect"]:
        return f"nothing known at {stage}"
    if row["verdict"] == "confounded":
        return f"what it seems to do at {stage} is explained by {row['confounded_by']}"
    points = written(float(row["effect"]), "points")
    low, high = (f"{100 * float(row[name]):+.1f}" for name in ("effect_low", "effect_high"))
    sure = {"more": "beyond chance", "less": "beyond chance and against you", "too few": "too few to judge"}
    word = sure.get(row["verdict"], "within chance by itself")
    return f"at {stage} {points} [{low}, {high}] of {row['customers_with']:,.0f}, {word}"
