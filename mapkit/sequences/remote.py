"""The remote engine: the same chains by window functions, so that the work happens where the events live."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mapkit.errors import OptionError, TableError
from mapkit.sequences.chains import OVERLAP, ChainQuestion, Chains
from mapkit.tables import Table

if TYPE_CHECKING:
    import ibis.expr.types as ir


def walk(events: Table, question: ChainQuestion) -> Chains:
    """Return the chains of every unit, as an expression over the events; nothing is run until it is asked for.

    Ties of time are broken by the column ``row``. Without one, events of a unit that meet different steps at the same
    time have no order, and a :class:`TableError` says how many there are.
    """
    data = _with_unit(events.data, question.unit)
    rows = _conditions(data, question)
    if "row" not in data.columns:
        _refuse_ties(rows, question)
    chains = _any_order(rows, question) if question.order == "any" else _in_order(rows, question)
    if not question.per_entry:
        chains = _one_per_unit(chains)
    return Chains(_answer(chains, rows, question), data, len(question.steps), question.unit)


def _with_unit(data: ir.Table, unit: tuple[str, ...]) -> ir.Table:
    for column in unit[1:]:
        data = data.filter(data[column].notnull())
    if len(unit) == 1:
        return data.mutate(unit=data[unit[0]])
    text = data[unit[0]].cast("string")
    for column in unit[1:]:
        text = text.length().cast("string") + ":" + text + data[column].cast("string")
    return data.mutate(unit=text)


def _conditions(data: ir.Table, question: ChainQuestion) -> ir.Table:
    """Return unit, time, position within the unit, one flag per condition, and the attribute."""
    import ibis

    flags = {f"step_{k}": condition.fill_null(False) for k, condition in enumerate(question.steps, 1)}
    flags |= {f"forbidden_{x}": each.event.fill_null(False) for x, each in enumerate(question.forbidden)}
    columns: dict[str, Any] = {"unit": data["unit"], "time": data["time"]}
    if "row" in data.columns:
        columns["row"] = data["row"]
    if question.attribute is not None:
        columns["attribute"] = data[question.attribute].cast("string")
    rows = data.select(**columns, **flags)
    if question.order != "strict":
        rows = rows.filter(ibis.or_(*(rows[name] for name in flags)))
    order = ["time", "row"] if "row" in columns else ["time"]
    return rows.mutate(position=ibis.row_number().over(group_by="unit", order_by=order))


def _refuse_ties(rows: ir.Table, question: ChainQuestion) -> None:
    import ibis

    names = [name for name in rows.columns if name.startswith(("step_", "forbidden_"))]
    pattern = ibis.literal("")
    for name in names:
        pattern = pattern + rows[name].ifelse("1", "0")
    moments = rows.mutate(pattern=pattern).group_by("unit", "time").agg(kinds=lambda t: t.pattern.nunique())
    tied = int(moments.filter(moments.kinds > 1).count().execute())
    if tied:
        raise TableError(
            f"The events table has no column 'row', and at {tied:,} moments a customer has several of these events at "
            "the same time, so their order is unknown. Give the table a 'row' column: a number that rises in the order "
            'things happened, such as an insert id: read_events(..., columns={"id": "row"}).'
        )


def _in_order(rows: ir.Table, question: ChainQuestion) -> ir.Table:
    """Return a row per opening event, with the times and positions of its whole chain.

    The chain after a step-k event goes on with the unit's next step-(k+1) event. Later events never have an earlier
    rest, so "the next one's" is a minimum over the rows that follow.
    """
    steps, forbidden = len(question.steps), question.forbidden
    span = {"group_by": "unit", "order_by": "position"}
    ahead = {**span, "rows": (1, 1 if question.order == "strict" else None)}
    for x in range(len(forbidden)):
        hit = rows[f"forbidden_{x}"]
        coming = {**span, "rows": (1, None)}
        rows = rows.mutate(
            **{
                f"next_{x}": hit.ifelse(rows.position, None).min().over(**coming),
                f"when_{x}": hit.ifelse(rows.time, None).min().over(**coming),
            }
        )
    for k in range(steps, 0, -1):
        here = rows[f"step_{k}"]
        tail = {f"time_{k}_{k}": here.ifelse(rows.time, None), f"at_{k}_{k}": here.ifelse(rows.position, None)}
        for j in range(k + 1, steps + 1):
            for what in ("time", "at"):
                tail[f"{what}_{k}_{j}"] = here.ifelse(rows[f"{what}_{k + 1}_{j}"].min().over(**ahead), None)
        for x, each in enumerate(forbidden):
            for what in ("next", "when"):
                if each.after == k:
                    tail[f"{what}_{k}_{x}"] = here.ifelse(rows[f"{what}_{x}"], None)
                elif each.after > k:
                    tail[f"{what}_{k}_{x}"] = here.ifelse(rows[f"{what}_{k + 1}_{x}"].min().over(**ahead), None)
        rows = rows.mutate(**tail)
    return _judged(rows.filter(rows.step_1), question)


def _judged(openings: ir.Table, question: ChainQuestion) -> ir.Table:
    import ibis

    steps = len(question.steps)
    within = {j: _by(openings[f"time_1_{j}"], openings.time, question.window_microseconds) for j in range(2, steps + 1)}
    reached = ibis.literal(1, "int64") + sum(inside.ifelse(1, 0) for inside in within.values())
    columns: dict[str, Any] = {"unit": openings["unit"], "position": openings.position, "reached": reached}
    removed = ibis.literal(False)
    for x, each in enumerate(question.forbidden):
        next_one, when = openings[f"next_1_{x}"], openings[f"when_1_{x}"]
        between = (next_one < openings[f"at_1_{each.before}"]).fill_null(False)
        in_time = _by(when, openings.time, question.window_microseconds)
        removed = removed | ibis.cases(
            (reached >= each.before, between), (reached >= each.after, in_time), else_=ibis.literal(False)
        )
    columns["removed"] = removed
    for j in range(1, steps + 1):
        columns[f"time_{j}"] = (reached >= j).ifelse(openings[f"time_1_{j}"], None)
    if question.attribute is not None:
        at = question.attribute_step
        columns["attributed"] = (reached >= at).ifelse(openings[f"at_1_{at}"], None)
    return openings.select(**columns)


def _any_order(rows: ir.Table, question: ChainQuestion) -> ir.Table:
    import ibis

    steps = len(question.steps)
    coming = {"group_by": "unit", "order_by": "position", "rows": (0, None)}
    flags = [rows[f"step_{k}"] for k in range(1, steps + 1)]
    _refuse_overlap(rows, flags)
    rows = rows.mutate(
        **{f"coming_{k}": flags[k - 1].ifelse(rows.time, None).min().over(**coming) for k in range(1, steps + 1)},
        **{f"place_{k}": flags[k - 1].ifelse(rows.position, None).min().over(**coming) for k in range(1, steps + 1)},
        opened=ibis.cases(*((flag, k) for k, flag in enumerate(flags, 1)), else_=0),
    )
    reached, so_far = ibis.literal(0, "int64"), ibis.literal(True)
    for k in range(1, steps + 1):
        so_far = so_far & _by(rows[f"coming_{k}"], rows.time, question.window_microseconds)
        reached = reached + so_far.ifelse(1, 0)
    rows = rows.mutate(reached=reached)
    rows = rows.filter((rows.opened > 0) & (rows.reached >= rows.opened))
    columns: dict[str, Any] = {"unit": rows["unit"], "position": rows.position, "reached": rows.reached}
    columns["removed"] = ibis.literal(False)
    for k in range(1, steps + 1):
        came = [rows[f"coming_{j}"] for j in range(1, k + 1)]
        complete = came[0] if k == 1 else ibis.greatest(*came)
        columns[f"time_{k}"] = (rows.reached >= k).ifelse(complete, None)
    if question.attribute is not None:
        at = question.attribute_step
        columns["attributed"] = (rows.reached >= at).ifelse(rows[f"place_{at}"], None)
    return rows.select(**columns)


def _refuse_overlap(rows: ir.Table, flags: list[Any]) -> None:
    met = sum(flag.ifelse(1, 0) for flag in flags)
    if int(rows.filter(met > 1).count().execute()):
        raise OptionError(OVERLAP)


def _by(moment: Any, opened: Any, window: int | None) -> Any:
    import ibis

    if window is None:
        return moment.notnull()
    seconds, rest = divmod(window, 1_000_000)
    limit = opened + ibis.interval(seconds=seconds)
    if rest:
        limit = limit + ibis.interval(microseconds=rest)
    return (moment <= limit).fill_null(False)


def _one_per_unit(chains: ir.Table) -> ir.Table:
    import ibis

    first = [ibis.desc("reached"), chains.removed.ifelse(1, 0), "position"]
    ranked = chains.mutate(place=ibis.row_number().over(group_by="unit", order_by=first))
    return ranked.filter(ranked.place == 0).drop("place")


def _answer(chains: ir.Table, rows: ir.Table, question: ChainQuestion) -> ir.Table:
    if question.attribute is None:
        return chains.drop("position")
    values = rows.select("unit", attributed=rows.position, attribute=rows.attribute)
    joined = chains.left_join(values, ["unit", "attributed"])
    return joined.select(*(name for name in chains.columns if name not in ("position", "attributed")), "attribute")
