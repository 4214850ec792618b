"""Which item of a list is which item of its later version."""

from __future__ import annotations

import json
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from typing import Any


def align(before: list[Any], after: list[Any]) -> list[int | None]:
    """Return, for each item of ``after``, the place of the item of ``before`` that it was, or None for a new one.

    Items that are equal belong together; then those of one name; then those in one place; then what is between the
    same neighbours.
    """
    found: list[int | None] = [None] * len(after)
    free = set(range(len(before)))
    for key in (_whole, _name, _place):
        _pair(before, after, found, free, key)
    _pair_gaps(found, free)
    return found


def _pair(
    before: list[Any], after: list[Any], found: list[int | None], free: set[int], key: Callable[[Any], Any]
) -> None:
    waiting: dict[Any, deque[int]] = defaultdict(deque)
    for at in sorted(free):
        if (name := key(before[at])) is not None:
            waiting[name].append(at)
    for place in _open(found):
        if queue := waiting.get(key(after[place])):
            found[place] = queue.popleft()
            free.discard(found[place] or 0)


def _pair_gaps(found: list[int | None], free: set[int]) -> None:
    for place in _open(found):
        low = next((at for at in reversed(found[:place]) if at is not None), -1)
        candidate = low + 1
        if candidate in free:
            found[place] = candidate
            free.discard(candidate)


def _open(found: list[int | None]) -> Iterable[int]:
    return [place for place, at in enumerate(found) if at is None]


def _whole(item: Any) -> Any:
    return json.dumps(item, sort_keys=True, ensure_ascii=False)


def _name(item: Any) -> Any:
    named = item.get("id") or item.get("name") if isinstance(item, dict) else item
    return named if isinstance(named, str) else None


def _place(item: Any) -> Any:
    if not isinstance(item, dict) or "id" in item or "stage" not in item:
        return None
    return item["stage"], item.get("step")
