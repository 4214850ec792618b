"""Times as people write them, and what is said about them."""

from __future__ import annotations

import pandas as pd
import pytest
from pandas import Timestamp

from mapkit.errors import OptionError, SourceError
from mapkit.loaders import read_events
from mapkit.tables import Table


def log(*times: object) -> list[dict[str, object]]:
    return [{"customer": f"c{place}", "event": "visit", "time": time} for place, time in enumerate(times)]


def times(table: Table) -> list[Timestamp]:
    return list(table.to_pandas()["time"])


def said(table: Table) -> str:
    assert table.intake is not None
    return "; ".join(table.intake.decisions)


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2024-01-31", Timestamp(2024, 1, 31)),
        ("2024-01-31 10:15", Timestamp(2024, 1, 31, 10, 15)),
        ("2024/1/31 9:05:07", Timestamp(2024, 1, 31, 9, 5, 7)),
        ("2024-01-31T10:15:00.123456Z", Timestamp(2024, 1, 31, 10, 15, 0, 123456)),
        ("2024-01-31T10:15:00+02:00", Timestamp(2024, 1, 31, 8, 15)),
        ("2024-01-31 10:15:00 -0330", Timestamp(2024, 1, 31, 13, 45)),
        ("2024.01.31 10:15", Timestamp(2024, 1, 31, 10, 15)),
        ("20240131T101500", Timestamp(2024, 1, 31, 10, 15)),
        ("31.01.2024", Timestamp(2024, 1, 31)),
        ("31.01.2024, 10:15", Timestamp(2024, 1, 31, 10, 15)),
        ("1/31/2024 10:15 PM", Timestamp(2024, 1, 31, 22, 15)),
        ("1/31/2024 12:05:09 a.m.", Timestamp(2024, 1, 31, 0, 5, 9)),
        ("31-Jan-2024", Timestamp(2024, 1, 31)),
        ("January 31, 2024 10:15", Timestamp(2024, 1, 31, 10, 15)),
        ("Wed, 31 Jan 2024 10:15:00 GMT", Timestamp(2024, 1, 31, 10, 15)),
        ("31/Jan/2024:10:15:00 +0100", Timestamp(2024, 1, 31, 9, 15)),
    ],
)
def test_a_time_as_text_is_read(text: str, utc: Timestamp) -> None:
    assert times(read_events(log(text))) == [utc]


@pytest.mark.parametrize("text", ["infinity", "epoch", "2024-02-30", "31.02.2024", "soon", "2024-01-31 25:00"])
def test_what_is_no_time_is_set_apart(text: str) -> None:
    table = read_events(log("2024-01-31", text))
    assert table.intake is not None
    assert table.intake.reasons == {"unreadable time": 1}
    assert table.intake.set_apart()["time"].tolist() == [text]


def test_times_of_several_shapes_may_stand_in_one_column() -> None:
    table = read_events(log("Wed, 31 Jan 2024 10:00:00 +0200", "Jan 31, 2024", "2024-01-31 07:00"))
    assert times(table) == [Timestamp(2024, 1, 31, 8), Timestamp(2024, 1, 31), Timestamp(2024, 1, 31, 7)]
    assert "1 of 3 carry an offset of their own" in said(table)


def test_one_day_beyond_the_twelfth_decides_for_the_column() -> None:
    assert times(read_events(log("01/02/2024", "13/02/2024")))[0] == Timestamp(2024, 2, 1)
    assert times(read_events(log("01/02/2024", "02/13/2024")))[0] == Timestamp(2024, 1, 2)


def test_nothing_decides_between_day_and_month() -> None:
    with pytest.raises(SourceError, match=r"nothing decides .* Say day_first=True or day_first=False"):
        read_events(log("01/02/2024", "03/02/2024"))
    assert times(read_events(log("01/02/2024"), day_first=True)) == [Timestamp(2024, 2, 1)]
    assert times(read_events(log("01/02/2024"), day_first=False)) == [Timestamp(2024, 1, 2)]


def test_a_column_that_contradicts_itself_sets_the_minority_apart_and_says_so() -> None:
    table = read_events(log("13/02/2024", "02/13/2024", "02/14/2024"))
    assert table.intake is not None
    assert table.intake.reasons == {"unreadable time": 1}
    assert "month first, decided by 2 of 3 cells" in said(table)


def test_as_many_for_one_order_as_for_the_other_is_no_decision() -> None:
    with pytest.raises(SourceError, match="nothing decides"):
        read_events(log("13/02/2024", "02/13/2024"))


def test_years_of_two_digits_turn_at_69() -> None:
    assert times(read_events(log("13.01.24", "31.12.69", "31.12.68"))) == [
        Timestamp(2024, 1, 13), Timestamp(1969, 12, 31), Timestamp(2068, 12, 31),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("number", "unit"),
    [
        (1_706_696_100, "seconds"),
        (1_706_696_100_000, "milliseconds"),
        (1_706_696_100_000_000, "microseconds"),
        (1_706_696_100_000_000_000, "nanoseconds"),
        ("1706696100", "seconds"),
        (45322.427083333336, "Excel's days"),
    ],
)
def test_the_unit_of_a_number_shows_in_its_magnitude(number: object, unit: str) -> None:
    table = read_events(log(number))
    assert abs(times(table)[0] - Timestamp(2024, 1, 31, 10, 15)).total_seconds() < 0.001
    assert unit in said(table)


def test_days_written_as_one_number() -> None:
    table = read_events(log(20240131, 20240230))
    assert times(table) == [Timestamp(2024, 1, 31)]
    assert table.intake is not None
    assert table.intake.reasons == {"unreadable time": 1}


def test_a_column_that_mixes_seconds_and_milliseconds_is_refused() -> None:
    with pytest.raises(SourceError, match=r"mix units: 1 that look like seconds .* 1 that look like milliseconds"):
        read_events(log(1_706_696_100, 1_706_696_100_000))


def test_the_caller_may_say_the_unit() -> None:
    assert times(read_events(log(86_400), unit="s")) == [Timestamp(1970, 1, 2)]
    with pytest.raises(OptionError, match="unit='sec'"):
        read_events(log(86_400), unit="sec")  # type: ignore[arg-type]


def test_numbers_beyond_the_calendar_are_set_apart_not_wrapped_around() -> None:
    table = read_events(log(1_706_696_100, 9_000_000_000_000_000_000), unit="s")
    assert table.intake is not None
    assert table.intake.reasons == {"unreadable time": 1}


def test_local_times_become_utc_and_the_clock_changes_are_counted() -> None:
    # 31 March 2024, 02:30 never was in Berlin; 27 October 2024, 02:30 was there twice.
    table = read_events(log("2024-07-01 12:00", "2024-03-31 02:30", "2024-10-27 02:30"), timezone="Europe/Berlin")
    assert times(table) == [Timestamp(2024, 7, 1, 10), Timestamp(2024, 3, 31, 1, 30), Timestamp(2024, 10, 27, 1, 30)]
    assert "1 time lies in an hour that the clocks of Europe/Berlin skipped" in said(table)
    assert "1 time lies in an hour that the clocks of Europe/Berlin had twice" in said(table)


def test_an_offset_in_the_data_wins_over_the_zone_of_the_caller() -> None:
    table = read_events(log("2024-07-01T12:00:00Z", "2024-07-01 12:00"), timezone="Europe/Berlin")
    assert times(table) == [Timestamp(2024, 7, 1, 12), Timestamp(2024, 7, 1, 10)]


def test_a_typed_zone_wins_over_the_zone_of_the_caller() -> None:
    stamps = pd.to_datetime(["2024-07-01 12:00"]).tz_localize("Asia/Tokyo")
    frame = pd.DataFrame({"customer": ["a"], "event": ["x"], "time": stamps})
    assert times(read_events(frame, timezone="Europe/Berlin")) == [Timestamp(2024, 7, 1, 3)]


def test_times_without_a_zone_are_read_as_utc_and_that_is_said() -> None:
    assert "no zone in the source, read as UTC" in said(read_events(log("2024-07-01 12:00")))


@pytest.mark.parametrize(("zone", "meant"), [("Europe/Berlim", "Europe/Berlin"), ("new york", "America/New_York")])
def test_an_unknown_zone_is_refused_with_the_nearest(zone: str, meant: str) -> None:
    with pytest.raises(OptionError, match=f"Did you mean '{meant}'"):
        read_events(log("2024-07-01"), timezone=zone)


def test_nanoseconds_are_cut_not_rounded() -> None:
    stamps = pd.to_datetime(["2024-01-01 00:00:00.123456789"])
    table = read_events(pd.DataFrame({"customer": ["a"], "event": ["x"], "time": stamps}))
    assert times(table) == [Timestamp(2024, 1, 1, 0, 0, 0, 123456)]
    assert "nanoseconds are cut to microseconds" in said(table)


def test_times_in_the_future_and_in_1970_are_kept_and_counted() -> None:
    table = read_events(log("2999-01-01", "1970-01-01", "1980-01-01", "2024-01-01"))
    assert table.count() == 4
    assert "1 time lies in the future" in said(table)
    assert "1 time lies in 1970" in said(table)
    assert "1 time lies before 1990" in said(table)


def test_a_column_of_booleans_is_no_time() -> None:
    with pytest.raises(SourceError, match="which is no time"):
        read_events(log(True))
