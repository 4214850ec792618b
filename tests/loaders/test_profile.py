"""What a profile finds in a log."""

from __future__ import annotations

import pandas as pd
import pytest

from mapkit.errors import TableError
from mapkit.loaders import profile_events, read_events
from mapkit.loaders.gaps import find_gaps


def log(*rows: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["customer", "event", "time"])


def test_ties_repeats_order_and_empty_cells_are_counted() -> None:
    profile = profile_events(
        log(
            ("ann", "visit", "2024-01-02"),
            ("ann", "buy", "2024-01-02"),
            ("bob", "visit", "2024-01-01"),
            ("bob", "visit", "2024-01-01"),
            ("", "visit", "2024-01-01"),
        ).assign(plan=["gold", None, None, None, None])
    )
    assert profile.value("rows read") == 5
    assert profile.value("rows set apart") == 1
    assert profile.value("customers") == 2
    assert profile.value("event visit") == 3
    assert profile.value("rows tied in time") == 4
    assert profile.value("tied between different events") == 2
    assert profile.value("repeated rows") == 1
    assert profile.value("rows out of time order") == 1
    assert profile.value("empty cells in plan") == 3
    assert profile.value("times at midnight") == 4


def test_odd_times_are_counted() -> None:
    profile = profile_events(log(("a", "x", "2999-01-01"), ("a", "x", "1970-01-01"), ("a", "x", "1980-01-01")))
    assert profile.value("times in the future") == 1
    assert profile.value("times in 1970") == 1
    assert profile.value("times before 1990") == 2


def hourly(days: int, *, without: tuple[str, str], a_day: int = 24) -> pd.DataFrame:
    """Ten events an hour, in the first hours of each day, with a stretch left out."""
    hours = pd.date_range("2024-01-01", periods=days * 24, freq="h")
    hours = hours[hours.hour < a_day]
    hours = hours[(hours < without[0]) | (hours >= without[1])]
    return pd.DataFrame({"customer": "ann", "event": "visit", "time": hours.repeat(10)})


def test_a_stretch_that_is_never_empty_otherwise_is_a_gap() -> None:
    gap, *others = find_gaps(read_events(hourly(28, without=("2024-01-16 10:00", "2024-01-16 13:00"))))
    assert not others
    assert (str(gap.first), str(gap.last), gap.periods, gap.unit, gap.expected) == (
        "2024-01-16 10:00:00", "2024-01-16 12:00:00", 3, "hour", 30.0,
    )  # fmt: skip


def test_nights_are_no_gaps() -> None:
    assert find_gaps(read_events(hourly(28, without=("2025-01-01", "2025-01-02"), a_day=12))) == ()


def test_a_missing_day_shows_in_a_long_log() -> None:
    (gap,) = find_gaps(read_events(hourly(90, without=("2024-02-20", "2024-02-22"))))
    assert (gap.periods, gap.unit, gap.expected) == (2, "day", 480.0)


def test_a_customer_who_is_more_likely_a_program_is_named() -> None:
    people = pd.DataFrame({"customer": [f"c{n}" for n in range(500)], "event": "visit", "time": "2024-01-01"})
    robot = pd.DataFrame({"customer": ["robot"] * 1_500, "event": "visit", "time": "2024-01-01"})
    profile = profile_events(pd.concat([people, robot]))
    assert profile.value("busiest customer may be a program") == "yes"
    assert profile_events(people).value("busiest customer may be a program") == "no"


def test_an_empty_log_has_a_profile() -> None:
    assert profile_events(log()).value("customers") == 0


def test_a_log_with_foreign_column_names_is_answered_with_candidates() -> None:
    with pytest.raises(TableError, match=r"columns=\{'visitor_id': 'customer', 'activity': 'event', 'ts': 'time'\}"):
        profile_events(pd.DataFrame({"visitor_id": [1], "activity": ["x"], "ts": [1]}))


def test_a_name_in_the_data_is_escaped_where_a_profile_is_shown() -> None:
    shown = profile_events(log(("<b>ann</b>", "<script>alert(1)</script>", "2024-01-01")))._repr_html_()
    assert "<script>" not in shown
    assert "<b>ann" not in shown
