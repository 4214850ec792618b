"""Text to data, with the place of every part of it.

The document is built from the parser's events, not by a YAML constructor: nothing in a document can make Python run
anything, a duplicate key is noticed before it is lost, and an alias is weighed before it is followed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from mapkit.documents.scalars import plain_value
from mapkit.errors import DocumentError

Path = tuple[str | int, ...]
Place = tuple[int, int]

MOST_PARTS = 500_000
DEEPEST = 60
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Parsed:
    """A document's data, and the line and column (from 1) at which each part and each key stands."""

    data: Any
    name: str
    values: dict[Path, Place] = field(repr=False)
    keys: dict[Path, Place] = field(repr=False)

    def place(self, path: Path, *, key: bool = False) -> str:
        """Return ``file, line 3, column 5 (stages.awareness[0])`` for a part, or for its key."""
        found = self.keys.get(path) if key else None
        for length in range(len(path), -1, -1):
            # What stands behind an alias has no place of its own; its nearest parent does.
            found = found or self.values.get(path[:length])
        where = f", line {found[0]}, column {found[1]}" if found else ""
        return f"{self.name}{where}" + (f" ({dotted(path)})" if path else "")


def dotted(path: Path) -> str:
    """Return a path as people write it: ``stages.awareness[0].event``."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return "".join(parts).removeprefix(".")


def parse_yaml(text: str, name: str) -> Parsed:
    """Return the data of one YAML document. Raises DocumentError with line and column for anything it cannot be."""
    builder = _Builder(name)
    try:
        events = _without_stream(yaml.parse(text, Loader=_LOADER))
        first = next(events, None)
        if first is None:
            raise DocumentError(f"{name} is empty. A document has at least one 'key: value' line.")
        data = builder.value(first, events, ())
        extra = next(events, None)
    except yaml.MarkedYAMLError as fault:
        raise _syntax_fault(fault, name) from None
    except yaml.YAMLError as fault:
        raise DocumentError(f"{name} is not text that YAML can hold: {fault}") from None
    if extra is not None:
        raise DocumentError(f"{builder.at(extra)}: a second document starts here ('---'). Keep one document in a file.")
    return Parsed(data, name, builder.values, builder.keys)


def _without_stream(events: Iterator[Any]) -> Iterator[Any]:
    skipped = (yaml.StreamStartEvent, yaml.StreamEndEvent, yaml.DocumentStartEvent, yaml.DocumentEndEvent)
    return (event for event in events if not isinstance(event, skipped))


def _syntax_fault(fault: Any, name: str) -> DocumentError:
    mark: Any = fault.problem_mark or fault.context_mark
    where = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
    context = f" {fault.context}" if fault.context else ""
    return DocumentError(
        f"{name}{where}: this is not YAML:{context} {fault.problem}. Mind indentation, colons and quotes."
    )


def _place(event: Any) -> Place:
    return event.start_mark.line + 1, event.start_mark.column + 1


class _Builder:
    """Builds values from parser events, and keeps the books that make aliases harmless."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.values: dict[Path, Place] = {}
        self.keys: dict[Path, Place] = {}
        self._anchored: dict[str, tuple[Any, int]] = {}
        self._open: set[str] = set()
        self._parts = 0

    def at(self, event: Any) -> str:
        line, column = _place(event)
        return f"{self.name}, line {line}, column {column}"

    def value(self, event: Any, events: Iterator[Any], path: Path) -> Any:
        self.values[path] = _place(event)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        if event.tag not in (None, "!", "tag:yaml.org,2002:str"):
            raise DocumentError(f"{self.at(event)}: the tag {event.tag!r} is not allowed. Write plain values.")
        before = self._parts
        self._count(1, event)
        if event.anchor:
            self._open.add(event.anchor)
        built = self._built(event, events, path)
        if event.anchor:
            self._open.discard(event.anchor)
            self._anchored[event.anchor] = (built, self._parts - before)
        return built

    def _built(self, event: Any, events: Iterator[Any], path: Path) -> Any:
        if isinstance(event, yaml.ScalarEvent):
            return plain_value(event.value) if event.implicit[0] and event.tag is None else event.value
        if len(path) >= DEEPEST:
            raise DocumentError(f"{self.at(event)}: nested more than {DEEPEST} levels deep. Flatten the document.")
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(events, path)
        return self._mapping(events, path)

    def _sequence(self, events: Iterator[Any], path: Path) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            items.append(self.value(event, events, (*path, len(items))))
        return items

    def _mapping(self, events: Iterator[Any], path: Path) -> dict[str, Any]:
        pairs: dict[str, Any] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise DocumentError(f"{self.at(event)}: a key must be one word or quoted text, not a list or mapping.")
            here = (*path, event.value)
            if event.value in pairs:
                first = self.keys[here][0]
                raise DocumentError(
                    f"{self.at(event)}: the key {event.value!r} is there twice, first on line {first}. "
                    "Only one would count: join the two, or rename one."
                )
            self.keys[here] = _place(event)
            pairs[event.value] = self.value(next(events), events, here)
        return pairs

    def _alias(self, event: Any) -> Any:
        if event.anchor in self._open:
            raise DocumentError(f"{self.at(event)}: the alias *{event.anchor} contains itself. Write the part out.")
        if event.anchor not in self._anchored:
            raise DocumentError(
                f"{self.at(event)}: the alias *{event.anchor} names nothing above it. Define &{event.anchor}."
            )
        built, parts = self._anchored[event.anchor]
        self._count(parts, event)
        return built

    def _count(self, parts: int, event: Any) -> None:
        self._parts += parts
        if self._parts > MOST_PARTS:
            raise DocumentError(
                f"{self.at(event)}: the document has more than {MOST_PARTS:,} parts once its aliases are written out. "
                "Split it, or write out fewer aliases."
            )
