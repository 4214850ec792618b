"""How the cells of one column are read, by the kind of value its contract asks for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from mapkit.loaders.survey import NOBODY, Survey
from mapkit.tables.embedded import is_embedded

if TYPE_CHECKING:
    import ibis.expr.types as ir

# Where the words of NOBODY lie in the order of letters; blanks sort before "!".
_NOBODY_BETWEEN = (("<", "="), ("N", "O"), ("n", "o"))
_TRUE = ("true", "t", "yes", "y", "1")
_FALSE = ("false", "f", "no", "n", "0")


@dataclass
class Cells:
    """One column, read. ``missing`` and ``unreadable`` are true or false, never null; None where it cannot be.

    ``parses`` says that reading costs enough to be done only once; ``local`` are times before they became UTC.
    """

    value: ir.Value
    missing: ir.BooleanValue
    unreadable: ir.BooleanValue | None = None
    said: tuple[str, ...] = ()
    parses: bool = False
    local: ir.Value | None = None


def read_id(column: ir.Value, survey: Survey, *, name: str, nobody: bool) -> Cells:
    """Return ids as they are: text stays text, whole numbers stay whole numbers, 17850.0 becomes 17850."""
    kind = column.type()
    if kind.is_integer():
        return Cells(column, column.isnull())
    if kind.is_floating() or kind.is_decimal():
        return _float_id(column, survey, name)
    if not kind.is_string():
        text = column.cast("string")
        return Cells(text, column.isnull())
    missing = _blank(column, nobody)
    if survey.kind == "whole":
        return Cells(column.strip().try_cast("int64"), missing, parses=True)
    if survey.kind == "whole floats":
        value = column.strip().re_replace(r"\.0+$", "").try_cast("int64")
        return Cells(
            value, missing, said=(f"{name}: whole numbers written like 17850.0 are read as 17850",), parses=True
        )
    return Cells(column, missing)


def _float_id(column: ir.Value, survey: Survey, name: str) -> Cells:
    missing = column.isnull() | column.cast("float64").isnan()
    if survey.kind == "whole floats":
        # Missing ones are nulled before the cast, which stops at NaN.
        value = missing.ifelse(None, column).cast("int64")
        return Cells(value, missing, said=(f"{name}: whole numbers kept as 17850.0 are read as 17850",))
    return Cells(column.cast("string"), missing)


def read_text(column: ir.Value, *, nobody: bool = False) -> Cells:
    """Return text unchanged; anything else as text."""
    if column.type().is_string():
        return Cells(column, _blank(column, nobody))
    return Cells(column.cast("string"), column.isnull())


def _blank(column: ir.Value, nobody: bool) -> ir.BooleanValue:
    bare = column.strip()
    blank = bare.lower().isin(NOBODY) if nobody else bare == ""
    if is_embedded(column.as_table()):
        # Only a text that begins so can be one of those words. A file's statistics answer this without a look at the
        # cells; asked of a server, it would depend on the server's order of letters.
        starts = [column < "!", *(column.between(first, last) for first, last in _NOBODY_BETWEEN if nobody)]
        blank = reduce(or_, starts) & blank
    return column.isnull() | blank


def read_number(column: ir.Value, survey: Survey, *, name: str) -> Cells:
    """Return numbers; what is no number becomes empty and is unreadable."""
    kind = column.type()
    if kind.is_floating():
        return Cells(column.isnan().ifelse(None, column).cast("float64"), column.isnull() | column.isnan())
    if name == "row" and kind.is_integer():
        # The order of rows must not blur: floats cannot tell whole numbers beyond 2**53 apart.
        return Cells(column.cast("int64"), column.isnull())
    if kind.is_numeric() or kind.is_boolean():
        return Cells(column.cast("float64"), column.isnull())
    if not kind.is_string():
        return Cells(column.cast("string").try_cast("float64"), column.isnull())
    bare, missing = column.strip(), _blank(column, nobody=True)
    said: tuple[str, ...] = ()
    if survey.kind == "decimal comma":
        bare = bare.replace(".", "").replace(",", ".")
        said = (f"{name}: the comma is read as the decimal sign",)
    elif survey.kind == "thousands":
        bare = bare.replace(",", "")
        said = (f"{name}: commas separate thousands",)
    value = bare.try_cast("float64")
    value = value.isnan().ifelse(None, value)
    return Cells(value, missing, ~missing & value.isnull(), said, parses=True)


def read_flag(column: ir.Value) -> Cells:
    """Return true or false from booleans, numbers and the usual words."""
    kind = column.type()
    if kind.is_boolean():
        return Cells(column, column.isnull())
    if kind.is_numeric():
        return Cells(column != 0, column.isnull())
    bare, missing = column.cast("string").strip().lower(), _blank(column.cast("string"), nobody=True)
    value = bare.isin(_TRUE).ifelse(True, bare.isin(_FALSE).ifelse(False, None))
    return Cells(value, missing, ~missing & ~bare.isin((*_TRUE, *_FALSE)), parses=True)


def read_other(column: ir.Value, survey: Survey) -> Cells:
    """Return a column that no contract knows: typed as the source types it, or as all of its text agrees to be."""
    kinds = {"whole": "int64", "whole floats": "float64", "number": "float64"}
    if survey.kind in kinds and column.type().is_string():
        return Cells(column.strip().try_cast(kinds[survey.kind]), column.isnull(), parses=True)
    if survey.kind == "flag" and column.type().is_string():
        return Cells(column.strip().lower() == "true", column.isnull(), parses=True)
    return Cells(column, column.isnull())
