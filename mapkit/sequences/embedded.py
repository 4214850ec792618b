"""The embedded engine: DuckDB streams the needed columns in time order, and the state machine walks them."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

import numpy as np

from mapkit.errors import BackendError, OptionError
from mapkit.sequences import machine
from mapkit.sequences.answers import Answer, PartAnswer
from mapkit.sequences.chains import OVERLAP, ChainQuestion, Chains
from mapkit.sequences.compiled import suited
from mapkit.sequences.partitions import Arrays, Part, Partitions
from mapkit.sequences.stream import gathered, in_time_order
from mapkit.sequences.units import with_unit
from mapkit.tables import Table

if TYPE_CHECKING:
    import ibis.expr.types as ir


def walk(events: Table, question: ChainQuestion) -> Chains:
    """Return the chains of every unit. Rows are taken in the order they stand; a log out of order is sorted first."""
    data = with_unit(events.data, question.unit)
    signed = data["unit"].type().is_signed_integer()
    rows = _needed_rows(data, question)
    with gathered(rows) as (log, values, in_order):
        answer = _answered(log, Answer(question, values, signed)) if in_order else None
    if answer is None:
        with gathered(in_time_order(rows)) as (log, values, _):
            answer = _answered(log, Answer(question, values, signed))
    if answer is None:
        raise BackendError("The events could not be brought into time order, though they were sorted by time.")
    return Chains(answer.as_table(data.get_backend()), data, len(question.steps), question.unit)


def _needed_rows(data: ir.Table, question: ChainQuestion) -> ir.Table:
    """Return unit, bits, time and, where there is one, row and attribute, of the rows that can matter."""
    conditions = [*question.steps, *(each.event for each in question.forbidden)]
    columns: dict[str, Any] = {"unit": data["unit"], "bits": _bits(conditions).cast("uint32"), "time": data["time"]}
    if "row" in data.columns:
        columns["row"] = data["row"]
    if question.attribute is not None:
        columns["attribute"] = data[question.attribute].cast("string")
    rows = data.select(**columns)
    # A strict chain is broken by any other event, so every row matters to it.
    return rows if question.order == "strict" else rows.filter(rows.bits > 0)


def _bits(conditions: list[ir.BooleanValue]) -> ir.IntegerValue:
    """Return one bit for each condition that holds. A condition that is null does not hold: CASE sees to that."""
    import ibis
    import ibis.expr.operations as ops

    compared = [condition.op() for condition in conditions]
    tests = {(op.left, op.right) for op in compared if isinstance(op, ops.Equals) and isinstance(op.right, ops.Literal)}
    if len(tests) == len(conditions) and len({column for column, _ in tests}) == 1:
        # One column cannot equal two texts, so DuckDB may stop at the first that it equals.
        return ibis.cases(*((condition, 1 << bit) for bit, condition in enumerate(conditions)), else_=0)
    bits = [condition.ifelse(1 << bit, 0) for bit, condition in enumerate(conditions)]
    return reduce(or_, bits)


def _answered(log: Partitions, answer: Answer) -> Answer | None:
    """Return the answer with every part's chains, or None when the rows are not in time order."""
    question = answer.question
    for part in log.parts():
        found = PartAnswer.empty(part, question)
        walk_stretch = (_any_order if question.order == "any" else _in_order)(log, part, question, found)
        for position, arrays in part.backwards():
            status = walk_stretch(position, arrays)
            if status == machine.OUT_OF_ORDER:
                return None
            if status == machine.STEPS_OVERLAP:
                raise OptionError(OVERLAP)
        answer.add(part.names, found)
    return answer


_WalkStretch = Callable[[int, Arrays], int]


def _in_order(log: Partitions, part: Part, question: ChainQuestion, found: PartAnswer) -> _WalkStretch:
    steps, kinds = len(question.steps), len(question.forbidden)
    starts, width = machine.tail_layout(steps, kinds, attributed=log.attributed)
    rules = [(steps + n, each.after - 1, each.before - 1) for n, each in enumerate(question.forbidden)]
    walk_rows = suited(machine.walk_in_order, log.rows)
    asked = (
        np.array(rules, dtype=np.int64).reshape(kinds, 3),
        _window(question),
        question.order == "strict",
        question.attribute_step - 1,
        question.per_entry,
        starts,
        np.full((part.units, width), machine.NEVER, dtype=np.int64),
        np.full((part.units if kinds else 0, 2 * kinds), machine.NEVER, dtype=np.int64),
        np.full(part.units, machine.NEVER, dtype=np.int64),
        found.marks,
        found.owners,
        found.values,
        found.moments,
        np.zeros(1, dtype=np.int64),
    )
    return lambda position, arrays: int(walk_rows(*arrays, position, *asked))


def _any_order(log: Partitions, part: Part, question: ChainQuestion, found: PartAnswer) -> _WalkStretch:
    steps = len(question.steps)
    walk_rows = suited(machine.walk_any_order, log.rows)
    asked = (
        steps,
        _window(question),
        question.attribute_step - 1,
        np.full((part.units, steps + log.attributed), machine.NEVER, dtype=np.int64),
        np.full(part.units, machine.NEVER, dtype=np.int64),
        found.marks,
        found.values,
        found.moments,
    )
    return lambda _, arrays: int(walk_rows(*arrays, *asked))


def _window(question: ChainQuestion) -> int:
    return -1 if question.window_microseconds is None else question.window_microseconds
