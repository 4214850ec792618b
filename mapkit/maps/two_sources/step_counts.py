"""How many customers take each step of a map, and of two steps: both, in which order, the second after the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from mapkit.maps.two_sources.persona_log import PersonaLog
from mapkit.maps.two_sources.step_rows import layers, numbered, step_rows
from mapkit.maps.two_sources.witnesses import Witness

if TYPE_CHECKING:
    import ibis.expr.types as ir

Pair = tuple[Witness, Witness]


@dataclass(frozen=True)
class Both:
    """Of two steps, customers who took ``both``, the first for the first time ``in_order``, the second ``after`` it."""

    both: int = 0
    in_order: int = 0
    after: int = 0


@dataclass(frozen=True)
class StepCounts:
    """Customers who took each step, and what those did who took both of a pair."""

    taken: dict[Witness, int]
    pairs: dict[Pair, Both]


def neighbours(steps: Sequence[Witness]) -> list[Pair]:
    """Return the neighbouring pairs of an order."""
    return list(pairwise(steps))


def count_steps(log: PersonaLog, steps: Sequence[Witness], pairs: Sequence[Pair]) -> StepCounts:
    """Return the counts of every step and pair, from each customer's first and last place at each step."""
    every = list(dict.fromkeys([*steps, *(each for pair in pairs for each in pair)]))
    if not every:
        return StepCounts({}, {})
    rows = step_rows(log.rows, every)
    places = rows.group_by(["customer", "step"]).agg(first=rows["place"].min(), last=rows["place"].max())
    counted = places.group_by("step").agg(customers=places.count()).to_pandas()
    found = {int(k): int(n) for k, n in counted[["step", "customers"]].itertuples(index=False)}
    taken = {each: found.get(k, 0) for k, each in enumerate(every)}
    return StepCounts(taken, _count_pairs(places, every, pairs))


def total(condition: ir.BooleanValue) -> Any:
    """Return how many rows meet a condition; one that is unknown is not met."""
    return condition.ifelse(1, 0).sum()


def _count_pairs(places: ir.Table, every: Sequence[Witness], pairs: Sequence[Pair]) -> dict[Pair, Both]:
    import ibis

    if not pairs:
        return {}
    number = {witness: k for k, witness in enumerate(every)}
    later = places.select("customer", later_step="step", later_first="first", later_last="last")
    parts = []
    for to in layers((number[a], number[b]) for a, b in pairs):
        earlier = places.mutate(to=numbered(places["step"], to))
        parts.append(earlier.inner_join(later, ["customer", earlier["to"] == later["later_step"]]))
    both = [part.select("step", "later_step", "first", "later_first", "later_last") for part in parts]
    rows = ibis.union(*both) if len(both) > 1 else both[0]
    counted = rows.group_by(["step", "later_step"]).agg(
        both=rows.count(),
        in_order=total(rows["first"] < rows["later_first"]),
        after=total(rows["later_last"] > rows["first"]),
    )
    columns = ["step", "later_step", "both", "in_order", "after"]
    found = {
        (row[0], row[1]): Both(*row[2:]) for row in counted.to_pandas()[columns].astype("int64").to_numpy().tolist()
    }
    return {(a, b): found.get((number[a], number[b]), Both()) for a, b in pairs}
