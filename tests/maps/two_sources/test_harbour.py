"""Harbour's hand-drawn map is wrong in five places, and right in one."""

from __future__ import annotations

import pytest

import mapkit as mk
from mapkit.maps.two_sources import ObservedMap, draft_map, observe_map
from mapkit.workbench.dataset import Dataset


@pytest.fixture(scope="module")
def harbour() -> Dataset:
    return mk.load_dataset("harbour")


@pytest.fixture(scope="module")
def observed(harbour: Dataset) -> ObservedMap:
    return observe_map(harbour.path("hand_map.yaml"), harbour.events, harbour.feedback, touchpoints=harbour.touchpoints)


def test_every_planted_disagreement_is_found_with_its_kind_and_no_other(harbour: Dataset, observed: ObservedMap):
    planted = harbour.truth["realised"]["hand_map"]["disagreements"]
    found = observed.disagreements
    assert set(zip(found["step"], found["kind"], strict=True)) == {(row["cell"], row["kind"]) for row in planted}
    assert observed.states["cells"].tolist() == [5, 1, 0]


def test_the_truthful_cell_agrees_and_is_the_funnels_own_count(harbour: Dataset, observed: ObservedMap):
    row = observed.table.set_index("cell").loc["rate/consideration/view_item"]
    counts = harbour.truth["realised"]["funnel"]["no_window"]["by_segment"]["households"]
    assert row["state"] == "agree"
    assert (row["hits"], row["n"]) == (counts["view_item"], counts["first_visit"])
    checkout = observed.table.set_index("cell").loc["rate/purchase/begin_checkout"]
    assert (checkout["hits"], checkout["n"]) == (counts["purchase"], counts["begin_checkout"])


def test_the_numbers_are_those_planted(harbour: Dataset, observed: ObservedMap):
    planted = {row["kind"]: row["planted"] for row in harbour.truth["realised"]["hand_map"]["disagreements"]}
    rows = observed.disagreements.set_index("kind")
    for kind in ("content", "timing", "emotion"):
        assert rows.loc[kind, "low"] <= planted[kind] <= rows.loc[kind, "high"]
    assert rows.loc["sequence", "observed"] == 0.0


def test_what_the_hand_map_lacks_is_what_a_tenth_and_more_use(observed: ObservedMap):
    assert observed.table.loc[observed.table["state"] == "unclaimed", "step"].tolist() == [
        "app", "letter", "display_banner", "quay_store", "wish_list",
    ]  # fmt: skip


def test_a_map_drafted_from_data_agrees_with_the_data_everywhere(harbour: Dataset):
    drafted = draft_map(harbour.events, harbour.touchpoints, harbour.feedback, segment="households", most_steps=3)
    again = observe_map(drafted, harbour.events, harbour.feedback, touchpoints=harbour.touchpoints)
    assert set(again.cells["state"]) == {"agree"}
    pains = [placed.cell.stage for placed in drafted.cells if placed.lane == "pain_points"]
    assert pains == ["purchase", "service"]


def test_students_checkout_is_another(harbour: Dataset, observed: ObservedMap):
    students = observe_map(harbour.path("hand_map.yaml"), harbour.events, segment="students")
    compared = mk.compare(observed, students, names=("households", "students"))
    verdicts = compared.table.set_index("cell")["verdict"]
    assert verdicts["rate/purchase/begin_checkout"] == "higher"
    assert verdicts["rate/consideration/view_item"] == "lower"
    assert verdicts["actions/consideration/tasting_video"] == "cannot tell"
    assert verdicts["unclaimed/campus_stand"] == "only in b"
