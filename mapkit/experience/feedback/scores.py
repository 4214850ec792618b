"""What the measures of scores return: a score a group, its change from one group to another, and what that is worth."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import ClassVar, TypeVar

import pandas as pd

from mapkit.errors import OptionError
from mapkit.experience.feedback.cautions import SMALL
from mapkit.experience.feedback.picking import as_group, pick, told
from mapkit.statistics import Comparable, Estimate, Result
from mapkit.statistics.intervals import normal_quantile

_NOT_IN_TIME = {"rater", "segment", "touchpoint", "stage"}


@dataclass(frozen=True, eq=False)
class Scores(Result):
    """Scores by group.

    ``table`` columns: the ``keys``, ``n`` (valid answers), counts of answers, ``score``, ``se``, ``low``, ``high`` and
    ``rejected``; with ``by_mix`` also ``reweighted``, ``reweighted_low``, ``reweighted_high``; with ``asked`` also
    ``asked`` and ``of_asked`` (answers of those asked), ``of_asked_low``, ``of_asked_high``.
    """

    name: ClassVar[str] = "score"
    unit: ClassVar[str] = ""
    usual_change: ClassVar[float] = 5.0
    decimals: ClassVar[int] = 1

    keys: tuple[str, ...] = ()
    confidence: float = 0.95
    scale: tuple[float, float] = (math.nan, math.nan)

    def score(self, group: object = None) -> Estimate:
        """Return the score of a group: its name, or a tuple of names where ``by`` was a list."""
        return self._estimate(group, "score", "low", "high")

    def reweighted(self, group: object = None) -> Estimate:
        """Return the score of a group re-weighted to the mix of ``by_mix``."""
        if "reweighted" not in self.table.columns:
            raise OptionError('Nothing was re-weighted. Measure with by_mix="segment", or another column.')
        return self._estimate(group, "reweighted", "reweighted_low", "reweighted_high")

    def change(self, first: object, second: object) -> Estimate:
        """Return the score of ``second`` minus that of ``first``, taken as independent samples."""
        difference = self.score(second) - self.score(first)
        name = f"{self.name}: {told(as_group(second))} minus {told(as_group(first))}"
        return Estimate(name, difference.value, difference.low, difference.high, difference.n, difference.unit)

    def say_change(self, first: object, second: object) -> str:
        """Return in one sentence whether the score changed from ``first`` to ``second`` by more than chance."""
        change = self.change(first, second)
        ends = [f"{told(as_group(group))} (n = {self.score(group).n:,})" for group in (first, second)]
        where = f"from {ends[0]} to {ends[1]}"
        if math.isnan(change.value):
            return f"{self.name} {where}: there are no answers to compare."
        said = f"[{self._said(change.low)}, {self._said(change.high)}]"
        few = f" A group has fewer than {SMALL} answers." if change.n < SMALL else ""
        if change.low > 0 or change.high < 0:
            sign = 1 if change.low > 0 else -1
            low, high = sorted((sign * change.low, sign * change.high))
            by = f"{self._said(abs(change.value))}{self._points} [{self._said(low)}, {self._said(high)}]"
            if self._in_time(first, second):
                return f"{self.name} {'rose' if sign > 0 else 'fell'} by {by} {where}: beyond chance.{few}"
            than = f"in {ends[1]} than in {ends[0]}"
            return f"{self.name} is {'higher' if sign > 0 else 'lower'} by {by} {than}: beyond chance.{few}"
        seen = f"{self.name} differs by {self._said(change.value)}{self._points} {said} {where}: cannot tell.{few}"
        if not change.value:
            return seen
        return (
            f"{seen} A change as large as this one needs about {self.answers_needed(change.value):,} answers in each."
        )

    def answers_needed(self, change: float, *, power: float = 0.8) -> int:
        """Return how many answers each of two groups needs for a change of that size to be found.

        ``change`` is in the score's own unit (0.05 for a share). Found means: an interval at the result's confidence
        leaves 0 out, in ``power`` of all such surveys, with answers spread as they are here.
        """
        if not change or math.isnan(change):
            raise OptionError(
                f"change={change!r}: nobody can find no change. Give its size, such as {self.usual_change:g}."
            )
        if not 0 < power < 1:
            raise OptionError(f"power={power!r} is not a share. Use a number between 0 and 1, such as 0.8.")
        known = self.table[(self.table["n"] > 0) & self.table["se"].notna()]
        if known.empty:
            raise OptionError("There are no answers whose spread could say how many are needed.")
        spread = float((known["n"] * known["se"] ** 2 * known["n"]).sum() / known["n"].sum())
        reach = normal_quantile(self.confidence) + NormalDist().inv_cdf(power)
        return max(2, math.ceil(2 * spread * (reach / change) ** 2))

    def comparable(self) -> Comparable:
        """Return the scores with their intervals, for ``compare``."""
        return Comparable(self._numbers("score", self.unit), self.keys, self._definition())

    def _numbers(self, column: str, unit: str) -> pd.DataFrame:
        return self.table[list(self.keys)].assign(
            quantity=self.name if column == "score" else column,
            unit=unit,
            value=self.table[column].astype(float),
            low=self.table["low"].astype(float),
            high=self.table["high"].astype(float),
            n=self.table["n"].astype(float),
        )

    def _definition(self) -> dict[str, object]:
        return {"scale": self.scale}

    def _estimate(self, group: object, value: str, low: str, high: str) -> Estimate:
        names = as_group(group)
        row = pick(self.table, self.keys, names)
        of = f" of {told(names)}" if names else ""
        n = int(row["n"])
        return Estimate(f"{self.name}{of}", float(row[value]), float(row[low]), float(row[high]), n, self.unit)

    def _in_time(self, first: object, second: object) -> bool:
        """Return whether the two groups can be moments: kinds of people and places do not turn into one another."""
        pairs = zip(self.keys, as_group(first), as_group(second), strict=True)
        return not {key for key, one, other in pairs if one != other} & _NOT_IN_TIME

    @property
    def _points(self) -> str:
        return " percentage points" if self.unit == "share" else " points"

    def _said(self, value: float) -> str:
        if self.unit == "share":
            return f"{100 * value:.1f}"
        return f"{value:.{self.decimals}f}"


S = TypeVar("S", bound=Scores)


def with_need(made: S) -> S:
    """Return the scores with a note on how many answers a change of the usual size would need."""
    if not (made.table["se"] > 0).any():
        return made
    need = made.answers_needed(made.usual_change)
    size = f"{made._said(made.usual_change)}{made._points}"
    note = f"To find a change of {size} in four of five surveys takes about {need:,} answers in each group."
    return replace(made, notes=(*made.notes, note))
