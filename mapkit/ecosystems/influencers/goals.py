"""What a campaign is for, as weights of reach, relevance and resonance."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from mapkit.errors import OptionError, listed, nearest, one_of

GOALS: Mapping[str, Mapping[str, float]] = {
    "awareness": {"reach": 0.6, "relevance": 0.25, "resonance": 0.15},
    "consideration": {"reach": 0.2, "relevance": 0.5, "resonance": 0.3},
    "conversion": {"reach": 0.15, "relevance": 0.4, "resonance": 0.45},
    "advocacy": {"reach": 0.1, "relevance": 0.3, "resonance": 0.6},
}
"""Weights for each goal: declared here, not estimated from anything. Change them and see whether the ranks care."""

EVEN: Mapping[str, float] = {"reach": 1.0, "relevance": 1.0, "resonance": 1.0}


def weights_for(
    components: tuple[str, ...], weights: Mapping[str, float] | None, goal: str | None
) -> tuple[np.ndarray, list[str]]:
    """Return a weight for each component, adding up to 1, and what there is to say about them.

    Components that were asked for and have no weight get the mean of the others'; those that are not there lose theirs.

    Raises
    ------
    OptionError
        Both were given, a weight is negative or not a number, or a name is not known.
    """
    if goal is not None and weights is not None:
        raise OptionError("Give weights or a goal, not both: a goal is a set of weights (see GOALS).")
    if goal is not None:
        one_of(goal, GOALS, "goal")
    given = dict(GOALS[goal] if goal is not None else weights if weights is not None else EVEN)
    every = tuple(dict.fromkeys((*EVEN, *components)))
    for name, weight in given.items():
        if name not in every:
            more = " Weights of fit and authenticity need wanted= and authenticity=."
            raise OptionError(f"weights has no {name!r}. It has {listed(every)}.{nearest(name, every)}{more}")
        if not math.isfinite(weight) or weight < 0:
            raise OptionError(f"weights[{name!r}]={weight!r} is no weight. Use a number that is not negative.")
    notes = []
    usual = [name for name in given if name in components]
    mean = sum(given[name] for name in usual) / max(len(usual), 1)
    # A part that was asked for by its own option counts like the average other part.
    numbers = np.array([given.get(name, 0.0 if name in EVEN else mean) for name in components], dtype=float)
    lost = [name for name, weight in given.items() if weight > 0 and name not in components]
    if lost:
        notes.append(f"No topics were asked for: {listed(lost)} is left out, and the other weights share its part.")
    if not numbers.sum() > 0:
        raise OptionError(f"All weights of {listed(components)} are 0. Give at least one of them a weight.")
    shares = numbers / numbers.sum()
    named = ", ".join(f"{name} {share:.2g}" for name, share in zip(components, shares, strict=True))
    notes.insert(0, f"Weights{f' of the goal {goal}' if goal else ''}: {named}; declared, not estimated.")
    return shares, notes
