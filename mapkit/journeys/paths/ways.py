"""The ways most travelled: from the beginning, from an event, to an event, or between two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from mapkit.errors import OptionError, listed, nearest
from mapkit.journeys.customer_segments import of_segment
from mapkit.journeys.paths.walks import Names, Of, Per, Walk, walk_of
from mapkit.journeys.paths.way_counts import count_ways
from mapkit.statistics import Comparable, Estimate, Result, wilson_interval

_COLUMNS = (
    "path", "steps", "complete", "count", "customers", "all_walks", "of_all", "of_all_low", "of_all_high",
    "median_seconds",
)  # fmt: skip
_CONTINUES = "…"


@dataclass(frozen=True, eq=False)
class Paths(Result):
    """The ways most travelled. See :func:`measure_paths` for the columns of ``table``.

    ``rest`` has one row (per segment) for all other ways: ``paths`` (how many), ``count``, ``all_walks``, ``of_all``,
    ``of_all_low``, ``of_all_high``.
    """

    rest: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    start: str | None = None
    end: str | None = None
    per: str = "customer"
    of: str = "event"
    length: int = 8
    collapse_loops: bool = True
    confidence: float = 0.95

    @property
    def is_split(self) -> bool:
        """Whether the table has segments."""
        return "segment" in self.table.columns

    def share(self, path: str | Sequence[str], segment: str | None = None) -> Estimate:
        """Return the share of all walks that went a way, given as its text or its steps."""
        rows = of_segment(self.table, segment)
        known = list(rows["path"])
        hits = rows[rows["path"] == path] if isinstance(path, str) else rows[rows["steps"] == tuple(path)]
        if hits.empty:
            said = path if isinstance(path, str) else path_text(path)
            raise OptionError(
                f"There is no path {said!r} in the table. There is {listed(known)}.{nearest(said, known)}"
            )
        name = str(hits["path"].iloc[0]) + (f" ({segment})" if segment is not None else "")
        return Estimate.of_share(name, int(hits["count"].sum()), int(hits["all_walks"].iloc[0]), self.confidence)

    def comparable(self) -> Comparable:
        """Return the share of each way by its text (and segment). A way beyond the ``top`` is missing: measure many."""
        keys = ["segment", "path"] if self.is_split else ["path"]
        definition = {
            "start": self.start, "end": self.end, "per": self.per, "of": self.of, "length": self.length,
            "collapse_loops": self.collapse_loops,
        }  # fmt: skip
        return Comparable.of_shares(self.table, keys, {"of_all": ("count", "all_walks")}, definition)


def measure_paths(
    events: Any,
    *,
    start: str | None = None,
    end: str | None = None,
    per: Per = "customer",
    of: Of = "event",
    length: int = 8,
    top: int = 20,
    minimum: int = 1,
    collapse_loops: bool = True,
    names: Names = None,
    by: str | None = None,
    confidence: float = 0.95,
) -> Paths:
    """Return the ways most travelled, one way for each customer (or session).

    Without ``start`` and ``end`` a way begins at the first step. With ``start`` it begins at the first event of that
    name; with ``end`` it is the way that leads to the first event of that name; with both it runs from the first
    ``start`` to the first ``end`` after it, and only who got there counts.

    ``table`` columns, the most travelled first (within each segment):

    - ``segment`` (with ``by`` only)
    - ``path``: the steps with " > " between them; a name with a ">" in it is put in quotes, and a way that goes on
      beyond ``length`` steps ends (with ``end`` alone: begins) with "…"
    - ``steps``: the same as a tuple of names; ``complete``: whether all of the way is shown
    - ``count``: walks that went this way (one a customer, or one a session); ``customers``: how many customers did
    - ``all_walks``: the denominator, all walks that have such a way
    - ``of_all``, ``of_all_low``, ``of_all_high``: count / all_walks, with Wilson interval
    - ``median_seconds``: from the first step shown to the last; NaN where the database has no median

    Most ways are travelled once: see ``rest`` for what the table leaves out, before reading much into the first row.

    Parameters
    ----------
    length
        At most so many steps of each way, 1 to 50: its first ones, or, with ``end`` alone, its last.
    top
        So many ways (of each segment).
    minimum
        Leave out ways that fewer walks went: they are in ``rest``.
    collapse_loops
        Whether a step repeated without another between counts once.
    per, of, names, by, confidence, events
        As in :func:`measure_transitions`.

    Raises
    ------
    OptionError
        An unknown option, or a ``start`` or ``end`` that is not in the log.
    TableError
        A column is missing.
    """
    _check(length, top, minimum)
    walk = walk_of(events, per=per, of=of, names=names, by=by)
    for step, option in ((start, "start"), (end, "end")):
        if step is not None:
            walk.check_step(step, option)
    found = count_ways(walk, (start, end), length, collapse_loops, (top, minimum))
    backwards = end is not None and start is None
    table = _with_shares(found, backwards, confidence, "segment" if by else None)
    rest = _rest(found, confidence, "segment" if by else None)
    return Paths(
        title=f"Paths {_from_to(start, end)}per {per}{f' by {by}' if by else ''}",
        table=table,
        notes=(*walk.notes, *_notes(walk, found, rest, (start, end), length, collapse_loops)),
        rest=rest,
        start=start,
        end=end,
        per=per,
        of=of,
        length=length,
        collapse_loops=collapse_loops,
        confidence=confidence,
    )


def path_text(steps: Sequence[str], *, complete: bool = True, backwards: bool = False) -> str:
    """Return steps as one text that can be read in one way only.

    >>> path_text(["a", "b > c", "d"])
    'a > "b > c" > d'
    """
    said = [f'"{name.replace(chr(34), chr(34) * 2)}"' if _needs_quotes(name) else name for name in map(str, steps)]
    if not complete:
        said = [_CONTINUES, *said] if backwards else [*said, _CONTINUES]
    return " > ".join(said)


def _needs_quotes(name: str) -> bool:
    return ">" in name or '"' in name or name in (_CONTINUES, "") or name != name.strip()


def _check(length: int, top: int, minimum: int) -> None:
    for value, option, most in ((length, "length", 50), (top, "top", 100_000), (minimum, "minimum", None)):
        if not isinstance(value, int) or value < 1 or (most is not None and value > most):
            raise OptionError(f"{option}={value!r} is not a whole number from 1{f' to {most:,}' if most else ''}.")


def _with_shares(found: pd.DataFrame, backwards: bool, confidence: float, segment: str | None) -> pd.DataFrame:
    slots = [name for name in found.columns if name.startswith("step_")]
    found = found[found["kept"].astype(bool)]
    steps = [tuple(str(step) for step in row if not pd.isna(step)) for row in found[slots].itertuples(index=False)]
    complete = found["complete"].astype(bool).tolist()
    texts = [path_text(way, complete=done, backwards=backwards) for way, done in zip(steps, complete, strict=True)]
    whole = {"count": "int64", "customers": "int64", "all_walks": "int64", "median_seconds": "float64"}
    table = found.drop(columns=slots).assign(
        path=texts, steps=pd.Series(steps, dtype=object, index=found.index), complete=complete
    )
    table = table.astype(whole)
    low, high = wilson_interval(table["count"], table["all_walks"], confidence)
    table = table.assign(of_all=table["count"] / table["all_walks"], of_all_low=low, of_all_high=high)
    keys = [segment] if segment else []
    up = [True] * len(keys) + [False, True]
    return table.sort_values([*keys, "count", "path"], ascending=up, ignore_index=True)[[*keys, *_COLUMNS]]


def _rest(found: pd.DataFrame, confidence: float, segment: str | None) -> pd.DataFrame:
    sums = dict.fromkeys(("count", "kept"), "sum") | dict.fromkeys(("paths", "all_walks"), "max")
    kept = found["kept"].astype(bool)
    named = found.assign(segment=found["segment"] if segment else "", count=found["count"].where(kept, 0), kept=kept)
    whole = named.groupby("segment", as_index=False).agg(sums).astype(dict.fromkeys(sums, "int64"))
    count = whole["all_walks"] - whole["count"]
    low, high = wilson_interval(count, whole["all_walks"], confidence)
    rest = whole[["segment"]].assign(
        paths=whole["paths"] - whole["kept"],
        count=count,
        all_walks=whole["all_walks"],
        of_all=count / whole["all_walks"],
        of_all_low=low,
        of_all_high=high,
    )
    return rest if segment else rest.drop(columns="segment")


def _from_to(start: str | None, end: str | None) -> str:
    return f"{f'from {start} ' if start is not None else ''}{f'to {end} ' if end is not None else ''}"


def _notes(
    walk: Walk,
    found: pd.DataFrame,
    rest: pd.DataFrame,
    asked: tuple[str | None, str | None],
    length: int,
    collapse: bool,
) -> list[str]:
    start, end = asked
    total, left, others = (int(rest[name].sum()) for name in ("all_walks", "count", "paths"))
    which = {
        (False, False): f"from the first step of each {walk.per}",
        (True, False): f"from the first {start} on",
        (False, True): f"that lead to the first {end}",
        (True, True): f"from the first {start} to the first {end} after it; who never got there is left out",
    }[start is not None, end is not None]
    side = "last" if end is not None and start is None else "first"
    notes = [f"Ways {which}: one of each {walk.per}, its {side} {length} steps. Shares are of {total:,} such ways."]
    if collapse:
        notes.append("A step repeated without another between counts once.")
    if left:
        notes.append(f"{others:,} other ways, {left:,} of {total:,} walks ({left / total:.1%}), are not in the table.")
    return notes
