"""Which rule decides on a touchpoint, one rule at a time, and what Harbour planted."""

from __future__ import annotations

import pytest

import mapkit as mk
from mapkit.errors import OptionError, TableError
from mapkit.maps.touchpoints import measure_touchpoints, simulate_touchpoint_removal, triage_touchpoints
from tests.maps.touchpoints.made import TOUCHPOINTS, answers, log_of, shop

# As many with the video as without it, and the same share of both buys.
DULL = log_of(shop({"": (60, 0), "view": (300, 30), "view watch": (300, 30)}))
UNIMPORTANT = {"video": (1, 3, 3), "stand": (1, 3, 3), "till": (5, 2, 4), "home": (4, 5, 3)}


def triaged(inventory=TOUCHPOINTS, scores=UNIMPORTANT):
    return triage_touchpoints(measure_touchpoints(inventory, DULL, answers(scores), outcome="buy"), floor=0.06)


@pytest.fixture(scope="module")
def dull():
    return measure_touchpoints(TOUCHPOINTS, DULL, answers(UNIMPORTANT), outcome="buy")


def changed(touchpoint: str, **facts):
    return [{**each, **facts} if each["touchpoint"] == touchpoint else each for each in TOUCHPOINTS]


def test_unimportant_without_effect_is_removed_and_the_reason_has_the_numbers(dull):
    found = triage_touchpoints(dull, floor=0.06)
    assert found.verdict("video") == "remove"
    assert "among 300 with and 300 without" in found.reason("video")


def test_nobody_to_answer_for_it_comes_first():
    found = triaged(changed("video", owner=None))
    assert (found.verdict("video"), found.table.set_index("touchpoint").loc["video", "rule"]) == ("investigate", 1)


def test_what_is_mandated_is_never_removed():
    found = triaged(changed("video", mandated=True))
    assert found.verdict("video") == "keep"
    assert found.reason("video").startswith("It is mandated.")


def test_important_and_short_of_what_is_expected_is_improved(dull):
    found = triage_touchpoints(dull)
    assert found.touchpoints("improve") == ["till"]
    assert "below expectation" in found.reason("till")


def test_too_little_evidence_is_looked_into(dull):
    found = triage_touchpoints(dull)
    assert "the log shows nothing of it" in found.reason("stand")  # unimportant, and the log cannot say
    few = triaged(scores={"till": (5, 2, 4)})
    assert few.reason("stand") == "Too little is known: the log shows nothing of it, and 0 answers in the survey."


def test_an_effect_that_is_not_ruled_out_keeps_it_from_being_removed(dull):
    found = triage_touchpoints(dull, floor=0.01)
    assert found.verdict("video") == "investigate"
    assert "is not ruled out" in found.reason("video")


def test_what_it_is_there_for_must_be_ruled_out_too():
    found = triaged(changed("video", customer_impact="repeat purchase"))
    assert found.verdict("video") == "investigate"
    assert "repeat purchase is not known" in found.reason("video")


def test_a_segment_that_is_carried_keeps_a_touchpoint_that_looks_dispensable():
    young = shop({"": (60, 0), "view": (200, 20), "view watch": (100, 40)}, "young")
    old = shop({"": (60, 0), "view": (200, 100), "view watch": (300, 150)}, "old")
    measured = measure_touchpoints(TOUCHPOINTS, log_of(young, old), answers(UNIMPORTANT), outcome="buy", by="segment")
    found = triage_touchpoints(measured)
    assert found.verdict("video") == "keep"
    assert found.reason("video").startswith("It carries young (+30.0 points")
    removal = simulate_touchpoint_removal(measured, "video")
    assert removal.verdict == "refused"
    assert removal.lost("young").value == pytest.approx(0.3 * 100 / 60)
    assert removal.lost("old").value == pytest.approx(0)
    whole = removal.table.iloc[0]
    assert whole["outcomes_lost"] == pytest.approx(0.3 * 100)
    assert list(removal.table["carried"]) == [False, False, True]


def test_removal_of_what_every_path_needs_is_refused_and_of_the_dull_can_be_tried(dull):
    assert simulate_touchpoint_removal(dull, "till").verdict == "refused"
    tried = simulate_touchpoint_removal(dull, "video")
    assert tried.verdict == "can be tried"
    assert tried.lost().low < 0 < tried.lost().high
    assert simulate_touchpoint_removal(dull, "stand").verdict == "cannot tell"
    with pytest.raises(TableError, match="Did you mean 'video'"):
        simulate_touchpoint_removal(dull, "vidoe")
    with pytest.raises(OptionError, match="There is no segment"):
        tried.lost("young")


def test_something_else_than_measured_touchpoints_is_refused(dull):
    with pytest.raises(OptionError, match="takes what measure_touchpoints returns"):
        triage_touchpoints(TOUCHPOINTS)
    with pytest.raises(OptionError, match="not a share"):
        triage_touchpoints(dull, floor=2)


def test_every_touchpoint_has_one_verdict_and_a_sentence(harbour_touchpoints):
    table = triage_touchpoints(harbour_touchpoints).table
    assert set(table["verdict"]) <= {"keep", "improve", "remove", "investigate"}
    assert table["reason"].str.endswith(".").all()
    assert table["reason"].str.contains(r"\d").all()


def test_harbour_loses_the_superfluous_touchpoint_and_keeps_the_decoy(harbour_touchpoints):
    facts = mk.load_dataset("harbour").truth["planted"]["touchpoint_facts"]
    found = triage_touchpoints(harbour_touchpoints)
    assert found.touchpoints("remove") == [facts["superfluous"]]
    assert found.verdict(facts["decoy"]) == "keep"
    assert "carries students" in found.reason(facts["decoy"])
    assert found.verdict(facts["orphan"]) == "investigate"
    assert {"checkout", "help_desk", "site_search"} <= set(found.touchpoints("improve"))
    mandated = found.table[found.table["mandated"] == True]  # noqa: E712 - the column holds None too
    assert "remove" not in set(mandated["verdict"])
    assert simulate_touchpoint_removal(harbour_touchpoints, facts["decoy"]).verdict == "refused"
    assert simulate_touchpoint_removal(harbour_touchpoints, facts["superfluous"]).verdict == "can be tried"


def test_what_more_reach_the_outcome_with_is_kept_however_unimportant():
    lively = log_of(shop({"": (60, 0), "view": (100, 10), "view watch": (100, 60)}))
    found = triage_touchpoints(measure_touchpoints(TOUCHPOINTS, lively, answers(UNIMPORTANT), outcome="buy"))
    assert found.verdict("video") == "keep"
    assert "More reach buy with it (+50.0 points" in found.reason("video")
