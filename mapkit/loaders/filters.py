"""Which rows the caller wants."""

from __future__ import annotations

import numbers
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from mapkit.errors import OptionError, listed, nearest

if TYPE_CHECKING:
    import ibis.expr.types as ir

Where = Mapping[str, Any] | Callable[..., Any]


def filtered(rows: ir.Table, where: Where | None, names: tuple[str, ...], shown: str) -> ir.Table:
    """Return the rows for which a condition holds; a row for which it cannot be told is left out.

    Raises
    ------
    OptionError
        When the condition names a column that is not there, or compares text with numbers.
    """
    if where is None:
        return rows
    if isinstance(where, Mapping):
        for name, wanted in where.items():
            if name not in names:
                raise OptionError(
                    f"where= names the column {name!r}, which {shown} does not have once columns= has renamed it. "
                    f"It has {listed(names, most=20)}.{nearest(str(name), names)}"
                )
            rows = rows.filter(_is_one_of(rows[name], wanted, name))
        return rows
    from ibis.common.exceptions import IbisError

    try:
        return rows.filter(where)
    except (IbisError, AttributeError, TypeError, ValueError) as error:
        raise OptionError(
            f"where= is no condition on the columns {listed(names, most=20)}: {error}. "
            "Write a dict such as where={'event': ['visit', 'buy']} or an Ibis condition such as "
            "where=ibis._.value > 0."
        ) from None


def _is_one_of(column: ir.Value, wanted: Any, name: str) -> ir.BooleanValue:
    values = list(wanted) if isinstance(wanted, list | tuple | set | frozenset | range) else [wanted]
    there = [value for value in values if value is not None]
    kind = column.type()
    odd = next((value for value in there if not isinstance(value, _fitting(kind))), None)
    if odd is not None:
        raise OptionError(
            f"where={{{name!r}: ...}} compares {odd!r} with a column of {kind}. Give values of that kind."
        )
    found = column.isin(there)
    return found | column.isnull() if len(there) < len(values) else found


def _fitting(kind: Any) -> type:
    """What Python calls a value that a column of this kind can be compared with."""
    if kind.is_string():
        return str
    if kind.is_boolean():
        return bool
    return numbers.Number if kind.is_numeric() else object
