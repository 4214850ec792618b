"""What the funnel measures return."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from mapkit.errors import OptionError, listed, nearest
from mapkit.sequences import Chains
from mapkit.statistics import Comparable, Estimate, Result, difference_interval


@dataclass(frozen=True)
class WeakestStep:
    """The step that loses most, or the admission that the data cannot tell.

    ``step`` is None when it cannot tell. ``estimate`` is the share that went on, of those at the step before.
    ``text`` says either in one sentence.
    """

    step: str | None
    text: str
    estimate: Estimate | None = None


@dataclass(frozen=True, eq=False)
class Funnel(Result):
    """How many reached each step, with the share of the first and of the previous step and their intervals.

    ``table`` columns: ``segment`` (only with a breakdown), ``step``, ``customers``, ``of_first``, ``of_first_low``,
    ``of_first_high``, ``of_previous``, ``of_previous_low``, ``of_previous_high`` (shares 0..1), ``median_seconds``,
    ``mean_seconds``, ``p90_seconds`` (time from the previous step), ``dropped`` (reached this step and not the next).
    The column is named ``customers`` whatever the ``unit`` that was counted.
    """

    steps: tuple[str, ...] = ()
    unit: str = "customer"
    order: str = "ordered"
    window_seconds: float | None = None
    removed: int = 0
    breakdown: str | None = None
    confidence: float = 0.95
    chains: Chains | None = field(default=None, repr=False)

    @property
    def counts(self) -> list[int]:
        """How many reached each step, over all segments."""
        reached = self.table.groupby("step", sort=False)["customers"].sum()
        return [int(reached.get(step, 0)) for step in self.steps]

    def share(self, step: str, *, of: str = "first", segment: str | None = None) -> Estimate:
        """Return the share that reached ``step``, of those at ``of``: "first", "previous", or a step's name."""
        numerator = self._position(step)
        base = {"first": 0, "previous": max(numerator - 1, 0)}.get(of)
        base = self._position(of) if base is None else base
        counts = self.counts if segment is None else self._counts_of(segment)
        name = f"{step} of {self.steps[base]}" + (f" ({segment})" if segment is not None else "")
        return Estimate.of_share(name, counts[numerator], counts[base], self.confidence)

    def customers(self, step: str, *, limit: int | None = None) -> pd.DataFrame:
        """Return exactly who reached ``step``, a row each: when they ``entered`` and when they ``reached`` it."""
        return self._chains.reached(self._position(step) + 1, limit=limit)

    def dropped(self, step: str, *, limit: int | None = None) -> pd.DataFrame:
        """Return exactly who reached ``step`` and not the one after it."""
        return self._chains.stopped_at(self._position(step) + 1, limit=limit)

    def weakest_step(self, *, segment: str | None = None) -> WeakestStep:
        """Return the step that keeps the smallest share of the step before it, when the data can tell.

        It can tell when the share at that step is lower than at every other step by Newcombe's interval of the
        difference, with the confidence split over the comparisons (Bonferroni).
        """
        counts = self.counts if segment is None else self._counts_of(segment)
        kept = [(counts[k], counts[k - 1], self.steps[k]) for k in range(1, len(counts)) if counts[k - 1]]
        if len(kept) < 2:
            return WeakestStep(None, "Cannot tell: a weakest step needs two steps with somebody before them.")
        lowest = min(kept, key=lambda row: row[0] / row[1])
        others = [row for row in kept if row is not lowest]
        shared = 1 - (1 - self.confidence) / len(others)
        for hits, trials, name in others:
            low, _ = difference_interval(hits, trials, lowest[0], lowest[1], shared)
            if not low > 0:
                text = f"Cannot tell: {lowest[2]} and {name} keep shares too close to call with these numbers."
                return WeakestStep(None, text)
        estimate = Estimate.of_share(lowest[2], lowest[0], lowest[1], self.confidence)
        return WeakestStep(lowest[2], f"{lowest[2]} keeps the smallest share: {estimate}.", estimate)

    def comparable(self) -> Comparable:
        """Return the shares of the first and of the previous step, by step (and segment)."""
        keys = ["segment", "step"] if self.breakdown is not None else ["step"]
        parts = self.table.groupby(self.table["segment"] if self.breakdown is not None else lambda _: 0, sort=False)
        counts = parts["customers"]
        first = self.table.assign(first=counts.transform("first"), previous=counts.shift())
        rows = first[first["step"] != self.steps[0]]
        shares = {"of_first": ("customers", "first"), "of_previous": ("customers", "previous")}
        definition = {"steps": self.steps, "unit": self.unit, "order": self.order, "window": self.window_seconds}
        return Comparable.of_shares(rows, keys, shares, definition)

    @property
    def _chains(self) -> Chains:
        if self.chains is None:
            raise OptionError("This funnel was made without its events, so it cannot name people. Measure it again.")
        return self.chains

    def _position(self, step: str) -> int:
        if step not in self.steps:
            raise OptionError(
                f"The funnel has no step {step!r}. It has {listed(self.steps)}.{nearest(step, self.steps)}"
            )
        return self.steps.index(step)

    def _counts_of(self, segment: str) -> list[int]:
        if self.breakdown is None:
            raise OptionError("The funnel has no segments. Measure it with breakdown=... to compare segments.")
        rows = self.table[self.table["segment"] == segment]
        if rows.empty:
            there = self.table["segment"].drop_duplicates().tolist()
            raise OptionError(
                f"The funnel has no segment {segment!r}. It has {listed(there)}.{nearest(segment, there)}"
            )
        return [int(count) for count in rows["customers"]]


@dataclass(frozen=True)
class Standout:
    """A period that stands apart: its first moment, its share, and the share of all other complete periods."""

    period: pd.Timestamp
    estimate: Estimate
    elsewhere: Estimate


@dataclass(frozen=True, eq=False)
class FunnelTrend(Result):
    """Conversion of those who entered in each period.

    ``table`` columns: ``period`` (its first moment, UTC), ``complete`` (whether everybody who entered in it had the
    whole window, and the period had ended), ``segment`` (only with a breakdown), ``entered``, ``converted``,
    ``of_entered``, ``of_entered_low``, ``of_entered_high``.
    """

    period: str = "week"
    steps: tuple[str, ...] = ()
    breakdown: str | None = None
    confidence: float = 0.95

    def comparable(self) -> Comparable:
        """Return the share that converted, by period (and segment); unfinished periods are left out."""
        keys = ["period", "segment"] if self.breakdown is not None else ["period"]
        rows = self.table[self.table["complete"]]
        definition = {"steps": self.steps, "period": self.period}
        return Comparable.of_shares(rows, keys, {"of_entered": ("converted", "entered")}, definition)

    def standout(self) -> Standout | None:
        """Return the complete period that differs most from all others together, or None where none does beyond chance.

        Judged by Newcombe's interval of the difference, with the confidence split over the periods (Bonferroni).
        Segments are taken together.
        """
        done = self.table[self.table["complete"]].groupby("period")[["entered", "converted"]].sum()
        done = done[done["entered"] > 0]
        if len(done) < 3:
            return None
        rest = done.sum() - done
        shared = 1 - (1 - self.confidence) / len(done)
        low, high = difference_interval(done["converted"], done["entered"], rest["converted"], rest["entered"], shared)
        clear = np.maximum(low, -high)
        if not np.nanmax(clear) > 0:
            return None
        when = done.index[int(np.nanargmax(clear))]
        hits, others = done.loc[when], rest.loc[when]
        name = f"{self.steps[-1]} of {self.steps[0]}" if self.steps else "converted"
        return Standout(
            when,
            Estimate.of_share(name, int(hits["converted"]), int(hits["entered"]), self.confidence),
            Estimate.of_share(name, int(others["converted"]), int(others["entered"]), self.confidence),
        )


@dataclass(frozen=True, eq=False)
class TimeToConvert(Result):
    """Kaplan-Meier curve of the time from the first step to the last, censored where the log ends.

    ``table`` columns: ``seconds``, ``at_risk``, ``converted``, ``censored`` (counts at that time),
    ``share_converted``, ``share_converted_low``, ``share_converted_high``. ``histogram`` has ``low_seconds``,
    ``high_seconds``, ``customers`` (of those who converted). A median that is not reached is NaN.
    """

    steps: tuple[str, ...] = ()
    entered: int = 0
    converted: int = 0
    median_seconds: float = math.nan
    median_low_seconds: float = math.nan
    median_high_seconds: float = math.nan
    confidence: float = 0.95
    histogram: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)

    def comparable(self) -> Comparable:
        """Return the median time with its interval."""
        low, high = self.median_low_seconds, self.median_high_seconds
        row = {"quantity": "median_seconds", "unit": "seconds", "value": self.median_seconds, "low": low, "high": high}
        return Comparable(pd.DataFrame([{**row, "n": self.entered}]), (), {"steps": self.steps})


@dataclass(frozen=True, eq=False)
class FunnelSpread(Result):
    """The same funnel under several definitions: how far the answer depends on the definition.

    ``table`` columns: ``order``, ``window_seconds`` (NaN without a window), ``unit``, ``counting`` ("first" entry or
    "any" entry), ``entered``, ``converted``, ``of_first``, ``of_first_low``, ``of_first_high``, ``weakest`` (a step's
    name, or None where it cannot tell). ``survives`` maps each conclusion to the share of definitions it holds under.
    """

    steps: tuple[str, ...] = ()
    survives: Mapping[str, float] = field(default_factory=dict)
    confidence: float = 0.95
