"""Which step follows which: how often, for how many, and how soon."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from mapkit.errors import OptionError, listed, nearest
from mapkit.journeys.customer_segments import of_segment
from mapkit.journeys.paths.walks import Names, Of, Per, Walk, walk_of
from mapkit.sequences import END, START, count_moves
from mapkit.statistics import Comparable, Estimate, Result, wilson_interval


@dataclass(frozen=True, eq=False)
class Transitions(Result):
    """Every move from one step straight to the next. See :func:`measure_transitions` for the columns of ``table``."""

    steps: tuple[str, ...] = ()
    per: str = "customer"
    of: str = "event"
    collapse_loops: bool = False
    has_ends: bool = True
    confidence: float = 0.95

    @property
    def is_split(self) -> bool:
        """Whether the table has segments."""
        return "segment" in self.table.columns

    def share(self, source: str, target: str, segment: str | None = None) -> Estimate:
        """Return the share of the moves out of ``source`` that go straight to ``target``."""
        rows = of_segment(self.table, segment)
        for name in (source, target):
            self._check(name)
        out = rows[rows["source"] == source]
        times = int(out.loc[out["target"] == target, "count"].sum())
        name = f"{source} to {target}" + (f" ({segment})" if segment is not None else "")
        return Estimate.of_share(name, times, int(out["count"].sum()), self.confidence)

    def matrix(self, values: str = "of_source", segment: str | None = None) -> pd.DataFrame:
        """Return a column of the table as a matrix, sources by targets; moves nobody made are 0 (times are NaN)."""
        rows = of_segment(self.table, segment)
        numbers = [name for name in rows.columns if name not in ("segment", "source", "target")]
        if values not in numbers:
            raise OptionError(f"values={values!r} is not one of {listed(numbers)}.{nearest(values, numbers)}")
        wide = rows.pivot(index="source", columns="target", values=values)
        ends = ([START], [END]) if self.has_ends else ([], [])
        wide = wide.reindex(index=[*ends[0], *self.steps], columns=[*self.steps, *ends[1]])
        return wide if values == "median_seconds" else wide.fillna(0)

    def ties(self, segment: str | None = None) -> pd.DataFrame:
        """Return the moves as ties that ``read_ties`` takes: source, target, type, weight (the count), directed."""
        rows = of_segment(self.table, segment)
        ties = rows[["source", "target"]].assign(type="transition", weight=rows["count"].astype(float), directed=True)
        return ties.reset_index(drop=True)

    def comparable(self) -> Comparable:
        """Return the share of each move among those out of its source, by source and target (and segment)."""
        keys = ["segment", "source", "target"] if self.is_split else ["source", "target"]
        rows = self.table.assign(out=_out(self.table))
        definition = {"per": self.per, "of": self.of, "collapse_loops": self.collapse_loops, "ends": self.has_ends}
        return Comparable.of_shares(rows, keys, {"of_source": ("count", "out")}, definition)

    def _check(self, name: str) -> None:
        known = [*self.steps, *((START, END) if self.has_ends else ())]
        if name not in known:
            raise OptionError(f"There is no step {name!r}. There is {listed(known)}.{nearest(name, known)}")


def measure_transitions(
    events: Any,
    *,
    per: Per = "customer",
    of: Of = "event",
    start_end: bool = True,
    collapse_loops: bool = False,
    names: Names = None,
    by: str | None = None,
    confidence: float = 0.95,
) -> Transitions:
    """Return every move from one step straight to the next (a directly-follows graph), with shares and times.

    ``table`` columns, one row per move that somebody made, the most frequent first:

    - ``segment`` (with ``by`` only), ``source``, ``target``
    - ``count``: how often the move was made; ``customers``: by how many customers (by how many sessions with
      ``per="session"``)
    - ``of_source``, ``of_source_low``, ``of_source_high``: count / all moves out of the source, with Wilson interval
    - ``median_seconds``: exact median of the time from the source to the target; NaN for "(start)" and "(end)"

    A share is of moves, not of customers: who makes a move ten times counts ten times in it, and the intervals take
    moves as independent, so they are too narrow where a few customers make most of them. A move says what came next,
    not that it was caused.

    Parameters
    ----------
    events
        An events table, or anything ``read_events`` takes.
    per
        "customer": from a customer's first event to the last. "session": each session by itself (needs the column
        ``session``, which ``map_sessions`` makes); events without a session are left out.
    of
        "event", or "stage" to walk the stages that ``map_stages`` gave.
    start_end
        Whether to count the moves from "(start)" to the first step and from the last step to "(end)". With them as
        many moves lead into every step as out of it. The end is where the log ends too: who is not done yet ends there.
    collapse_loops
        Whether a step that is repeated without another between counts once, at the time of its first.
    names
        Groups names, ``{"page_*": "pages", "heartbeat": None}``, or lists those to keep: see ``walk_of``. Rows left
        out are passed over, so the steps around them follow one another.
    by
        A column of the events to split by; each customer is in the segment of the first value that is not empty.
    confidence
        Of the intervals.

    Raises
    ------
    OptionError
        An unknown option, a name in ``names`` that looks like a slip, or a step named "(start)" or "(end)".
    TableError
        A column is missing.
    StageError
        ``of="stage"`` and the events have no stages.

    Source: the directly-follows graph of process mining, van der Aalst (2016), Process Mining: Data Science in Action.

    >>> import pandas as pd
    >>> log = pd.DataFrame({
    ...     "customer": ["ann", "ann", "bob"], "event": ["visit", "buy", "visit"],
    ...     "time": pd.to_datetime(["2025-01-01", "2025-01-02", "2025-01-01"], utc=True)})
    >>> str(measure_transitions(log).share("visit", "buy"))
    '50.0% [9.5%, 90.5%] of 2'
    """
    walk = walk_of(events, per=per, of=of, names=names, by=by)
    moves = count_moves(walk.rows, walk.question(ends=start_end, collapse=collapse_loops))
    out = _out(moves)
    low, high = wilson_interval(moves["count"], out, confidence)
    moves.insert(list(moves.columns).index("customers") + 1, "of_source", moves["count"] / out)
    moves.insert(list(moves.columns).index("of_source") + 1, "of_source_low", low)
    moves.insert(list(moves.columns).index("of_source_low") + 1, "of_source_high", high)
    split = f" by {by}" if by else ""
    return Transitions(
        title=f"Transitions between {of}s per {per}{split}",
        table=moves,
        notes=(*walk.notes, *_notes(walk, moves, start_end, collapse_loops)),
        steps=walk.order,
        per=per,
        of=of,
        collapse_loops=collapse_loops,
        has_ends=start_end,
        confidence=confidence,
    )


def _out(moves: pd.DataFrame) -> pd.Series:
    keys = ["segment", "source"] if "segment" in moves else ["source"]
    return moves.groupby(keys)["count"].transform("sum")


def _notes(walk: Walk, moves: pd.DataFrame, start_end: bool, collapse: bool) -> list[str]:
    made = int(moves["count"].sum())
    notes = [
        f"{made:,} moves; a share is of all moves out of its source"
        + (f", those to {END} among them." if start_end else ", ends of walks not among them.")
    ]
    if collapse:
        notes.append("A step repeated without another between counts once, at the time of its first.")
    if start_end:
        notes.append(
            f"{END} is a {walk.per}'s last step in this log; who was not done when the log ended is there too."
        )
    notes.append(
        "Intervals take moves as independent; moves of one customer are alike, so they are somewhat too narrow."
    )
    return notes
