from __future__ import annotations

import pandas as pd
import pytest

from mapkit.ecosystems.influencers import measure_campaign
from mapkit.errors import OptionError, TableError
from tests.ecosystems.influencers.made import actors, posts, together

PEOPLE = actors(ann=5_000, bob=20_000).assign(cost=[100, 400])
MADE = together(
    posts("ann", [100, 140, 60], impressions=[2_000, 2_000, 2_000]),
    posts("bob", [300, 300], impressions=[5_000, 15_000]),
)
LIKES = {"count": ["likes"]}


def row(found, actor: str) -> pd.Series:
    return found.table.set_index("actor").loc[actor]


def test_costs_are_spend_over_what_it_brought():
    ann = row(measure_campaign(PEOPLE, MADE, **LIKES), "ann")
    assert ann[["spend", "engagements", "cost_per_engagement", "cost_per_mille"]].tolist() == [300, 300, 1.0, 50.0]
    assert ann["cost_per_engagement_low"] < 1 < ann["cost_per_engagement_high"]


def test_the_whole_is_the_sum_of_the_parts():
    found = measure_campaign(PEOPLE, MADE, spend={"ann": 200, "bob": 1_000}, **LIKES)
    assert found.total[["posts", "spend", "engagements"]].values.tolist() == [[5, 1_200, 900]]
    assert found.estimate("cost_per_engagement").value == pytest.approx(1_200 / 900)


def test_conversions_have_exact_poisson_intervals_and_returns_their_values():
    sales = pd.DataFrame({"influencer": ["ann"] * 4 + ["eve"], "value": [50, 50, 100, 200, 999]})
    found = measure_campaign(PEOPLE, MADE, conversions=sales, **LIKES)
    ann, bob = row(found, "ann"), row(found, "bob")
    assert ann[["conversions", "cost_per_conversion", "roi"]].tolist() == [4, 75, pytest.approx(1 / 3)]
    # Garwood's interval of 4 is 1.0899 to 10.2416.
    assert ann["cost_per_conversion_low"] == pytest.approx(300 / 10.2416, rel=1e-4)
    assert ann["cost_per_conversion_high"] == pytest.approx(300 / 1.0899, rel=1e-4)
    assert bob["conversions"] == 0 and pd.isna(bob["cost_per_conversion"]) and bob["roi"] == -1
    assert bob["cost_per_conversion_low"] == pytest.approx(800 / 3.6889, rel=1e-4)
    assert any("1 of others are left out" in note for note in found.notes)


def test_people_added_are_counted_once_over_the_campaign():
    found = measure_campaign(PEOPLE, MADE, audiences={"ann": "12", "bob": "23"}, **LIKES)
    assert (row(found, "ann")["adds"], row(found, "bob")["adds"]) == (2, 1)
    assert found.total["cost_per_added"].iloc[0] == pytest.approx(1_100 / 3)


def test_earned_media_value_is_flagged_and_in_no_return():
    found = measure_campaign(PEOPLE, MADE, emv={"likes": 0.5}, **LIKES)
    assert row(found, "ann")["earned_media_value"] == 150 and found.total["earned_media_value"].iloc[0] == 450
    assert "roi" not in found.table and any("no income" in note for note in found.notes)


def test_only_those_of_the_campaign_count():
    found = measure_campaign(PEOPLE, MADE, influencers=["bob"], **LIKES)
    assert found.table["actor"].tolist() == ["bob"] and found.total["engagements"].iloc[0] == 600


@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        ({"spend": {"ann": 5}}, TableError, "spend of 'bob' is missing"),
        ({"influencers": ["an"]}, OptionError, "Did you mean 'ann'"),
        ({"conversions": pd.DataFrame({"code": [1]})}, TableError, "no column 'actor' or 'influencer'"),
        ({"emv": {"claps": 1}}, OptionError, "emv prices 'claps'"),
        ({"audiences": {"zoe": "12"}}, TableError, "no member of an influencer who was paid"),
    ],
)
def test_what_cannot_be_measured_is_said(options, kind, words):
    with pytest.raises(kind, match=words):
        measure_campaign(PEOPLE, MADE, **LIKES, **options)


def test_without_prices_the_spend_must_be_given():
    with pytest.raises(TableError, match="Give spend="):
        measure_campaign(actors(ann=5_000), posts("ann", [5]), **LIKES)
