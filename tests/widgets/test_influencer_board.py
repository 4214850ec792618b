"""What an InfluencerBoard answers when its settings change, without a browser."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import mapkit as mk
from mapkit.ecosystems.influencers import GOALS
from mapkit.errors import OptionError, TableError
from mapkit.widgets import InfluencerBoard
from tests.ecosystems.influencers.made import actors, posts, together

LIKES = {"count": ["likes"]}
HOSTILE = "<script>alert(1)</script>"


def town() -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(4)
    people = actors(**{f"i{k:02d}": 3_000 * (k + 1) for k in range(12)}, tiny=100)
    people["name"] = [HOSTILE, *(f"name {k}" for k in range(1, 13))]
    topics = ["coffee" if k % 2 else "travel" for k in range(13)]
    made = [posts(who, list(rng.poisson(200, 12)), topics=topics[k]) for k, who in enumerate(people["actor"])]
    return people, together(*made)


@pytest.fixture
def board() -> InfluencerBoard:
    return InfluencerBoard(*town(), topics=["coffee"], **LIKES)


def sent(board: InfluencerBoard) -> pd.DataFrame:
    """The numbers that the page gets, by influencer."""
    numbers = np.frombuffer(board.ranks, dtype="<f4").reshape(-1, 5)
    names = ["score", "rank", "rank_low", "rank_high", "top_share"]
    return pd.DataFrame(numbers, index=[row[0] for row in board.people], columns=names)


def test_the_page_gets_the_numbers_of_the_ranking(board):
    table = board.result.table.set_index("actor")
    found = sent(board)
    assert np.allclose(found, table.loc[found.index, found.columns], equal_nan=True)
    parts = np.frombuffer(board.percentiles, dtype="<f4").reshape(-1, 3)
    assert np.allclose(parts, table.loc[found.index, ["reach", "relevance", "resonance"]], equal_nan=True)


def test_the_ranking_is_that_of_the_measure(board):
    expected = mk.rank_influencers(*town(), topics=["coffee"], draws=200, **LIKES)
    pd.testing.assert_frame_equal(board.result.table, expected.table)


def test_a_weight_ranks_anew(board):
    before = sent(board)["rank"]
    board.reach = 1.0
    assert board.result.weights["reach"] == 0.5
    assert not before.equals(sent(board)["rank"]) and board.shown["reach"] == 1.0


def test_a_goal_sets_the_weights_and_a_weight_takes_the_goal_back(board):
    board.goal = "advocacy"
    assert board.result.weights == pytest.approx(GOALS["advocacy"]) and "goal='advocacy'" in board.code
    board.resonance = 0.2
    assert board.goal is None and "'resonance': 0.2" in board.code
    assert board.result.weights["resonance"] == pytest.approx(0.2 / 0.6)


def test_several_settings_in_one_message_are_ranked_once(board, monkeypatch):
    from mapkit.widgets import influencer_board

    asked = []
    rank = influencer_board.rank_prepared
    monkeypatch.setattr(influencer_board, "rank_prepared", lambda *a, **k: asked.append(k) or rank(*a, **k))
    board.set_state({"reach": 0.9, "relevance": 0.1, "goal": None})
    assert len(asked) == 1 and asked[0]["weights"] == {"reach": 0.9, "relevance": 0.1, "resonance": 0.5}


def test_another_topic_is_ranked_as_if_asked_for_first(board):
    board.topics = ["travel"]
    other = InfluencerBoard(*town(), topics=["travel"], **LIKES)
    pd.testing.assert_frame_equal(board.result.table, other.result.table)
    board.topics = []
    assert board.result.weights == {"reach": 0.5, "resonance": 0.5}


def test_what_cannot_be_ranked_is_shown_and_the_board_goes_on(board):
    board.set_state({"reach": 0.0, "relevance": 0.0, "resonance": 0.0})
    assert "are 0" in board.message
    with pytest.raises(OptionError, match="are 0"):
        _ = board.result
    board.reach = 0.5
    assert board.message == "" and board.result.scored == 12


def test_picked_rows_are_a_table_in_order_of_rank(board):
    board.selected = ["i01", "i11"]
    table = board.result.table
    assert board.shortlist["actor"].tolist() == [who for who in table["actor"] if who in ("i01", "i11")]
    with pytest.raises(OptionError, match="Did you mean 'i11'"):
        board.selected = ["i01", "i111"]
    assert board.selected == ["i01"]


def test_filters_hide_rows_and_change_no_rank(board):
    before = board.ranks
    board.tier = "nano"
    assert board.ranks == before and board.tiers == ["nano", "micro"] and board.platforms == ["photos"]


def test_the_code_makes_the_same_ranking(board):
    board.goal = "conversion"
    people, made = town()
    space: dict[str, object] = {"actors": people, "posts": made}
    exec(board.code.replace("posts,\n", "posts,\n    count=['likes'],\n"), space)
    assert space["ranking"].table["actor"].tolist() == board.result.table["actor"].tolist()


def test_the_board_has_a_still_twin(board):
    bundle, about = board._repr_mimebundle_()
    assert Image.open(io.BytesIO(bundle["image/png"])).width > 720 and about["image/png"] == {"width": 720}


@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        ({"weight": 1}, OptionError, "InfluencerBoard has no option 'weight'"),
        ({"goal": "fame"}, OptionError, "not known"),
        ({"topics": "coffee"}, OptionError, "is one name"),
        ({"topics": ["cofee"]}, OptionError, "Did you mean 'coffee'"),
        ({"tier": "giga"}, OptionError, "not known"),
        ({"platform": "photo"}, OptionError, "Did you mean 'photos'"),
        ({"selected": ["zoe"]}, OptionError, "no influencer of this board"),
        ({"per": "reach"}, TableError, "no column 'reach'"),
    ],
)
def test_settings_it_does_not_have_are_refused(options, kind, words):
    with pytest.raises(kind, match=words):
        InfluencerBoard(*town(), **LIKES, **options)
