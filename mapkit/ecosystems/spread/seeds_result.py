"""Seeds found: who, in which order, what each adds, and what is certain about the whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from mapkit.errors import OptionError, nearest
from mapkit.statistics import Estimate, Result


@dataclass(frozen=True, eq=False)
class Seeds(Result):
    """The seeds in order, with their expected spread.

    ``table`` columns, a row a seed: ``place``, ``actor``, ``name``, ``type``, ``forced``; ``marginal``: what it adds to
    those before it, in ``unit``, with ``marginal_se``; ``so_far``: the spread up to it; ``cost``; ``tied``: how many
    other candidates would have added at least 99% as much at this place for no more (missing with communities).

    ``compared`` has a row for each way of choosing: ``way``, ``seeds``, ``cost``, ``spread``, ``spread_se``, ``score``
    (what was compared), ``of_best``, ``tied`` (within 1% of the best), ``kept``. ``groups``, with communities:
    ``group``, ``size``, ``reached``, ``of_group`` with its interval.

    ``spread`` counts the seeds and is in ``unit``; ``lower_bound`` and ``upper_bound`` hold together with
    ``confidence``: the spread is at least the one, and no permitted seeds have more than the other.
    """

    compared: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    groups: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    unit: str = "actors"
    spread: float = 0.0
    spread_se: float = 0.0
    lower_bound: float = 0.0
    upper_bound: float = float("nan")
    confidence: float = 0.99
    total: float = 0.0
    sets: int = 0
    options: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def actors(self) -> list[str]:
        """The seeds' ids, in order."""
        return [str(actor) for actor in self.table["actor"]]

    @property
    def certified(self) -> float:
        """The share of the best possible spread that these seeds are certain to have; NaN with communities."""
        return self.lower_bound / self.upper_bound if self.upper_bound > 0 else float("nan")

    def reached(self) -> Estimate:
        """Return the expected spread with its 95% interval; ``n`` is the number of sets it is judged by."""
        half = 1.959964 * self.spread_se
        low, high = max(self.spread - half, 0.0), min(self.spread + half, self.total)
        return Estimate(f"spread from {len(self.table):,} seeds", self.spread, low, high, self.sets, self.unit)

    def marginal(self, actor: str) -> Estimate:
        """Return what a seed adds to those before it, with its 95% interval. Raises OptionError for no seed."""
        if actor not in self.actors:
            raise OptionError(f"{actor!r} is not among the seeds.{nearest(actor, self.actors)}")
        row: Any = self.table.set_index("actor").loc[actor]
        half = 1.959964 * row["marginal_se"]
        low = max(row["marginal"] - half, 0.0)
        name = f"what {actor} adds"
        return Estimate(name, float(row["marginal"]), float(low), float(row["marginal"] + half), self.sets, self.unit)

    def ahead_of(self, way: str) -> Estimate:
        """Return how much more than another way of choosing these seeds reach, as a share of the other's spread.

        Raises
        ------
        OptionError
            The way was not compared.
        """
        rows = self.compared.set_index("way")
        if way not in rows.index:
            raise OptionError(f"{way!r} was not compared.{nearest(way, rows.index)}")
        other: Any = rows.loc[way]
        value = self.spread / other["spread"] - 1
        half = 1.959964 * float(other["difference_se"]) / other["spread"]
        return Estimate(f"ahead of {way}", float(value), float(value - half), float(value + half), self.sets, "points")
