"""Documents from files and from text."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from mapkit.documents.parsing import Parsed, parse_yaml
from mapkit.documents.validation import check_document
from mapkit.errors import DocumentError, nearest

LARGEST_BYTES = 8_000_000
_ESCAPES = re.compile(r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|.)")


def read_document(source: str | Path, schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a YAML or JSON document that fits a schema.

    Plain words are text, numbers, ``true``, ``false`` or ``null``: a name such as ``no`` or ``2025-01-01`` stays text,
    and every key is text. Nothing in a document can make Python run anything.

    Parameters
    ----------
    source
        A file, or the text itself: a ``str`` with a line break in it is text. ``.json`` files are read as JSON.
    schema
        A JSON Schema (draft 2020-12) of an object.

    Raises
    ------
    DocumentError
        Naming file, line, column and part: not readable, not YAML or JSON, a key given twice, an alias that contains
        itself or grows without end, an unknown key (with the nearest known), a value that does not fit.
    """
    if isinstance(source, str) and "\n" in source:
        return parse_document(source, schema)
    document: dict[str, Any] = read_placed(Path(source), schema).data
    return document


def parse_document(
    text: str, schema: Mapping[str, Any], *, name: str = "the text", form: str = "yaml"
) -> dict[str, Any]:
    """Return the document that ``text`` is, as :func:`read_document` would; ``name`` stands for it in errors."""
    document: dict[str, Any] = parse_placed(text, schema, name=name, form=form).data
    return document


def read_placed(path: Path, schema: Mapping[str, Any]) -> Parsed:
    """Return a file's document with the line and column of each part, for faults that a schema cannot see."""
    return parse_placed(text_of(path), schema, name=path.name, form="json" if path.suffix == ".json" else "yaml")


def parse_placed(text: str, schema: Mapping[str, Any], *, name: str = "the text", form: str = "yaml") -> Parsed:
    """Return the document that ``text`` is, with the line and column of each part."""
    parsed = _parse(text, name, form)
    check_document(parsed, schema)
    return parsed


def parse_plain(text: str, name: str, form: str) -> Any:
    """Return the data of a text that is held against no schema."""
    return _parse(text, name, form).data


def _parse(text: str, name: str, form: str) -> Parsed:
    if len(text) > LARGEST_BYTES:
        raise DocumentError(f"{name} has {len(text):,} characters, more than {LARGEST_BYTES:,}. Split it.")
    return _parse_json(text, name) if form == "json" else parse_yaml(text, name)


def text_of(path: Path) -> str:
    """Return a document's text. Raises DocumentError where it is missing, too large, not UTF-8 or not readable."""
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise DocumentError(f"{path} has {path.stat().st_size:,} bytes, more than {LARGEST_BYTES:,}. Split it.")
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        there = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
        raise DocumentError(f"There is no document {path}.{nearest(path.name, there)}") from None
    except UnicodeDecodeError as fault:
        raise DocumentError(f"{path} is not UTF-8 text (byte {fault.start:,}). Save it as UTF-8.") from None
    except OSError as fault:
        raise DocumentError(f"{path} cannot be read: {fault.strerror}.") from None


def _parse_json(text: str, name: str) -> Parsed:
    """Return a JSON document, with the places that the YAML parser finds in the same text."""
    try:
        data = json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as fault:
        raise DocumentError(
            f"{name}, line {fault.lineno}, column {fault.colno}: this is not JSON: {fault.msg}."
        ) from None
    except RecursionError:
        raise DocumentError(f"{name} is nested too deep. Flatten the document.") from None
    # JSON is YAML but for tabs, which JSON allows between values only (a blank in their place moves nothing), and for
    # characters written as two escapes.
    places = parse_yaml(_ESCAPES.sub(_whole_character, text.replace("\t", " ")), name)
    return Parsed(data, name, places.values, places.keys)


def _whole_character(escape: re.Match[str]) -> str:
    return str(json.loads(f'"{escape[0]}"')) if len(escape[0]) > 2 else escape[0]


def _refuse_constant(word: str) -> NoReturn:
    raise DocumentError(f"{word} is not a number that JSON can hold. Leave the value out, or write null.")
