"""Journeys as the compact walk cuts them, held against a slow definition on random logs."""

from __future__ import annotations

import ibis
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapkit.sequences import gathered_touches, partitions
from mapkit.tables.embedded import embedded
from tests.sequences.touch_oracle import Journey, Row, journeys_of

START = pd.Timestamp("2025-01-01")
logs = st.lists(
    st.builds(
        Row,
        customer=st.sampled_from(["ann", "bob", "cid"]),
        seconds=st.integers(0, 12),
        channel=st.sampled_from(["ads", "mail", "web", None]),
        session=st.sampled_from(["s1", "s2", None]),
        converts=st.booleans(),
        value=st.integers(-3, 9).map(float),
    ),
    max_size=30,
)
MODES = ("changes", "events", "sessions")


def frame_of(rows: list[Row]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=Row._fields).astype(
        {"customer": "str", "seconds": "int64", "channel": "str", "session": "str", "converts": "bool", "value": float}
    )
    frame["time"] = (START + pd.to_timedelta(frame["seconds"], unit="s")).astype("datetime64[us]")
    return frame.drop(columns="seconds")


def cut(rows: list[Row], touches: str = "changes", window: float | None = None, frame=None) -> list[Journey]:
    """The journeys, without their customers."""
    table = ibis.memtable(frame_of(rows) if frame is None else frame)
    found = []
    with gathered_touches(table) as log:
        recode = np.arange(len(log.channels) + 1)
        for part in log.journeys(touches, None if window is None else int(window * 1e6), recode):
            for j, (start, end) in enumerate(zip(part.offsets[:-1], part.offsets[1:], strict=True)):
                names = [log.channels[code] for code in part.codes[start:end]]
                touched = tuple(zip(names, part.seconds[start:end].tolist(), strict=True))
                found.append((touched, bool(part.conversions[j]), float(part.values[j])))
    return sorted(found)


def expected(rows: list[Row], touches: str = "changes", window: float | None = None) -> list[tuple]:
    return sorted((each.touches, each.converted, each.value) for each in journeys_of(rows, touches, window))


@settings(max_examples=25, deadline=None)
@given(logs, st.sampled_from(MODES), st.sampled_from([None, 0, 3]))
def test_journeys_are_cut_as_the_slow_definition_cuts_them(rows, touches, window):
    assert cut(rows, touches, window) == expected(rows, touches, window)


@pytest.fixture
def like_a_large_log(monkeypatch):
    """Compile whatever the size, deal into parts, keep nothing in memory, and walk in short stretches."""
    monkeypatch.setattr("mapkit.sequences.compiled.SMALL", 0)
    monkeypatch.setattr(partitions, "SMALL", 0)
    monkeypatch.setattr(partitions, "_IN_MEMORY", 0)
    monkeypatch.setattr(partitions, "_STRETCH", 10)
    monkeypatch.setattr("mapkit.sequences.stream._BATCH", 2_048)


def many_rows() -> list[Row]:
    channels, sessions = ["ads", "mail", None, "web"], ["s1", None, "s2"]
    return [
        Row(f"c{n * 7919 % 301}", n // 3, channels[n * n % 7 % 4], sessions[n % 11 % 3], n % 13 == 0, float(n % 17))
        for n in range(6_000)
    ]


@pytest.mark.parametrize("touches", MODES)
def test_a_log_in_many_parts_is_cut_like_a_small_one(like_a_large_log, touches):
    assert cut(many_rows(), touches, 500) == expected(many_rows(), touches, 500)


def test_a_log_out_of_time_order_is_cut_in_time_order(like_a_large_log):
    rows = many_rows()
    shuffled = [rows[n] for n in np.random.default_rng(1).permutation(6_000)]
    assert cut(shuffled) == expected(shuffled)


def test_a_row_column_decides_the_order_of_one_moment():
    rows = [Row("ann", 1, "mail", None, True, 5.0), Row("ann", 1, "ads", None, False, 0.0)]
    frame = frame_of(rows).assign(row=[2, 1])
    assert cut(rows, frame=frame) == [((("ads", 0.0), ("mail", 0.0)), True, 5.0)]


def test_a_customer_has_one_group_however_the_log_is_held():
    table = embedded().create_table("touch_groups", ibis.memtable(frame_of(many_rows())), temp=True, overwrite=True)
    with gathered_touches(table) as log:
        parts = list(log.journeys("changes", None, np.arange(4)))
    groups = np.concatenate([part.groups for part in parts])
    assert len(parts) == 1
    assert len(np.unique(groups)) > 50
    assert groups.max() < 64


def test_what_lies_before_the_window_is_counted():
    rows = [Row("ann", 0, "ads", None, False, 0.0), Row("ann", 9, "web", None, True, 1.0)]
    with gathered_touches(ibis.memtable(frame_of(rows))) as log:
        list(log.journeys("changes", 3_000_000, np.arange(3)))
        assert log.left_out == 1
