"""What a foreign file holds that a journey map has no place for: every value that nobody read, counted by its path."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Set
from typing import Any

from mapkit.maps.formats.losses import Loss

WHY = "A journey map has no place for it."


def leftovers(data: Any, read: Set[str], *, where: str, why: str = WHY) -> list[Loss]:
    """Return a loss for each path of which no value was read; ``tasks[].position.x`` is one path of many values.

    A path in ``read`` covers everything below it. Empty values are no loss.
    """
    found: dict[str, list[Any]] = defaultdict(list)
    for path, value in _values(data, "", read):
        found[path].append(value)
    return [Loss(where, path, _counted(values), None, why) for path, values in found.items()]


def _values(data: Any, path: str, read: Set[str]) -> Iterator[tuple[str, Any]]:
    if path in read:
        return
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _values(value, f"{path}.{key}".removeprefix("."), read)
    elif isinstance(data, list):
        for value in data:
            yield from _values(value, f"{path}[]", read)
    elif data is not None and data != "":
        yield path, data


def _counted(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else f"{counted(len(values), 'value')}, the first {values[0]!r}"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: 1 trace, 2 traces."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
