"""A log dealt into parts keeps every unit together, in its order, wherever the rows are kept."""

from __future__ import annotations

import numpy as np
import pytest

from mapkit.sequences import partitions
from mapkit.sequences.compiled import compiled
from mapkit.sequences.dealing import PARTS, deal_rows, number_units
from mapkit.sequences.partitions import Partitions


@pytest.fixture(params=["in memory", "on disk"])
def log(request, monkeypatch):
    """30,000 rows of 997 units, in batches of 1,000; the time of a row is its number."""
    monkeypatch.setattr(partitions, "_IN_MEMORY", 10**9 if request.param == "in memory" else 0)
    monkeypatch.setattr(partitions, "_STRETCH", 100)
    dealt = Partitions(attributed=True)
    for start in range(0, 30_000, 1_000):
        row = np.arange(start, start + 1_000)
        dealt.append(keys_of(row), (row % 7).astype(np.uint32), row, (row % 11).astype(np.int32))
    yield dealt
    dealt.close()


def keys_of(row: np.ndarray) -> np.ndarray:
    return (row * 7919 % 997).astype(np.uint64)


def test_every_row_comes_back_once_with_its_own_columns(log):
    seen = []
    for part in log.parts():
        for _, (codes, masks, times, attributes) in part.forwards():
            assert (part.names[codes] == keys_of(times)).all()
            assert (masks == times % 7).all()
            assert (attributes == times % 11).all()
            seen.extend(times)
    assert sorted(seen) == list(range(30_000))


def test_rows_keep_their_order_within_a_part_and_positions_continue(log):
    for part in log.parts():
        expected = 0
        for position, (_, _, times, _) in part.forwards():
            assert position == expected
            assert (np.diff(times) > 0).all()
            expected += len(times)


def test_backwards_are_the_same_stretches_the_last_one_first(log):
    for part in log.parts():
        forwards = [(position, list(arrays[2])) for position, arrays in part.forwards()]
        assert len(forwards) > 1
        assert [(position, list(arrays[2])) for position, arrays in part.backwards()] == forwards[::-1]


def test_a_unit_is_in_one_part_only(log):
    names = [set(part.names.tolist()) for part in log.parts()]
    assert len(names) > PARTS / 2
    assert sum(map(len, names)) == len(set().union(*names)) == 997


def test_more_units_than_the_first_table_holds_are_all_numbered():
    dealt = Partitions(attributed=False)
    # Keys that fall into one part: the inverse of the multiplier spreads small numbers over the low bits only.
    inverse = pow(11400714819323198485, -1, 2**64)
    keys = np.array([n * 2**32 * inverse % 2**64 for n in range(40_000)], dtype=np.uint64)
    nothing = np.empty(0, dtype=np.int32)
    dealt.append(keys, np.zeros(40_000, dtype=np.uint32), np.arange(40_000), nothing)
    (part,) = dealt.parts()
    assert part.units == 40_000
    assert (part.names[next(part.forwards())[1][0]] == keys).all()


def test_loops_are_compiled_for_one_kind_of_array(log):
    list(log.parts())
    # Read-only, strided and writable arrays are different kinds to numba, each with a compile of its own.
    assert len(compiled(deal_rows).signatures) == 1
    assert len(compiled(number_units).signatures) == 1
