"""A stage model says what it is told, refuses what contradicts itself, and survives being written down."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from mapkit.errors import DocumentError, StageError
from mapkit.stages import Rule, StageModel

WEB = StageModel(
    "web",
    {
        "visit": ["page_view", "ad_*"],
        "buy": [{"event": "purchase", "where": {"value": {">=": 100}, "channel": ["email", "sms"]}, "nth": 1}],
        "stay": [],
    },
)


def test_stages_keep_their_order_and_their_rules():
    assert WEB.stages == ("visit", "buy", "stay")
    assert WEB.rules_of("visit") == (Rule("visit", "page_view"), Rule("visit", "ad_*"))
    assert WEB.rules_of("stay") == ()


def test_a_rule_reads_as_a_sentence():
    assert str(WEB.rules_of("buy")[0]) == "'purchase' where value >= 100 and channel in ('email', 'sms') and nth == 1"


def test_a_model_written_by_hand_is_the_model_in_python():
    text = """
name: web
stages:
  visit: [page_view, ad_*]
  buy:
    - event: purchase
      where: {value: {'>=': 100}, channel: [email, sms]}
      nth: 1
  stay:
"""
    assert StageModel.from_yaml(text) == WEB


def test_a_model_is_the_same_after_a_file_of_either_kind(tmp_path: Path):
    assert StageModel.read(WEB.write(tmp_path / "web.yaml")) == WEB
    assert StageModel.read(WEB.write(tmp_path / "web.json")) == WEB


NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8).filter(str.strip)
VALUES = st.none() | st.booleans() | st.integers(-999, 999) | st.floats(-9, 9) | st.text("abc *=-1", max_size=4)
CONDITIONS = VALUES | st.lists(VALUES, max_size=3) | st.fixed_dictionaries({">=": st.integers(), "!=": st.integers()})
ITEMS = NAMES | st.fixed_dictionaries(
    {"event": NAMES}, optional={"where": st.dictionaries(NAMES, CONDITIONS, max_size=2), "nth": st.integers(1, 5)}
)


@settings(max_examples=100, deadline=None)
@given(NAMES, st.dictionaries(NAMES, st.lists(ITEMS, max_size=3), min_size=1, max_size=3), NAMES, st.booleans())
def test_any_model_is_the_same_after_yaml(name: str, stages: dict[str, Any], description: str, ordered: bool):
    try:
        model = StageModel(name, stages, description=description, ordered=ordered)
    except StageError:  # two stages drew the same rule
        reject()
    assert StageModel.from_yaml(model.to_yaml()) == model


def test_a_fault_in_a_file_has_its_line(tmp_path: Path):
    path = tmp_path / "web.yaml"
    path.write_text("name: web\nstages:\n  visit:\n    - evnt: page_view\n")
    with pytest.raises(DocumentError, match=r"web\.yaml, line 4, column 7 .*unknown key 'evnt'\. Did you mean 'event'"):
        StageModel.read(path)


def test_two_stages_of_one_name_are_refused():
    with pytest.raises(StageError, match="two stages named 'visit'"):
        StageModel("web", ["visit", "buy", "visit"])
    with pytest.raises(DocumentError, match="the key 'visit' is there twice"):
        StageModel.from_yaml("name: web\nstages:\n  visit: []\n  visit: []\n")


def test_two_stages_with_the_same_rule_are_refused_at_once():
    with pytest.raises(StageError, match="the stages 'visit' and 'buy' both claim 'purchase'"):
        StageModel("web", {"visit": ["purchase"], "buy": ["purchase"]})


def test_a_rule_for_an_unknown_stage_is_answered_with_the_nearest():
    with pytest.raises(StageError, match=r"has no stage 'vist'.*Did you mean 'visit'"):
        WEB.with_rule("vist", "search")


def test_a_rule_listed_under_another_stage_is_refused():
    with pytest.raises(StageError, match="listed under 'visit'"):
        StageModel("web", {"visit": [Rule("buy", "purchase")], "buy": []})


@pytest.mark.parametrize(
    ("item", "told"),
    [
        ({"evnt": "a"}, "Did you mean 'event'"),
        ({"where": {"value": {"=>": 1}}}, "operator '=>' is not known"),
        ({"where": {"value": {">": None}}}, "nothing is > null"),
        ({"where": {"value": float("nan")}}, "cannot be compared"),
        ({"event": "a", "nth": 0}, "whole number from 1"),
        ({"nth": 1}, "names no event and no condition"),
        ("", "empty event name"),
        (3, "A rule is an event name"),
    ],
)
def test_a_rule_that_means_nothing_is_refused(item: Any, told: str):
    with pytest.raises(StageError, match=told):
        StageModel("web", {"visit": [item]})


def test_a_name_in_place_of_a_list_is_refused():
    with pytest.raises(StageError, match=r"Write \['page_view'\]"):
        StageModel("web", {"visit": "page_view"})


def test_no_stage_is_no_model():
    with pytest.raises(StageError, match="has no stages"):
        StageModel("web", {})


def test_adding_and_taking_away_leave_the_first_model_as_it_was():
    more = WEB.with_rule("stay", "login")
    assert [rule.item for rule in more.rules_of("stay")] == ["login"]
    assert more.without_rule("stay", "login") == WEB
    assert WEB.rules_of("stay") == ()


def test_adding_a_rule_that_is_there_changes_nothing():
    assert WEB.with_rule("visit", "page_view") == WEB


def test_taking_away_a_rule_that_is_not_there_is_refused():
    with pytest.raises(StageError, match=r"has no rule 'search'. It has 'page_view', 'ad_\*'"):
        WEB.without_rule("visit", "search")


def test_an_event_moves_from_one_stage_to_another():
    moved = WEB.with_event("buy", "page_view")
    assert [rule.item for rule in moved.rules_of("visit")] == ["ad_*"]
    assert moved.rules_of("buy")[-1] == Rule("buy", "page_view")
    assert moved.without_event("page_view").rules_of("buy") == WEB.rules_of("buy")


def test_reordering_needs_the_same_stages():
    assert WEB.reordered(["stay", "buy", "visit"]).stages == ("stay", "buy", "visit")
    with pytest.raises(StageError, match="reordering gave 'buy', 'visit'"):
        WEB.reordered(["buy", "visit"])


@pytest.mark.parametrize(
    ("pattern", "fits", "misses"),
    [
        ("checkout_*", ["checkout_", "checkout_paid", "checkout_a\nb"], ["Checkout_paid", "my_checkout_paid"]),
        ("*_view*", ["page_view", "page_views"], ["pageview"]),
        ("a*b*c", ["abc", "a1b2c"], ["acb", "abcd"]),
        ("[App] Opened?", ["[App] Opened?"], ["A Opened?", "[App] Opened!"]),
        (r"5\* review", ["5* review"], ["5 star review"]),
        (r"*\*", ["two *", "*"], ["two", r"two \ "]),
        (".+", [".+"], ["ab"]),
    ],
)
def test_only_a_star_is_special_in_a_pattern(pattern: str, fits: list[str], misses: list[str]):
    rule = Rule("any", pattern)
    assert all(rule.fits(name) for name in fits)
    assert not any(rule.fits(name) for name in misses)


@settings(max_examples=60)
@given(st.text(r"ab*\?[", min_size=1, max_size=6), st.text(r"ab*\?[", min_size=1, max_size=6))
def test_a_rule_for_an_event_fits_that_event_and_no_other(name: str, other: str):
    rule = Rule.for_event("any", name)
    assert rule.fits(name)
    assert rule.fits(other) == (name == other)


def test_a_model_shown_in_a_notebook_is_escaped():
    shown = StageModel("<u>", {"<script>": ["<img>"], "empty": []}, description="<i>")._repr_html_()
    assert not any(tag in shown for tag in ("<script>", "<img>", "<i>", "<u>"))
    assert "no rules yet" in shown


def test_an_unordered_model_says_so():
    assert str(StageModel("a", {"x": ["e"], "y": []}, ordered=False)) == "a: x, y (in any order); 1 rules"
