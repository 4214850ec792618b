"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


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
        return beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
