"""A log in compact form, kept in stretches that can be walked backwards: in memory, and on disk beyond a limit."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any

import numpy as np

from mapkit.sequences.compiled import SMALL, compiled

# About 32 MB of rows; what comes beyond goes to a temporary file, so that memory stays flat however long the log.
_IN_MEMORY = 2_000_000

_Arrays = tuple[np.ndarray, ...]


@dataclass
class Stretches:
    """Rows as (unit code, bits, microseconds, attribute code), appended forwards and read backwards.

    ``names[:units]`` gives the unit behind each code. ``attributed`` says whether attribute codes are kept.
    """

    attributed: bool
    rows: int = 0
    units: int = 0
    names: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=np.uint64))
    _chunks: list[_Arrays | tuple[int, int]] = field(default_factory=list)
    _file: IO[bytes] | None = None
    _in_memory: int = 0
    _slots: np.ndarray = field(default_factory=lambda: np.empty(1 << 16, dtype=np.uint64))
    _codes: np.ndarray = field(default_factory=lambda: np.full(1 << 16, -1, dtype=np.int32))
    _waiting: list[_Arrays] = field(default_factory=list)

    def append(self, keys: np.ndarray, masks: np.ndarray, times: np.ndarray, attributes: np.ndarray) -> None:
        """Add rows; ``keys`` are the units' 64-bit keys."""
        self.rows += len(keys)
        self._waiting.append((keys, masks, times, attributes))
        if self.rows > SMALL:
            self._number_waiting()

    def close(self) -> None:
        """Finish: nothing is appended after this. A small log is numbered here, without compiling anything."""
        self._slots = self._codes = np.empty(0, dtype=np.uint64)
        if not self._waiting:
            return
        keys, masks, times, attributes = (np.concatenate(parts) for parts in zip(*self._waiting, strict=True))
        self._waiting.clear()
        self.names, codes = np.unique(keys, return_inverse=True)
        self.units = len(self.names)
        self._keep((codes.astype(np.int32), masks, times, attributes))

    def backwards(self) -> Iterator[tuple[int, _Arrays]]:
        """Yield (position of the first row, arrays) of each stretch, the last stretch first."""
        position = self.rows
        for chunk in reversed(self._chunks):
            arrays = self._read(*chunk) if isinstance(chunk[0], int) else chunk
            position -= len(arrays[0])
            yield position, arrays

    def _number_waiting(self) -> None:
        if self._slots.shape[0] == 1 << 16 and not self.units:
            self.names = np.empty(1 << 15, dtype=np.uint64)
        for keys, masks, times, attributes in self._waiting:
            self._keep((self._numbered(keys), masks, times, attributes))
        self._waiting.clear()

    def _numbered(self, keys: np.ndarray) -> np.ndarray:
        number = compiled("number_units")
        out, state = np.empty(len(keys), dtype=np.int32), np.array([self.units], dtype=np.int64)
        done = number(keys, self._slots, self._codes, state, out, self.names)
        while done < len(keys):
            self._grow(int(state[0]))
            done += number(keys[done:], self._slots, self._codes, state, out[done:], self.names)
        self.units = int(state[0])
        return out

    def _grow(self, units: int) -> None:
        slots = 2 * len(self._slots)
        self._slots, self._codes = np.empty(slots, dtype=np.uint64), np.full(slots, -1, dtype=np.int32)
        names = np.empty(slots // 2, dtype=np.uint64)
        known, nobody = self.names[:units], np.zeros(1, dtype=np.int64)
        compiled("number_units")(known, self._slots, self._codes, nobody, np.empty(units, dtype=np.int32), names)
        self.names = names

    def _keep(self, arrays: _Arrays) -> None:
        if self._in_memory + len(arrays[0]) <= _IN_MEMORY:
            self._in_memory += len(arrays[0])
            self._chunks.append(arrays)
            return
        if self._file is None:
            self._file = tempfile.TemporaryFile(prefix="mapkit-")
        place = self._file.seek(0, 2)
        for array in arrays:
            self._file.write(np.ascontiguousarray(array).data)
        self._chunks.append((place, len(arrays[0])))

    def _read(self, place: Any, rows: Any) -> _Arrays:
        assert self._file is not None
        self._file.seek(place)
        kinds = [np.int32, np.uint32, np.int64] + ([np.int32] if self.attributed else [])
        arrays = tuple(np.frombuffer(self._file.read(rows * np.dtype(kind).itemsize), dtype=kind) for kind in kinds)
        return arrays if self.attributed else (*arrays, np.empty(0, dtype=np.int32))
