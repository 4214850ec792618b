"""A log in compact form, dealt into parts by unit: in memory, and on disk beyond a limit."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

import numpy as np

from mapkit.sequences.compiled import SMALL, compiled
from mapkit.sequences.dealing import PARTS, deal_rows, number_units

# About 12 MB of rows; what comes beyond goes to a temporary file, so that memory stays flat however long the log.
_IN_MEMORY = 500_000
# A part is walked in stretches of about so many rows; nearly always it is one.
_STRETCH = 1_000_000

Arrays = tuple[np.ndarray, ...]
_KINDS = (np.uint64, np.uint32, np.int64, np.int32)
_NOTHING = np.empty(0, dtype=np.int32)


@dataclass
class _Batch:
    """Rows dealt into parts: where each part starts, and the columns, or their place in the file."""

    starts: np.ndarray
    columns: Arrays | None
    place: int = 0

    @property
    def rows(self) -> int:
        return int(self.starts[-1])


@dataclass
class Partitions:
    """Rows as (unit key, bits, microseconds, attribute code), appended in their order and read part by part.

    All rows of a unit are in one part and keep their order. A small log is one part, and nothing is compiled for it.
    """

    attributed: bool
    rows: int = 0
    _batches: list[_Batch] = field(default_factory=list)
    _file: IO[bytes] | None = None
    _in_memory: int = 0
    _waiting: list[Arrays] = field(default_factory=list)

    def append(self, keys: np.ndarray, masks: np.ndarray, times: np.ndarray, attributes: np.ndarray) -> None:
        """Add rows; ``keys`` are the units' 64-bit keys, ``attributes`` is empty where none are kept."""
        self.rows += len(keys)
        self._waiting.append((keys, masks, times, attributes))
        if self.rows > SMALL:
            for columns in self._waiting:
                self._deal(columns)
            self._waiting.clear()

    def parts(self) -> Iterator[Part]:
        """Yield every part that has rows."""
        if self._waiting:
            starts = np.zeros(PARTS + 1, dtype=np.int64)
            starts[1:] = self.rows
            self._batches = [_Batch(starts, tuple(np.concatenate(same) for same in zip(*self._waiting, strict=True)))]
            self._waiting.clear()
        for number in range(PARTS):
            part = Part(self, number)
            if part.units:
                yield part

    def close(self) -> None:
        """Give the temporary file back."""
        if self._file is not None:
            self._file.close()

    def column(self, which: int, number: int, batches: list[_Batch]) -> np.ndarray:
        """Return a column of one part, over some batches."""
        if which == 3 and not self.attributed:
            return _NOTHING
        ends = np.cumsum([0] + [int(batch.starts[number + 1] - batch.starts[number]) for batch in batches])
        out = np.empty(ends[-1], dtype=_KINDS[which])
        for batch, start, end in zip(batches, ends[:-1], ends[1:], strict=True):
            if batch.columns is not None:
                out[start:end] = batch.columns[which][batch.starts[number] : batch.starts[number + 1]]
            elif end > start:
                self._read(batch, which, int(batch.starts[number]), out[start:end])
        return out

    def stretches(self, number: int) -> list[list[_Batch]]:
        """Return a part's batches in groups of about a million rows."""
        groups, size = [list[_Batch]()], 0
        for batch in self._batches:
            rows = int(batch.starts[number + 1] - batch.starts[number])
            if size and size + rows > _STRETCH:
                groups.append([])
                size = 0
            groups[-1].append(batch)
            size += rows
        return groups

    def _deal(self, columns: Arrays) -> None:
        # Arrow's buffers are read-only, copies of them are not; numba would compile once for each.
        for column in columns:
            column.flags.writeable = False
        rows, starts = len(columns[0]), np.empty(PARTS + 1, dtype=np.int64)
        dealt = tuple(np.empty(len(column), dtype=kind) for column, kind in zip(columns, _KINDS, strict=True))
        compiled(deal_rows)(*columns, starts, *dealt)
        if self._in_memory + rows <= _IN_MEMORY:
            self._in_memory += rows
            self._batches.append(_Batch(starts, dealt))
            return
        if self._file is None:
            self._file = tempfile.TemporaryFile(prefix="mapkit-", buffering=0)  # noqa: SIM115 - until close
        self._batches.append(_Batch(starts, None, self._file.seek(0, 2)))
        for column in dealt:
            self._file.write(column.data)

    def _read(self, batch: _Batch, which: int, first: int, out: np.ndarray) -> None:
        assert self._file is not None
        before = sum(np.dtype(kind).itemsize for kind in _KINDS[:which])
        self._file.seek(batch.place + before * batch.rows + first * out.itemsize)
        read = self._file.readinto(out.view(np.uint8).data)  # type: ignore[attr-defined]
        if read != out.nbytes:
            raise OSError("A temporary file of mapkit was cut off while it was in use.")


class Part:
    """The rows of some units. ``names[code]`` is the key behind a unit's code, and ``units`` how many there are."""

    def __init__(self, log: Partitions, number: int):
        self._log, self._number = log, number
        self._stretches = log.stretches(number)
        keys = (log.column(0, number, batches) for batches in self._stretches)
        self.names, self._codes = _numbered_plainly(keys) if log.rows <= SMALL else _numbered(keys)
        self.units = len(self.names)

    def forwards(self) -> Iterator[tuple[int, Arrays]]:
        """Yield (position of the first row, (unit codes, bits, microseconds, attribute codes)) of each stretch."""
        position = 0
        for codes, batches in zip(self._codes, self._stretches, strict=True):
            yield position, (codes, *(self._log.column(which, self._number, batches) for which in (1, 2, 3)))
            position += len(codes)

    def backwards(self) -> Iterator[tuple[int, Arrays]]:
        """Yield the same, the last stretch first."""
        position = sum(map(len, self._codes))
        for codes, batches in zip(reversed(self._codes), reversed(self._stretches), strict=True):
            position -= len(codes)
            yield position, (codes, *(self._log.column(which, self._number, batches) for which in (1, 2, 3)))


def _numbered_plainly(keys: Iterator[np.ndarray]) -> tuple[np.ndarray, list[np.ndarray]]:
    names, codes = np.unique(np.concatenate(list(keys)), return_inverse=True)
    return names, [codes.astype(np.int32)]


def _numbered(stretches: Iterator[np.ndarray]) -> tuple[np.ndarray, list[np.ndarray]]:
    number, numbered = compiled(number_units), list[np.ndarray]()
    slots = 1 << 15
    table, codes = np.empty(slots, dtype=np.uint64), np.full(slots, -1, dtype=np.int32)
    names, state = np.empty(slots // 2, dtype=np.uint64), np.zeros(1, dtype=np.int64)
    for keys in stretches:
        out = np.empty(len(keys), dtype=np.int32)
        done = number(keys, table, codes, state, out, names)
        while done < len(keys):
            slots *= 4
            known = names[: state[0]].copy()
            table, codes = np.empty(slots, dtype=np.uint64), np.full(slots, -1, dtype=np.int32)
            names, state = np.empty(slots // 2, dtype=np.uint64), np.zeros(1, dtype=np.int64)
            number(known, table, codes, state, np.empty(len(known), dtype=np.int32), names)
            done += number(keys[done:], table, codes, state, out[done:], names)
        numbered.append(out)
    return names[: state[0]].copy(), numbered
