"""A small journey map, as somebody would write it."""

from __future__ import annotations

from mapkit.maps.journey_map import JourneyMap

TEXT = """\
# Drawn by the service team.
title: How a household buys  # a working title
persona: {name: The daily cup,   segment: households}
scenario: They ran out of coffee.

stages:
  - name: awareness
    steps: [first_visit]
  - name: purchase   # the till
    steps:
      - add_to_cart
      - {id: pay, name: Pays, events: [purchase], touchpoints: [payment]}

lanes:
  - name: actions
    cells:
      # seen in March
      - {stage: awareness, step: first_visit, says: They look., touchpoint: home_page, evidence: [n1]}
      - stage: purchase
        step: add_to_cart
        id: basket
        says: >
          They fill the basket
          and wait.
  - name: rate
    cells:
      - {stage: purchase, step: add_to_cart, of: add_to_cart, to: pay, claimed: 0.5}   # a guess
  - name: emotion
    cells:
      - {stage: purchase, step: pay, claimed: -1, evidence: [{kind: survey, ref: wave 1, n: 40}]}
  - name: pain_points
    cells:
      - {stage: purchase, step: pay, says: Shipping comes last., severity: 0.6}
"""


def journey_map(text: str = TEXT) -> JourneyMap:
    return JourneyMap.from_yaml(text, name="map.yaml")
