"""Where customers are at their first, second, third ... step."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from mapkit.errors import OptionError, listed, nearest
from mapkit.journeys.customer_segments import of_segment
from mapkit.journeys.paths.walks import Names, Of, Per, Walk, walk_of
from mapkit.sequences import END, count_moves
from mapkit.statistics import Comparable, Estimate, Result, wilson_interval

_COLUMNS = ("step", "event", "customers", "all_customers", "of_all", "of_all_low", "of_all_high")
_FLOW = ("step", "source", "target", "customers")


@dataclass(frozen=True, eq=False)
class StepMatrix(Result):
    """Who is at which event at each step. See :func:`measure_step_matrix` for the columns of ``table``.

    ``flows`` has one row per way from a step to the next: ``segment`` (with ``by`` only), ``step`` (of the source, from
    1), ``source``, ``target`` ("(end)" for those whose last step it was), ``customers``.
    """

    steps: int = 10
    events: tuple[str, ...] = ()
    per: str = "customer"
    of: str = "event"
    after: str | None = None
    confidence: float = 0.95
    flows: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)

    @property
    def is_split(self) -> bool:
        """Whether the table has segments."""
        return "segment" in self.table.columns

    def share(self, event: str, step: int, segment: str | None = None) -> Estimate:
        """Return the share of all walks that are at ``event`` at ``step`` (from 1); "(end)" once they have ended."""
        known = [*self.events, END]
        if event not in known:
            raise OptionError(f"There is no event {event!r}. There is {listed(known)}.{nearest(event, known)}")
        if not 1 <= step <= self.steps:
            raise OptionError(f"step={step!r} is not one of 1 to {self.steps}.")
        rows = of_segment(self.table, segment)
        rows = rows[rows["step"] == step]
        total = int(rows["all_customers"].max()) if len(rows) else 0
        hits = int(rows.loc[rows["event"] == event, "customers"].sum())
        name = f"{event} at step {step}" + (f" ({segment})" if segment is not None else "")
        return Estimate.of_share(name, hits, total, self.confidence)

    def matrix(self, segment: str | None = None) -> pd.DataFrame:
        """Return the shares as a matrix, events by steps; each column sums to 1."""
        rows = of_segment(self.table, segment)
        wide = rows.pivot(index="event", columns="step", values="of_all").fillna(0.0)
        return wide.reindex([name for name in (*self.events, END) if name in wide.index])

    def comparable(self) -> Comparable:
        """Return the share at each event, by step and event (and segment)."""
        keys = ["segment", "step", "event"] if self.is_split else ["step", "event"]
        definition = {"per": self.per, "of": self.of, "after": self.after}
        return Comparable.of_shares(self.table, keys, {"of_all": ("customers", "all_customers")}, definition)


def measure_step_matrix(
    events: Any,
    *,
    steps: int = 10,
    per: Per = "customer",
    of: Of = "event",
    after: str | None = None,
    collapse_loops: bool = False,
    names: Names = None,
    by: str | None = None,
    confidence: float = 0.95,
) -> StepMatrix:
    """Return the share of customers at each event at their first, second, ... step; once ended, they stay at "(end)".

    ``table`` columns, one row per step and event that somebody is at:

    - ``segment`` (with ``by`` only), ``step`` (from 1), ``event`` (or stage; "(end)" for those with fewer steps)
    - ``customers``: at that event at that step (sessions with ``per="session"``)
    - ``all_customers``: the denominator, all that have a first step; it is the same at every step
    - ``of_all``, ``of_all_low``, ``of_all_high``: customers / all_customers, with Wilson interval

    Step 5 of one customer may be months after step 5 of another: steps count what was done, not time.

    Parameters
    ----------
    steps
        How many steps to look at, 1 to 100.
    after
        Start counting at each customer's first event of this name, which is then step 1; who never did it is left out.
    collapse_loops
        Whether an event repeated without another between is one step.
    per, of, names, by, confidence, events
        As in :func:`measure_transitions`.

    Raises
    ------
    OptionError
        An unknown option, or an ``after`` that is not in the log.
    TableError
        A column is missing.
    """
    if not (isinstance(steps, int) and 1 <= steps <= 100):
        raise OptionError(f"steps={steps!r} is not a whole number from 1 to 100.")
    walk = walk_of(events, per=per, of=of, names=names, by=by)
    if after is not None:
        walk.check_step(after, "after")
    flows, firsts = _flows(walk, steps, after, collapse_loops)
    table = _table(flows, firsts, steps, confidence)
    split = f" by {by}" if by else ""
    since = f" from {after} on" if after is not None else ""
    return StepMatrix(
        title=f"Steps 1 to {steps} of each {per}{since}{split}",
        table=table,
        notes=(*walk.notes, *_notes(walk, firsts, after, collapse_loops)),
        steps=steps,
        events=tuple(name for name in walk.order if name in set(table["event"])),
        per=per,
        of=of,
        after=after,
        confidence=confidence,
        flows=flows,
    )


def _flows(walk: Walk, steps: int, after: str | None, collapse: bool) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return every way from a step to the next, and who is where at step 1."""
    keys = ["segment"] if walk.is_split else []
    moves = count_moves(walk.rows, walk.question(collapse=collapse, after=after, depth=steps))
    moves["place"] = moves["place"].astype("int64")
    firsts = moves[moves["place"] == 0].rename(columns={"target": "event"})[[*keys, "event", "customers"]]
    flows = moves[moves["place"] > 0].rename(columns={"place": "step"})[[*keys, *_FLOW]]
    order = [*keys, "step", "customers", "source", "target"]
    up = [True] * len(keys) + [True, False, True, True]
    return flows.sort_values(order, ascending=up, ignore_index=True), firsts


def _table(flows: pd.DataFrame, firsts: pd.DataFrame, steps: int, confidence: float) -> pd.DataFrame:
    keys = ["segment"] if "segment" in flows else []
    if firsts.empty:
        whole, shares = ("step", "customers", "all_customers"), ("of_all", "of_all_low", "of_all_high")
        kinds = {**dict.fromkeys(whole, "int64"), **dict.fromkeys(shares, "float64")}
        return pd.DataFrame(columns=[*keys, *_COLUMNS]).astype(kinds)
    total = firsts["customers"].sum() if not keys else None
    parts = [firsts.assign(step=1)]
    here = flows[flows["target"] != END].assign(step=flows["step"] + 1, event=flows["target"])
    parts.append(here.groupby([*keys, "step", "event"], as_index=False)[["customers"]].sum())
    # The end keeps whom it has: at a step are all who ended before it.
    ends = flows[flows["target"] == END]
    for step in range(2, steps + 1):
        before = ends[ends["step"] < step]
        if len(before):
            gone = (
                before.groupby(keys)["customers"].sum().reset_index()
                if keys
                else before[["customers"]].sum().to_frame().T
            )
            parts.append(gone.assign(step=step, event=END))
    table = pd.concat(parts, ignore_index=True)
    totals = table["segment"].map(firsts.groupby("segment")["customers"].sum()) if keys else total
    table = table.assign(all_customers=totals).astype({"customers": "int64", "all_customers": "int64", "step": "int64"})
    low, high = wilson_interval(table["customers"], table["all_customers"], confidence)
    table = table.assign(of_all=table["customers"] / table["all_customers"], of_all_low=low, of_all_high=high)
    up = [True] * len(keys) + [True, False, True]
    ranked = table.sort_values([*keys, "step", "customers", "event"], ascending=up, ignore_index=True)
    return ranked[[*keys, *_COLUMNS]]


def _notes(walk: Walk, firsts: pd.DataFrame, after: str | None, collapse: bool) -> list[str]:
    total = int(firsts["customers"].sum()) if len(firsts) else 0
    who = f"with the event {after}" if after is not None else "with a first step"
    notes = [f"Shares are of all {total:,} {walk.counted} {who}, at every step; {END} holds those with fewer steps."]
    if after is not None:
        notes.append(f"Step 1 is the first {after}; those who never did it are left out.")
    if collapse:
        notes.append("An event repeated without another between is one step.")
    return notes
