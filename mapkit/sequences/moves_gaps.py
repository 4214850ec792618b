"""Times between steps, kept in order to know their exact medians: in memory, and on disk beyond a limit."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import IO, Any

import numpy as np

from mapkit.sequences import moves_machine as machine

# About 12 MB; what comes beyond goes to a temporary file, so that memory stays flat however long the log.
_IN_MEMORY = 1_000_000
_CELLS = 1 << 22
_FARTHEST = np.iinfo(np.int64).max


@dataclass
class Gaps:
    """Pairs of (slot, microseconds), appended in stretches and read as often as need be."""

    rows: int = 0
    largest: int = 0
    _stretches: list[tuple[int, int, np.ndarray | None, np.ndarray | None]] = field(default_factory=list)
    _file: IO[bytes] | None = None

    def append(self, slots: np.ndarray, gaps: np.ndarray) -> None:
        """Add a stretch of gaps, none of them negative."""
        if not len(gaps):
            return
        self.rows += len(gaps)
        self.largest = max(self.largest, int(gaps.max()))
        if self.rows <= _IN_MEMORY:
            self._stretches.append((len(gaps), 0, slots, gaps))
            return
        if self._file is None:
            self._file = tempfile.TemporaryFile(prefix="mapkit-", buffering=0)  # noqa: SIM115 - until close
        self._stretches.append((len(gaps), self._file.seek(0, 2), None, None))
        self._file.write(slots.data)
        self._file.write(gaps.data)

    def stretches(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield (slots, microseconds) of every stretch."""
        for rows, place, slots, gaps in self._stretches:
            if slots is not None and gaps is not None:
                yield slots, gaps
            else:
                yield self._read(place, rows, np.int32), self._read(place + 4 * rows, rows, np.int64)

    def close(self) -> None:
        """Give the temporary file back."""
        if self._file is not None:
            self._file.close()

    def _read(self, place: int, rows: int, kind: Any) -> np.ndarray:
        assert self._file is not None
        out = np.empty(rows, dtype=kind)
        self._file.seek(place)
        if self._file.readinto(out.view(np.uint8).data) != out.nbytes:  # type: ignore[attr-defined]
            raise OSError("A temporary file of mapkit was cut off while it was in use.")
        return out


def exact_medians(gaps: Gaps, counts: np.ndarray, suit: Callable[..., Any]) -> np.ndarray:
    """Return the median of each slot's gaps in seconds, NaN where ``counts`` says that it has none.

    The value in the middle is found digit by digit, the highest first, by counting; so nothing is sorted, and memory
    does not grow with the gaps. ``suit`` returns a loop compiled or as it is.
    """
    lower = _ranked(gaps, np.maximum(counts - 1, 0) // 2, suit(machine.count_digits))
    up_to, above = np.zeros_like(counts), np.full(len(counts), _FARTHEST)
    look = suit(machine.look_above)
    for slots, microseconds in gaps.stretches():
        look(slots, microseconds, lower, up_to, above)
    # With an even number of gaps the middle lies between two; the upper is the same value, or the next one above.
    upper = np.where(up_to > counts // 2, lower, above)
    middle = lower + (upper - lower) / 2
    return np.where(counts > 0, middle, np.nan) / 1_000_000


def _ranked(gaps: Gaps, ranks: np.ndarray, count_digits: Callable[..., Any]) -> np.ndarray:
    """Return the gap of each rank (from 0) among its slot's."""
    slots = len(ranks)
    bits = max(min(12, (_CELLS // max(slots, 1)).bit_length() - 1), 4)
    shift, known, ranks = gaps.largest.bit_length(), np.zeros(slots, dtype=np.int64), ranks.copy()
    while shift > 0:
        taken = min(bits, shift)
        counts = np.zeros((slots, 1 << taken), dtype=np.int64)
        for numbers, microseconds in gaps.stretches():
            count_digits(numbers, microseconds, known, shift, taken, counts)
        summed = np.cumsum(counts, axis=1)
        digit = np.minimum((summed <= ranks[:, None]).sum(axis=1), (1 << taken) - 1)
        ranks -= np.where(digit > 0, np.take_along_axis(summed, np.maximum(digit - 1, 0)[:, None], axis=1)[:, 0], 0)
        known = (known << taken) | digit
        shift -= taken
    return known
