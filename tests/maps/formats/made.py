"""Maps of a test's own: one that says a bit of everything, and maps drawn by hypothesis."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from mapkit.maps.journey_map import JourneyMap

COFFEE = """
title: How a household comes to drink coffee
persona: {name: Families, segment: households, who: Two adults and a child.}
scenario: From the first look to telling a friend.
description: Drawn in March.
stages:
  - name: awareness
    steps:
      - {id: visit, name: Visits the shop, events: [first_visit, visit], touchpoints: [home page]}
  - name: purchase
    steps: [search, {id: buy, name: "Buys: at last"}]
  - name: service
lanes:
  - name: actions
    cells:
      - {stage: purchase, step: buy, says: Pays by card., claimed: [search, buy], owner: Web}
  - name: channel
    cells:
      - {stage: purchase, step: buy, says: web}
      - {stage: purchase, step: buy, says: app}
  - name: emotion
    cells:
      - {stage: awareness, step: visit, claimed: 1}
      - {stage: purchase, step: buy, claimed: -0.4, says: "=2+2"}
      - {stage: purchase, claimed: 0.5}
  - name: pain_points
    cells:
      - {stage: purchase, step: buy, id: slow, says: It is slow., severity: 0.7, evidence: [{kind: survey, ref: w3, n: 12}, n-4]}
      - {stage: service, says: Nobody answers.}
  - name: owner
    cells:
      - {stage: purchase, step: search, says: Search team}
  - name: backstage
"""  # noqa: E501

NASTY = ["=1+1", "'=x", "-3", "a; b", "[1]", '"q"', "3", "a,b", "section a: 3: Me", "<script>", "&amp;", "#59;", "x\ny"]
NASTY += [
    "title t",
    "%% step: z",
    "  pad ",
    "undefined",
    "interview: a (n=3)",
    "log",
    "\u202eab",
    "```",
    "a:b#c",
    "true",
]
TEXTS = st.sampled_from(NASTY) | st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Cn"), max_codepoint=0x2FFF), min_size=1, max_size=6
)
USED = ["actions", "channel", "emotion", "owner", "pain_points", "thoughts", "actors", "my own"]


def coffee() -> JourneyMap:
    return JourneyMap.from_yaml(COFFEE)


@st.composite
def maps(draw: Any) -> JourneyMap:
    names = draw(st.lists(TEXTS, min_size=1, max_size=3, unique=True))
    ids = iter(draw(st.lists(TEXTS, min_size=6, max_size=6, unique=True)))
    stages = [
        {"name": name, "steps": [_step(draw, next(ids)) for _ in range(draw(st.integers(0, 2)))]} for name in names
    ]
    places = [(stage["name"], None) for stage in stages]
    places += [(stage["name"], step["id"]) for stage in stages for step in stage["steps"]]
    lanes = draw(st.lists(st.sampled_from(USED), max_size=4, unique=True))
    cells = st.lists(st.sampled_from(places), max_size=4)
    document = {
        "title": draw(TEXTS),
        "state": draw(st.sampled_from(["as-is", "to-be"])),
        "stages": stages,
        "lanes": [{"name": lane, "cells": [_cell(draw, *place) for place in draw(cells)]} for lane in lanes],
    }
    document |= _some(draw, {"scenario": TEXTS, "description": TEXTS})
    if draw(st.booleans()):
        document["persona"] = {"name": draw(TEXTS)} | _some(draw, {"segment": TEXTS, "who": TEXTS})
    return JourneyMap.from_dict(document)


def _step(draw: Any, step: str) -> dict[str, Any]:
    lists = st.lists(TEXTS, max_size=2)
    return {"id": step} | _some(draw, {"name": TEXTS, "events": lists, "touchpoints": lists})


def _cell(draw: Any, stage: str, step: str | None) -> dict[str, Any]:
    numbers = st.floats(-3, 3) | st.integers(-9, 9)
    evidence = st.lists(
        TEXTS | st.just({"kind": "survey", "ref": "n; 2", "n": 5}) | st.just({"kind": "log"}), max_size=2
    )
    fields = {"says": TEXTS, "claimed": numbers | TEXTS | st.lists(TEXTS, min_size=2, max_size=3), "owner": TEXTS}
    fields |= {"severity": st.floats(0, 1), "evidence": evidence, "about": st.just("rate"), "within": TEXTS}
    return {"stage": stage, **({"step": step} if step else {})} | _some(draw, fields)


def _some(draw: Any, fields: dict[str, Any]) -> dict[str, Any]:
    return {name: draw(values) for name, values in fields.items() if draw(st.booleans())}
