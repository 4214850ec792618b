from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import mapkit as mk
from mapkit.ecosystems.influencers import measure_engagement
from mapkit.errors import OptionError, TableError
from tests.ecosystems.influencers.made import actors, posts, together


def row(result, actor: str) -> pd.Series:
    return result.table.set_index("actor").loc[actor]


def test_the_rate_is_engagements_over_followers_of_every_post():
    found = measure_engagement(posts("ann", [100] * 5 + [300] * 5), actors(ann=10_000), count=["likes"])
    assert row(found, "ann")[["posts", "engagements", "exposure", "rate"]].tolist() == [10, 2_000, 100_000, 0.02]


def test_the_three_aggregations_differ_where_posts_do():
    made = posts("ann", [10] * 6 + [100] * 6 + [9_000] * 2, reach=[1_000] * 6 + [2_000] * 6 + [9_000] * 2)
    rates = {
        how: row(measure_engagement(made, actors(ann=10_000), per="reach", count=["likes"], aggregation=how), "ann")[
            "rate"
        ]
        for how in ("ratio_of_sums", "mean_of_ratios", "median_last_12")
    }
    assert rates["ratio_of_sums"] == pytest.approx(18_660 / 36_000)
    assert rates["mean_of_ratios"] == pytest.approx((6 * 0.01 + 6 * 0.05 + 2) / 14)
    assert rates["median_last_12"] == pytest.approx(0.03)  # the last 12 leave the two loud old posts out


def test_the_median_has_the_interval_of_the_order_statistics():
    # Of 12 the third smallest and the third largest hold the median 96.1% of the time.
    made = posts("ann", [100, 200, 300, 400, 500, 600, 700, 800, 900, 1_000, 1_100, 1_200])
    found = row(measure_engagement(made, actors(ann=10_000), count=["likes"], aggregation="median_last_12"), "ann")
    assert found[["rate", "rate_low", "rate_high"]].tolist() == pytest.approx([0.065, 0.03, 0.1])


def test_too_small_and_too_quiet_influencers_have_no_rate_unless_asked():
    made = together(posts("ann", [100] * 12), posts("bob", [100] * 12), posts("cyd", [100] * 9))
    people = actors(ann=5_000, bob=1_999, cyd=50_000)
    found = measure_engagement(made, people, count=["likes"])
    assert row(found, "bob")["note"] == "under 2,000 followers"
    assert row(found, "cyd")["note"] == "9 of 10 posts in 12 months"
    assert (
        found.table["actor"].tolist() == ["ann", "bob", "cyd"]
        and found.table["rate"].notna().tolist() == [True] + [False] * 2
    )
    asked = measure_engagement(made, people, count=["likes"], unguarded=True)
    assert row(asked, "bob")["rate"] == pytest.approx(100 / 1_999)
    assert row(asked, "bob")["note"] == "under 2,000 followers"


def test_posts_of_more_than_a_year_ago_do_not_lift_the_guard():
    made = together(posts("ann", [100] * 12, every=60), posts("bob", [1] * 12))
    found = measure_engagement(made, actors(ann=5_000, bob=9_000), count=["likes"])
    assert row(found, "ann")["note"] == "7 of 10 posts in 12 months"
    assert row(found, "ann")["posts"] == 12


def test_followers_at_the_time_of_the_post_count_where_they_are_known():
    made = posts("ann", [100] * 10, followers=[5_000] * 5 + [2_500] * 5)
    assert row(measure_engagement(made, actors(ann=10_000), count=["likes"]), "ann")["exposure"] == 37_500


def test_a_rate_of_few_posts_is_drawn_further_toward_its_kind():
    rng = np.random.default_rng(3)
    parts = [posts(f"x{k}", list(rng.poisson(300 * rng.gamma(8, 1 / 8, 30)))) for k in range(8)]
    few, many = rng.permutation([1_400, 200] * 5), rng.permutation([1_400, 200] * 60)
    made = together(*parts, posts("few", list(few)), posts("many", list(many), every=2))
    people = actors(**{f"x{k}": 10_000 for k in range(8)}, few=10_000, many=10_000)
    found = measure_engagement(made, people, count=["likes"])
    moved = {who: row(found, who)["rate"] - row(found, who)["shrunk"] for who in ("few", "many")}
    assert row(found, "few")["rate"] == row(found, "many")["rate"] == 0.08
    assert moved["few"] > moved["many"] > 0


def test_a_shrunk_rate_is_the_gamma_poisson_one_of_the_columns_beside_it():
    rng = np.random.default_rng(0)
    made = together(*(posts(f"x{k}", list(rng.poisson(200 * (k + 1) * rng.gamma(8, 1 / 8, 20)))) for k in range(6)))
    table = measure_engagement(made, actors(**{f"x{k}": 9_000 for k in range(6)}), count=["likes"]).table
    by_hand = (table["engagements"] / table["dispersion"] + table["alpha"]) / (
        table["exposure"] / table["dispersion"] + table["beta"]
    )
    assert np.allclose(table["shrunk"], by_hand)
    assert (table["dispersion"] > 1).all()
    assert set(table["cell"]) == {"photos nano"}


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    rng = np.random.default_rng(7)
    rates = 0.03 * rng.gamma(6, 1 / 6, 400)
    followers = np.rint(np.exp(rng.normal(10, 1, 400))) + 2_000
    parts = [
        posts(f"x{k}", list(rng.poisson(followers[k] * rates[k] * rng.gamma(8, 1 / 8, n))), every=3)
        for k, n in enumerate(rng.integers(10, 40, 400))
    ]
    people = actors(**{f"x{k}": n for k, n in enumerate(followers)})
    table = measure_engagement(together(*parts), people, count=["likes"]).table
    truth = rates[table["actor"].str[1:].astype(int)]
    # Rates were drawn from a Gamma with shape 6 and mean 0.03, posts scatter with a squared variation of 1/8.
    assert set(table["cell"]) == {"photos nano", "photos micro", "photos mid"}
    micro = table[table["cell"] == "photos micro"]
    assert micro["alpha"].iloc[0] == pytest.approx(6, rel=0.3)
    assert micro["alpha"].iloc[0] / micro["beta"].iloc[0] == pytest.approx(0.03, rel=0.08)
    for name in ("rate", "shrunk"):
        inside = ((table[f"{name}_low"] <= truth) & (truth <= table[f"{name}_high"])).mean()
        assert 0.92 <= inside <= 0.975, name


def test_the_planted_rates_of_harbour_are_found():
    harbour = mk.load_dataset("harbour")
    truth = harbour.truth["realised"]["posts"]["engagement_planted"]
    table = measure_engagement(harbour.posts, harbour.actors, unguarded=True).table
    planted = table["actor"].map(truth)
    inside = (table["rate_low"] <= planted) & (planted <= table["rate_high"])
    assert inside.sum() >= 52  # of 60; 57 are expected, and fewer than 52 come up once in fifty
    assert np.corrcoef(table["shrunk"], planted)[0, 1] > 0.95


def test_posts_without_numbers_are_left_out_and_counted():
    made = posts("ann", [100] * 12)
    made["likes"] = made["likes"].astype(float)
    made.loc[:1, "likes"] = [np.nan, -5]
    found = measure_engagement(made, actors(ann=5_000), count=["likes"])
    assert row(found, "ann")["posts"] == 10
    assert "2 posts are left out: their engagements are missing, negative or endless." in found.notes


def test_who_posts_without_being_an_actor_is_shown_with_the_reason():
    found = measure_engagement(
        together(posts("ann", [9] * 10), posts("eve", [9] * 10)), actors(ann=5_000), count=["likes"]
    )
    assert row(found, "eve")["note"] == "followers not known"


def test_no_engagement_at_all_still_has_an_upper_end():
    found = row(measure_engagement(posts("ann", [0] * 10), actors(ann=10_000), count=["likes"]), "ann")
    assert (
        found["rate"] == 0 and found["rate_low"] == 0 and found["rate_high"] == pytest.approx(3.689 / 100_000, rel=1e-3)
    )


@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        ({"count": ["claps"]}, TableError, "no column 'claps'"),
        ({"count": "likes"}, OptionError, "is no list"),
        ({"per": "reach", "count": ["likes"]}, TableError, "no column 'reach'"),
        ({"per": "folowers", "count": ["likes"]}, OptionError, "Did you mean 'followers'"),
        ({"since": "2030-01-01", "count": ["likes"]}, TableError, "No post of an influencer is left"),
        ({"since": "soon", "count": ["likes"]}, OptionError, "is no time"),
        ({"count": ["likes"], "confidence": 95}, OptionError, "not a share"),
    ],
)
def test_what_cannot_be_measured_is_said(options, kind, words):
    with pytest.raises(kind, match=words):
        measure_engagement(posts("ann", [9] * 10), actors(ann=5_000), **options)


def test_a_name_that_is_not_there_gets_the_nearest():
    found = measure_engagement(posts("annika", [9] * 10), actors(annika=5_000), count=["likes"])
    assert str(found.rate("annika")) == "0.2% [0.1%, 0.2%] of 10"
    with pytest.raises(OptionError, match="Did you mean 'annika'"):
        found.rate("anika")


def test_what_was_given_is_not_changed():
    made, people = posts("ann", [9] * 10), actors(ann=5_000)
    before = made.copy(), people.copy()
    measure_engagement(made, people, count=["likes"])
    pd.testing.assert_frame_equal(made, before[0])
    pd.testing.assert_frame_equal(people, before[1])


@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_nobody_with_known_followers_gives_no_rates_and_no_warnings():
    made = together(posts("ann", [5] * 12), posts("bob", [7] * 12))
    table = measure_engagement(made, pd.DataFrame({"actor": ["ann", "bob"]}), count=["likes"]).table
    assert table[["rate", "shrunk", "shrunk_low", "shrunk_high"]].isna().all(axis=None)
    assert (table["note"] == "followers not known").all()
