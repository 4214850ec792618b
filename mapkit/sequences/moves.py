"""The question behind transitions: every move from one step straight to the next, and the table that answers it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

# What stands before a unit's first step and after its last. A log with steps of these names is refused, so that a
# table of moves needs no column to tell them apart.
START, END = "(start)", "(end)"

COLUMNS = ("source", "target", "count", "customers", "median_seconds")


@dataclass(frozen=True, eq=False)
class MoveQuestion:
    """Which moves to count.

    Parameters
    ----------
    steps
        Name in the log -> step. Rows of other names are passed over, as if they were not there. The most frequent
        names come first: DuckDB looks them up in this order.
    unit
        The columns that make a unit: ``("customer",)`` or ``("customer", "session")``.
    ends
        Whether to count the move from START to a unit's first step, and from its last step to END.
    collapse
        Whether a run of one step counts as that step once, at the time of the run's first row.
    after
        A step: each unit is walked from its first on, and units without it are not walked.
    depth
        Tell moves apart by their place, and look at the first so many only; 0 does neither. Moves at a place have no
        times.
    """

    steps: Mapping[str, str]
    unit: tuple[str, ...] = ("customer",)
    ends: bool = True
    collapse: bool = False
    after: str | None = None
    depth: int = 0
    names: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple(dict.fromkeys(self.steps.values())))

    @cached_property
    def places(self) -> dict[str, int]:
        """The number of each step: START is 0, then the steps, END comes last."""
        return {name: place for place, name in enumerate((START, *self.names, END))}


def as_table(moves: pd.DataFrame) -> pd.DataFrame:
    """Return the answer in its fixed shape: segment and place where there are any, then :data:`COLUMNS`.

    ``place`` is 0 for the move into a unit's first step. ``customers`` counts units. ``median_seconds`` is the exact
    median of the time from the source to the target, NaN for START and END.
    """
    keys = [name for name in ("segment", "place") if name in moves.columns]
    kinds = {"count": "int64", "customers": "int64", "median_seconds": "float64"}
    order = [*keys, "count", "source", "target"]
    ranked = (
        moves[[*keys, *COLUMNS]].astype(kinds).sort_values(order, ascending=[*(True for _ in keys), False, True, True])
    )
    return ranked.reset_index(drop=True)
