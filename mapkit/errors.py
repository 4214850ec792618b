"""What can go wrong, said so that the reader knows what to do next.

Every error mapkit raises on purpose derives from :class:`MapkitError`, and its message has the same shape:
what is wrong, where, what was there, what to do.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class MapkitError(Exception):
    """Base of every error that mapkit raises on purpose."""


class SourceError(MapkitError):
    """A source cannot be read: missing, cut off, of an unknown kind, or refused by its server."""


class TableError(MapkitError):
    """A table lacks something that a measure needs: a column, a type, an order of rows."""


class DocumentError(MapkitError):
    """A YAML or JSON document does not fit its schema."""


class StageError(MapkitError):
    """A stage model contradicts itself, or does not cover the events it is put to."""


class OptionError(MapkitError):
    """An argument has a value that the function cannot use."""


class BackendError(MapkitError):
    """The database behind a table cannot express what was asked."""


def nearest(name: str, known: Iterable[str]) -> str:
    """Return `` Did you mean 'x'?`` for the closest known name, or an empty string when none is close.

    >>> nearest("custmer", ["customer", "event"])
    " Did you mean 'customer'?"
    >>> nearest("zebra", ["customer", "event"])
    ''
    """
    lowered = {str(candidate).lower(): str(candidate) for candidate in known}
    close = difflib.get_close_matches(str(name).lower(), lowered, n=1, cutoff=0.6)
    return f" Did you mean {lowered[close[0]]!r}?" if close else ""


def listed(names: Iterable[object], most: int = 12) -> str:
    """Return names quoted and joined for an error message, cut after ``most``.

    >>> listed(["a", "b", "c"], most=2)
    "'a', 'b' and 1 more"
    """
    every = [repr(str(name)) for name in names]
    if len(every) <= most:
        return ", ".join(every) or "nothing"
    return f"{', '.join(every[:most])} and {len(every) - most:,} more"


def one_of(value: object, allowed: Iterable[str], option: str) -> None:
    """Raise :class:`OptionError` unless ``value`` is one of ``allowed``; the message names them and the nearest."""
    choices = list(allowed)
    if value not in choices:
        raise OptionError(
            f"{option}={value!r} is not known. Use one of {listed(choices)}.{nearest(str(value), choices)}"
        )
