"""From columns that were read to the intake: rows kept, rows set apart, cells that became empty."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

from mapkit.loaders.landing import land_expression
from mapkit.loaders.opened import Opened
from mapkit.loaders.time_notes import clock_changes, odd_times
from mapkit.tables import Intake

if TYPE_CHECKING:
    import ibis.expr.types as ir

# Names of our own, beside those of the source, within one query.
_WHY, _FAULT, _WAS, _LOCAL = "mapkit why ", "mapkit fault ", "mapkit was ", "mapkit local "


@dataclass(frozen=True, eq=False)
class Verdict:
    """How each column of a source is read, and on what grounds a row is set apart.

    Parameters
    ----------
    opened
        The source.
    sources
        Canonical name -> stand-in name in the source.
    values
        Canonical name -> its values.
    reasons
        Why a row is set apart -> whether it is; the first that holds is the one given.
    faults
        Canonical name -> whether a cell of a row that is kept could not be read and became empty.
    times
        The columns that are times.
    locals
        Canonical name -> times of the clocks on the wall, where a zone turned them into UTC.
    zone
        That zone.
    said
        What was decided.
    parses
        Whether reading costs enough to be done only once.
    """

    opened: Opened
    sources: dict[str, str]
    values: dict[str, ir.Value]
    reasons: dict[str, ir.BooleanValue]
    faults: dict[str, ir.BooleanValue]
    times: tuple[str, ...]
    locals: dict[str, ir.Value]
    zone: str
    said: tuple[str, ...]
    parses: bool


def settle(verdict: Verdict, wanted: Callable[[ir.Table], ir.Table]) -> Intake:
    """Return the intake of the rows that are wanted.

    What had to be parsed is stored in the embedded database, once; anything else is read where it lies.
    """
    opened = verdict.opened
    staged = wanted(_staged(verdict))
    said = [*opened.decisions, *verdict.said]
    stored = verdict.parses and opened.lies != "elsewhere"
    if stored:
        staged = land_expression(staged)
        if opened.lies == "file":
            said.append("the text in the file was parsed once, into the embedded database")
    kept, apart, cells = _kept(staged, verdict), _apart(staged, verdict), _faulty(staged, verdict)
    if stored:
        kept, apart = land_expression(kept), land_expression(apart)
        cells = None if cells is None else land_expression(cells)
    if stored or opened.lies == "landed":
        said += _time_notes(staged, verdict)
        said += [] if cells is None else _emptied(cells)
    if opened.broken is not None and _count(opened.broken):
        apart = _with_broken(apart, opened.broken)
    return Intake(opened.shown, kept, apart, tuple(said), cells)


def _time_notes(staged: ir.Table, verdict: Verdict) -> list[str]:
    said = []
    for name in verdict.times:
        if name in verdict.locals:
            said += clock_changes(staged[f"{_LOCAL}{name}"], name, verdict.zone)
        said += odd_times(staged[name], name)
    return said


def _staged(verdict: Verdict) -> ir.Table:
    opened = verdict.opened
    return opened.rows.select(
        **verdict.values,
        **{f"{_WHY}{reason}": flag for reason, flag in verdict.reasons.items()},
        **{f"{_FAULT}{name}": flag for name, flag in verdict.faults.items()},
        **{f"{_LOCAL}{name}": local for name, local in verdict.locals.items()},
        **{f"{_WAS}{stand_in}": opened.rows[stand_in] for stand_in in opened.names},
    )


def _kept(staged: ir.Table, verdict: Verdict) -> ir.Table:
    # One condition each, not one reason: a database can push these down to the file.
    return staged.filter([~staged[f"{_WHY}{reason}"] for reason in verdict.reasons]).select(list(verdict.values))


def _apart(staged: ir.Table, verdict: Verdict) -> ir.Table:
    import ibis

    flags = {reason: staged[f"{_WHY}{reason}"] for reason in verdict.reasons}
    bad = staged.filter(reduce(lambda left, right: left | right, flags.values()))
    reason = ibis.cases(*((bad[f"{_WHY}{reason}"], reason) for reason in flags), else_="unknown")
    columns = {"row": bad["row"]} if verdict.opened.row is not None else {}
    for stand_in, name in verdict.opened.names.items():
        columns[_free(name, columns)] = bad[f"{_WAS}{stand_in}"]
    return bad.select(**columns, reason=reason)


def _free(name: str, taken: dict[str, ir.Value]) -> str:
    """A name for a column of the source beside ours; databases do not tell capitals from small letters."""
    there = {"reason", "line", *(other.casefold() for other in taken)}
    while name.casefold() in there:
        name += "_"
    return name


def _faulty(staged: ir.Table, verdict: Verdict) -> ir.Table | None:
    import ibis

    if not verdict.faults:
        return None
    good = staged.filter([~staged[f"{_WHY}{reason}"] for reason in verdict.reasons])
    row = good["row"].cast("int64") if "row" in good.columns else ibis.null("int64")
    found = [
        good.filter(good[f"{_FAULT}{name}"]).select(
            row=row, column=ibis.literal(name), cell=good[f"{_WAS}{verdict.sources[name]}"].cast("string")
        )
        for name in verdict.faults
    ]
    return found[0] if len(found) == 1 else ibis.union(*found)


def _emptied(cells: ir.Table) -> list[str]:
    counted = cells.group_by("column").agg(cells=cells.count()).order_by("column").to_pyarrow().to_pylist()
    return [
        f"{row['column']}: {row['cells']:,} unreadable {'cell' if row['cells'] == 1 else 'cells'} became empty "
        "(intake.emptied() lists them)"
        for row in counted
    ]


def _with_broken(apart: ir.Table, broken: ir.Table) -> ir.Table:
    import ibis

    known = {name: broken[name] for name in ("row", "reason") if name in broken.columns}
    empty = {name: ibis.null(kind) for name, kind in apart.schema().items()}
    lines = broken.select(**(empty | known), line=broken.line)
    return apart.mutate(line=ibis.null("string")).union(lines)


def _count(rows: ir.Table) -> int:
    return int(rows.count().execute())
