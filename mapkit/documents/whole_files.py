"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mapkit.errors import DocumentError

_STALE_SECONDS = 30.0


def write_whole(content: bytes, target: Path) -> Path:
    """Write a file and return its path: a reader never sees half of it, and a failure leaves what was there.

    Raises OSError where the folder is missing or may not be written.
    """
    beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
    try:
        # "x": never through a link that someone else has put there.
        with beside.open("xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        if target.exists():
            # Whoever may read the old file may read the new one, and nobody else.
            shutil.copymode(target, beside)
        return beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


@contextmanager
def alone_with(path: Path, *, wait_seconds: float = 3.0) -> Iterator[None]:
    """Keep every other that asks the same away from a file, between looking at it and writing it.

    Raises
    ------
    DocumentError
        Another has it and does not finish, or the folder may not be written.
    """
    lock = path.with_name(f".{path.name}.lock")
    until = time.monotonic() + wait_seconds
    while not _taken(lock):
        if time.monotonic() > until:
            raise DocumentError(f"{path} is being written by somebody else. Try again, or remove {lock}.")
        time.sleep(0.05)
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)


def _taken(lock: Path) -> bool:
    try:
        os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    except FileExistsError:
        _remove_stale(lock)
        return False
    except OSError as fault:
        raise DocumentError(f"{lock.parent} cannot be written to: {fault.strerror}.") from None
    return True


def _remove_stale(lock: Path) -> None:
    """Remove the lock of a program that ended without doing so: writing takes a moment, never half a minute."""
    try:
        if time.time() - lock.stat().st_mtime > _STALE_SECONDS:
            lock.unlink(missing_ok=True)
    except FileNotFoundError:
        pass
