"""Documents to text and to files: the whole file is there, or the old one still is."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import yaml

from mapkit.documents.scalars import DECIMAL, WHOLE
from mapkit.documents.whole_files import write_whole
from mapkit.errors import DocumentError, one_of

Existing = Literal["refuse", "replace"]
DOCUMENT_ENDINGS = (".yaml", ".yml", ".json")


class _Dumper(yaml.SafeDumper):
    """Quotes text that YAML 1.1 or our own reader would take for something else, and writes no aliases."""

    text_style: str | None = None

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        # Lists stand in from their key, as people write them.
        super().increase_indent(flow, False)


class _OneLine(_Dumper):
    """Writes a text with line breaks on one line."""

    text_style = "one line"


def _represent_text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    style = dumper.text_style
    if "\n" in text and style in (None, "one line"):
        style = '"' if style else "|"
    elif style == "one line":
        style = None
    # Plain and single-quoted text would lose these: YAML 1.1 takes them for line breaks or a byte order mark.
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"' if _QUOTED.search(text) else style)


_QUOTED = re.compile("[\x85\u2028\u2029\ufeff]")
_Dumper.add_representer(str, _represent_text)
_Dumper.add_implicit_resolver("tag:yaml.org,2002:int", WHOLE, list("-+0123456789"))
_Dumper.add_implicit_resolver("tag:yaml.org,2002:float", DECIMAL, list("-+.0123456789"))
_STYLED = {style: type("_Styled", (_Dumper,), {"text_style": style}) for style in (None, "'", '"', "|", ">")}


def to_yaml(data: Mapping[str, Any]) -> str:
    """Return a document as YAML text, keys in the order given. Reading it back gives the same data."""
    return dump(dict(data))


def dump(value: Any, *, flow: bool = False, style: str | None = None) -> str:
    """Return data of any kind as YAML: in blocks or on one line, its texts in a given style where they can be."""
    _check_numbers(value, "")
    written = yaml.dump(
        value,
        Dumper=_OneLine if flow else _STYLED[style],
        allow_unicode=True,
        sort_keys=False,
        default_flow_style=flow,
        width=1_000_000,
    )
    return str(written).removesuffix("\n") if flow else str(written)


def document_text(data: Mapping[str, Any], form: str) -> str:
    """Return a document as the text of a YAML or JSON file."""
    return _to_json(data) if form == "json" else to_yaml(data)


def write_document(data: Mapping[str, Any], path: str | Path, *, existing: Existing = "refuse") -> Path:
    """Write a document to a ``.yaml``, ``.yml`` or ``.json`` file and return its path.

    The file appears whole: a reader never sees half of it, and a failure leaves what was there. A file that exists
    is replaced with ``existing="replace"`` only, unless it holds the same text already.
    """
    one_of(existing, ("refuse", "replace"), "existing")
    target = Path(path)
    if target.suffix not in DOCUMENT_ENDINGS:
        raise DocumentError(f"{target} is neither .yaml nor .json. Name the file with one of these endings.")
    text = _to_json(data) if target.suffix == ".json" else to_yaml(data)
    if existing == "refuse" and target.exists():
        if target.read_bytes() == text.encode("utf-8", "surrogatepass"):
            return target
        raise DocumentError(f"{target} exists already. Name a new file, or pass existing='replace'.")
    return write_text(text, target)


def write_text(text: str, target: Path) -> Path:
    """Write a text to a file, whole or not at all, and return its path. Raises DocumentError where that fails."""
    try:
        return write_whole(text.encode("utf-8"), target)
    except OSError as fault:
        raise DocumentError(f"{target} cannot be written: {fault.strerror}.") from None
    except UnicodeEncodeError as fault:
        raise DocumentError(
            f"{target} cannot hold {fault.object[fault.start : fault.end]!r}, half a character."
        ) from None


def _to_json(data: Mapping[str, Any]) -> str:
    _check_numbers(data, "")
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _check_numbers(value: Any, path: str) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        raise DocumentError(f"{path.removeprefix('.')} is {value}, which JSON cannot hold. Leave it out, or use None.")
    if isinstance(value, Mapping):
        for key, inner in value.items():
            _check_numbers(inner, f"{path}.{key}")
    elif isinstance(value, list | tuple):
        for position, inner in enumerate(value):
            _check_numbers(inner, f"{path}[{position}]")
