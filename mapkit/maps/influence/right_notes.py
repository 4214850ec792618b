"""The choices behind the right influencers, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mapkit.maps.influence.by_stage_result import InfluenceByStage

EVEN: Mapping[str, float] = {"audience": 1.0, "position": 1.0, "stage": 1.0}
"""The parts of the score, with even weights."""

_SAID = {"media": "media", "own": "own actors", "kol": "influencers"}


def plurals(kinds: Sequence[str]) -> str:
    """Return types of actors as a reader says them.

    >>> plurals(["decision_maker", "media", "brand"])
    'decision makers, media and brands'
    """
    names = [_SAID.get(kind, f"{kind.replace('_', ' ')}s") for kind in kinds]
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def notes_of(
    ranking: Any, influence: InfluenceByStage | None, goal: str | None, weights: np.ndarray, steps: int,
    aims: Sequence[str], audiences: Any, budget: float | None, draws: int, seed: int,
) -> tuple[str, ...]:  # fmt: skip
    """Return what was chosen, and what to keep in mind."""
    parts = ", ".join(f"{name} {each:.2g}" for name, each in zip(EVEN, weights, strict=True))
    notes = [
        f"Weights: {parts}; declared, not estimated.",
        "Position: mean of the percentiles of influence and betweenness among the candidates, and of access:"
        f" {plurals(aims) or 'nobody'} reached within {steps} steps along the ties, as a share of"
        " the most.",
        "Taken one after another, access counting only for the share of targets that nobody taken before reaches"
        f"{'' if audiences is None else ', audience and stage only for the share of the audience'}.",
    ]
    if goal is not None and influence is not None:
        notes.append(
            f"The stage is {goal}. Effects are drawn towards the mean of all influencers, the more the less is known of"
            " one; who was met by nobody is expected to do what they do. What another difference"
            " explains counts 0. What was not decided by chance is association, not cause."
        )
    missing = [what for what, given in (("ranking", ranking), ("influence", influence)) if given is None]
    if missing:
        notes.append(f"Not given, and so in no score: {' and '.join(missing)}. The others have its weight.")
    if budget is not None:
        notes.append(
            f"Budget {budget:,.0f}: whoever costs more than what is left, or has no known cost, is passed over."
        )
    notes.append(f"Intervals: 95% of {draws:,} draws of weights and effects, before overlap; seed {seed}.")
    return tuple(notes)
