"""What the cells of a text column agree to be, found by looking at all of them once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import ibis.expr.types as ir

Use = Literal["id", "number", "other"]
Shape = Literal["text", "whole", "whole floats", "number", "decimal comma", "thousands", "flag"]

# What programs write where there is nobody. As a customer they would be one customer with a very long journey.
NOBODY = ("", "null", "nan", "none", "n/a", "<na>", "nil")

# A leading zero makes a code of a number ('00123'), and more than 18 digits do not fit.
_WHOLE_FLOAT = r"^-?(0|[1-9]\d{0,14})(\.0+)?$"
_CODE = r"^[+-]?0\d|^\+|[^0-9eE.+-]"
_COMMA = r"^[+-]?\d{1,3}(\.\d{3})*,\d+$|^[+-]?\d+,\d+$"
_THOUSANDS = r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$"


@dataclass(frozen=True)
class Survey:
    """What a column is, judged by every cell it holds."""

    kind: Shape = "text"


def survey_columns(rows: ir.Table, columns: dict[str, Use]) -> dict[str, Survey]:
    """Return what each column is; the cheap questions go to every cell, the dear ones to the columns left open."""
    first = _counted(rows, columns, _plain)
    found = {name: Survey(kind) for name, count in first.items() if (kind := _plain_shape(count, columns[name]))}
    open_still = {name: use for name, use in columns.items() if name not in found}
    second = _counted(rows, open_still, _detailed)
    return found | {name: Survey(_shape(first[name] | count, columns[name])) for name, count in second.items()}


def _counted(
    rows: ir.Table, columns: dict[str, Use], questions: Callable[[ir.Value, Use], dict[str, ir.Value]]
) -> dict[str, dict[str, int]]:
    asked = {name: questions(rows[name], use) for name, use in columns.items()}
    flat = {f"{kind} {name}": count for name, counts in asked.items() for kind, count in counts.items()}
    if not flat:
        return {name: {} for name in columns}
    found = rows.aggregate(**flat).to_pyarrow().to_pylist()[0]
    return {name: {kind: int(found[f"{kind} {name}"] or 0) for kind in counts} for name, counts in asked.items()}


def _bare(column: ir.Value, use: Use) -> ir.Value:
    text = column.strip()
    nothing = text.lower().isin(NOBODY) if use != "other" else text == ""
    return nothing.ifelse(None, text)


def _plain(column: ir.Value, use: Use) -> dict[str, ir.Value]:
    if column.type().is_numeric():
        return _of_floats(column)
    bare = _bare(column, use)
    counted = {"cells": bare.count(), "whole": (bare.try_cast("int64").cast("string") == bare).sum()}
    if use != "id":
        counted["number"] = bare.try_cast("float64").count()
    return counted


def _plain_shape(count: dict[str, int], use: Use) -> Shape | None:
    cells = count["cells"]
    if not cells or (use == "number" and count["number"] == cells):
        return "text"
    if use != "number" and count["whole"] == cells:
        return "whole"
    return None


def _detailed(column: ir.Value, use: Use) -> dict[str, ir.Value]:
    if column.type().is_numeric():
        return {}
    bare = _bare(column, use)
    if use == "number":
        return {
            "comma": bare.re_search(_COMMA).sum(),
            "thousands": bare.re_search(_THOUSANDS).sum(),
            "points": (bare.contains(".") & ~bare.contains(",")).sum(),
            "both": (bare.re_search(_THOUSANDS) & bare.contains(".")).sum(),
        }
    counted = {"floats": bare.re_search(_WHOLE_FLOAT).sum()}
    if use == "other":
        counted |= {"codes": bare.re_search(_CODE).sum(), "flag": bare.lower().isin(("true", "false")).sum()}
    return counted


def _of_floats(column: ir.Value) -> dict[str, ir.Value]:
    exact = column.cast("float64")
    there = column.notnull() & ~exact.isnan()
    whole = there & (exact.abs() < 2**53) & (exact == exact.floor())
    return {"cells": there.sum(), "whole": whole.ifelse(0, 0).sum(), "floats": whole.sum()}


def _shape(count: dict[str, int], use: Use) -> Shape:
    cells = count["cells"]
    if use == "number":
        return _number_shape(count)
    if count["floats"] == cells:
        return "whole floats"
    if count.get("number") == cells and not count.get("codes"):
        return "number"
    return "flag" if count.get("flag") == cells else "text"


def _number_shape(count: dict[str, int]) -> Shape:
    """Decide what a comma means; '1,234' alone could be either, so it stays unreadable and is counted."""
    if count["comma"] > count["thousands"] and not count["points"]:
        return "decimal comma"
    if count["thousands"] and count["comma"] <= count["thousands"] and (count["points"] or count["both"]):
        return "thousands"
    return "text"
