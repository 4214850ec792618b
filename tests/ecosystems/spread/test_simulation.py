"""What is reached from given seeds, against the expected spread of small graphs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mapkit.ecosystems import Ecosystem
from mapkit.ecosystems.spread import simulate_spread, simulation
from mapkit.errors import OptionError
from tests.ecosystems.spread.exact import cascade, network, random_ties, threshold


def off(result, expected: float) -> float:
    """How far a simulated mean is off, in standard errors."""
    return abs(result.mean - expected) / max(result.se, 1e-9)


def test_a_star_reaches_its_leaves_each_with_the_probability_of_its_tie() -> None:
    star = network([("h", leaf, 0.3) for leaf in "abcdefghij" if leaf != "h"])
    spread = simulate_spread(star, ["h"], model="ic", probability="column", runs=20_000)
    assert off(spread, 1 + 9 * 0.3) < 4
    assert spread.se == pytest.approx(np.sqrt(9 * 0.3 * 0.7 / 20_000), rel=0.05)
    assert spread.by_wave["wave"].tolist() == [0, 1]


def test_along_a_chain_the_chance_falls_by_the_same_factor() -> None:
    chain = network(list(zip("abcd", "bcde", [0.5] * 4, strict=True)))
    spread = simulate_spread(chain, "a", model="ic", probability="column", runs=40_000)
    found = spread.table.set_index("actor")
    for wave, actor in enumerate("abcde"):
        assert found.loc[actor, "of_runs_low"] - 0.01 < 0.5**wave < found.loc[actor, "of_runs_high"] + 0.01
        assert found.loc[actor, "mean_wave"] == wave
    assert off(spread, 2 - 2**-4) < 4
    assert spread.by_wave["so_far"].iloc[-1] == pytest.approx(spread.mean)


@pytest.mark.parametrize("seed", range(6))
def test_means_are_those_of_all_ways_it_can_turn_out(seed: int) -> None:
    ties = random_ties(seed)
    there = network(ties, "abcdef")
    for model, exact in (("ic", cascade), ("lt", threshold)):
        spread = simulate_spread(there, list("ab"), model=model, probability="column", runs=20_000, seed=seed)
        assert off(spread, exact(ties, "ab")) < 4.5


def test_with_parallel_ties_each_has_its_own_chance_unless_they_are_merged() -> None:
    twice = network([("a", "b", 0.5), ("a", "b", 0.5)])
    kept, merged = (
        simulate_spread(twice, "a", model="ic", probability="uniform:0.5", runs=20_000, parallel=parallel)
        for parallel in ("keep", "merge")
    )
    assert off(kept, 1.75) < 4 and off(merged, 1.5) < 4


def test_a_weighted_cascade_of_thresholds_reaches_all_that_listen_only_to_the_reached() -> None:
    there = network([("a", "c", 0), ("b", "c", 0), ("c", "d", 0)])
    spread = simulate_spread(there, list("ab"), model="lt", probability="weighted_cascade", runs=500)
    assert (spread.mean, spread.se) == (4.0, 0.0)


def test_only_targets_count_and_the_table_still_shows_all() -> None:
    there = network([("a", "b", 1), ("a", "c", 1)], "abcd", type=["media", "customer", "customer", None])
    count = {"model": "ic", "probability": "column", "runs": 10}
    assert simulate_spread(there, "a", **count).mean == 3
    of_customers = simulate_spread(there, "a", **count, targets=["customer"])
    assert (of_customers.mean, of_customers.unit, of_customers.total) == (2, "targets", 2)
    assert simulate_spread(there, "a", **count, targets={"customer": 2, "media": 0.5}).mean == 4.5
    assert simulate_spread(there, "a", **count, targets={"b": 10, "d": 7}).mean == 10
    types = of_customers.by_type.set_index("type")
    assert types["mean"].to_dict() == {"(no group)": 0, "customer": 2, "media": 1}
    assert str(of_customers.reached("customer")) == "2 actors [2 actors, 2 actors] of 10"
    assert of_customers.chance("d").value == 0


def test_the_same_seed_gives_the_same_runs_however_many_fit_into_memory(monkeypatch) -> None:
    there = network(random_ties(3), "abcdef")
    for model in ("ic", "lt"):
        given = {"model": model, "probability": "column", "runs": 500}
        first, other = (simulate_spread(there, "a", **given, seed=seed) for seed in (5, 6))
        with monkeypatch.context() as small:
            small.setattr(simulation, "_MEMBERS", 7)
            shares: list[float] = []
            second = simulate_spread(there, "a", **given, seed=5, progress=shares.append)
        pd.testing.assert_frame_equal(first.table, second.table)
        pd.testing.assert_frame_equal(first.by_wave, second.by_wave)
        assert (first.mean, first.se) == (second.mean, second.se) and first.mean != other.mean
        assert shares[-1] == 1.0 and len(shares) == 500


def test_compiled_and_plain_loops_give_the_same_runs(monkeypatch) -> None:
    there = network(random_ties(4), "abcdef")
    for model in ("ic", "lt"):
        given = {"model": model, "probability": "column", "runs": 300}
        fast = simulate_spread(there, "a", **given)
        with monkeypatch.context() as plain:
            plain.setattr(simulation, "suited", lambda loop, rows: loop)
            slow = simulate_spread(there, "a", **given)
        pd.testing.assert_frame_equal(fast.table, slow.table)


def test_what_is_given_is_left_as_it_was() -> None:
    there = network(random_ties(1), "abcdef")
    before = there.ties_frame()
    simulate_spread(there, "a", model="ic", probability="column", runs=10)
    pd.testing.assert_frame_equal(before, there.ties_frame())


def test_an_ecosystem_without_ties_reaches_the_seeds_alone() -> None:
    alone = Ecosystem(pd.DataFrame({"actor": ["a", "b"]}), pd.DataFrame(columns=["source", "target"]))
    for model in ("ic", "lt"):
        spread = simulate_spread(alone, "a", model=model, probability="weighted_cascade", runs=10)
        assert (spread.mean, spread.se) == (1, 0)


def test_unusable_options_are_refused_with_what_to_do() -> None:
    there = network([("a", "b", 0.5)])
    given = {"model": "ic", "probability": "column"}
    for seeds, options, message in (
        ([], {}, "There are no seeds"),
        ("x", {}, "There is no actor 'x'"),
        ("a", {"runs": 1}, "at least 2 runs"),
        ("a", {"runs": 2.5}, "at least 2 runs"),
        ("a", {"model": "sir"}, "model='sir' is not known"),
        ("a", {"targets": ["customr"]}, "neither a type nor the id of an actor"),
        ("a", {"targets": {"a": -1}}, "Weights are 0 or more"),
        ("a", {"targets": {"a": "much"}}, "must be numbers"),
        ("a", {"targets": []}, "targets is empty"),
        ("a", {"parallel": "drop"}, "parallel='drop' is not known"),
        ("a", {"flow": "back"}, "flow='back' is not known"),
    ):
        with pytest.raises(OptionError, match=message):
            simulate_spread(there, seeds, **{**given, **options})
