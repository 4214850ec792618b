"""The four quadrants of power and interest, and the eight classes of salience."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd

QUADRANTS = ("manage closely", "keep satisfied", "keep informed", "monitor")
NOT_SCORED = "not scored"
CLASSES = (
    "definitive",
    "dominant",
    "dangerous",
    "dependent",
    "dormant",
    "discretionary",
    "demanding",
    "non-stakeholder",
)
_BY_ATTRIBUTES = {  # power, legitimacy, urgency
    (True, True, True): "definitive",
    (True, True, False): "dominant",
    (True, False, True): "dangerous",
    (False, True, True): "dependent",
    (True, False, False): "dormant",
    (False, True, False): "discretionary",
    (False, False, True): "demanding",
    (False, False, False): "non-stakeholder",
}


def quadrants(power: pd.Series, interest: pd.Series, high_power: float, high_interest: float) -> np.ndarray:
    """Return each actor's quadrant; a score at the threshold is high."""
    strong, keen = (power >= high_power).to_numpy(), (interest >= high_interest).to_numpy()
    known = (power.notna() & interest.notna()).to_numpy()
    return np.select([~known, strong & keen, strong, keen], [NOT_SCORED, *QUADRANTS[:3]], QUADRANTS[3]).astype(object)


def salience(
    power: pd.Series, legitimacy: pd.Series, urgency: pd.Series, highs: tuple[float, float, float]
) -> np.ndarray:
    """Return each actor's class: which of power, legitimacy and urgency reach their thresholds."""
    scores = (power, legitimacy, urgency)
    has = [(each >= high).to_numpy() for each, high in zip(scores, highs, strict=True)]
    known = np.logical_and.reduce([each.notna().to_numpy() for each in scores])
    named = [_BY_ATTRIBUTES[bool(p), bool(q), bool(r)] for p, q, r in zip(*has, strict=True)]
    return np.where(known, np.array(named, dtype=object), NOT_SCORED)


def moved_quadrants(table: pd.DataFrame, high: float, margin: float) -> list[np.ndarray]:
    """Return the quadrants at every corner of where the two thresholds may lie: within ``margin`` of ``high``.

    Corners are enough: raising a threshold only ever takes actors out of "high", so every quadrant that an actor can
    fall into, and every quadrant's largest and smallest count, is met at one of them.
    """
    ends = (high - margin, high + margin)
    return [quadrants(table["power"], table["interest"], p, q) for p, q in itertools.product(ends, ends)]


def moved_classes(table: pd.DataFrame, high: float, margin: float) -> list[np.ndarray]:
    """Return the classes of salience at every corner of where the three thresholds may lie."""
    ends = (high - margin, high + margin)
    power, legitimacy, urgency = (table[name] for name in ("power", "legitimacy", "urgency"))
    return [salience(power, legitimacy, urgency, highs) for highs in itertools.product(ends, ends, ends)]


def others(own: np.ndarray, corners: list[np.ndarray], names: tuple[str, ...]) -> list[str]:
    """Return for each actor the groups beside its own that it falls into at some corner, joined by "; "."""
    met = [{corner[k] for corner in corners} - {own[k]} for k in range(len(own))]
    return ["; ".join(name for name in names if name in each) for each in met]


def counted(group: str, own: np.ndarray, corners: list[np.ndarray], names: tuple[str, ...]) -> pd.DataFrame:
    """Return a row for each group: its actors, of how many, and its fewest and most as the thresholds move."""
    scored = int((own != NOT_SCORED).sum())
    below = scored if scored else np.nan
    counts = np.array([(own == name).sum() for name in names])
    moved = np.array([[(corner == name).sum() for name in names] for corner in [own, *corners]])
    table = pd.DataFrame({group: names, "actors": counts, "scored": scored, "of_scored": counts / below})
    fewest, most = moved.min(axis=0), moved.max(axis=0)
    return table.assign(of_scored_low=fewest / below, of_scored_high=most / below, fewest=fewest, most=most)
