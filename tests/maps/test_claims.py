"""When a claim holds, and how it says that it no longer does."""

from __future__ import annotations

import json
import math

import pytest

from mapkit.errors import OptionError
from mapkit.maps import claim
from mapkit.statistics import Estimate


def share(value: float, low: float = math.nan, high: float = math.nan, n: int = 1_000) -> Estimate:
    return Estimate("purchase of first_visit", value, low, high, n)


@pytest.mark.parametrize(
    ("estimate", "state", "reason"),
    [
        (share(0.20, 0.18, 0.22), "holds", ""),
        (share(0.23, 0.21, 0.245), "holds", ""),
        (share(0.24, 0.23, 0.249), "weakened", "met with less than the margin to spare"),
        (share(0.22, 0.18, 0.26), "weakened", "the interval reaches the threshold"),
        (share(0.29, 0.27, 0.31), "reversed", ""),
        (share(0.26, 0.24, 0.28), "reversed", "the interval still reaches the threshold"),
        (share(0.25, 0.24, 0.26), "reversed", "the interval still reaches the threshold"),
        (share(0.20), "holds", ""),
        (share(0.20, n=29), "untestable", "n is below 30"),
        (share(math.nan), "untestable", "the value is unknown"),
        (share(math.nan, n=0), "untestable", "nothing was observed, n is 0"),
    ],
)
def test_a_claim_of_fewer_than_a_quarter_by_two_points(estimate: Estimate, state: str, reason: str) -> None:
    stated = claim("Fewer than one in four buys", holds_if=estimate < 0.25, margin=0.02)
    assert (stated.state, stated.reason) == (state, reason)


def test_a_claim_of_more_looks_the_other_way() -> None:
    assert claim("Most buy", holds_if=share(0.60, 0.55, 0.65) > 0.5, margin=0.05).state == "holds"
    assert claim("Most buy", holds_if=share(0.52, 0.49, 0.55) > 0.5).state == "weakened"
    assert claim("Most buy", holds_if=share(0.45, 0.40, 0.49) > 0.5).state == "reversed"


def test_a_number_that_meets_the_margin_exactly_holds() -> None:
    # 0.25 - 0.23 is a hair under 0.02 in binary.
    assert claim("Fewer than one in four", holds_if=share(0.23) < 0.25, margin=0.02).state == "holds"


def test_an_interval_without_an_upper_end_reaches_every_upper_threshold() -> None:
    median = Estimate("median time to buy", 3 * 86_400, 2 * 86_400, math.inf, 500, "seconds")
    assert claim("Half buy within a week", holds_if=median < 7 * 86_400).state == "weakened"


def test_all_conditions_must_be_met_and_the_worst_decides() -> None:
    bought = share(0.29, 0.27, 0.31)
    both = claim("Between a tenth and a quarter", holds_if=[bought > 0.10, bought < 0.25])
    assert both.state == "reversed"
    assert [each["state"] for each in both.to_json()["conditions"]] == ["holds", "reversed"]
    assert both.to_json()["threshold"] == 0.25
    assert str(both).endswith("29.0% [27.0%, 31.0%] of 1,000; needs > 10.0% and needs < 25.0%)")


def test_two_estimates_are_compared_by_their_difference() -> None:
    # The counts of Newcombe (1998), table II, row (a): 56/70 and 48/80 give [.0524, .3339].
    offices, students = Estimate.of_share("offices", 56, 70), Estimate.of_share("students", 48, 80)
    stated = claim("Offices buy more than students", holds_if=offices > students, margin=0.05).to_json()
    assert stated["state"] == "holds"
    assert (stated["number"], stated["n"], stated["unit"]) == ("offices minus students", 70, "points")
    assert (round(stated["value"], 4), round(stated["low"], 4), round(stated["high"], 4)) == (0.2, 0.0524, 0.3339)


def test_estimates_of_different_units_are_not_compared() -> None:
    with pytest.raises(OptionError, match=r"'share'.*'seconds'"):
        share(0.2) < Estimate("median", 60, n=40, unit="seconds")  # noqa: B015


def test_a_claim_says_everything_in_one_line() -> None:
    bought = Estimate("purchase of first_visit", 0.214, 0.201, 0.228, 3_120)
    assert str(claim("Fewer than one visitor in four buys", holds_if=bought < 0.25, margin=0.02)) == (
        "holds: Fewer than one visitor in four buys "
        "(purchase of first_visit 21.4% [20.1%, 22.8%] of 3,120; needs < 25.0%, margin 2.0 points)"
    )


def test_a_notebook_gets_text_html_and_numbers() -> None:
    bundle = claim("Few buy", holds_if=share(0.2, n=100) < 0.25)._repr_mimebundle_()
    plain = bundle["application/vnd.mapkit.claim+json"]
    assert set(bundle) == {"text/plain", "text/html", "application/vnd.mapkit.claim+json"}
    assert json.loads(json.dumps(plain, allow_nan=False))["low"] is None
    assert (plain["state"], plain["value"], plain["threshold"], plain["n"]) == ("holds", 0.2, 0.25, 100)


def test_a_name_from_the_data_is_escaped() -> None:
    named = Estimate("<script>alert(1)</script>", 0.2, n=100)
    shown = claim("<b>Few</b> buy", holds_if=named < 0.25)._repr_html_()
    assert "<script>" not in shown
    assert "<b>" not in shown
    assert "&lt;script&gt;" in shown


@pytest.mark.parametrize(
    ("options", "advice"),
    [
        ({"holds_if": True}, "not a condition"),
        ({"holds_if": []}, "not a condition"),
        ({"holds_if": share(0.2) < 0.25, "margin": -0.1}, "not a distance"),
        ({"holds_if": share(0.2) < 0.25, "margin": math.nan}, "not a distance"),
        ({"holds_if": share(0.2) < 0.25, "text": " "}, "needs its sentence"),
    ],
)
def test_a_claim_that_cannot_be_weighed_is_an_error(options: dict, advice: str) -> None:
    with pytest.raises(OptionError, match=advice):
        claim(options.pop("text", "Few buy"), **options)
