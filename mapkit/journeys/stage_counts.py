"""Stages counted: who was there, when first, and every move from one to another.

Embedded rows are added up in one pass in this process, remote ones by group-bys and a window in their own database. A
property test holds the two equal.
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

import pandas as pd

from mapkit.journeys.customer_segments import MOST_SEGMENTS, NONE, OTHER
from mapkit.stages.order import order_of
from mapkit.tables import Table
from mapkit.tables.embedded import is_embedded

if TYPE_CHECKING:
    import ibis.expr.types as ir


def place_rows(staged: Table, by: str | None) -> tuple[ir.Table, tuple[str, ...]]:
    """Return segment, customer, time, row where there is one, and ``place`` (1 for the first stage, 0 for none)."""
    import ibis

    staged.need("customer", "time", for_what="measure_stages")
    data = staged.data
    places = [(data["stage"] == stage, number) for number, stage in enumerate(staged.stages, start=1)]
    columns: dict[str, Any] = {name: data[name] for name in ("customer", "time", "row") if name in data.columns}
    columns["place"] = ibis.cases(*places, else_=0).cast("int16")
    if by is None:
        return data.select(**columns), ()
    staged.need(by, for_what="the breakdown")
    value = data[by].cast("string").fill_null(NONE)
    sizes = data.select(value=value).group_by("value").agg(rows=ibis._.count()).to_pandas()
    largest = sizes.sort_values(["rows", "value"], ascending=[False, True])["value"].head(MOST_SEGMENTS).tolist()
    if len(sizes) <= MOST_SEGMENTS:
        return data.select(segment=value, **columns), ()
    folded = f"{len(sizes) - MOST_SEGMENTS:,} values of {by} with fewer events are put together as {OTHER!r}."
    return data.select(segment=value.isin(largest).ifelse(value, OTHER), **columns), (folded,)


def count(rows: ir.Table, stages: tuple[str, ...]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what :func:`count_stages` and :func:`count_moves` return, by whatever is quickest where the rows live."""
    if is_embedded(rows):
        return _count_here(rows, len(stages))
    return count_stages(rows, stages), count_moves(rows)


def _count_here(rows: ir.Table, stages: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    from mapkit.sequences.visits import add_up_visits

    visits = add_up_visits(rows, stages)
    columns: dict[str, Any] = {
        "segment": visits.segments,
        "all_customers": visits.customers,
        "all_events": visits.events.sum(axis=1),
    }
    for k in range(1, stages + 1):
        columns |= {
            f"customers_{k}": visits.reached[:, k - 1],
            f"events_{k}": visits.events[:, k],
            f"skips_{k}": visits.skipped[:, k - 1],
            f"seconds_{k}": visits.median_seconds[:, k - 1],
        }
    segment, came, place = visits.moves.nonzero()
    moves = pd.DataFrame(
        {
            "segment": [visits.segments[code] for code in segment],
            "came": came,
            "place": place,
            "times": visits.moves[segment, came, place],
        }
    )
    return _largest_first(pd.DataFrame(columns)), moves


def count_stages(rows: ir.Table, stages: tuple[str, ...]) -> pd.DataFrame:
    """Return a row per segment, or one: customers, events, skips and median first time of every stage; one scan."""
    numbers = range(1, len(stages) + 1)
    per_customer: dict[str, Any] = {"started": rows["time"].min(), "rows": rows.count()}
    for k in numbers:
        there = rows["place"] == k
        per_customer |= {f"n_{k}": rows.count(where=there), f"first_{k}": rows["time"].min(where=there)}
    segment = _segment(rows)
    each = rows.group_by([*segment, "customer"]).agg(**per_customer)
    summed: dict[str, Any] = {"all_customers": each.count(), "all_events": each["rows"].sum()}
    for k in numbers:
        later = reduce(or_, (each[f"n_{j}"] > 0 for j in numbers if j > k), each["n_1"] < 0)
        took = each[f"first_{k}"].delta(each["started"], unit="microsecond").cast("float64") / 1_000_000
        summed |= {
            f"customers_{k}": (each[f"n_{k}"] > 0).ifelse(1, 0).sum(),
            f"events_{k}": each[f"n_{k}"].sum(),
            f"skips_{k}": ((each[f"n_{k}"] == 0) & later).ifelse(1, 0).sum(),
            f"seconds_{k}": took.median(),
        }
    counted: pd.DataFrame = (each.group_by(segment) if segment else each).agg(**summed).to_pandas()
    if not segment:
        counted["segment"] = ""
    whole = [name for name in counted.columns if name != "segment" and not name.startswith("seconds_")]
    counted = counted.fillna(dict.fromkeys(whole, 0)).astype(dict.fromkeys(whole, "int64"))
    return _largest_first(counted)


def count_moves(rows: ir.Table) -> pd.DataFrame:
    """Return segment, came (0 at a customer's first stage), place and how often: every change of stage in order."""
    import ibis

    placed = rows.filter(rows["place"] > 0)
    segment = _segment(rows)
    walk = ibis.window(group_by=[placed[name] for name in (*segment, "customer")], order_by=order_of(placed))
    # Some databases have no null before the first row but a zero; no stage has the number 0.
    steps = placed.select(*segment, "place", came=placed["place"].lag().over(walk).fill_null(0))
    moved = steps.filter(steps["came"] != steps["place"])
    moves: pd.DataFrame = moved.group_by([*segment, "came", "place"]).agg(times=moved.count()).to_pandas()
    return moves if segment else moves.assign(segment="")


def _largest_first(counted: pd.DataFrame) -> pd.DataFrame:
    return counted.sort_values(["all_customers", "segment"], ascending=[False, True])


def _segment(rows: ir.Table) -> list[str]:
    # A constant segment would be sorted and grouped by like any other, at a third of the whole cost.
    return [name for name in ("segment",) if name in rows.columns]
