"""Pictures of accounts show the holes, the doubt and what is not told."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from matplotlib.patches import Rectangle

import mapkit as mk
from mapkit.plots import blank_page
from mapkit.plots.plot import alt_text


def texts(ax: Any) -> list[str]:
    return [each.get_text() for each in ax.texts]


def hatched(ax: Any) -> list[Rectangle]:
    return [patch for patch in ax.patches if patch.get_hatch()]


def groups_of(known: dict[str, list[str]], **options: Any) -> Any:
    rows = [(f"{account}_{k}", account, role) for account, names in known.items() for k, role in enumerate(names)]
    return mk.measure_buying_groups(pd.DataFrame(rows, columns=["actor", "account", "role"]), **options)


def test_a_missing_role_is_hatched_and_in_the_title() -> None:
    ax = mk.plot(groups_of({"x": ["user"], "y": ["user", "buyer"]}, roles=["user", "buyer"]), ax=blank_page())
    assert len(hatched(ax)) == 1
    assert "One buying group of 2 has a hole: x has no buyer" in texts(ax)
    assert "x lacks buyer" in alt_text(ax)


def test_complete_groups_have_no_hatching() -> None:
    ax = mk.plot(groups_of({"x": ["user"]}, roles=["user"]), ax=blank_page())
    assert hatched(ax) == []
    assert "Every role is covered in all 1 buying groups" in texts(ax)


def test_a_cell_tells_how_many_are_engaged() -> None:
    groups = groups_of({"x": ["user", "user", "buyer"]}, roles=["user", "buyer"], engaged={"x_0"})
    assert {"1 of 2", "0 of 1"} <= set(texts(mk.plot(groups, ax=blank_page())))


def test_no_account_asked_for_says_so() -> None:
    groups = groups_of({"x": ["user"]}, roles=["user"], accounts=[])
    assert any("nothing to draw" in text for text in texts(mk.plot(groups, ax=blank_page())))


def test_accounts_that_are_not_scored_are_counted_and_not_drawn() -> None:
    frame = pd.DataFrame({"account": ["$a$", "b"], "fit": [0.5, None], "intent": 0.5, "engagement": 0.5})
    ax = mk.plot(mk.rank_accounts(frame), ax=blank_page())
    assert "$a$" in texts(ax) and "b" not in texts(ax)
    assert any("1 not scored" in text for text in texts(ax))
    nobody = mk.rank_accounts(frame.assign(intent=None))
    assert any("nothing to draw" in text for text in texts(mk.plot(nobody, ax=blank_page())))


def test_each_tier_is_named_once_and_beyond_thirty_is_said() -> None:
    frame = pd.DataFrame({"account": [f"a{k}" for k in range(40)], "fit": [k / 40 for k in range(1, 41)]})
    ax = mk.plot(mk.rank_accounts(frame.assign(intent=0.5, engagement=0.5), tiers=(5, 15)), ax=blank_page())
    for tier in ("tier 1", "tier 2", "tier 3"):
        assert texts(ax).count(tier) == 1
    assert any("Not drawn: 10 accounts" in text for text in texts(ax))


DEALS = pd.DataFrame(
    {
        "opened": ["2025-01-01"] * 4 + ["2025-01-20"] * 2,
        "closed": ["2025-01-11", "2025-01-31", "2025-01-10", "2025-01-25", None, None],
        "won": [True, True, False, False, None, None],
        "value": [100, 300, 900, 900, 5, 5],
        "segment": ["$x$", "y", "y", "$x$", "y", "$x$"],
    }
)


def test_the_tiles_are_the_four_numbers_and_their_product() -> None:
    pipeline = mk.measure_pipeline(DEALS, period=("2025-01-01", "2025-02-01"), by="segment")
    ax = mk.plot(pipeline, ax=blank_page())
    assert {"2", "50%", "200", "20", "10", "×", "÷", "=", "$x$", "y"} <= set(texts(ax)) | {"50%"}
    assert "The pipeline would earn 10 a day; it earned 12.9" in texts(ax)


def test_a_pipeline_without_a_win_has_no_velocity() -> None:
    ax = mk.plot(mk.measure_pipeline(DEALS.iloc[2:4]), ax=blank_page())
    assert "Nothing was won, so the pipeline has no velocity" in texts(ax)
    assert texts(ax).count("none") == 3


def customers(start: int, end: int, segment: str = "") -> pd.DataFrame:
    return pd.DataFrame({"email": [f"p{k}" for k in range(start, end)], "segment": segment})


def test_the_shared_part_of_both_bars_is_one_width() -> None:
    ax = mk.plot(mk.measure_account_overlap(customers(0, 100), customers(60, 200)), ax=blank_page())
    solid = [patch for patch in ax.patches if patch.get_alpha() is None]
    assert len(solid) == 2
    assert solid[0].get_width() == pytest.approx(solid[1].get_width())
    assert solid[0].get_x() == pytest.approx(solid[1].get_x())
    assert "40 customers are in both lists: 40% of ours, 29% of theirs" in texts(ax)


def test_what_is_not_told_is_hatched_and_no_bar_gives_it_away() -> None:
    ours = pd.concat([customers(0, 100, "a"), customers(100, 200, "b")])
    ax = mk.plot(
        mk.measure_account_overlap(ours, pd.concat([customers(50, 190), customers(300, 320)]), segment="segment"),
        ax=blank_page(),
    )
    assert hatched(ax) == []
    hidden = mk.plot(mk.measure_account_overlap(ours, customers(98, 101), segment="segment"), ax=blank_page())
    assert len(hatched(hidden)) == 2
    assert "how many are in both is not told" in texts(hidden)
    assert {patch.get_x() for patch in hidden.patches if patch.get_alpha() == 0.3} == {0.0}
    assert "not told" in alt_text(hidden)
