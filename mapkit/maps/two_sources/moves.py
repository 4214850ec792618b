"""Moves from one step to another: whether they stay in a session, and how long they take."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mapkit.journeys.paths.ranks import quantiles
from mapkit.maps.two_sources.persona_log import PersonaLog
from mapkit.maps.two_sources.step_counts import Pair, total
from mapkit.maps.two_sources.step_rows import layers, numbered, step_rows

if TYPE_CHECKING:
    import ibis.expr.types as ir

Limits = tuple[float, float]
_CARRIED = ("time", "session")


@dataclass(frozen=True)
class Durations:
    """How many moves, their median seconds (value, low, high), and how many are shorter and longer than asked."""

    n: int = 0
    median: tuple[float, float, float] = (math.nan, math.nan, math.nan)
    sides: tuple[int, int] = (0, 0)


def moves_in_session(log: PersonaLog, pairs: Sequence[Pair]) -> dict[Pair, tuple[int, int]]:
    """Return how many took the second step in the session of the first, and how many took it in any session."""
    if not pairs or "session" not in log.rows.columns:
        return {}
    moves = _moves(log, pairs)
    known = moves["session"].notnull()
    counted = moves.group_by("pair").agg(
        same=total(known & (moves["session"] == moves["session_before"])), known=total(known)
    )
    found = {int(k): (int(same), int(n)) for k, same, n in _tuples(counted, "pair", "same", "known")}
    return {pair: found.get(k, (0, 0)) for k, pair in enumerate(pairs)}


def move_durations(log: PersonaLog, asked: Mapping[Pair, Limits], confidence: float) -> dict[Pair, Durations]:
    """Return the seconds between steps, and how many moves are shorter and longer than the limits, in seconds."""
    if not asked:
        return {}
    moves = _moves(log, list(asked))
    took = moves["time"].delta(moves["time_before"], unit="microsecond").cast("float64") / 1_000_000
    least, most = (numbered(moves["pair"], {k: ends[end] for k, ends in enumerate(asked.values())}) for end in (0, 1))
    moves = moves.mutate(value=took, segment=moves["pair"].cast("string"), least=least, most=most)
    shorter, longer = total(moves["value"] < moves["least"]), total(moves["value"] > moves["most"])
    counted = moves.group_by("segment").agg(n=moves.count(), shorter=shorter, longer=longer)
    sides = {str(k): (int(n), (int(a), int(b))) for k, n, a, b in _tuples(counted, "segment", "n", "shorter", "longer")}
    sizes = {segment: n for segment, (n, _) in sides.items()}
    medians = quantiles(moves.select("segment", "value"), sizes, (0.5,), confidence)
    return {
        pair: Durations(sizes[str(k)], medians[str(k), 0.5], sides[str(k)][1]) if str(k) in sides else Durations()
        for k, pair in enumerate(asked)
    }


def _moves(log: PersonaLog, pairs: Sequence[Pair]) -> ir.Table:
    """Return one row per pair and customer who took the second step after the first: the first time they did.

    Among the rows of the two steps alone, the one before the second step is the latest time of the first.
    """
    import ibis

    rows = _of_pairs(log.rows, pairs)
    # An event that is both steps of a pair ends the move from the one before, then begins the next.
    whole = ibis.window(group_by=["pair", "customer"], order_by=["place", "begins"])
    carried = [name for name in _CARRIED if name in rows.columns]
    came = {f"{name}_before": rows[name].lag().over(whole) for name in carried}
    rows = rows.mutate(**came, has_begun=rows["begins"].lag().over(whole).fill_null(0))
    moves = rows.filter((rows["begins"] == 0) & (rows["has_begun"] == 1))
    moves = moves.mutate(nth=ibis.row_number().over(group_by=["pair", "customer"], order_by="place"))
    moves = moves.filter(moves["nth"] == 0)
    return moves.cache() if log.events.is_embedded else moves


def _of_pairs(rows: ir.Table, pairs: Sequence[Pair]) -> ir.Table:
    """Return the rows of each ``pair``; ``begins`` is 1 for its first step and 0 for its second."""
    import ibis

    every = list(dict.fromkeys(each for pair in pairs for each in pair))
    number = {witness: k for k, witness in enumerate(every)}
    steps = step_rows(rows, every)
    carried = ["customer", "place", *(name for name in _CARRIED if name in rows.columns)]
    parts = []
    for begins, place in ((1, 0), (0, 1)):
        for of in layers((number[pair[place]], k) for k, pair in enumerate(pairs)):
            part = steps.select(*carried, pair=numbered(steps["step"], of), begins=ibis.literal(begins))
            parts.append(part.filter(part["pair"].notnull()))
    return ibis.union(*parts)


def _tuples(counted: ir.Table, *columns: str) -> list[tuple[Any, ...]]:
    return list(counted.to_pandas()[list(columns)].itertuples(index=False, name=None))
