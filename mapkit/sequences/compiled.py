"""Loops over rows, compiled when a log is large enough to be worth it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

# Below this many rows plain Python answers sooner than numba is imported.
SMALL = 20_000


@cache
def compiled(loop: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``loop`` compiled by numba; the machine code is kept on disk for the next process."""
    import numba

    fast: Callable[..., Any] = numba.njit(cache=True, nogil=True)(loop)
    return fast


def suited(loop: Callable[..., Any], rows: int) -> Callable[..., Any]:
    """Return ``loop``, compiled when there are enough rows."""
    return loop if rows <= SMALL else compiled(loop)
