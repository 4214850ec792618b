"""Which map to draw: the questionnaire, and what it says is needed."""

from __future__ import annotations

from pathlib import Path

import pytest

import mapkit as mk
from mapkit.errors import OptionError
from mapkit.maps.influence import OBJECTIVES, choose_map
from mapkit.maps.influence.questionnaire import LESSONS, NEEDS, STARTS


@pytest.mark.parametrize(
    ("objective", "choice"),
    [
        ("find partners", "ecosystem map"),
        ("win accounts", "ecosystem map"),
        ("optimise channels", "both maps"),
        ("raise awareness", "influencer map"),
        ("raise conversion", "influencer map"),
        ("reach decision makers", "both maps"),
    ],
)
def test_an_objective_has_its_map(objective, choice) -> None:
    found = choose_map(objective)
    assert found.choice == choice
    assert (
        found.title == f"To {OBJECTIVES[objective].said}: draw {choice if choice == 'both maps' else f'the {choice}'}"
    )


def test_what_is_known_and_who_buys_can_tip_the_choice() -> None:
    assert choose_map("optimise channels", accounts=True).choice == "ecosystem map"
    assert choose_map("launch a product", known="nothing").choice == "both maps"
    assert choose_map("optimise channels", known="the audience", accounts=True).choice == "both maps"


def test_every_objective_gives_a_reason_for_and_against_each_map() -> None:
    for name in OBJECTIVES:
        found = choose_map(name)
        assert len(found.reasons) == 2
        assert all(reason.endswith(".") for reason in found.reasons)
        assert found.table[["ecosystem", "influencer"]].sum().max() >= 2


def test_the_data_that_lacks_is_named_and_what_is_optional_is_not() -> None:
    assert choose_map("find partners").missing == ("actors", "ties")
    assert choose_map("find partners", data=["actors"]).missing == ("ties",)
    assert choose_map("raise conversion", data=["actors", "posts"]).missing == ()


def test_the_ways_to_begin_exist() -> None:
    for each in (*STARTS["ecosystem map"], *STARTS["influencer map"], *STARTS["both maps"]):
        assert each.removeprefix("mk.").split("(")[0] in mk.__all__
    assert set(STARTS) == set(LESSONS) == {*NEEDS, "both maps"}


def test_the_lessons_named_are_there() -> None:
    root = Path(__file__).parents[3]
    for each in (name for names in LESSONS.values() for name in names):
        place = root / each if each.startswith("notebooks/") else root / "templates" / each.removeprefix("template ")
        assert place.exists(), each


def test_what_the_questionnaire_does_not_have_is_refused_with_the_nearest() -> None:
    with pytest.raises(OptionError, match="Did you mean 'find partners'"):
        choose_map("find partner")
    with pytest.raises(OptionError, match="known has 'my cat'"):
        choose_map("find partners", known="my cat")
    with pytest.raises(OptionError, match="data has 'tie'"):
        choose_map("find partners", data=["tie"])
