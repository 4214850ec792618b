"""Text that came from a page, made fit for a document."""

from __future__ import annotations

import re
from typing import Any

from mapkit.errors import OptionError

# What YAML cannot hold, and what a page cannot show: control characters and halves of a character.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def plain(text: Any) -> str:
    r"""Return text without control characters and without space around it.

    >>> plain("  two\r\nlines\x00 ")
    'two\nlines'
    """
    return _UNFIT.sub("", str("" if text is None else text).replace("\r\n", "\n").replace("\r", "\n")).strip()


def named(text: Any, what: str) -> str:
    """Return a name on one line. Raises OptionError where nothing is left of it."""
    name = " ".join(plain(text).split())
    if not name:
        raise OptionError(f"{what} needs a name.")
    return name


def names(given: Any) -> tuple[str, ...]:
    """Return the names of a list, without empty ones and without repetitions."""
    every = (" ".join(plain(each).split()) for each in ([given] if isinstance(given, str) else given))
    return tuple(dict.fromkeys(each for each in every if each))


def place(at: Any, most: int) -> int:
    """Return a place from 0 to ``most``."""
    return max(0, min(int(at), most))


def cut(text: str, most: int = 40) -> str:
    """Return text in quotes, cut to what fits a tooltip."""
    return repr(text if len(text) <= most else f"{text[: most - 1]}…")
