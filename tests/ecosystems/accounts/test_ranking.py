"""Accounts are ranked by a declared score, and the rank says how much the weights decide."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mapkit as mk
from mapkit.errors import OptionError, TableError


def accounts(**rows: tuple[float | None, float | None, float | None]) -> pd.DataFrame:
    return pd.DataFrame(
        [(name, *row) for name, row in rows.items()], columns=["account", "fit", "intent", "engagement"]
    )


def test_the_score_is_the_weighted_geometric_mean() -> None:
    ranking = mk.rank_accounts(accounts(x=(0.9, 0.4, 0.1)), weights={"fit": 2, "intent": 1, "engagement": 1})
    assert ranking.table.loc[0, "score"] == pytest.approx((0.9**2 * 0.4 * 0.1) ** 0.25, abs=1e-12)


def test_an_account_without_any_fit_scores_nothing_however_keen() -> None:
    ranking = mk.rank_accounts(accounts(keen=(0, 1, 1), dull=(0.1, 0.1, 0.1)))
    assert list(ranking.table["account"]) == ["dull", "keen"]
    assert ranking.table.loc[1, "score"] == 0
    assert ranking.table.loc[1, "reason"] == "No fit: the score is 0 whatever else it has."


def test_a_better_account_in_everything_is_first_in_every_draw() -> None:
    table = mk.rank_accounts(accounts(best=(0.9, 0.9, 0.9), worst=(0.1, 0.2, 0.1), mid=(0.5, 0.5, 0.5))).table
    assert table["account"].tolist() == ["best", "mid", "worst"]
    assert table["rank_low"].tolist() == table["rank_high"].tolist() == [1, 2, 3]


def test_accounts_that_differ_in_kind_change_places_as_the_weights_move() -> None:
    table = mk.rank_accounts(accounts(fitting=(0.9, 0.5, 0.5), keen=(0.5, 0.9, 0.5)), tiers=(1,)).table
    assert table["rank"].tolist() == [1, 1]
    assert table["rank_low"].tolist() == [1, 1]
    assert table["rank_high"].tolist() == [2, 2]
    assert table["of_draws_tier_1"].sum() == pytest.approx(1, abs=0.01)


def test_tiers_have_the_sizes_that_were_declared() -> None:
    rows = accounts(**{f"a{k:02d}": (k / 40, 0.5, 0.5) for k in range(1, 31)})
    ranking = mk.rank_accounts(rows, tiers=(5, 15))
    assert [len(ranking.accounts(tier)) for tier in (1, 2, 3)] == [5, 15, 10]
    assert ranking.accounts(1)[0] == "a30"


def test_equal_scores_at_a_border_share_the_better_tier() -> None:
    ranking = mk.rank_accounts(accounts(a=(0.5, 0.5, 0.5), b=(0.5, 0.5, 0.5), c=(0.1, 0.1, 0.1)), tiers=(1,))
    assert ranking.accounts(1) == ["a", "b"]


def test_a_missing_score_is_not_guessed() -> None:
    ranking = mk.rank_accounts(accounts(known=(0.1, 0.1, 0.1), half=(1.0, None, 1.0)))
    row = ranking.table.set_index("account").loc["half"]
    assert pd.isna(row["rank"]) and pd.isna(row["tier"]) and row["missing"] == "intent"
    assert ranking.rank("known").n == 1
    with pytest.raises(OptionError, match="intent is missing"):
        ranking.rank("half")


def test_a_list_in_which_nothing_is_scored_is_a_list_of_what_to_find_out() -> None:
    ranking = mk.rank_accounts(accounts(a=(None, 0.5, 0.5), b=(0.5, None, None)))
    assert ranking.table["rank"].isna().all()
    assert ranking.table["missing"].tolist() == ["fit", "intent, engagement"]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(*[st.floats(0, 1)] * 3), min_size=1, max_size=15), st.integers(0, 5))
def test_every_rank_lies_in_its_interval_and_the_answer_is_the_same_each_time(
    scores: list[tuple[float, float, float]], seed: int
) -> None:
    rows = accounts(**{f"a{k}": row for k, row in enumerate(scores)})
    table = mk.rank_accounts(rows, draws=100, seed=seed).table
    assert table["rank_low"].between(1, len(rows)).all()
    assert (table["rank_low"] <= table["rank_high"]).all()
    assert table["score"].between(0, 1 + 1e-12).all()
    pd.testing.assert_frame_equal(table, mk.rank_accounts(rows, draws=100, seed=seed).table)


def test_scores_of_another_scale_are_refused_with_the_way_out() -> None:
    with pytest.raises(OptionError, match="such as 80 for 'x'"):
        mk.rank_accounts(accounts(x=(80, 0.5, 0.5)))


def test_a_missing_column_is_answered_with_the_nearest() -> None:
    with pytest.raises(TableError, match="Did you mean 'engagment'"):
        mk.rank_accounts(accounts(x=(1, 1, 1)).rename(columns={"engagement": "engagment"}))


@pytest.mark.parametrize(
    "options",
    [
        {"weights": {"fit": 0, "intent": 1, "engagement": 1}},
        {"weights": {"fit": 1}},
        {"weights": {"size": 1}},
        {"tiers": ()},
        {"tiers": (0,)},
        {"draws": 0},
        {"concentration": 0},
        {"confidence": 95},
    ],
)
def test_options_that_make_no_sense_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(OptionError):
        mk.rank_accounts(accounts(x=(1, 1, 1)), **options)  # type: ignore[arg-type]


def test_an_account_twice_is_refused() -> None:
    with pytest.raises(TableError, match="more than once"):
        mk.rank_accounts(pd.concat([accounts(x=(1, 1, 1))] * 2))


def test_a_score_with_a_decimal_comma_is_refused_and_not_taken_for_unknown() -> None:
    frame = pd.DataFrame(
        {"account": ["a", "b"], "fit": ["0,8", "0,3"], "intent": [0.1, 0.2], "engagement": [0.5, None]}
    )
    with pytest.raises(TableError, match=r"2 scores in 'fit' are no numbers, such as '0,8' in row 1.*decimal=','"):
        mk.rank_accounts(frame)


def test_a_missing_account_column_is_to_be_renamed() -> None:
    with pytest.raises(TableError, match=r"no column 'account'.*Rename yours to 'account'"):
        mk.rank_accounts(pd.DataFrame({"company": ["a"], "fit": [0.1], "intent": [0.2], "engagement": [0.5]}))
