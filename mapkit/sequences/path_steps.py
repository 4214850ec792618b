"""Each unit's steps, numbered and beside the step before, as an expression on any backend."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis.expr.types as ir


def walked_steps(rows: ir.Table, steps: Mapping[str, str], unit: tuple[str, ...], *, collapse: bool) -> ir.Table:
    """Return the rows that are steps, with ``step``, the step ``before`` it, when it ``came``, ``place`` and ``rows``.

    ``rows`` has customer, name, time, and any session, segment and row; ``steps`` maps names to steps. Places count
    from 0, and ``rows`` is how many steps the unit has. What stands before the first is whatever the database has
    there: go by the place. With ``collapse`` a run of one step is that step once, at the time of its first row. Ties
    of time are broken by ``row``; without one the database decides.
    """
    import ibis

    data = rows.filter(rows["customer"].notnull())
    for column in unit[1:]:
        data = data.filter(data[column].notnull())
    stepped = _with_step(data, steps)
    walk: dict[str, Any] = {"group_by": list(unit), "order_by": [n for n in ("time", "row") if n in stepped.columns]}
    if collapse:
        marked = stepped.mutate(before=stepped["step"].lag().over(**walk), place=ibis.row_number().over(**walk))
        stepped = marked.filter((marked["place"] == 0) | (marked["step"] != marked["before"])).drop("before", "place")
    return stepped.mutate(
        before=stepped["step"].lag().over(**walk),
        came=stepped["time"].lag().over(**walk),
        place=ibis.row_number().over(**walk),
        rows=stepped.count().over(group_by=list(unit)),
    )


def from_first(walked: ir.Table, step: str, unit: tuple[str, ...]) -> ir.Table:
    """Return the walks of those who did ``step``, from its first occurrence on, numbered anew from 0."""
    opened = (walked["step"] == step).ifelse(walked["place"], None).min().over(group_by=list(unit))
    rest = walked.mutate(opened=opened)
    rest = rest.filter(rest["place"] >= rest["opened"])  # null where the unit never did it
    return rest.mutate(place=rest["place"] - rest["opened"], rows=rest["rows"] - rest["opened"]).drop("opened")


def up_to_first(walked: ir.Table, step: str, unit: tuple[str, ...], *, later: bool) -> ir.Table:
    """Return the walks of those who did ``step``, up to its first occurrence; ``later``: not counting place 0."""
    meets = (walked["step"] == step) & (walked["place"] > 0) if later else walked["step"] == step
    met = meets.ifelse(walked["place"], None).min().over(group_by=list(unit))
    upto = walked.mutate(met=met)
    upto = upto.filter(upto["place"] <= upto["met"])
    return upto.mutate(rows=upto["met"] + 1).drop("met")


def _with_step(rows: ir.Table, steps: Mapping[str, str]) -> ir.Table:
    import ibis

    kept = rows.filter(rows["name"].isin(list(steps)))
    groups: dict[str, list[str]] = {}
    for name, step in steps.items():
        if name != step:
            groups.setdefault(step, []).append(name)
    if not groups:
        return kept.mutate(step=kept["name"])
    branches = [(kept["name"].isin(names), step) for step, names in groups.items()]
    return kept.mutate(step=ibis.cases(*branches, else_=kept["name"]))
