"""Who feeds which stage, and what an entrant costs."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from mapkit.errors import OptionError, TableError
from mapkit.maps.influence import measure_channel_feed
from mapkit.workbench import load_dataset
from tests.literal import START, events
from tests.maps.influence.made import DAY, STEPS

FUNNEL = ["first_visit", "view_item", "add_to_cart", "begin_checkout", "purchase"]
LOG = (
    "ann: visit@1d{channel=ads} look@2d{channel=mail} cart@3d{channel=mail} buy@4d{channel=shop}",
    "bob: visit@1d{channel=ads} cart@2d{channel=ads}",
    "cid: visit@1d cart@2d buy@3d",
)


@pytest.fixture(scope="module")
def harbour():
    return load_dataset("harbour")


def counts(feed, stage: str) -> dict[str, tuple[int, int, int]]:
    rows = feed.table[feed.table["stage"] == stage].set_index("channel")
    names = ["entrants_first", "entrants_last", "entrants_any"]
    return {name: tuple(map(int, row)) for name, row in rows[names].iterrows()}


def test_first_and_last_touch_give_each_entrant_to_one_and_any_to_each_it_met() -> None:
    feed = measure_channel_feed(events(*LOG), STEPS)
    assert counts(feed, "visit") == {"ads": (2, 2, 2), "mail": (0, 0, 0), "shop": (0, 0, 0), "(none)": (1, 1, 1)}
    assert counts(feed, "cart") == {"ads": (2, 1, 2), "mail": (0, 1, 1), "shop": (0, 0, 0), "(none)": (1, 1, 1)}
    assert counts(feed, "buy") == {"ads": (1, 0, 1), "mail": (0, 0, 1), "shop": (0, 1, 1), "(none)": (1, 1, 1)}
    assert feed.share("cart", "mail", "any").value == pytest.approx(1 / 3)


def test_a_channel_that_nobody_who_entered_had_met_is_a_hole() -> None:
    holes = measure_channel_feed(events(*LOG), STEPS).holes
    assert holes[["stage", "channel"]].to_numpy().tolist() == [["visit", "mail"], ["visit", "shop"], ["cart", "shop"]]


def test_an_entrant_costs_the_spend_over_those_the_channel_fed() -> None:
    spend = pd.DataFrame({"channel": ["ads", "ads", "tv"], "spend": [10.0, 20.0, 99.0]})
    feed = measure_channel_feed(events(*LOG), STEPS, spend)
    cost = feed.cost("cart", "ads", "first")
    assert (cost.value, cost.n) == (15.0, 2)
    assert cost.low < cost.value < cost.high
    assert math.isnan(feed.cost("buy", "ads", "last").value)
    assert math.isnan(feed.cost("cart", "mail").value)
    assert "Spend on channels that touched nobody is in no row: 'tv'." in feed.notes


def test_spend_outside_the_period_is_not_counted() -> None:
    spend = pd.DataFrame(
        {"channel": "ads", "month": ["2024-12-01", "2025-01-01", "2025-02-01"], "spend": [7.0, 30.0, 9.0]}
    )
    feed = measure_channel_feed(events(*LOG), STEPS, spend, start="2025-01-01", end="2025-02-01")
    assert feed.cost("cart", "ads", "first").value == 15.0


def test_entrants_add_up_and_the_spend_per_entry_is_harbours(harbour) -> None:
    feed = measure_channel_feed(harbour.events, FUNNEL, harbour.frame("spend"))
    sums = feed.table.groupby("stage", sort=False)[["entrants_first", "entrants_last"]].sum()
    entrants = feed.table.groupby("stage", sort=False)["entrants"].first()
    assert (sums["entrants_first"] == entrants).all() and (sums["entrants_last"] == entrants).all()
    assert entrants["first_visit"] == 20_000
    first = harbour.frame("customers")["first_channel"].value_counts()
    rows = feed.table[feed.table["stage"] == "first_visit"].set_index("channel")["entrants_last"]
    assert rows[first.index].tolist() == first.tolist()
    planted = harbour.truth["planted"]["spend_per_entry"]
    for channel, spend in planted.items():
        if spend:
            assert feed.cost("first_visit", channel).value == pytest.approx(spend)


def test_influencers_feed_stages_as_channels_do() -> None:
    met = pd.DataFrame({"customer": ["ann", "ann"], "influencer": ["k1", "k2"], "time": [START, START + 2 * DAY]})
    feed = measure_channel_feed(events(*LOG), STEPS, by="influencer", exposures=met)
    assert counts(feed, "visit") == {"k1": (1, 1, 1), "k2": (0, 0, 0), "(none)": (2, 2, 2)}
    assert counts(feed, "buy")["k2"] == (0, 1, 1)


def test_what_cannot_be_done_is_said() -> None:
    log = events(*LOG)
    with pytest.raises(TableError, match="Did you mean 'channel'"):
        measure_channel_feed(log, STEPS, by="chanel")
    with pytest.raises(OptionError, match="by='influencer'"):
        measure_channel_feed(log, STEPS, exposures=pd.DataFrame())
    with pytest.raises(TableError, match="not negative"):
        measure_channel_feed(log, STEPS, pd.DataFrame({"channel": ["ads"], "spend": [-1.0]}))
    with pytest.raises(TableError, match="no column 'channel'"):
        measure_channel_feed(log, STEPS, pd.DataFrame({"source": ["ads"], "spend": [1.0]}))
    feed = measure_channel_feed(log, STEPS)
    with pytest.raises(OptionError, match="No spend was given"):
        feed.cost("cart", "ads")
    with pytest.raises(OptionError, match="Did you mean 'ads'"):
        feed.share("cart", "adds")
