"""A backlog is ranked by its scores, and says how far the guesses behind them decide."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapkit.errors import OptionError, TableError
from mapkit.journeys.experiments import rank_backlog


def rice(**ideas: tuple) -> pd.DataFrame:
    rows = [(name, *scores) for name, scores in ideas.items()]
    return pd.DataFrame(rows, columns=["idea", "reach", "impact", "confidence", "effort"])


def ice(**ideas: tuple) -> pd.DataFrame:
    rows = [(name, *scores) for name, scores in ideas.items()]
    return pd.DataFrame(rows, columns=["idea", "impact", "confidence", "ease"])


def test_rice_is_the_published_product():
    assert rank_backlog(rice(a=(2000, 2, 0.8, 4))).table["score"].tolist() == [800.0]


def test_ice_is_a_product_or_a_mean_and_they_may_disagree():
    ideas = ice(even=(6, 6, 6), edgy=(10, 10, 2))
    assert rank_backlog(ideas, method="ice").table["idea"].tolist() == ["even", "edgy"]
    by_mean = rank_backlog(ideas, method="ice", aggregate="mean").table
    assert by_mean["idea"].tolist() == ["edgy", "even"]
    assert by_mean["score"].tolist() == pytest.approx([22 / 3, 6])


def test_equal_scores_share_the_better_rank():
    backlog = rank_backlog(rice(a=(100, 1, 1, 1), b=(200, 0.5, 1, 1), c=(10, 1, 1, 1)))
    assert backlog.table["rank"].tolist() == [1, 1, 3]
    assert any("2 ideas share a rank" in note for note in backlog.notes)


def test_what_cannot_be_scored_is_set_apart_with_its_reason():
    backlog = rank_backlog(rice(a=(100, 1, 1, 1), b=(None, 1, 1, 1), c=(5, 1, 1, 0), d=("many", 1, 1, 1)))
    assert backlog.table["idea"].tolist() == ["a"]
    assert backlog.apart[["idea", "reason"]].values.tolist() == [
        ["b", "without reach"],
        ["c", "with effort of 0"],
        ["d", "without reach"],
    ]


def test_scores_outside_their_scale_are_used_and_said():
    backlog = rank_backlog(rice(a=(100, 5, 80, 1)))
    assert backlog.table["score"].tolist() == [40_000.0]
    assert sum("outside" in note for note in backlog.notes) == 2


def test_close_ideas_can_change_places_and_a_far_one_cannot():
    backlog = rank_backlog(rice(a=(1000, 1, 0.8, 1), b=(990, 1, 0.8, 1), far=(1, 0.25, 0.5, 9)))
    assert backlog.table[["rank_low", "rank_high"]].values.tolist() == [[1, 2], [1, 2], [3, 3]]
    assert backlog.leader is None
    assert rank_backlog(rice(a=(1000, 2, 1, 1), far=(1, 0.25, 0.5, 9))).leader == "a"


def test_given_bounds_stand_for_the_notch():
    ideas = rice(a=(1000, 1, 1, 1), b=(900, 1, 1, 1))
    for part in ("reach", "impact", "confidence", "effort"):
        ideas[f"{part}_low"] = ideas[f"{part}_high"] = ideas[part]
    assert rank_backlog(ideas).leader == "a"


def test_a_notch_of_two_ideas_is_the_exact_share_of_all_draws():
    # b beats a only where a's ease falls to 4 and b's does not fall: of 3 x 3 cases a is first or shares it in all
    # but (4, 5) and (4, 6) and (5, 6).
    fixed = {f"{part}_{end}": [1.0, 1.0] for part in ("impact", "confidence") for end in ("low", "high")}
    ideas = ice(a=(1, 1, 5), b=(1, 1, 5)).assign(**fixed)
    shares = rank_backlog(ideas, method="ice", draws=40_000).table["of_draws_first"]
    assert shares.tolist() == pytest.approx([6 / 9, 6 / 9], abs=0.01)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(*[st.integers(1, 10)] * 3), min_size=1, max_size=12))
def test_ranks_are_those_of_the_scores_and_lie_in_their_interval(scores: list[tuple[int, int, int]]):
    ideas = ice(**{f"i{k}": each for k, each in enumerate(scores)})
    table = rank_backlog(ideas, method="ice", draws=50).table
    assert table["score"].is_monotonic_decreasing
    assert table["rank"].tolist() == table["score"].rank(ascending=False, method="min").tolist()
    assert ((table["rank_low"] <= table["rank"]) & (table["rank"] <= table["rank_high"])).all()


def test_the_same_seed_gives_the_same_ranks():
    ideas = ice(**{f"i{k}": tuple(each) for k, each in enumerate(np.random.default_rng(1).integers(1, 11, (9, 3)))})
    assert rank_backlog(ideas, method="ice").table.equals(rank_backlog(ideas, method="ice").table)


def test_what_cannot_be_ranked_is_refused_in_words():
    with pytest.raises(TableError, match="no column 'effort'"):
        rank_backlog(rice(a=(1, 1, 1, 1)).rename(columns={"effort": "efort"}))
    with pytest.raises(OptionError, match="a form of ICE"):
        rank_backlog(rice(a=(1, 1, 1, 1)), aggregate="mean")
    with pytest.raises(OptionError, match="No idea has every score"):
        rank_backlog(rice(a=(None, 1, 1, 1)))
    with pytest.raises(OptionError, match="No idea has every score"):
        rank_backlog(rice())
    with pytest.raises(OptionError, match="no idea 'b'"):
        rank_backlog(rice(a=(1, 1, 1, 1))).rank("b")
