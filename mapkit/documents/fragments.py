"""One part of a document as text, in the style of the parts beside it."""

from __future__ import annotations

import json
from typing import Any

from mapkit.documents.writing import dump


def entry_text(key: str | None, value: Any, indent: int) -> str:
    """Return ``key: value``, or ``- value`` without a key, for a column of a block; the first line is not indented."""
    return _indented(dump([value] if key is None else {key: value}), indent)


def flow_text(value: Any) -> str:
    """Return a value on one line, as it stands within brackets and braces."""
    return dump([value], flow=True).removeprefix("[").removesuffix("]")


def flow_entry_text(key: str, value: Any) -> str:
    """Return ``key: value`` on one line, as it stands within braces."""
    return dump({key: value}, flow=True).removeprefix("{").removesuffix("}")


def scalar_text(value: Any, style: str | None, indent: int) -> str:
    """Return a plain value in the style (plain, quoted, ``|``) that another had."""
    return _indented(dump([value], style=style), indent).removeprefix("- ")


def json_text(value: Any, lead: str) -> str:
    """Return a value as JSON, on lines of its own where the values beside it are on theirs."""
    if "\n" not in lead:
        return json.dumps(value, ensure_ascii=False)
    return _indented(json.dumps(value, ensure_ascii=False, indent=2), len(lead) - lead.rindex("\n") - 1)


def _indented(text: str, indent: int) -> str:
    first, *more = text.removesuffix("\n").split("\n")
    return "\n".join([first, *(" " * indent + line if line else line for line in more)])
