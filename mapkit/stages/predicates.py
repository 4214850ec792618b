"""Conditions on the columns of an event, written as data: ``{"channel": "email", "value": {">=": 100}}``."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mapkit.errors import StageError

if TYPE_CHECKING:
    import ibis.expr.types as ir

Value = str | int | float | bool | None
_COMPARES: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
OPERATORS = (*_COMPARES, "in")


@dataclass(frozen=True)
class Predicate:
    """One condition on one column. A missing value meets ``== None`` and no other: it is not unequal to anything."""

    column: str
    operator: str
    value: Value | tuple[Value, ...]

    def expression(self, column: ir.Value) -> ir.BooleanValue:
        """Return the condition as an Ibis expression on the column."""
        import ibis

        value: Any = self.value
        if value is None:
            return column.isnull() if self.operator == "==" else column.notnull()
        kind = column.type()
        numbers = all(isinstance(part, int | float) for part in self._values() if part is not None)
        if kind.is_temporal() and isinstance(value, str):
            value = ibis.timestamp(value)
        elif numbers != (kind.is_numeric() or kind.is_boolean()):
            raise StageError(
                f"The condition {self} compares {'a number' if numbers else 'text'} with the column {self.column!r},"
                f" which holds {kind}. Write the value as the column holds it, or convert the column on loading."
            )
        return column.isin(value) if self.operator == "in" else _COMPARES[self.operator](column, value)

    def excludes(self, other: Predicate) -> bool:
        """Say whether no value can meet both, as far as that can be told without data."""
        if self.column != other.column:
            return False
        for one, two in ((self, other), (other, self)):
            if one.operator in ("==", "in"):
                return not any(two._allows(value) for value in one._values())
        low, high = sorted((self, other), key=lambda predicate: predicate.operator[0], reverse=True)
        if (low.operator[0], high.operator[0]) != (">", "<") or not _comparable(low.value, high.value):
            return False
        meet = low.operator == ">=" and high.operator == "<="
        return bool(low.value > high.value or (low.value == high.value and not meet))  # type: ignore[operator]

    def written(self) -> Any:
        """Return the value as the friendly form writes it: bare for equality, else ``{operator: value}``."""
        if self.operator == "==":
            return self.value
        if self.operator == "in" and isinstance(self.value, tuple):
            return list(self.value)
        return {self.operator: self.value}

    def _values(self) -> tuple[Value, ...]:
        return self.value if isinstance(self.value, tuple) else (self.value,)

    def _allows(self, value: Value) -> bool:
        if self.operator in ("==", "in"):
            return value in self._values()
        if self.operator == "!=":
            return value is not None and value != self.value
        return _comparable(value, self.value) and bool(_COMPARES[self.operator](value, self.value))

    def __str__(self) -> str:
        return f"{self.column} {self.operator} {self.value!r}"


def predicates_of(where: Mapping[str, Any] | Sequence[Predicate]) -> tuple[Predicate, ...]:
    """Return the predicates that a mapping of columns to conditions says, in its order.

    A bare value means equality, a list means one of these, ``{operator: value}`` compares; several operators on a
    column must all be met.
    """
    if isinstance(where, Mapping):
        return tuple(predicate for column, said in where.items() for predicate in _of_column(str(column), said))
    return tuple(where)


def written(predicates: Sequence[Predicate]) -> dict[str, Any]:
    """Return predicates as a mapping of columns to conditions; :func:`predicates_of` reads it back."""
    mapping: dict[str, Any] = {}
    for predicate in predicates:
        said = predicate.written()
        if predicate.column in mapping:
            # Two conditions on one column can only be written side by side with their operators.
            said = {**_with_operator(mapping[predicate.column]), **_with_operator(said)}
        mapping[predicate.column] = said
    return mapping


def _with_operator(said: Any) -> dict[str, Any]:
    if isinstance(said, dict):
        return said
    return {"in": said} if isinstance(said, list) else {"==": said}


def _of_column(column: str, said: Any) -> Iterator[Predicate]:
    conditions = said if isinstance(said, Mapping) else _with_operator(_listed(said))
    for sign, value in conditions.items():
        if sign not in OPERATORS:
            raise StageError(
                f"{column!r}: the operator {sign!r} is not known. Use one of {', '.join(OPERATORS)}, or a bare value."
            )
        values = tuple(value) if sign == "in" and isinstance(value, list | tuple | set) else value
        _check_value(column, sign, values)
        yield Predicate(column, sign, values)


def _listed(said: Any) -> Any:
    return list(said) if isinstance(said, tuple | set | frozenset) else said


def _check_value(column: str, sign: str, value: Any) -> None:
    parts = value if isinstance(value, tuple) else (value,)
    plain = all(part is None or (isinstance(part, str | int | float) and part == part) for part in parts)
    if not plain or (sign == "in") != isinstance(value, tuple):
        raise StageError(
            f"{column!r}: {value!r} cannot be compared with {sign!r}. Give text, a number, true, false or null"
            " - and a list of these for 'in'."
        )
    if value is None and sign not in ("==", "!="):
        raise StageError(f"{column!r}: nothing is {sign} null. Use a value, or {{'==': null}} for a missing one.")


def _comparable(value: Any, bound: Any) -> bool:
    return all(isinstance(side, int | float) for side in (value, bound)) or (
        isinstance(value, str) and isinstance(bound, str)
    )
