from __future__ import annotations

import pytest

import mapkit as mk
from mapkit.ecosystems.influencers import profile_influencer, rank_influencers
from mapkit.errors import OptionError
from tests.ecosystems.influencers.made import actors, posts, together


@pytest.fixture(scope="module")
def harbour():
    return mk.load_dataset("harbour")


@pytest.fixture(scope="module")
def ranking(harbour):
    return rank_influencers(harbour.actors, harbour.posts, topics=["coffee"])


def test_the_card_says_what_the_ranking_says(ranking):
    first = ranking.table.iloc[0]
    card = profile_influencer(ranking, first["actor"])
    assert card.table["component"].tolist() == ["reach", "relevance", "resonance"]
    assert card.table["value"].tolist() == first[["reach", "relevance", "resonance"]].tolist()
    assert (card.table["low"] <= card.table["value"]).all() and (card.table["value"] <= card.table["high"]).all()
    assert card.facts["Rank"].startswith("1 (95% of draws: 1 to ")


def test_the_best_posts_are_those_with_most_engagements(harbour, ranking):
    card = profile_influencer(ranking, "k01", best=2)
    made = harbour.posts.data.to_pandas()
    counts = made[made["actor"] == "k01"][["likes", "comments", "shares", "saves"]].sum(axis=1)
    assert card.best_posts["engagements"].tolist() == counts.nlargest(2).tolist()


def test_ties_are_counted_where_an_ecosystem_is_given(harbour, ranking):
    ties = harbour.ties.data.to_pandas()
    mine = ties[((ties["source"] == "k01") | (ties["target"] == "k01")) & (ties["source"] != ties["target"])]
    card = profile_influencer(ranking, "k01", ecosystem=(harbour.actors, harbour.ties))
    assert card.facts["Ties"].startswith(f"{len(mine)} with ")


def test_who_has_no_score_has_a_card_that_says_why(ranking):
    card = profile_influencer(ranking, "k60")
    assert card.table.empty and "No score: under 2,000 followers." in str(card)


def test_markup_in_names_and_posts_is_shown_as_text():
    people = actors(ann=5_000).assign(name="<script>alert(1)</script>", topics="<b>coffee</b>")
    made = together(posts("ann", [50] * 10, text="<img src=x onerror=alert(1)>"))
    page = profile_influencer(rank_influencers(people, made, count=["likes"]), "ann")._repr_html_()
    assert "<script" not in page and "<img" not in page and "<b>" not in page
    assert "&lt;script&gt;" in page and "&lt;img" in page


def test_somebody_who_is_not_there_is_refused_with_the_nearest(ranking):
    with pytest.raises(OptionError, match="no influencer 'k1'"):
        profile_influencer(ranking, "k1")
