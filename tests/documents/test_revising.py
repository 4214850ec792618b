"""A document is changed in its text: what did not change stays as it was written, and the rest says what it should."""

from __future__ import annotations

import difflib
import json
from typing import Any, Literal

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mapkit.documents import parse_document, revise, to_yaml

ANYTHING: dict[str, Any] = {"type": "object"}
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=8)
PLAIN = (
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(-1, 1) | WORDS | st.sampled_from(["a: b", "- x", "#"])
)
PART = st.recursive(
    PLAIN,
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.sampled_from("abcd"), part, max_size=3),
    max_leaves=6,
)
DOCUMENT = st.dictionaries(st.sampled_from("abcdef"), PART, min_size=1, max_size=4)
MAP = """\
# Drawn by the service team.
title: How a household buys  # a working title

stages:
  # where they meet us
  - name: awareness
    steps: [first_visit, ad_click]
  - name: purchase   # the till
    steps:
      - add_to_cart
      - {id: pay,   name: Pay}

lanes:
- name: actions
  cells:
  - stage: awareness
    says: 'They look'   # we saw them

  # doubtful!
  - stage: purchase
    says: >
      They pay,
      mostly.
"""


def revised(text: str, data: dict[str, Any], form: Literal["yaml", "json"] = "yaml") -> str:
    return revise(text, data, normal=lambda document: document, name="the text", form=form)


def changed(text: str, **changes: Any) -> list[str]:
    """Return the lines that a change takes out (-) and puts in (+)."""
    data = parse_document(text, ANYTHING) | changes
    lines = difflib.ndiff(text.splitlines(), revised(text, data).splitlines())
    return [line for line in lines if line[0] in "+-"]


@settings(max_examples=80, deadline=None)
@given(DOCUMENT, DOCUMENT, st.sampled_from(["block", "flow", "json"]))
def test_the_text_says_the_new_data_and_keeps_its_first_comment(old: dict[str, Any], new: dict[str, Any], form: str):
    if form == "json":
        written = revised(json.dumps(old, indent=2), new, "json")
        assert repr(json.loads(written)) == repr({key: json.loads(written)[key] for key in json.loads(written)})
        assert json.loads(written) == new
        return
    flow = yaml.safe_dump(old, default_flow_style=True, allow_unicode=False)
    body = to_yaml(old) if form == "block" or parse_document(flow, ANYTHING) != old else flow
    written = revised(f"# first\n{body}", new)
    assert parse_document(written, ANYTHING) == new
    assert written.startswith("# first\n") or not new


@settings(max_examples=30, deadline=None)
@given(DOCUMENT)
def test_nothing_changed_is_the_same_text(old: dict[str, Any]):
    text = "# first\n" + to_yaml(old)
    assert revised(text, old) == text


def test_a_value_is_changed_where_it_stands():
    assert changed(MAP, title="How an office buys") == [
        "- title: How a household buys  # a working title",
        "+ title: How an office buys  # a working title",
    ]


def test_items_are_moved_with_their_comments():
    lanes = parse_document(MAP, ANYTHING)["lanes"]
    cells = lanes[0]["cells"]
    text = revised(MAP, parse_document(MAP, ANYTHING) | {"lanes": [lanes[0] | {"cells": cells[::-1]}]})
    assert (
        "  # doubtful!\n  - stage: purchase\n    says: >\n      They pay,\n      mostly.\n\n  - stage: awareness"
        in text
    )


def test_an_item_is_added_and_taken_out_without_touching_its_neighbours():
    stages = parse_document(MAP, ANYTHING)["stages"]
    more = [stages[0], stages[1] | {"steps": [*stages[1]["steps"], {"id": "thanks", "name": "Thanks"}]}]
    assert changed(MAP, stages=more) == ["+       - id: thanks", "+         name: Thanks"]
    assert changed(MAP, stages=[stages[0] | {"steps": ["first_visit"]}, stages[1]]) == [
        "-     steps: [first_visit, ad_click]",
        "+     steps: [first_visit]",
    ]
    assert changed(MAP, stages=stages[:1]) == [
        "-   - name: purchase   # the till",
        "-     steps:",
        "-       - add_to_cart",
        "-       - {id: pay,   name: Pay}",
    ]


def test_what_is_written_between_braces_stays_between_braces():
    text = "cells:\n  - {stage: a,  says: x}  # one\n  - { stage: b }\n"
    added = [{"stage": "a", "says": "x, y"}, {"stage": "b", "n": 3}, {"stage": "c", "says": "two\nlines"}]
    assert revised(text, {"cells": added}) == (
        'cells:\n  - {stage: a,  says: "x, y"}  # one\n  - { stage: b, n: 3 }\n  - {stage: c, says: "two\\nlines"}\n'
    ).replace('"x, y"', "'x, y'")


def test_text_in_a_block_stays_in_a_block_and_quotes_stay_quotes():
    assert revised("says: |\n  one\n  two\nq: 'x'\n", {"says": "one\nthree\n", "q": "y"}) == (
        "says: |\n  one\n  three\nq: 'y'\n"
    )


def test_an_alias_stays_one_until_what_it_stands_for_differs():
    text = "a: &same [x, y]  # here\nb: *same\nc: 1\n"
    assert revised(text, {"a": ["x", "y"], "b": ["x", "y"], "c": 2}) == text.replace("c: 1", "c: 2")
    apart = revised(text, {"a": ["x", "z"], "b": ["x", "y"], "c": 1})
    assert parse_document(apart, ANYTHING) == {"a": ["x", "z"], "b": ["x", "y"], "c": 1}
    assert "# here" in apart


def test_line_breaks_stay_those_of_the_file():
    assert revised("a: 1\r\nb: 2  # two\r\n", {"a": 1, "b": 3, "c": 4}) == "a: 1\r\nb: 3  # two\r\nc: 4\r\n"


def test_a_json_file_keeps_its_layout():
    text = '{\n  "a": [1, 2],\n  "b": {"c": "x"}\n}\n'
    assert revised(text, {"a": [1, 2, 3], "b": {"c": "x"}, "d": {"e": [1]}}, "json") == (
        '{\n  "a": [1, 2, 3],\n  "b": {"c": "x"},\n  "d": {\n    "e": [\n      1\n    ]\n  }\n}\n'
    )


@pytest.mark.parametrize("text", ["? a\n: 1\n", "'a' : 1\n", "a:\n- 1\n-\n  - 2\n", "{a: 1,}\n"])
def test_unusual_ways_of_writing_are_revised_too(text: str):
    old = parse_document(text, ANYTHING)
    for new in ({**old, "a": 5}, {**old, "a": [1, [3]]}, {"z": 0}, {**old, "z": {"y": [0]}}):
        assert parse_document(revised(text, new), ANYTHING) == new
