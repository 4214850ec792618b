"""Rows are kept or set apart; nothing is dropped."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mapkit.errors import SourceError
from mapkit.loaders.cells import Cells, read_flag, read_id, read_number, read_other, read_text
from mapkit.loaders.filters import Where, filtered
from mapkit.loaders.opened import Opened
from mapkit.loaders.survey import Survey, Use, survey_columns
from mapkit.loaders.times import TimeOptions, read_times
from mapkit.loaders.verdict import Verdict, settle
from mapkit.tables import Column, Contract, Table
from mapkit.tables.embedded import is_embedded

if TYPE_CHECKING:
    import ibis.expr.types as ir

# Columns in which a word for nothing ("null", "NaN") means that there is nobody.
_PEOPLE = ("customer", "actor", "source", "target")


@dataclass
class _Columns:
    """The columns of a source as they are read, one after the other."""

    values: dict[str, ir.Value] = field(default_factory=dict)
    reasons: dict[str, ir.BooleanValue] = field(default_factory=dict)
    faults: dict[str, ir.BooleanValue] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    locals: dict[str, ir.Value] = field(default_factory=dict)
    parses: bool = False


def judge(
    opened: Opened, contract: Contract, names: dict[str, str], *, where: Where | None, times: TimeOptions
) -> Table:
    """Return the table of the rows that keep the contract, and the intake that reconciles them with the source.

    Parameters
    ----------
    opened
        The source as it stands.
    contract
        What the table must and may hold.
    names
        Stand-in name of each column -> its canonical name.
    where
        Which rows the caller wants; the others are not read.
    times
        What the caller says about times.
    """
    read = _read(opened, contract, names, times)
    verdict = Verdict(
        opened,
        sources={name: stand_in for stand_in, name in names.items()},
        values=read.values,
        reasons=_in_order(read.reasons, contract),
        faults=read.faults,
        times=tuple(name for name in read.values if _is_time(contract, name)),
        locals=read.locals,
        zone=times.timezone or "UTC",
        said=tuple(read.said),
        parses=read.parses,
    )
    intake = settle(verdict, lambda rows: filtered(rows, where, tuple(read.values), opened.shown))
    return Table(contract, intake.kept, intake)


def _read(opened: Opened, contract: Contract, names: dict[str, str], times: TimeOptions) -> _Columns:
    surveys = _surveys(opened, contract, names)
    read = _Columns()
    for stand_in, name in names.items():
        known = contract.known.get(name)
        column = opened.rows[stand_in]
        cells = (
            _time(column, name, opened, times)
            if _is_time(contract, name)
            else _cells(column, known, surveys.get(stand_in, Survey()), name, opened)
        )
        _take(read, name, cells, name in contract.required)
    if opened.row is not None and "row" not in read.values:
        read.values["row"] = opened.rows[opened.row]
    return read


def _is_time(contract: Contract, name: str) -> bool:
    return name in contract.known and contract.known[name].kind == "time"


def _take(read: _Columns, name: str, cells: Cells, required: bool) -> None:
    read.values[name] = cells.value
    read.said += cells.said
    read.parses = read.parses or cells.parses
    if cells.local is not None:
        read.locals[name] = cells.local
    if required:
        read.reasons[f"no {name}"] = cells.missing
    if cells.unreadable is not None:
        if required:
            read.reasons[f"unreadable {name}"] = cells.unreadable
        else:
            read.faults[name] = cells.unreadable


def _in_order(reasons: dict[str, ir.BooleanValue], contract: Contract) -> dict[str, ir.BooleanValue]:
    # The first reason wins, and first is what the contract names first, whatever the order in the source.
    wanted = [f"{what} {name}" for name in contract.required for what in ("no", "unreadable")]
    return {reason: reasons[reason] for reason in wanted if reason in reasons}


def _surveys(opened: Opened, contract: Contract, names: dict[str, str]) -> dict[str, Survey]:
    uses: dict[str, Use] = {}
    for stand_in, name in names.items():
        known = contract.known.get(name)
        kind = opened.rows[stand_in].type()
        use: Use = "other" if known is None else "number" if known.kind == "number" else "id"
        is_text = kind.is_string() and (opened.cells == "text" or (use == "number" and opened.lies != "elsewhere"))
        is_float_id = (
            use == "id" and known is not None and known.kind == "id" and (kind.is_floating() or kind.is_decimal())
        )
        if (is_text and (known is None or known.kind in ("id", "number"))) or is_float_id:
            uses[stand_in] = use
    return survey_columns(opened.rows, uses)


def _cells(column: ir.Value, known: Column | None, survey: Survey, name: str, opened: Opened) -> Cells:
    if known is None or known.kind == "any":
        return read_other(column, survey)
    nobody = known.required and name in _PEOPLE
    if known.kind == "id":
        return read_id(column, survey, name=name, nobody=nobody)
    if known.kind == "text":
        return read_text(column, nobody=nobody)
    if column.type().is_string() and not is_embedded(opened.rows):
        raise SourceError(
            f"the column read as {name!r} of {opened.shown} is text, and text is read as {known.kind}s only in DuckDB. "
            "Cast it in the query: query='SELECT ..., CAST(... AS ...) AS ...'."
        )
    return read_number(column, survey, name=name) if known.kind == "number" else read_flag(column)


def _time(column: ir.Value, name: str, opened: Opened, times: TimeOptions) -> Cells:
    reading = read_times(column, name=name, duckdb=is_embedded(opened.rows), options=times)
    kind = column.type()
    missing = column.isnull() | (column.strip() == "") if kind.is_string() else column.isnull()
    # A timestamp is a time; a number or a text may turn out to be none.
    unreadable = None if kind.is_timestamp() or kind.is_date() else ~missing & reading.value.isnull()
    return Cells(reading.value, missing, unreadable, tuple(reading.said), reading.parses, reading.local)
