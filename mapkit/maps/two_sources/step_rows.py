"""The rows of a log by the steps of a map that they show: one row for each event and step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from mapkit.maps.two_sources.witnesses import Witness

if TYPE_CHECKING:
    import ibis.expr.types as ir

Key = TypeVar("Key")


def step_rows(rows: ir.Table, steps: Sequence[Witness]) -> ir.Table:
    """Return the rows that show any of the steps, with ``step``: its number in ``steps``.

    A row that shows several steps is there several times. The log is read as often as its most shared event has steps,
    which is once or twice, and not once for every step.
    """
    import ibis

    parts = []
    for column in ("event", "touchpoint"):
        shown = [(name, k) for k, step in enumerate(steps) for name in getattr(step, f"{column}s")]
        for codes in layers(shown):
            coded = rows.mutate(step=numbered(rows[column], codes))
            parts.append(coded.filter(coded["step"].notnull()))
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def layers(pairs: Iterable[tuple[Key, int]]) -> list[dict[Key, int]]:
    """Return the pairs as few mappings, in each of which a key has one number.

    >>> layers([("a", 0), ("b", 1), ("a", 2)])
    [{'a': 0, 'b': 1}, {'a': 2}]
    """
    found: list[dict[Key, int]] = []
    for key, number in pairs:
        layer = next((each for each in found if key not in each), None)
        if layer is None:
            layer = {}
            found.append(layer)
        layer[key] = number
    return found


def numbered(column: ir.Value, numbers: Mapping[Any, float]) -> ir.Value:
    """Return the number that each value of a column stands for; null for a value that has none."""
    return column.cases(*numbers.items(), else_=None)
