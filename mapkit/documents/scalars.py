"""What a plain YAML word means: the same few types that JSON has, so that names stay names.

YAML 1.1 reads ``no`` as false, ``1:30`` as 90 and ``2025-01-01`` as a date. Names are data here, and an event may be
called any of these; only ``true``, ``false``, ``null`` and numbers written as in JSON are anything but text.
"""

from __future__ import annotations

import re

Scalar = str | int | float | bool | None

WHOLE = re.compile(r"^[-+]?(?:0|[1-9][0-9]*)$")
DECIMAL = re.compile(r"^[-+]?(?:(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|[0-9]+[eE][-+]?[0-9]+)$")
_WORDS: dict[str, Scalar] = {
    "true": True,
    "True": True,
    "false": False,
    "False": False,
    "null": None,
    "Null": None,
    "~": None,
    "": None,
}
_LONGEST_NUMBER = 100


def plain_value(word: str) -> Scalar:
    """Return what an unquoted YAML word stands for.

    >>> [plain_value(word) for word in ("12", "1.5", "true", "no", "2025-01-01", "007")]
    [12, 1.5, True, 'no', '2025-01-01', '007']
    """
    if word in _WORDS:
        return _WORDS[word]
    if len(word) > _LONGEST_NUMBER:
        return word
    if WHOLE.match(word):
        return int(word)
    return float(word) if DECIMAL.match(word) else word
