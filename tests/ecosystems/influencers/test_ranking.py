from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest

import mapkit as mk
from mapkit.ecosystems.influencers import GOALS, prepare_ranking, rank_influencers, rank_prepared
from mapkit.errors import OptionError, TableError
from tests.ecosystems.influencers.made import actors, posts, together

LIKES = {"count": ["likes"]}


def crowd(n: int = 12) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Influencers of one tier, the k-th with k x 1,000 more followers; the even ones are about coffee."""
    rng = np.random.default_rng(5)
    people = actors(**{f"i{k:02d}": 100_000 + 1_000 * k for k in range(n)})
    rows = [
        posts(
            f"i{k:02d}",
            list(rng.poisson(3_000 * rng.gamma(8, 1 / 8, 12))),
            topics="coffee|food" if k % 2 == 0 else "travel",
        )
        for k in range(n)
    ]
    return people, together(*rows)


@pytest.fixture(scope="module")
def harbour():
    return mk.load_dataset("harbour")


@pytest.fixture(scope="module")
def ranking(harbour):
    return rank_influencers(harbour.actors, harbour.posts, topics=["coffee"])


def test_the_score_is_the_weighted_geometric_mean_of_the_three(ranking):
    rows = ranking.table.dropna(subset="score")
    parts = rows[["reach", "relevance", "resonance"]]
    assert np.allclose(rows["score"], parts.prod(axis=1) ** (1 / 3))
    other = ranking.reweighed({"reach": 2, "relevance": 1, "resonance": 1}).table.dropna(subset="score")
    by_hand = other["reach"] ** 0.5 * other["relevance"] ** 0.25 * other["resonance"] ** 0.25
    assert np.allclose(other["score"], by_hand)


def test_reach_is_the_percentile_of_followers():
    people, made = crowd(4)
    table = rank_influencers(people, made, **LIKES).table.set_index("actor")
    assert table["reach"].sort_index().tolist() == [0.125, 0.375, 0.625, 0.875]


def test_who_is_not_about_the_topic_has_a_score_of_zero_and_is_told_so():
    people, made = crowd()
    table = rank_influencers(people, made, topics=["coffee"], **LIKES).table
    away = table[table["actor"].str[1:].astype(int) % 2 == 1]
    assert (away["relevance"] == 0).all() and (away["score"] == 0).all()
    assert set(away["note"]) == {"no post about the topics"} and (away["rank"] == 7).all()
    summed = rank_influencers(people, made, topics=["coffee"], combination="sum", **LIKES).table
    assert (summed["score"] > 0).all()


def test_a_weight_of_zero_takes_a_part_out_of_the_score():
    people, made = crowd()
    table = rank_influencers(
        people, made, topics=["coffee"], weights={"reach": 1, "relevance": 0, "resonance": 0}, **LIKES
    ).table
    assert table["actor"].tolist() == sorted(people["actor"], reverse=True)
    assert np.allclose(table["score"], table["reach"])


def test_the_small_and_the_quiet_stand_last_without_a_score(ranking):
    last = ranking.table.tail(10)
    assert last["score"].isna().all() and last["rank"].isna().all()
    assert set(last["actor"]) == {f"k{k}" for k in range(52, 61)} | {
        "k44"
    }  # 4 quiet, 6 small: the 5 planted and one more
    assert last["note"].str.contains("of 10 posts|under 2,000").all()


def test_unguarded_they_are_ranked_and_the_note_stays(harbour):
    table = rank_influencers(harbour.actors, harbour.posts, unguarded=True).table
    assert table["rank"].notna().all() and (table["note"] != "").sum() == 10


def test_ranks_and_their_intervals_belong_together(ranking):
    rows = ranking.table.dropna(subset="score")
    assert (rows["rank_low"] <= rows["rank"]).all() and (rows["rank"] <= rows["rank_high"]).all()
    assert rows["score"].is_monotonic_decreasing
    assert rows["top_share"].sum() == pytest.approx(10, abs=1e-6)  # ten places are given in every draw


def test_the_same_seed_gives_the_same_answer_and_another_one_nearly_so(harbour, ranking):
    again = rank_influencers(harbour.actors, harbour.posts, topics=["coffee"])
    pd.testing.assert_frame_equal(again.table, ranking.table)
    other = rank_influencers(harbour.actors, harbour.posts, topics=["coffee"], seed=9)
    assert (other.table["rank"].dropna() == ranking.table["rank"].dropna()).all()
    assert (other.table["rank_low"] - ranking.table["rank_low"]).abs().max() <= 3


def test_rank_intervals_are_those_of_posts_drawn_with_replacement(harbour):
    """The two moments stand for the bootstrap: against one that draws the posts themselves, at fixed weights."""
    fixed = rank_influencers(harbour.actors, harbour.posts, topics=["coffee"], concentration=None)
    made = harbour.posts.data.to_pandas()
    rng, ranks = np.random.default_rng(1), []
    groups = [rows.index.to_numpy() for _, rows in made.groupby("actor")]
    until = made["time"].max()
    for _ in range(25):
        drawn = made.loc[np.concatenate([rng.choice(rows, len(rows)) for rows in groups])].assign(row=range(len(made)))
        one = rank_influencers(harbour.actors, drawn, topics=["coffee"], until=until, draws=20)
        ranks.append(one.table.set_index("actor")["rank"])
    spread = pd.concat(ranks, axis=1)
    wide = (spread.quantile(0.975, axis=1) - spread.quantile(0.025, axis=1)).dropna()
    ours = fixed.table.set_index("actor").loc[wide.index]
    ours = ours["rank_high"] - ours["rank_low"]
    alive = fixed.table.set_index("actor").loc[wide.index, "relevance"] > 0
    assert 0.75 < wide[alive].mean() / ours[alive].mean() < 1.25


def test_fixed_weights_and_equal_posts_leave_nothing_to_chance_but_the_posts():
    people, made = crowd()
    reach_only = rank_influencers(people, made, weights={"reach": 1}, concentration=None, **LIKES).table
    assert (reach_only["rank_low"] == reach_only["rank_high"]).all()


def test_resonance_is_compared_within_platform_and_tier_where_there_are_enough():
    people, made = crowd(12)
    people.loc[people.index < 6, "platform"] = "videos"
    people.loc[11, "platform"] = "letters"
    table = rank_influencers(people, made, **LIKES).table.set_index("actor")
    assert table["compared_with"].value_counts().to_dict() == {"videos mid": 6, "photos mid": 5, "mid": 1}
    inside = table[table["compared_with"] == "videos mid"]
    assert sorted(inside["resonance"]) == pytest.approx([(k + 0.5) / 6 for k in range(6)])
    assert inside.sort_values("engagement")["resonance"].is_monotonic_increasing


def test_a_post_counts_half_after_the_half_life():
    people = actors(new=5_000, old=5_000)
    made = together(posts("new", [5] * 12, topics="coffee", every=0), posts("old", [5] * 12, topics="coffee", every=0))
    made.loc[made["actor"] == "old", "time"] -= pd.Timedelta(days=90)
    found = prepare_ranking(people, made, topics=["coffee"], **LIKES).parts.raw["relevance"]
    assert found[1] == pytest.approx(found[0] / 2)
    slower = prepare_ranking(people, made, topics=["coffee"], half_life="180 days", **LIKES).parts.raw["relevance"]
    assert slower[1] == pytest.approx(slower[0] / 2**0.5)


def test_a_rare_term_counts_more_than_a_common_one_and_words_are_whole():
    people = actors(rare=5_000, common=5_000, near=5_000)
    made = together(
        posts("rare", [5] * 10, text=["A grinder."] + ["Hello."] * 9, every=0),
        posts("common", [5] * 10, text=["My coffee."] * 10, every=0),
        posts("near", [5] * 10, text=["Coffeehouse grinders."] * 10, every=0),
    )
    raw = prepare_ranking(people, made, topics=["coffee", "Grinder"], **LIKES).parts.raw["relevance"]
    idf = {"grinder": np.log(31 / 2) + 1, "coffee": np.log(31 / 11) + 1}
    assert raw == pytest.approx([0.5 * idf["grinder"], 10 * 0.5 * idf["coffee"], 0])


def test_new_topics_are_ranked_as_if_asked_for_at_once(harbour, ranking):
    again = rank_prepared(ranking.prepared.about(["travel"]))
    pd.testing.assert_frame_equal(again.table, rank_influencers(harbour.actors, harbour.posts, topics=["travel"]).table)
    without = rank_prepared(ranking.prepared.about(None))
    pd.testing.assert_frame_equal(without.table, rank_influencers(harbour.actors, harbour.posts).table)


def test_without_topics_relevance_is_left_out_and_said_so(harbour):
    found = rank_influencers(harbour.actors, harbour.posts)
    assert found.table["relevance"].isna().all() and found.weights == {"reach": 0.5, "resonance": 0.5}
    assert any("No topics were asked for" in note for note in found.notes)


@pytest.mark.parametrize("goal", GOALS)
def test_every_goal_declares_its_weights(ranking, goal):
    found = ranking.reweighed(goal=goal)
    assert sum(GOALS[goal].values()) == pytest.approx(1)
    assert found.weights == pytest.approx(GOALS[goal]) and f"goal {goal}" in found.notes[0]


def test_awareness_prefers_the_large_and_advocacy_the_resonant(ranking):
    first = {goal: ranking.reweighed(goal=goal).table.head(10) for goal in ("awareness", "advocacy")}
    assert first["awareness"]["reach"].mean() > first["advocacy"]["reach"].mean()
    assert first["awareness"]["resonance"].mean() < first["advocacy"]["resonance"].mean()


def test_shared_followers_take_from_the_reach():
    people = actors(**{f"i{k}": 10_000 for k in range(4)})
    made = together(*(posts(f"i{k}", [50] * 10) for k in range(4)))
    audiences = {"i0": ["a", "b"], "i1": ["a", "b"], "i2": ["c", "d"]}
    raw = prepare_ranking(people, made, audiences=audiences, **LIKES).parts.raw["reach"]
    assert raw.tolist() == [5_000, 5_000, 10_000, 10_000]


def test_the_fit_of_an_audience_is_one_minus_the_total_variation():
    people = actors(a=5_000, b=5_000, c=5_000).assign(audience_de=[0.6, 0.0, np.nan], audience_at=[0.4, 0.5, np.nan])
    made = together(*(posts(who, [50] * 10) for who in "abc"))
    table = rank_influencers(people, made, wanted={"de": 3, "at": 2}, **LIKES).table.set_index("actor")
    assert table["fit"].tolist()[:2] == pytest.approx([1.0, 0.4])
    assert table.loc["c", "note"] == "audience not known" and np.isnan(table.loc["c", "score"])
    rows = pd.DataFrame(
        {"actor": ["a", "a", "b", "c"], "group": ["de", "at", "at", "de"], "share": [0.6, 0.4, 0.5, 0.6]}
    )
    long = rank_influencers(people, made, wanted={"de": 3, "at": 2}, audience=rows, **LIKES).table.set_index("actor")
    assert long["fit"].to_dict() == pytest.approx({"a": 1.0, "c": 0.6, "b": 0.4})


def test_authenticity_is_used_only_when_asked_and_only_as_a_share():
    people, made = crowd()
    people = people.assign(followers_real_share=np.linspace(0.1, 1, len(people)), quality=80)
    assert "authenticity" not in rank_influencers(people, made, **LIKES).table
    asked = rank_influencers(people, made, authenticity="followers_real_share", **LIKES)
    assert asked.weights == pytest.approx({"reach": 1 / 3, "resonance": 1 / 3, "authenticity": 1 / 3})
    with pytest.raises(TableError, match="needs a share"):
        rank_influencers(people, made, authenticity="quality", **LIKES)


def test_kinds_of_opinion_leaders_come_from_a_column_or_a_rule():
    people, made = crowd(4)
    rows = people.assign(role=["Expert", "gatekeeper", None, "celebrity"])
    assert rank_influencers(rows, made, **LIKES).table.set_index("actor")["type"].to_dict() == {
        "i00": "expert", "i01": None, "i02": None, "i03": "celebrity",
    }  # fmt: skip
    ruled = rank_influencers(
        people, made, kol_types=lambda row: "peer" if row["followers"] < 102_000 else None, **LIKES
    )
    assert (ruled.table["type"] == "peer").sum() == 2
    with pytest.raises(OptionError, match="no kind"):
        rank_influencers(people, made, kol_types={"i00": "guru"}, **LIKES)


def test_only_actors_of_type_kol_are_ranked_where_there_are_some(harbour, ranking):
    assert len(ranking.table) == 60
    whole = mk.Ecosystem(harbour.actors, harbour.ties)
    pd.testing.assert_frame_equal(rank_influencers(whole, harbour.posts, topics=["coffee"]).table, ranking.table)


@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        ({"weights": {"reech": 1}}, OptionError, "Did you mean 'reach'"),
        ({"weights": {"reach": -1}}, OptionError, "not negative"),
        ({"weights": {"reach": float("nan")}}, OptionError, "no weight"),
        ({"weights": {"reach": 0, "resonance": 0}}, OptionError, "are 0"),
        ({"weights": {"reach": 1}, "goal": "awareness"}, OptionError, "not both"),
        ({"goal": "awarness"}, OptionError, "Did you mean 'awareness'"),
        ({"topics": "coffee"}, OptionError, "is one name"),
        ({"topics": ["cofee"]}, OptionError, "Did you mean 'coffee'"),
        ({"half_life": "soon"}, OptionError, "no span of time"),
        ({"half_life": "-3 days"}, OptionError, "not positive"),
        ({"draws": 1}, OptionError, "out of range"),
        ({"top": 0}, OptionError, "chooses nobody"),
        ({"concentration": 0}, OptionError, "not positive"),
        ({"combination": "product"}, OptionError, "not known"),
        ({"wanted": {"de": 1}}, TableError, "no columns audience_"),
        ({"authenticity": "real"}, TableError, "no column 'real'"),
    ],
)
def test_what_cannot_be_ranked_is_said(options, kind, words):
    people, made = crowd(4)
    with pytest.raises(kind, match=words):
        rank_influencers(people, made, **LIKES, **options)


def test_when_nobody_can_be_scored_it_says_why_and_what_to_do():
    with pytest.raises(
        TableError, match=r"None of 1 influencers can be scored: under 2,000 followers \(1\)\. unguarded=True"
    ):
        rank_influencers(actors(ann=100), posts("ann", [5] * 12), **LIKES)


def test_an_actor_that_stands_twice_is_refused():
    people, made = crowd(4)
    with pytest.raises(TableError, match="stand twice"):
        rank_influencers(together(people, people.head(1)), made, **LIKES)


def test_where_nobody_is_liked_nobody_resonates_more():
    people, made = crowd(8)
    table = rank_influencers(people, made.assign(likes=0), **LIKES).table
    assert set(table["resonance"]) == {0.5} and set(table["engagement"]) == {0.0}
    assert table["actor"].tolist() == sorted(people["actor"], reverse=True)


def test_endless_and_negative_numbers_are_no_numbers():
    people, made = crowd(8)
    people["followers"] = people["followers"].astype(float)
    people.loc[:1, "followers"] = [np.inf, -5]
    made["likes"] = made["likes"].astype(float)
    made.loc[made.index[-3:], "likes"] = [np.inf, 1e300, np.nan]
    found = rank_influencers(people, made, unguarded=True, **LIKES)
    assert found.table.set_index("actor").loc[["i00", "i01"], "note"].tolist() == ["followers not known"] * 2
    assert any(note.startswith("3 posts are left out") for note in found.notes)
    assert found.table["score"].notna().sum() == 6


def test_one_influencer_alone_is_first():
    table = rank_influencers(actors(ann=5_000), posts("ann", [50] * 12), **LIKES).table
    assert table[["rank", "rank_low", "rank_high", "top_share"]].values.tolist() == [[1, 1, 1, 1]]


def test_new_weights_for_thousands_take_a_fraction_of_a_second():
    rng = np.random.default_rng(0)
    ids = [f"i{k}" for k in range(5_000)]
    people = pd.DataFrame({"actor": ids, "followers": rng.integers(3_000, 2_000_000, 5_000), "platform": "photos"})
    made = pd.DataFrame({"actor": np.repeat(ids, 12), "likes": rng.poisson(200, 60_000), "topics": "coffee"})
    made["time"] = pd.Timestamp("2025-12-31") - pd.to_timedelta(rng.integers(0, 360, 60_000), unit="D")
    prepared = prepare_ranking(people, made, topics=["coffee"], **LIKES)
    spent = []
    for weight in (1, 2, 3):
        started = time.process_time()
        rank_prepared(prepared, weights={"reach": weight, "relevance": 1, "resonance": 1})
        spent.append(time.process_time() - started)
    assert min(spent) < 0.3


def test_nobody_with_known_followers_is_told_what_is_missing_and_not_to_lift_the_guard():
    made = together(posts("ann", [5] * 12), posts("bob", [7] * 12))
    with pytest.raises(TableError, match=r"followers not known \(2\)\. Give the actors a column 'followers'") as told:
        rank_influencers(pd.DataFrame({"actor": ["ann", "bob"]}), made, **LIKES)
    assert "unguarded" not in str(told.value)


def test_followers_read_with_a_decimal_point_for_thousands_are_refused():
    made = together(posts("ann", [5] * 12), posts("bob", [7] * 12))
    with pytest.raises(TableError, match=r"actor 'bob' has 5\.4 \(1 such rows\)"):
        rank_influencers(actors(ann=12.0, bob=5.4), made, **LIKES)


def test_without_topics_or_text_it_says_how_to_leave_relevance_out():
    made = together(posts("ann", [5] * 12), posts("bob", [7] * 12))
    with pytest.raises(TableError, match="or leave relevance out: topics=None"):
        rank_influencers(actors(ann=5000, bob=6000), made, topics=["coffee"], **LIKES)
