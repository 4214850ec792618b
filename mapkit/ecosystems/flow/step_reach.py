"""How many actors are within so many steps of some, by type, along the ties and against them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mapkit.ecosystems.ecosystem import Ecosystem
from mapkit.ecosystems.flow.strengths import DIRECTIONS, Direction, links_of
from mapkit.ecosystems.links import Rows
from mapkit.ecosystems.steps import spread_steps
from mapkit.errors import OptionError, listed, nearest, one_of
from mapkit.sequences.compiled import suited
from mapkit.statistics import Estimate, Result

ALL = "(all)"


@dataclass(frozen=True, eq=False, kw_only=True)
class StepReach(Result):
    """Whom some actors reach in so many steps. See :func:`measure_step_reach` for the columns of ``table``."""

    actors: tuple[str, ...]
    names: tuple[str, ...]
    steps: int
    within: pd.DataFrame
    """A row an actor: ``actor``, ``name``, ``type``, the steps to it ``along``, ``against`` and ``both``; NaN: none."""

    def share(self, steps: int, *, type: str = ALL, direction: Direction = "along") -> Estimate:
        """Return the share of the actors of a type that are within some steps."""
        one_of(direction, DIRECTIONS, "direction")
        rows = self.table[self.table["direction"] == direction]
        if type not in set(rows["type"]):
            raise OptionError(
                f"There is no type {type!r}. There is {listed(rows['type'].unique())}."
                f"{nearest(type, rows['type'].unique())}"
            )
        row = rows[(rows["type"] == type) & (rows["steps"] == steps)]
        if row.empty:
            raise OptionError(f"steps={steps!r} was not measured. It was measured for 1 to {self.steps}.")
        name = f"actors{'' if type == ALL else f' of type {type}'} within {steps} steps, {direction}"
        return Estimate(name, float(row["of_actors"].iloc[0]), n=int(row["actors"].iloc[0]))


def measure_step_reach(ecosystem: Any, actors: str | Iterable[str], steps: int = 3) -> StepReach:
    """Return how many actors are within 1, 2, ... steps of some actors: of the nearest, where several are given.

    ``table`` columns, a row for each direction, type and number of steps:

    - ``direction``: "along" the ties, "against" them, "both"; ``type``: a type, or "(all)"; ``steps``
    - ``new``: reached in exactly so many steps; ``reached``: in so many or fewer
    - ``of_actors``: the share of the ``actors``, which are those of the type without the starting ones

    ``within`` has a row an actor and the steps to it in each direction.

    Raises
    ------
    OptionError
        An actor is not known, or ``steps`` is no number of steps.
    """
    if isinstance(steps, bool) or not isinstance(steps, int | np.integer) or steps < 1:
        raise OptionError(f"steps={steps!r} cannot be used. Give a whole number from 1.")
    ecosystem = Ecosystem.of(ecosystem)
    seeds = np.unique(ecosystem.codes(actors))
    if not len(seeds):
        raise OptionError("There is no actor to start from. Name one or several.")
    others = np.setdiff1d(np.arange(ecosystem.n), seeds)
    kinds = pd.Series(ecosystem.types, dtype=object).fillna("(none)").astype(str).to_numpy()[others]
    levels = {each: _levels(ecosystem, seeds, int(steps), each)[others] for each in DIRECTIONS}
    parts = [_rows(each, levels[each], kinds, int(steps)) for each in DIRECTIONS]
    within = pd.DataFrame(
        {"actor": ecosystem.ids[others], "name": ecosystem.labels[others], "type": ecosystem.types[others]}
        | {each: np.where(levels[each] >= 0, levels[each], np.nan) for each in DIRECTIONS}
    )
    names = tuple(str(each) for each in ecosystem.labels[seeds])
    start = names[0] if len(names) == 1 else f"{len(names):,} actors"
    return StepReach(
        title=f"Within {steps} steps of {start}",
        table=pd.concat(parts, ignore_index=True),
        notes=(
            "A step is a tie, however weak; ties without a direction are taken both ways always.",
            "Shares are of the actors in this ecosystem but for the starting ones; they are no sample, so they have no"
            " intervals.",
            *(("Steps count from the nearest of the starting actors.",) if len(seeds) > 1 else ()),
        ),
        actors=tuple(str(each) for each in ecosystem.ids[seeds]),
        names=names,
        steps=int(steps),
        within=within,
    )


def _levels(ecosystem: Ecosystem, seeds: np.ndarray, steps: int, direction: Direction) -> np.ndarray:
    """Return the steps to every actor, -1 where there are more than ``steps`` or no way."""
    rows: Rows
    if direction == "both":
        rows = links_of(ecosystem, ecosystem.ties.weights, "both").out
    else:
        rows = ecosystem.links.out if direction == "along" else ecosystem.links.into
    level = np.full(ecosystem.n, -1, dtype=np.int64)
    level[seeds] = 0
    suited(spread_steps, ecosystem.links.links)(rows.starts, rows.ends, seeds, steps, level)
    return level


def _rows(direction: Direction, level: np.ndarray, kinds: np.ndarray, steps: int) -> pd.DataFrame:
    groups = [(ALL, np.ones(len(kinds), dtype=bool)), *((kind, kinds == kind) for kind in sorted(set(kinds)))]
    parts = []
    for kind, mask in groups:
        new = np.bincount(level[mask & (level > 0)], minlength=steps + 1)[1:]
        parts.append(
            pd.DataFrame(
                {
                    "direction": direction,
                    "type": kind,
                    "steps": np.arange(1, steps + 1),
                    "new": new,
                    "reached": new.cumsum(),
                    "actors": int(mask.sum()),
                    "of_actors": new.cumsum() / int(mask.sum()) if mask.any() else np.nan,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)
