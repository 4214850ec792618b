"""Customers as keyed hashes, so that two companies can count whom they share without showing each other who that is."""

from __future__ import annotations

import csv
import hashlib
import hmac
import io
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from mapkit.documents.whole_files import write_whole
from mapkit.errors import OptionError, TableError, listed, nearest
from mapkit.tables.beside import frame_of

HASH, CHECK = "hash", "check"
_LEAST_SECRET = 16


def hash_customers(
    customers: Any, secret: str | bytes, *, key: str = "email", columns: Sequence[str] = (), path: Any = None
) -> pd.DataFrame:
    """Return customers as keyed hashes (HMAC-SHA256), each once and in the order of the hashes; write them if asked.

    Columns: ``hash`` (64 hexadecimal digits), ``check`` (the same in every file made with the same secret), and those
    asked for. Both sides use one secret that they agree upon out of band and destroy afterwards. Whoever has the secret
    can hash every address they can guess and see who is in the file: this protects against onlookers, and it makes
    nobody anonymous.

    Parameters
    ----------
    secret
        At least 16 characters, agreed upon by both sides, as by ``secrets.token_hex(16)``.
    key
        The column that says who a customer is. Case, spaces and Unicode forms make no difference.
    columns
        Columns to keep in clear, such as segment. The fewer the better.
    path
        A CSV file to write; it is there whole or not at all.

    Raises
    ------
    OptionError
        The secret is too short to withstand guessing.
    TableError
        A column is missing, or a column would be kept that is the key.

    Source: Krawczyk, Bellare and Canetti (1997), RFC 2104.
    """
    own = _secret(secret)
    frame = frame_of(customers, "The list of customers")
    for name in (key, *columns):
        need(frame, name)
    if key in columns:
        raise TableError(f"columns has {key!r}, which says who a customer is. Keep only columns that many share.")
    keys = normalised(frame[key])
    kept = frame.loc[keys.notna(), list(columns)].assign(**{HASH: hashed(keys.dropna(), own), CHECK: fingerprint(own)})
    kept = kept.drop_duplicates(HASH).sort_values(HASH, ignore_index=True)[[HASH, CHECK, *columns]]
    if path is not None:
        text = io.StringIO()
        kept.to_csv(text, index=False, quoting=csv.QUOTE_MINIMAL, lineterminator="\n")
        write_whole(text.getvalue().encode(), Path(path))
    return kept


def normalised(values: pd.Series) -> pd.Series:
    """Return keys as they are compared: Unicode composed, lower case, no spaces; NA where nothing is left.

    >>> list(normalised(pd.Series(["  Ann@Example.ORG ", ""])).fillna("nothing"))
    ['ann@example.org', 'nothing']
    """
    return values.astype(object).map(_normal).astype(object)


def hashed(keys: pd.Series, secret: bytes) -> list[str]:
    """Return the keyed hash of each key."""
    return [hmac.new(secret, str(key).encode(), hashlib.sha256).hexdigest() for key in keys]


def fingerprint(secret: bytes) -> str:
    """Return what tells that two files were made with one secret, and tells nothing of the secret."""
    return hmac.new(secret, b"mapkit: one secret", hashlib.sha256).hexdigest()[:16]


def need(frame: pd.DataFrame, name: str) -> None:
    """Raise TableError, with the nearest, unless a list of customers has a column."""
    if name not in frame:
        raise TableError(
            f"The list of customers has no column {name!r}. It has {listed(frame.columns)}."
            f"{nearest(name, map(str, frame.columns))}"
        )


def _secret(secret: str | bytes) -> bytes:
    own = secret.encode() if isinstance(secret, str) else bytes(secret)
    if len(own) < _LEAST_SECRET:
        raise OptionError(
            f"The secret has {len(own)} characters. Use {_LEAST_SECRET} or more, made by chance: secrets.token_hex(16)."
        )
    return own


def _normal(value: Any) -> str | None:
    if value is None or value != value or value is pd.NA:
        return None
    return "".join(unicodedata.normalize("NFKC", str(value)).casefold().split()) or None
