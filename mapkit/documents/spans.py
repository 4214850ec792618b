"""Where in a YAML or JSON text each part stands, so that one part can be changed and the rest left as written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import yaml

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PROPERTIES = re.compile(r"(?:[&!]\S*\s+)+")
_TRIVIA = re.compile(r"(?:[ \t\n]|(?:(?<=[ \t\n])|^)#[^\n]*)*", re.MULTILINE)


class CannotKeep(Exception):  # noqa: N818 - a signal to write the text anew, not an error that anybody sees
    """The text is written in a way that cannot be changed in part."""


@dataclass
class Node:
    """One part of a text: where it starts (behind an anchor) and ends; what is in it, if it is a collection.

    The ``values`` of a mapping belong to its ``keys``. ``entries`` are where each item, with its key or dash, starts.
    A block collection ends with its last line, comment included.
    """

    kind: Literal["scalar", "mapping", "sequence", "alias"]
    start: int
    end: int
    style: str | None = None
    flow: bool = False
    keys: list[Node] = field(default_factory=list)
    values: list[Node] = field(default_factory=list)
    entries: list[int] = field(default_factory=list)


def spans(text: str) -> Node:
    """Return the tree of parts of a text that is one valid document, its line breaks those of Unix."""
    events = iter(yaml.parse(text, Loader=_LOADER))
    try:
        while isinstance(event := next(events), yaml.StreamStartEvent | yaml.DocumentStartEvent):
            pass
        return _Spans(text, events).node(event)
    except yaml.YAMLError:
        # JSON that is not YAML: a character written as two escapes.
        raise CannotKeep from None


def after_trivia(text: str, position: int) -> int:
    """Return where the next word stands, behind blanks, line breaks and comments."""
    found = _TRIVIA.match(text, position)
    return found.end() if found else position


def line_end(text: str, position: int) -> int:
    """Return where the line ends, before its line break."""
    found = text.find("\n", position)
    return len(text) if found < 0 else found


class _Spans:
    def __init__(self, text: str, events: Iterator[Any]) -> None:
        self.text = text
        self.events = events

    def node(self, event: Any) -> Node:
        start, end = event.start_mark.index, event.end_mark.index
        if isinstance(event, yaml.AliasEvent):
            return Node("alias", start, end)
        if found := _PROPERTIES.match(self.text, start, max(end, start)):
            start = found.end()
        if isinstance(event, yaml.ScalarEvent):
            return Node("scalar", start, self._scalar_end(event, start, end), event.style or None)
        kind: Literal["mapping", "sequence"] = "mapping" if isinstance(event, yaml.MappingStartEvent) else "sequence"
        node = Node(kind, start, end, flow=bool(event.flow_style))
        last = self._fill(node)
        if node.flow:
            node.start, node.end = self.text.index("[" if kind == "sequence" else "{", start), last
        else:
            self._block(node)
        return node

    def _fill(self, node: Node) -> int:
        """Collect what is in a collection, and return where its closing bracket ends."""
        stop = yaml.MappingEndEvent if node.kind == "mapping" else yaml.SequenceEndEvent
        event: Any = next(self.events)
        while not isinstance(event, stop):
            if node.kind == "mapping":
                node.keys.append(self.node(event))
                event = next(self.events)
            node.values.append(self.node(event))
            event = next(self.events)
        end: Any = event.end_mark
        return int(end.index)

    def _block(self, node: Node) -> None:
        """Find where entries start: at a key, or at a dash, which has no event of its own."""
        position = node.start
        for at, value in enumerate(node.values):
            entry = node.keys[at].start if node.keys else after_trivia(self.text, position)
            if not node.keys and self.text[entry : entry + 1] != "-":
                raise CannotKeep
            node.entries.append(entry)
            position = value.end
        node.start = node.entries[0]
        node.end = line_end(self.text, node.values[-1].end)

    def _scalar_end(self, event: Any, start: int, end: int) -> int:
        if event.style not in ("|", ">"):
            return end
        # A block text ends with its last line; blank lines behind it are part of it only where "+" keeps them.
        written = self.text[start:end]
        kept = "+" in written.partition("\n")[0]
        return start + len(written.removesuffix("\n") if kept else written.rstrip())
