"""Sessions end where nothing happens for longer than a gap."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mapkit as mk
from mapkit.errors import OptionError, TableError
from mapkit.journeys.paths import map_sessions, measure_sessions
from tests.literal import events, table_of


def sessions_of(log, **options) -> list[str]:
    return map_sessions(log, **options).data.order_by("customer", "time", "row").to_pandas()["session"].tolist()


def test_a_silence_longer_than_the_gap_begins_a_session_and_one_as_long_does_not():
    log = events("ann: a@0 b@30m c@1h d@90.1m", "bob: a@0")
    assert sessions_of(log) == ["ann/1", "ann/1", "ann/1", "ann/2", "bob/1"]
    assert sessions_of(log, gap="29min") == ["ann/1", "ann/2", "ann/3", "ann/4", "bob/1"]


def test_microseconds_decide():
    log = events("ann: a@0 b@1.000001")
    assert sessions_of(log, gap="1s") == ["ann/1", "ann/2"]
    assert sessions_of(log, gap=pd.Timedelta("1.000001s").to_pytimedelta()) == ["ann/1", "ann/1"]


def test_sessions_are_told_apart_by_customer_and_keep_every_column():
    mapped = map_sessions(events("a: x@0{channel=web} x@2h", "a/1: x@0"), gap="1h")
    assert mapped.data.to_pandas()["session"].nunique() == 3
    assert set(mapped.columns) == {"customer", "event", "time", "row", "channel", "session"}


def test_a_column_that_is_there_is_replaced_only_when_asked():
    log = events("ann: a@0{session=mine}")
    with pytest.raises(TableError, match="replace=True"):
        map_sessions(log)
    assert sessions_of(log, replace=True) == ["ann/1"]


@pytest.mark.parametrize("gap", ["soon", "0s", None, "-5min"])
def test_a_gap_must_be_a_span_of_time(gap):
    with pytest.raises(OptionError, match="gap="):
        map_sessions(events("ann: a@0"), gap=gap)


def test_sessions_are_counted_and_described():
    log = events("ann: a@0 b@60 c@2h", "bob: a@0 b@20 c@40", "cid: a@0")
    sessions = measure_sessions(log, gap="30min")
    value = sessions.table.set_index("quantity")["value"]
    assert (value["sessions"], value["customers"]) == (4, 3)
    assert (value["mean_per_customer"], value["median_per_customer"]) == (4 / 3, 1)
    assert (value["median_duration_seconds"], value["mean_duration_seconds"]) == (20, 25)
    assert value["p90_duration_seconds"] == np.quantile([0, 0, 40, 60], 0.9)
    assert (value["median_events"], value["mean_events"], value["single_event_share"]) == (1.5, 7 / 4, 0.5)
    share = sessions.estimate("single_event_share")
    assert (share.n, share.unit) == (4, "share")
    assert 0 < share.low < 0.5 < share.high < 1
    with pytest.raises(OptionError, match="Did you mean 'median_events'"):
        sessions.estimate("median_event")


def test_the_columns_own_sessions_are_used_where_no_gap_is_given():
    log = events("ann: a@0{session=1} b@9h{session=1} c@10h")
    sessions = measure_sessions(log)
    assert sessions.estimate("mean_duration_seconds").value == 9 * 3600
    assert any("1 events have no session" in note for note in sessions.notes)
    with pytest.raises(TableError, match="gap='30min'"):
        measure_sessions(events("ann: a@0"))


def test_segments_are_described_each_by_itself_the_largest_first():
    log = events("ann: a@0{channel=web}", "bob: a@0{channel=mail} b@2h b@4h")
    sessions = measure_sessions(log, gap="1h", by="channel")
    assert list(dict.fromkeys(sessions.table["segment"])) == ["mail", "web"]
    assert sessions.estimate("mean_per_customer", "mail").value == 3
    with pytest.raises(OptionError, match="Did you mean 'mail'"):
        sessions.estimate("sessions", "mial")


def test_an_empty_log_has_no_numbers():
    assert measure_sessions(events(), gap="1h").table.empty


def test_two_logs_are_compared():
    short = events(*(f"c{n}: a@0 b@{n + 1}" for n in range(60)))
    long = events(*(f"c{n}: a@0 b@{n + 500}" for n in range(60)))
    compared = mk.compare(measure_sessions(long, gap="1h"), measure_sessions(short, gap="1h"))
    assert compared.estimate("mean_duration_seconds").value == pytest.approx(499)
    assert "mean_duration_seconds" in set(compared.differing["quantity"])


times = st.lists(st.tuples(st.sampled_from("xyz"), st.integers(0, 60)), min_size=1, max_size=25)


@settings(max_examples=20, deadline=None)
@given(times, st.integers(1, 10))
def test_within_a_session_no_silence_is_longer_than_the_gap_and_between_two_one_is(log, gap):
    frame = pd.DataFrame(log, columns=["customer", "seconds"]).astype({"customer": "str"})
    frame["event"], frame["row"] = "e", range(len(frame))
    frame["time"] = (pd.Timestamp("2025-01-01") + pd.to_timedelta(frame.pop("seconds"), unit="s")).astype(
        "datetime64[us]"
    )
    mapped = map_sessions(table_of(frame), gap=f"{gap}s").to_pandas().sort_values(["customer", "time", "row"])
    silence = mapped.groupby("customer")["time"].diff().dt.total_seconds()
    new = mapped["session"] != mapped.groupby("customer")["session"].shift()
    assert new.tolist() == (silence.isna() | (silence > gap)).tolist()


def test_harbours_sessions_hold_most_of_its_events():
    harbour = mk.load_dataset("harbour")
    own = measure_sessions(harbour.events)
    frame = harbour.events.data.select("customer", "session").to_pandas().dropna()
    assert own.estimate("sessions").value == len(frame.drop_duplicates())
    assert own.estimate("mean_events").value == pytest.approx(len(frame) / len(frame.drop_duplicates()))
