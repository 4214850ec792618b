"""The state machine, compiled when a log is large enough to be worth it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from mapkit.sequences import machine

# Below this many rows plain Python answers sooner than numba is imported.
SMALL = 20_000


@cache
def compiled(name: str) -> Callable[..., Any]:
    """Return ``machine.<name>`` compiled by numba; the machine code is kept on disk for the next process."""
    import numba

    fast: Callable[..., Any] = numba.njit(cache=True, nogil=True)(getattr(machine, name))
    return fast


def suited(name: str, rows: int) -> Callable[..., Any]:
    """Return ``machine.<name>``, compiled when there are enough rows."""
    plain: Callable[..., Any] = getattr(machine, name)
    return plain if rows <= SMALL else compiled(name)
