"""The life of a customer base, period by period."""

from __future__ import annotations

import math

import pytest

import mapkit as mk
from mapkit.errors import OptionError
from mapkit.journeys.retention import measure_lifecycle
from tests.literal import events

LOG = events("ann: a@0 a@8d a@9d a@22d", "bob: a@8d", "cat: a@8d a@15d", "end: a@30d")
COUNTS = ["active", "new", "returning", "resurrecting", "dormant"]


def test_who_comes_is_new_returning_or_resurrecting_and_who_stays_away_dormant_once():
    table = measure_lifecycle(LOG).table
    assert table[COUNTS].to_numpy().tolist() == [
        [1, 1, 0, 0, 0],
        [3, 2, 1, 0, 0],
        [1, 0, 1, 0, 2],
        [1, 0, 0, 1, 1],
        [1, 1, 0, 0, 1],
    ]
    assert table["complete"].tolist() == [True, True, True, True, False]


def test_the_share_that_returns_is_of_those_active_in_the_period_before():
    lifecycle = measure_lifecycle(LOG)
    assert lifecycle.share("2025-01-15").value == pytest.approx(1 / 3)
    assert lifecycle.share("2025-01-15").n == 3
    assert lifecycle.share().name == "returning in the week of 2025-01-20"
    with pytest.raises(OptionError, match="no complete week of '2025-01-27'"):
        lifecycle.share("2025-01-27")


def test_the_quick_ratio_sets_comers_against_goers():
    lifecycle = measure_lifecycle(LOG)
    ratio = lifecycle.quick_ratio("2025-01-20")
    assert (ratio.value, ratio.n) == (1.0, 2)
    assert ratio.low < 1 < ratio.high
    assert math.isnan(lifecycle.quick_ratio("2025-01-06").value)
    assert lifecycle.table["quick_ratio"].isna().tolist() == [True, True, False, False, True]


def test_the_interval_of_the_ratio_is_that_of_the_share_of_comers():
    log = events(*(f"old{k}: a@0" for k in range(40)), *(f"new{k}: a@8d" for k in range(60)), "end: b@20d")
    ratio = measure_lifecycle(log, target="a", end="2025-01-30").quick_ratio("2025-01-06")
    assert ratio.value == 1.5
    # 60 of 100 by Wilson: .5020 to .6906, as odds.
    assert (ratio.low, ratio.high) == pytest.approx((0.5020 / 0.4980, 0.6906 / 0.3094), rel=1e-3)


def test_only_the_target_makes_a_customer_active():
    log = events("ann: a@0 buy@8d", "bob: a@0 a@8d", "end: a@20d")
    table = measure_lifecycle(log, target="buy").table
    assert table["new"].tolist() == [0, 1, 0, 0]
    with pytest.raises(OptionError, match="Did you mean 'buy'"):
        measure_lifecycle(log, target="by")


def test_segments_are_counted_apart():
    log = events("ann: a@0{channel=web} a@8d{channel=mail}", "bob: a@0{channel=mail}", "end: a@20d{channel=web}")
    lifecycle = measure_lifecycle(log, by="channel")
    assert lifecycle.share("2025-01-06", segment="web").value == 1.0
    assert lifecycle.share("2025-01-06", segment="mail").value == 0.0
    with pytest.raises(OptionError, match="is not one of"):
        lifecycle.share("2025-01-06")


def test_two_logs_are_compared_on_the_share_that_returns():
    kept = events(*(f"c{k}: a@0 a@8d" for k in range(60)), "end: b@20d")
    lost = events(*(f"c{k}: a@0{' a@8d' if k < 6 else ''}" for k in range(60)), "end: b@20d")
    compared = mk.compare(measure_lifecycle(kept, target="a"), measure_lifecycle(lost, target="a"))
    assert compared.table["verdict"].tolist()[0] == "higher"
    assert compared.table["difference"].tolist()[0] == pytest.approx(0.9)


def test_an_empty_log_has_no_life():
    assert measure_lifecycle(events()).table.empty
    assert measure_lifecycle(events(), by="event").table.empty
