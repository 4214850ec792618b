from __future__ import annotations

import math

import pytest

from mapkit.plots.numbers import count, counted, duration, duration_interval, nice_ticks, percent


@pytest.mark.parametrize(
    ("share", "low", "high", "written"),
    [
        (0.4131, 0.3849, 0.4418, "41% [38, 44]"),
        (0.12345, 0.1202, 0.1271, "12.3% [12.0, 12.7]"),
        (0.0424, 0.0420, 0.0427, "4.24% [4.20, 4.27]"),
        (0.0, 0.0, 0.071, "0% [0, 7]"),
    ],
)
def test_a_share_is_written_with_the_digits_its_interval_supports(share, low, high, written) -> None:
    assert percent(share, low, high) == written


def test_nearly_none_is_not_written_as_none_nor_nearly_all_as_all() -> None:
    assert percent(0.0004) == "<0.1%"
    assert percent(0.9999, 0.95, 1.0) == ">99% [95, 100]"


def test_a_share_of_nobody_is_unknown() -> None:
    assert percent(math.nan, math.nan, math.nan) == "unknown"


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0, "0 s"),
        (45, "45 s"),
        (90, "1.5 min"),
        (3600, "1 h"),
        (9000, "2.5 h"),
        (86_400, "24 h"),
        (181_440, "2.1 days"),
        (14 * 86_400, "14 days"),
        (200 * 86_400, "6.6 months"),
        (1_000 * 86_400, "2.7 years"),
        (math.nan, "unknown"),
    ],
)
def test_a_time_is_said_in_the_unit_a_person_would_say(seconds, written) -> None:
    assert duration(seconds) == written


def test_both_ends_of_an_interval_of_time_are_in_the_unit_of_the_estimate() -> None:
    assert duration_interval(2.2 * 86_400, 47 * 3600, math.nan) == "2.2 days [2.0, not reached]"


def test_counts_are_exact_below_a_million() -> None:
    assert (count(999_999), count(1_234_567)) == ("999,999", "1.23 million")
    assert (counted(1, "session"), counted(3120, "customer")) == ("1 session", "3,120 customers")


@pytest.mark.parametrize("top", [0.0003, 0.07, 0.43, 1.0, 37.0, 12_345.0])
def test_ticks_are_few_start_at_nothing_and_stay_below_the_top(top) -> None:
    ticks = nice_ticks(top, 5)
    assert ticks[0] == 0
    assert 2 <= len(ticks) <= 6
    assert ticks[-1] <= top * (1 + 1e-9)
