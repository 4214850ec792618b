"""Stakeholders land in the quadrant and class that their scores say, and nowhere on a guess."""

from __future__ import annotations

import itertools

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mapkit as mk
from mapkit.ecosystems.stakeholders.classes import CLASSES, NOT_SCORED, QUADRANTS
from mapkit.errors import OptionError, TableError

SCORES = ["power", "interest", "legitimacy", "urgency"]


def scored(**actors: tuple[float | None, ...]) -> pd.DataFrame:
    rows = [(name, *scores) for name, scores in actors.items()]
    return pd.DataFrame(rows, columns=["actor", *SCORES[: len(rows[0]) - 1]])


def test_the_four_quadrants_are_those_of_the_grid() -> None:
    grid = mk.measure_stakeholders(scored(boss=(9, 9), banker=(9, 1), fan=(1, 9), stranger=(1, 1)))
    assert {actor: grid.quadrant(actor) for actor in ("boss", "banker", "fan", "stranger")} == {
        "boss": "manage closely",
        "banker": "keep satisfied",
        "fan": "keep informed",
        "stranger": "monitor",
    }


def test_a_score_at_the_threshold_is_high() -> None:
    assert mk.measure_stakeholders(scored(a=(5, 5))).quadrant("a") == "manage closely"
    assert mk.measure_stakeholders(scored(a=(5, 5)), high=5.1, margin=0).quadrant("a") == "monitor"


@pytest.mark.parametrize(
    ("has", "name"),
    [
        ("plu", "definitive"),
        ("pl", "dominant"),
        ("pu", "dangerous"),
        ("lu", "dependent"),
        ("p", "dormant"),
        ("l", "discretionary"),
        ("u", "demanding"),
        ("", "non-stakeholder"),
    ],
)
def test_salience_is_named_as_mitchell_agle_and_wood_name_it(has: str, name: str) -> None:
    power, legitimacy, urgency = (9 if letter in has else 0 for letter in "plu")
    grid = mk.measure_stakeholders(scored(a=(power, 5, legitimacy, urgency)))
    assert grid.actors(name) == ["a"]


def test_a_missing_score_is_named_and_never_guessed() -> None:
    grid = mk.measure_stakeholders(scored(a=(9, None, 9, 9), b=(9, 9, None, 9), c=(9, 9, 9, 9)))
    assert grid.quadrant("a") == NOT_SCORED
    assert list(grid.not_scored["missing"]) == ["interest"]
    table = grid.table.set_index("actor")
    assert table.loc["b", "quadrant"] == "manage closely"
    assert table.loc["b", "salience"] == NOT_SCORED
    assert "Score interest first" in table.loc["a", "plan"]
    assert grid.share("manage closely").n == 2


def test_a_table_without_any_score_leaves_everybody_unscored() -> None:
    grid = mk.measure_stakeholders(pd.DataFrame({"actor": ["a", "b"]}))
    assert grid.actors(NOT_SCORED) == ["a", "b"]
    assert grid.quadrants["of_scored"].isna().all()


def test_a_score_off_the_scale_is_missing_and_counted() -> None:
    grid = mk.measure_stakeholders(scored(a=(11, 5), b=(-1, 5), c=(5, 5)))
    assert grid.actors(NOT_SCORED) == ["a", "b"]
    assert any("2 scores of power lie outside 0 to 10" in note for note in grid.notes)


def test_who_is_near_a_threshold_is_told_where_else_it_could_stand() -> None:
    table = mk.measure_stakeholders(scored(a=(5, 5), b=(4, 9), c=(9, 9), d=(5.9, 1))).table.set_index("actor")
    assert table.loc["a", "near"] == "keep satisfied; keep informed; monitor"
    assert table.loc["b", "near"] == "manage closely"
    assert table.loc["c", "near"] == ""
    assert table.loc["d", "near"] == "monitor"


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), min_size=1, max_size=12), st.sampled_from([0, 1, 2.5])
)
def test_counts_stay_within_their_ranges_wherever_the_thresholds_lie(
    scores: list[tuple[int, int]], margin: float
) -> None:
    actors = scored(**{f"a{k}": (p / 10, q / 10) for k, (p, q) in enumerate(scores)})
    grid = mk.measure_stakeholders(actors, margin=margin)
    near = grid.table.set_index("actor")["near"].to_dict()
    own = grid.table.set_index("actor")["quadrant"].to_dict()
    limits = grid.quadrants.set_index("quadrant")
    for p, q in itertools.product([5 - margin, 5 - margin / 3, 5, 5 + margin], repeat=2):
        placed = {
            a.actor: {
                (True, True): "manage closely",
                (True, False): "keep satisfied",
                (False, True): "keep informed",
                (False, False): "monitor",
            }[a.power >= p, a.interest >= q]
            for a in actors.itertuples()
        }
        for name in QUADRANTS:
            count = sum(quadrant == name for quadrant in placed.values())
            assert limits.loc[name, "fewest"] <= count <= limits.loc[name, "most"]
        assert all(where == own[actor] or where in near[actor] for actor, where in placed.items())


def test_several_raters_are_averaged_and_their_disagreement_is_told() -> None:
    ratings = pd.DataFrame(
        [
            ("boss", "ann", 9, 9),
            ("boss", "bob", 9, 8),
            ("boss", "cid", 9, 1),
            ("fan", "ann", 1, 9),
            ("fan", "bob", 1, 8),
        ],
        columns=["actor", "rater", "power", "interest"],
    )
    table = mk.measure_stakeholders(ratings).table.set_index("actor")
    assert table.loc["boss", ["power", "interest", "interest_low", "interest_high"]].tolist() == [9, 6, 1, 9]
    assert table.loc["boss", "disagreement"] == pytest.approx(1 / 3)
    assert table.loc["boss", "raters_placed"] == 3
    assert table.loc["fan", "disagreement"] == 0
    assert "raters disagree" in table.loc["boss", "plan"]


def test_an_actor_twice_without_a_rater_is_refused() -> None:
    twice = pd.concat([scored(a=(1, 2)), scored(a=(9, 9))])
    with pytest.raises(TableError, match="column 'rater'"):
        mk.measure_stakeholders(twice)
    with pytest.raises(TableError, match="more than once"):
        mk.measure_stakeholders(twice.assign(rater="ann"))


def test_the_plan_has_a_rhythm_in_days_that_can_be_changed() -> None:
    actors = scored(a=(9, 9), b=(1, 1))
    assert mk.measure_stakeholders(actors).table["every_days"].tolist() == [14, 90]
    weekly = mk.measure_stakeholders(actors, every_days={"manage closely": 7})
    assert "every 7 days" in weekly.table.loc[0, "plan"]
    with pytest.raises(OptionError, match="Did you mean 'manage closely'"):
        mk.measure_stakeholders(actors, every_days={"manage close": 7})
    with pytest.raises(OptionError, match="positive"):
        mk.measure_stakeholders(actors, every_days={"monitor": 0})


def test_a_threshold_off_the_scale_is_refused() -> None:
    with pytest.raises(OptionError, match="0 to 10"):
        mk.measure_stakeholders(scored(a=(1, 1)), high=50)


def test_two_actors_of_one_name_stay_two() -> None:
    actors = scored(north=(9, 9), pier=(1, 1)).assign(name="North Pier Bakery")
    assert len(mk.measure_stakeholders(actors).table) == 2


def test_an_ecosystem_is_taken_with_actors_that_only_ties_name() -> None:
    ties = pd.DataFrame({"source": ["a"], "target": ["stranger"]})
    grid = mk.measure_stakeholders(mk.Ecosystem(scored(a=(9, 9)), ties))
    assert grid.actors(NOT_SCORED) == ["stranger"]


def test_harbour_is_scored_in_full_and_every_actor_has_a_plan() -> None:
    given = mk.load_dataset("harbour").actors
    grid = mk.measure_stakeholders(given)
    frame = given.data.to_pandas()
    assert grid.quadrants["actors"].sum() == grid.classes["actors"].sum() == len(frame) == 428
    assert len(grid.actors("manage closely")) == ((frame["power"] >= 5) & (frame["interest"] >= 5)).sum()
    assert (grid.table["plan"] != "").all()
    assert sorted(grid.classes["salience"]) == sorted(CLASSES)


def test_an_unknown_actor_is_answered_with_the_nearest() -> None:
    with pytest.raises(OptionError, match="Did you mean 'banker'"):
        mk.measure_stakeholders(scored(banker=(9, 1))).quadrant("bankr")
