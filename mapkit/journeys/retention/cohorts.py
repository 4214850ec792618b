"""Retention as a result: cohort by cohort, pooled, as a matrix, and number by number."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from mapkit.errors import OptionError, listed
from mapkit.journeys.customer_segments import of_segment
from mapkit.journeys.retention.picking import period_of
from mapkit.statistics import Comparable, Estimate, Result, wilson_interval


@dataclass(frozen=True, eq=False)
class Retention(Result):
    """Who of each cohort came back, period by period. See :func:`measure_retention` for the columns of ``table``."""

    period: str = "week"
    kind: str = "classic"
    anchor: str = "calendar"
    first: str | None = None
    target: str | None = None
    brackets: tuple[tuple[int, int], ...] = ()
    by: str | None = None
    confidence: float = 0.95

    @property
    def matrix(self) -> pd.DataFrame:
        """Customers, cohorts x periods, NaN where unfinished; with segments the index has two levels."""
        return self._wide("customers")

    @property
    def shares(self) -> pd.DataFrame:
        """Shares of the cohort (0..1), cohorts x periods, NaN where unfinished or the cohort is empty."""
        return self._wide("of_cohort")

    @cached_property
    def curve(self) -> pd.DataFrame:
        """Retention over all cohorts whose period is finished: every period pools the cohorts that are old enough.

        Columns: ``segment`` (only with a split), ``period``, ``to_period`` (only of brackets), ``customers``, ``size``
        (of the cohorts pooled), ``of_cohort``, ``of_cohort_low``, ``of_cohort_high``, ``cohorts`` (how many are
        pooled), ``first_cohort``, ``last_cohort``. Later periods pool fewer and older cohorts, so the curve may rise.
        """
        done = self.table[self.table["customers"].notna() & (self.table["size"] > 0)]
        keys = [name for name in ("segment", "period", "to_period") if name in done]
        pooled = done.groupby(keys, sort=False, as_index=False).agg(
            customers=("customers", "sum"),
            size=("size", "sum"),
            cohorts=("cohort", "nunique"),
            first_cohort=("cohort", "min"),
            last_cohort=("cohort", "max"),
        )
        pooled["customers"] = pooled["customers"].astype("int64")
        low, high = wilson_interval(pooled["customers"], pooled["size"], self.confidence)
        share = pooled["customers"] / pooled["size"]
        pooled = pooled.assign(of_cohort=share, of_cohort_low=low, of_cohort_high=high)
        shares = ["of_cohort", "of_cohort_low", "of_cohort_high"]
        return pooled[[*keys, "customers", "size", *shares, "cohorts", "first_cohort", "last_cohort"]]

    def share(self, period: int, cohort: object = None, *, segment: str | None = None) -> Estimate:
        """Return the share that came in a period, of one cohort or of all whose period is finished.

        ``cohort`` is any moment in the cohort's period, such as "2025-01"; of brackets, ``period`` is any in it.
        """
        customers, size, which = self._counts(period, cohort, segment)
        return Estimate.of_share(f"retained in {self._said(period)}{which}", customers, size, self.confidence)

    def churn(self, period: int, cohort: object = None, *, segment: str | None = None) -> Estimate:
        """Return 1 - retention: the share that did not come in a period (unbounded: not in it nor later)."""
        customers, size, which = self._counts(period, cohort, segment)
        return Estimate.of_share(
            f"not retained in {self._said(period)}{which}", size - customers, size, self.confidence
        )

    def comparable(self) -> Comparable:
        """Return the pooled shares by period (and segment); period 0 is left out where it is 100% by definition."""
        keys = ["segment", "period"] if self.by is not None else ["period"]
        rows = self.curve
        rows = rows if self.target is not None else rows[rows["period"] > 0]
        names = ("period", "kind", "anchor", "first", "target", "brackets")
        definition = {name: getattr(self, name) for name in names}
        return Comparable.of_shares(rows, keys, {"of_cohort": ("customers", "size")}, definition)

    def _wide(self, values: str) -> pd.DataFrame:
        index = ["segment", "cohort"] if self.by is not None else ["cohort"]
        label = self.table["period"]
        if "to_period" in self.table:
            label = _bracket_labels(self.table)
        wide = self.table.assign(period=label).set_index([*index, "period"])[values].unstack("period")
        return wide.reindex(index=self.table.set_index(index).index.unique(), columns=pd.unique(label))

    def _counts(self, period: int, cohort: object, segment: str | None) -> tuple[int, int, str]:
        rows = self.table if segment is None else of_segment(self.table, segment)
        which = "" if segment is None else f" ({segment})"
        if cohort is not None:
            when = period_of(self.period, cohort)
            rows = rows[rows["cohort"] == when]
            which = f", cohort of {when:%Y-%m-%d}{which}"
            if rows.empty:
                known = [f"{each:%Y-%m-%d}" for each in self.table["cohort"].drop_duplicates()]
                raise OptionError(f"cohort={cohort!r} is not a cohort. There are {listed(known)}.")
        here = (rows["period"] <= period) & (period <= rows.get("to_period", rows["period"]))
        rows = rows[here]
        if rows.empty:
            raise OptionError(
                f"period={period!r} was not measured. There are periods 0 to {self._last_period()}; period 0 is the"
                f" {self.period} of the first event."
            )
        done = rows[rows["customers"].notna()]
        return int(done["customers"].sum()), int(done["size"].sum()), which

    def _said(self, period: int) -> str:
        later = " or later" if self.kind == "unbounded" else ""
        low, high = next(((a, b) for a, b in self.brackets if a <= period <= b), (period, period))
        return f"{self.period} {low}{later}" if low == high else f"{self.period}s {low} to {high}"

    def _last_period(self) -> int:
        column = "to_period" if "to_period" in self.table else "period"
        return int(self.table[column].max()) if len(self.table) else -1


def _bracket_labels(table: pd.DataFrame) -> pd.Series:
    pairs = zip(table["period"], table["to_period"], strict=True)
    return pd.Series([str(a) if a == b else f"{a}–{b}" for a, b in pairs], index=table.index)
