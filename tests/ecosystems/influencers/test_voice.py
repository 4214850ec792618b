from __future__ import annotations

import pandas as pd
import pytest

from mapkit.ecosystems.influencers import measure_share_of_voice
from mapkit.errors import OptionError, TableError

BRANDS = {"harbour": ["harbour", "harbour coffee"], "pier": ["old pier"]}


def said(*texts: str, months: list[int] | None = None, **more: object) -> pd.DataFrame:
    times = [pd.Timestamp(2025, month, 3) for month in (months or [1] * len(texts))]
    return pd.DataFrame({"actor": "a", "time": times, "text": list(texts), **more})


def test_a_mention_is_a_whole_word_and_a_post_may_mention_both():
    found = measure_share_of_voice(said("Harbour!", "harbours", "Harbour and the Old Pier", "old pier pie"), BRANDS)
    assert found.table[["brand", "mentions", "all_mentions", "share"]].values.tolist() == [
        ["harbour", 2, 4, 0.5], ["pier", 2, 4, 0.5],
    ]  # fmt: skip


def test_the_interval_is_wilsons():
    found = measure_share_of_voice(said(*["harbour"] * 15, *["old pier"] * 35), BRANDS)
    share = found.share("harbour")
    assert (round(share.low, 4), round(share.high, 4), share.n) == (0.1910, 0.4375, 50)


def test_the_excess_is_the_voice_beyond_the_market():
    found = measure_share_of_voice(said(*["harbour"] * 3, "old pier"), BRANDS, market_shares={"harbour": 0.5})
    assert found.excess("harbour").value == pytest.approx(0.25)
    assert found.excess("harbour").unit == "points"
    with pytest.raises(OptionError, match="market share of 'pier' is not known"):
        found.excess("pier")


def test_favourable_mentions_weigh_more():
    made = said("harbour", "harbour", "old pier", tone=[1.0, 0.0, -0.5])
    table = measure_share_of_voice(made, BRANDS, sentiment="tone").table.set_index("brand")
    assert table["favourable"].tolist() == [0.75, 0.25]
    assert table["weighted_share"].tolist() == pytest.approx([1.5 / 1.75, 0.25 / 1.75])


def test_a_silent_month_has_no_share():
    found = measure_share_of_voice(said("harbour", "old pier", "harbour", months=[1, 1, 3]), BRANDS)
    ours = found.periods[found.periods["brand"] == "harbour"]
    assert ours["all_mentions"].tolist() == [2, 0, 1]
    assert ours["share"].iloc[0] == 0.5 and ours["share"].isna().iloc[1] and ours["share"].iloc[2] == 1


def test_marks_in_terms_are_no_patterns():
    found = measure_share_of_voice(said("c++ (new)", "anything"), {"plus": ["c++"], "dot": [".*"], "any": ["anything"]})
    assert found.table.set_index("brand")["mentions"].to_dict() == {"any": 1, "plus": 1, "dot": 0}


@pytest.mark.parametrize(
    ("brands", "options", "kind", "words"),
    [
        ({}, {}, OptionError, "brands is empty"),
        ({"us": [" "]}, {}, OptionError, "no terms"),
        ({"us": ["nobody"]}, {}, TableError, "None of 1 posts mentions"),
        (BRANDS, {"period": "fortnight"}, OptionError, "not known"),
        (BRANDS, {"sentiment": "mood"}, TableError, "no column 'mood'"),
        (BRANDS, {"market_shares": {"harbour": 40}}, OptionError, "not shares"),
        (BRANDS, {"market_shares": {"quay": 0.4}}, OptionError, "the brands are"),
    ],
)
def test_what_cannot_be_measured_is_said(brands, options, kind, words):
    with pytest.raises(kind, match=words):
        measure_share_of_voice(said("harbour"), brands, **options)


def test_sentiment_in_percent_is_refused():
    with pytest.raises(TableError, match="from -1 to 1"):
        measure_share_of_voice(said("harbour", tone=[80]), BRANDS, sentiment="tone")
