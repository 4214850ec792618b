"""What a walk follows: a unit, as one 64-bit number."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir


def with_unit(data: ir.Table, unit: tuple[str, ...]) -> ir.Table:
    """Return the events with a 64-bit ``unit``: the customer itself where it is a whole number, else DuckDB's hash.

    Two of n different names share a hash with a chance of about n^2 / 4e19: 3 in 100 million for a million customers.
    """
    import ibis

    @ibis.udf.scalar.builtin(name="hash", signature=((ibis.dtype("string"),), ibis.dtype("uint64")))
    def hashed(text: str) -> int: ...  # type: ignore[empty-body]

    for column in unit:
        # Nobody is no customer: without this, rows without one would walk as one large customer.
        data = data.filter(data[column].notnull())
    if len(unit) == 1 and data[unit[0]].type().is_integer():
        return data.mutate(unit=data[unit[0]].cast("int64"))
    # The length in front keeps ("ab", "c") and ("a", "bc") apart.
    parts = [data[column].cast("string") for column in unit]
    text = parts[0]
    for part in parts[1:]:
        text = text.length().cast("string") + ":" + text + part
    return data.mutate(unit=hashed(text))
