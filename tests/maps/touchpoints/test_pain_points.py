"""Pain points ranked by a product, and by chance."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mapkit as mk
from mapkit.errors import OptionError, TableError
from mapkit.maps.touchpoints import rank_pain_points
from tests.literal import events

PAINS = pd.DataFrame(
    {
        "pain_point": ["slow", "dear", "rude"],
        "severity": [4, 2, 5],
        "affected": [30, 60, 3],
        "n": [100, 100, 100],
        "stage": ["buy", "buy", "help"],
    }
)


def said(score: float, touchpoint: str, times: int) -> list[dict]:
    return [{"metric": "satisfaction", "score": score, "touchpoint": touchpoint, "rater": "customer"}] * times


def test_priority_is_the_product_of_what_is_said():
    result = rank_pain_points(PAINS, stage_value={"buy": 2}, evidence={"dear": 0.5}, effort={"slow": 3})
    found = result.table.set_index("pain_point")["priority"]
    assert found.to_dict() == pytest.approx({"slow": 4 * 0.3 * 2 / 3, "dear": 2 * 0.6 * 2 * 0.5, "rude": 5 * 0.03})
    assert list(result.table["rank"]) == [1, 2, 3]
    assert result.share("slow").value == 0.3


def test_a_pain_point_is_first_only_where_chance_allows_it():
    assert rank_pain_points(PAINS).first is None  # 1.2 against 1.2
    assert rank_pain_points(PAINS, effort={"dear": 5}).first == "slow"


def test_severity_and_share_come_from_the_answers_below_the_middle():
    answers = pd.DataFrame([*said(1, "till", 5), *said(2, "till", 5), *said(4, "till", 10), *said(3, "door", 20)])
    till, door = (rank_pain_points(answers).table.set_index("pain_point").loc[name] for name in ("till", "door"))
    assert (till["affected"], till["n"], till["severity"]) == (10, 20, pytest.approx((5 + 3) / 2))
    assert till["priority"] == pytest.approx(4 * 0.5)
    assert door["affected"] == 0


def test_shares_are_of_all_customers_where_a_log_says_who_met_it():
    answers = pd.DataFrame([*said(1, "till", 10), *said(5, "till", 10), *said(1, "radio", 20)])
    log = events("ann: pay@1", "bob: visit@1", "cy: visit@1", "dan: visit@1")
    result = rank_pain_points(answers, log, [{"touchpoint": "till", "events": "pay"}, {"touchpoint": "radio"}])
    assert list(result.table["pain_point"]) == ["till"]
    assert result.table.loc[0, "share_affected"] == pytest.approx(0.5 * 0.25)
    assert result.apart == ("radio",)


def test_the_same_seed_gives_the_same_ranks():
    one, other = (rank_pain_points(PAINS, seed=3).table for _ in range(2))
    pd.testing.assert_frame_equal(one, other)
    assert "seed 3" in rank_pain_points(PAINS, seed=3).notes[1]


def test_what_cannot_be_is_refused():
    with pytest.raises(TableError, match="'slow' has severity 9"):
        rank_pain_points(PAINS.assign(severity=9))
    with pytest.raises(TableError, match=r"no column 'severity'.*Did you mean"):
        rank_pain_points(PAINS.rename(columns={"severity": "severety"}))
    with pytest.raises(OptionError, match=r"which is no pain point.*Did you mean 'slow'"):
        rank_pain_points(PAINS, effort={"slov": 2})
    with pytest.raises(TableError, match="more than 0 and at most 1"):
        rank_pain_points(PAINS, evidence={"slow": 4})
    with pytest.raises(TableError, match="more than once"):
        rank_pain_points(pd.concat([PAINS, PAINS]))
    with pytest.raises(TableError, match="no customers' answers to 'satisfaction'"):
        rank_pain_points([{"metric": "nps", "score": 3, "touchpoint": "till"}])


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 5), st.integers(0, 50)), min_size=1, max_size=6))
def test_a_rank_lies_within_its_interval_and_ranks_are_all_there(rows):
    pains = [{"pain_point": f"p{k}", "severity": s, "affected": a, "n": 50} for k, (s, a) in enumerate(rows)]
    table = rank_pain_points(pd.DataFrame(pains), draws=200).table
    assert list(table["rank"]) == list(range(1, len(rows) + 1))
    assert (table["rank_low"] <= table["rank"]).all()
    assert (table["rank"] <= table["rank_high"]).all()
    assert table["priority"].is_monotonic_decreasing


def test_harbours_worst_served_touchpoints_hurt_most():
    harbour = mk.load_dataset("harbour")
    found = rank_pain_points(harbour.feedback).table
    assert set(found["pain_point"].head(3)) == {"help_desk", "checkout", "site_search"}
    planted = harbour.truth["realised"]["feedback"]["satisfaction"]["checkout"]["customer"]
    assert found.set_index("pain_point").loc["checkout", "n"] == planted["answers"]
