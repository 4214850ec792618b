"""The same funnel under many definitions."""

from __future__ import annotations

from mapkit.journeys import measure_funnel, measure_funnel_spread
from tests.literal import events


def test_each_definition_is_that_of_the_funnel_itself():
    log = events("ann: visit@0 look@1h buy@2h", "bob: visit@0 search@1 look@2 buy@9d", "cat: visit@0 visit@8d look@8d")
    spread = measure_funnel_spread(log, ["visit", "look", "buy"], windows=(None, "1d"))
    for row in spread.table[spread.table["counting"] == "any"].itertuples():
        window = None if row.window_seconds != row.window_seconds else "1d"
        funnel = measure_funnel(log, ["visit", "look", "buy"], order=row.order, window=window)
        assert (row.entered, row.converted) == (funnel.counts[0], funnel.counts[-1])


def test_counting_only_the_first_entry_forgets_later_chances():
    log = events("ann: visit@0 visit@8d buy@8d")
    table = measure_funnel_spread(log, ["visit", "buy"], orders=("ordered",), windows=("1d",)).table
    assert dict(zip(table["counting"], table["converted"], strict=True)) == {"any": 1, "first": 0}


def test_sessions_join_in_where_the_log_has_them():
    log = events("ann: visit@0{session=a} buy@1{session=b}")
    table = measure_funnel_spread(log, ["visit", "buy"], orders=("ordered",), windows=(None,)).table
    assert dict(zip(table["unit"], table["converted"], strict=True)) == {"customer": 1, "session": 0}


def test_a_conclusion_is_counted_over_the_definitions():
    lines = (f"c{n}: visit@1 {'look@2' if n < 90 else ''} {'buy@3' if n < 9 else ''}" for n in range(100))
    spread = measure_funnel_spread(events(*lines), ["visit", "look", "buy"], windows=(None, "7d"))
    assert spread.survives == {"buy is the weakest step": 1.0}


def test_where_no_definition_can_tell_the_spread_says_so():
    spread = measure_funnel_spread(events("ann: visit@1 look@2 buy@3"), ["visit", "look", "buy"], windows=(None,))
    assert spread.survives == {"cannot tell which step is weakest": 1.0}
