"""A document changed in its file: what changed is written anew, and every other line stays as somebody wrote it.

The text itself is edited, by the places at which its parts stand; a library that reads and writes the whole text anew
reformats what nobody touched (see decision 0008). The result is read back before it is given: where it does not say
exactly what it should, the whole text is written anew.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

from mapkit.documents.aligning import align
from mapkit.documents.fragments import entry_text, flow_entry_text, flow_text, json_text, scalar_text
from mapkit.documents.reading import parse_plain, text_of
from mapkit.documents.spans import CannotKeep, Node, after_trivia, line_end, spans
from mapkit.documents.whole_files import alone_with
from mapkit.documents.writing import DOCUMENT_ENDINGS, Existing, document_text, write_document, write_text
from mapkit.errors import DocumentError

Form = Literal["yaml", "json"]
Normal = Callable[[Any], Any]
# The place of an item in what was written, its key, and what it shall say.
_Part = tuple[int | None, str | None, Any]


def revise(text: str, data: Mapping[str, Any], *, normal: Normal, name: str, form: Form = "yaml") -> str:
    """Return ``text`` changed to say ``data``, with the comments, order and layout of all that did not change.

    Parameters
    ----------
    normal
        Gives the one form of a document that can be written in several: the form that ``data`` has.
    name
        What stands for the text in errors.

    Raises
    ------
    DocumentError
        The text is not one YAML or JSON document.
    """
    unix = text.replace("\r\n", "\n")
    raw = parse_plain(unix, name, form)
    base = _normalised(raw, normal)
    for aliases in ("kept", "written out"):
        revised = None if base is None else _attempt(unix, raw, base, dict(data), _Style(form, aliases == "kept"))
        if revised is not None and _says(revised, data, normal, form):
            break
    else:
        revised = document_text(data, form)
    return revised.replace("\n", "\r\n") if unix != text else revised


def write_revised(data: Mapping[str, Any], path: str | Path, *, existing: Existing, normal: Normal) -> Path:
    """Write a document as :func:`write_document` does; a file that is replaced keeps what did not change as it was."""
    target = Path(path)
    if existing == "replace" and target.suffix in DOCUMENT_ENDINGS and target.exists():
        with alone_with(target):
            try:
                text = text_of(target)
                revised = revise(text, data, normal=normal, name=target.name, form=form_of(target))
            except DocumentError:
                pass  # what is there is no document, so there is nothing of it to keep
            else:
                # Through a link, to the file itself.
                return target if revised == text else write_text(revised, target.resolve())
    return write_document(data, path, existing=existing)


def form_of(path: Path) -> Form:
    """Return how the text of a file of this name is written."""
    return "json" if path.suffix == ".json" else "yaml"


def _says(text: str, data: Mapping[str, Any], normal: Normal, form: Form) -> bool:
    try:
        return bool(_normalised(parse_plain(text, "the text", form), normal) == data)
    except DocumentError:
        return False


def _normalised(raw: Any, normal: Normal) -> Any:
    try:
        return normal(raw)
    except (DocumentError, KeyError, TypeError, AttributeError):
        return None  # it fits no schema


class _Style:
    """How new parts are written: as YAML or JSON, and whether an alias may stay one."""

    def __init__(self, form: Form, keep_aliases: bool) -> None:
        self.json = form == "json"
        self.keep_aliases = keep_aliases


def _attempt(text: str, raw: Any, base: Any, new: Any, style: _Style) -> str | None:
    try:
        root = spans(text)
        return text[: root.start] + _Reviser(text, style).value(root, raw, base, new, 0) + text[root.end :]
    except CannotKeep:
        return None


class _Reviser:
    """Gives the text of each part.

    ``raw`` is what it says, ``base`` the same in its normal form, ``new`` what it shall say.
    """

    def __init__(self, text: str, style: _Style) -> None:
        self.text = text
        self.style = style

    def value(self, node: Node, raw: Any, base: Any, new: Any, indent: int | None) -> str:
        """Return the text from the start of a part to its end; ``indent`` is None within brackets and braces.

        Raises CannotKeep where the part's form has to change.
        """
        if same(base, new) and self._may_stay(node):
            return self.text[node.start : node.end]
        if node.kind == "mapping" and isinstance(base, dict) and isinstance(new, dict) and new and node.values:
            return self._mapping(node, raw, base, new)
        if node.kind == "sequence" and isinstance(base, list) and isinstance(new, list) and new and node.values:
            return self._sequence(node, raw, base, new)
        if node.kind == "scalar" and node.start < node.end and not isinstance(new, dict | list):
            return self._scalar(node, new, indent)
        raise CannotKeep

    def _scalar(self, node: Node, new: Any, indent: int | None) -> str:
        if self.style.json:
            return json.dumps(new, ensure_ascii=False)
        on_one_line = indent is None and node.style is None
        return flow_text(new) if on_one_line else scalar_text(new, node.style, indent or 0)

    def _may_stay(self, node: Node) -> bool:
        if self.style.keep_aliases:
            return True
        return node.kind != "alias" and all(map(self._may_stay, node.values))

    def _mapping(self, node: Node, raw: Any, base: Any, new: Any) -> str:
        if len(raw) != len(node.keys):
            raise CannotKeep
        places = {key: at for at, key in enumerate(raw)}
        order = [key for key in raw if key in new or key not in base]
        for previous, key in zip([None, *new], new, strict=False):
            if key not in places:
                order.insert(order.index(previous) + 1 if previous in order else 0, key)
        if node.flow:
            return self._flow(node, [(places.get(key), key, new.get(key, raw.get(key))) for key in order], raw, base)
        return self._block(node, [(places.get(key), key, new.get(key, raw.get(key))) for key in order], raw, base)

    def _sequence(self, node: Node, raw: Any, base: Any, new: Any) -> str:
        if not len(raw) == len(base) == len(node.values):
            raise CannotKeep
        parts: list[_Part] = [(at, None, item) for at, item in zip(align(base, new), new, strict=True)]
        return self._flow(node, parts, raw, base) if node.flow else self._block(node, parts, raw, base)

    def _block(self, node: Node, parts: list[_Part], raw: Any, base: Any) -> str:
        indent = node.start - self.text.rfind("\n", 0, node.start) - 1
        leads = [" " * indent] + [self._lead(node, at) for at in range(1, len(node.values))]
        apart = len(leads) > 1 and all(lead.startswith("\n") for lead in leads[1:])
        new_lead = ("\n" if apart else "") + " " * indent
        lines: list[str] = []
        for at, key, new in parts:
            written = self._fresh(node, key, new, indent) if at is None else self._entry(node, at, key, raw, base, new)
            lead = new_lead if at is None or (at == 0 and lines) else leads[at]
            lines.append(lead + written)
        # The first line's indentation stands before the block; blank lines above it would cut it from its key.
        first = lines[0].lstrip("\n")
        if not first.startswith(" " * indent):
            raise CannotKeep
        return "\n".join([self._opening(node, first[indent:]), *lines[1:]])

    def _opening(self, node: Node, first: str) -> str:
        """Return the first entry; where it starts behind a dash, its comments cannot come before it."""
        before = self.text[self.text.rfind("\n", 0, node.start) + 1 : node.start]
        if first.startswith("#") and before.strip():
            raise CannotKeep
        return first

    def _lead(self, node: Node, at: int) -> str:
        """Return what stands between the line of the entry before and this one: comments, blank lines, indentation."""
        return self.text[line_end(self.text, node.values[at - 1].end) + 1 : node.entries[at]]

    def _entry(self, node: Node, at: int, key: str | None, raw: Any, base: Any, new: Any) -> str:
        value = node.values[at]
        start, stop = node.entries[at], line_end(self.text, value.end)
        indent = start - self.text.rfind("\n", 0, start) - 1
        tail = self.text[value.end : stop]
        place: Any = at if key is None else key
        if key is not None and key not in base and same(raw[key], new):
            return self.text[start:stop]
        old = base[place] if key is None else base.get(key, raw[key])
        try:
            return self.text[start : value.start] + self.value(value, raw[place], old, new, indent) + tail
        except CannotKeep:
            return entry_text(key, new, indent) + (tail if value.kind == "scalar" and _is_plain(new) else "")

    def _fresh(self, node: Node, key: str | None, new: Any, indent: int) -> str:
        if key is None and not _is_plain(new) and all(value.flow for value in node.values):
            return f"- {flow_text(new)}"
        return entry_text(key, new, indent)

    def _flow(self, node: Node, parts: list[_Part], raw: Any, base: Any) -> str:
        leads, trails, close = self._separators(node)
        later = leads[1] if len(leads) > 1 else (leads[0] if "\n" in leads[0] else " ")
        pieces = []
        for number, (at, key, new) in enumerate(parts):
            lead = leads[0] if number == 0 else later if at in (None, 0) else leads[at or 0]
            written = self._new_item(key, new, lead) if at is None else self._item(node, at, key, raw, base, new)
            pieces.append(lead + written + ("" if at is None else trails[at]))
        return self.text[node.start] + ",".join(pieces) + close

    def _item(self, node: Node, at: int, key: str | None, raw: Any, base: Any, new: Any) -> str:
        value = node.values[at]
        start = value.start if key is None else node.keys[at].start
        place: Any = at if key is None else key
        if key is not None and key not in base and same(raw[key], new):
            return self.text[start : value.end]
        old = base[place] if key is None else base.get(key, raw[key])
        try:
            return self.text[start : value.start] + self.value(value, raw[place], old, new, None)
        except CannotKeep:
            return self._new_item(key, new, "")

    def _new_item(self, key: str | None, new: Any, lead: str) -> str:
        if self.style.json:
            return ("" if key is None else f"{json.dumps(key, ensure_ascii=False)}: ") + json_text(new, lead)
        return flow_text(new) if key is None else flow_entry_text(key, new)

    def _separators(self, node: Node) -> tuple[list[str], list[str], str]:
        """Return what stands before each item, what stands between it and its comma, and how the brackets close."""
        leads, trails, position = [], [], node.start + 1
        for at, value in enumerate(node.values):
            start = node.keys[at].start if node.keys else value.start
            leads.append(self.text[position:start])
            comma = after_trivia(self.text, value.end)
            if self.text[comma] == ",":
                trails.append(self.text[value.end : comma])
                position = comma + 1
            else:
                trails.append("")
                position = value.end
        close = self.text[position : node.end]
        if any(mark in part for part in (*leads, *trails) for mark in "&!?"):
            raise CannotKeep
        return leads, trails, close


def same(one: Any, other: Any) -> bool:
    """Say whether two parts are the same, 1 and 1.0 and true being three different things."""
    return json.dumps(one, sort_keys=True, default=list) == json.dumps(other, sort_keys=True, default=list)


def _is_plain(value: Any) -> bool:
    return not isinstance(value, dict | list)
