"""Attribution from counted paths: published examples, what every model must keep, and how sure its intervals are."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapkit.errors import OptionError, TableError
from mapkit.journeys.attribution import Attribution, measure_attribution_paths

paths = st.lists(
    st.tuples(st.lists(st.sampled_from("abcd"), min_size=1, max_size=5), st.integers(0, 5), st.integers(0, 5)),
    min_size=1,
    max_size=8,
)


def listed(rows) -> pd.DataFrame:
    return pd.DataFrame(
        [{"path": list(path), "conversions": done, "nulls": lost, "value": 2.0 * done} for path, done, lost in rows]
    )


def by_channel(found: Attribution, model: str, column: str = "conversions") -> dict[str, float]:
    rows = found.table[found.table["model"] == model]
    return dict(zip(rows["channel"], rows[column], strict=True))


def test_the_usual_rules_on_the_usual_example():
    frame = pd.DataFrame({"path": ["direct", "search > email", "search > social > email"], "conversions": [2, 3, 5]})
    found = measure_attribution_paths(frame)
    assert by_channel(found, "first") == {"direct": 2, "search": 8, "email": 0, "social": 0}
    assert by_channel(found, "last") == {"direct": 2, "search": 0, "email": 8, "social": 0}
    linear = {"direct": 2, "search": 19 / 6, "email": 19 / 6, "social": 5 / 3}
    assert by_channel(found, "linear") == pytest.approx(linear)
    assert by_channel(found, "position") == pytest.approx({"direct": 2, "search": 3.5, "email": 3.5, "social": 1})


def test_the_shapley_value_of_two_paths():
    found = measure_attribution_paths(pd.DataFrame({"path": ["a", "a > b"], "conversions": [4, 6]}), models="shapley")
    assert by_channel(found, "shapley") == pytest.approx({"a": 7, "b": 3})


@pytest.mark.parametrize(
    ("rows", "base", "removal", "given_to"),
    [
        pytest.param(
            [("ads", 2, 1), ("mail", 1, 0), ("ads > mail", 1, 0)],
            0.8, {"ads": 0.75, "mail": 0.5}, {"ads": 2.4, "mail": 1.6},
            id="one channel alone and with another",
        ),
        pytest.param(
            [("A > B > A > B > B > A", 1, 0), ("A > B > B > A > A", 1, 0), ("A > A", 1, 0)],
            1, {"A": 1, "B": 0.5}, {"A": 2, "B": 1},
            id="repeats, as in the vignette of ChannelAttribution",
        ),
        pytest.param(
            [("C1 > C2 > C3", 1, 0), ("C1", 0, 1), ("C2 > C3", 0, 1)],
            1 / 3, {"C1": 0.5, "C2": 1, "C3": 1}, {"C1": 0.2, "C2": 0.4, "C3": 0.4},
            id="one conversion of three",
        ),
    ],
)  # fmt: skip
def test_removal_effects_as_published(rows, base, removal, given_to):
    found = measure_attribution_paths(pd.DataFrame(rows, columns=["path", "conversions", "nulls"]), models=["markov"])
    assert found.base.value == pytest.approx(base)
    assert by_channel(found, "markov", "removal_effect") == pytest.approx(removal)
    assert by_channel(found, "markov") == pytest.approx(given_to)


@settings(max_examples=20, deadline=None)
@given(paths, st.integers(1, 3))
def test_every_model_gives_away_all_conversions_and_the_chain_converts_as_often_as_people_did(rows, order):
    found = measure_attribution_paths(listed(rows), markov_order=order)
    converted = sum(done for _, done, _ in rows)
    if converted:
        sums = found.table.groupby("model")[["conversions", "value"]].sum()
        np.testing.assert_allclose(sums["conversions"], converted)
        np.testing.assert_allclose(sums["value"], 2.0 * converted)
        effects = found.table["removal_effect"].dropna()
        assert effects.between(-1e-9, 1 + 1e-9).all()
    else:
        assert found.table["share"].isna().all()


@settings(max_examples=20, deadline=None)
@given(paths)
def test_shapley_is_the_mean_of_marginal_worths_over_all_orders(rows):
    frame = listed(rows)
    channels = sorted({name for path in frame["path"] for name in path})

    def worth(members: set[str]) -> int:
        return sum(done for path, done, _ in rows if set(path) <= members)

    orders = list(itertools.permutations(channels))
    expected = dict.fromkeys(channels, 0.0)
    for order in orders:
        for k, name in enumerate(order):
            expected[name] += (worth(set(order[: k + 1])) - worth(set(order[:k]))) / len(orders)
    if sum(expected.values()):
        assert by_channel(measure_attribution_paths(frame, models="shapley"), "shapley") == pytest.approx(expected)


@settings(max_examples=15, deadline=None)
@given(paths, st.integers(1, 3))
def test_a_removal_effect_is_what_walks_lose_when_the_channel_leads_nowhere(rows, order):
    """Held against the same chain walked step by step until hardly anybody is left."""
    found = measure_attribution_paths(listed(rows), models=["markov"], markov_order=order)
    base = walked(rows, order, None)
    if base:
        for name, effect in by_channel(found, "markov", "removal_effect").items():
            assert effect == pytest.approx(1 - walked(rows, order, name) / base, abs=1e-6)


def walked(rows, order: int, removed: str | None) -> float:
    moves: dict[tuple, dict[tuple | bool, int]] = {}
    for path, done, lost in rows:
        states = [tuple(path[max(0, k - order) : k]) for k in range(len(path) + 1)]
        for before, after in itertools.pairwise(states):
            moves.setdefault(before, {}).setdefault(after, 0)
            moves[before][after] += done + lost
        for end, times in ((True, done), (False, lost)):
            moves.setdefault(states[-1], {}).setdefault(end, 0)
            moves[states[-1]][end] += times
    there, converted = {(): 1.0}, 0.0
    for _ in range(3_000):
        following: dict[tuple, float] = {}
        for state, mass in there.items():
            total = sum(moves[state].values())
            for after, times in moves[state].items() if total else ():
                if after is True:
                    converted += mass * times / total
                elif after is not False and (removed is None or after[-1] != removed):
                    following[after] = following.get(after, 0.0) + mass * times / total
        there = {state: mass for state, mass in following.items() if mass > 1e-12}
        if not there:
            break
    return converted


def test_channels_that_play_the_same_part_get_the_same():
    frame = pd.DataFrame({"path": ["a > c", "b > c", "c"], "conversions": [3, 3, 1], "nulls": [2, 2, 9]})
    found = measure_attribution_paths(frame)
    for model in found.models:
        assert by_channel(found, model)["a"] == pytest.approx(by_channel(found, model)["b"]), model


@pytest.mark.parametrize(("model", "journeys"), [("linear", 400), ("markov", 400), ("markov", 1_500)])
def test_intervals_hold_the_truth_about_as_often_as_they_say(model, journeys):
    names, chance, converting = (
        ["a", "a > b", "b > c", "c > a > b", "c"],
        [0.3, 0.25, 0.2, 0.15, 0.1],
        [0.2, 0.5, 0.3, 0.6, 0.1],
    )
    whole = np.array([chance[k] * converting[k] * 1e6 for k in range(5)]).round().astype(int)
    lost = np.array([chance[k] * (1 - converting[k]) * 1e6 for k in range(5)]).round().astype(int)
    truth = measure_attribution_paths(pd.DataFrame({"path": names, "conversions": whole, "nulls": lost}), models=model)
    expected = truth.table.set_index("channel")["share"]
    random, held = np.random.default_rng(7), []
    for _ in range(60):
        drawn = random.multinomial(journeys, chance)
        done = random.binomial(drawn, converting)
        table = measure_attribution_paths(
            pd.DataFrame({"path": names, "conversions": done, "nulls": drawn - done}), models=model
        ).table.set_index("channel")
        held += [bool(table.loc[name, "low"] <= expected[name] <= table.loc[name, "high"]) for name in "abc"]
    assert 0.90 <= np.mean(held) <= 0.99


def test_disagreement_names_the_models_furthest_apart_and_whether_chance_explains_it():
    frame = pd.DataFrame({"path": ["a > b", "b"], "conversions": [600, 300], "nulls": [500, 500]})
    row = measure_attribution_paths(frame).disagreement.set_index("channel").loc["a"]
    assert (row["lowest_model"], row["highest_model"], row["apart"]) == ("last", "first", True)
    few = pd.DataFrame({"path": ["a > b", "b"], "conversions": [1, 5], "nulls": [1, 1]})
    assert not measure_attribution_paths(few).disagreement["apart"].any()


def test_a_share_of_nothing_keeps_an_upper_end():
    frame = pd.DataFrame({"path": ["a", "b"], "conversions": [50, 0], "nulls": [10, 10]})
    found = measure_attribution_paths(frame, models="last").share("b", "last")
    assert (found.value, found.low) == (0, 0)
    assert found.high == pytest.approx(0.0714, abs=1e-4)


def test_the_same_seed_gives_the_same_intervals():
    frame = pd.DataFrame({"path": ["a > b", "b"], "conversions": [60, 30], "nulls": [50, 50]})
    one, two = (measure_attribution_paths(frame, seed=1).table for _ in range(2))
    pd.testing.assert_frame_equal(one, two)
    assert "seed 1" in " ".join(measure_attribution_paths(frame, seed=1).notes)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ({"route": ["a"], "conversions": [1]}, "no column 'path'"),
        ({"path": ["a"], "conversion": [1]}, "Did you mean 'conversion'"),
        ({"path": ["a"], "conversions": [1.5]}, "row 0: conversions is .*1.5"),
        ({"path": ["a"], "conversions": [-1]}, "whole number from 0"),
        ({"path": ["a > > b"], "conversions": [1]}, "touch without a name"),
        ({"path": [7], "conversions": [1]}, "is no path"),
        ({"path": ["a"], "conversions": [1], "value": ["much"]}, "value is 'much'"),
        ({"path": ["a"], "conversions": [0], "value": [3]}, "no conversion"),
    ],
)
def test_a_frame_that_is_no_list_of_paths_is_refused(rows, said):
    with pytest.raises(TableError, match=said):
        measure_attribution_paths(pd.DataFrame(rows))


def test_options_are_checked():
    with pytest.raises(OptionError, match="half_life=0"):
        measure_attribution_paths(pd.DataFrame({"path": ["a"], "conversions": [1]}), half_life=0)
    with pytest.raises(OptionError, match="asks for nothing"):
        measure_attribution_paths(pd.DataFrame({"path": ["a"], "conversions": [1]}), models=[])


def test_an_empty_list_has_an_empty_table():
    found = measure_attribution_paths(pd.DataFrame({"path": [], "conversions": []}))
    assert found.table.empty
    assert math.isnan(found.base.value)
