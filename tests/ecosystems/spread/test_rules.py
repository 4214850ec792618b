"""With what probability each tie passes something on."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mapkit.ecosystems import Ecosystem
from mapkit.ecosystems.spread.rules import chances
from mapkit.errors import OptionError
from tests.ecosystems.spread.exact import network


def along(ecosystem: Ecosystem, probability: str, model: str = "ic", **options: str) -> dict[str, list[float]]:
    """Return the probabilities of each pair's links, as "ab"; the same must stand in both directions."""
    made = chances(ecosystem, model, probability, **options)
    found: dict[str, list[float]] = {}
    for rows, values, turned in ((made.out, made.along_out, False), (made.into, made.along_into, True)):
        here: dict[str, list[float]] = {}
        own = np.repeat(np.arange(made.actors), np.diff(rows.starts))
        for a, b, value in zip(own, rows.ends, values, strict=True):
            pair = (b, a) if turned else (a, b)
            here.setdefault("".join(ecosystem.ids[list(pair)]), []).append(round(float(value), 9))
        here = {pair: sorted(each) for pair, each in here.items()}
        assert not found or found == here
        found = here
    return found


def test_in_a_weighted_cascade_every_tie_into_an_actor_has_the_same_share() -> None:
    ties = network([("a", "c", 0), ("b", "c", 0), ("c", "a", 0)])
    assert along(ties, "weighted_cascade") == {"ac": [0.5], "bc": [0.5], "ca": [1.0]}


def test_parallel_ties_have_a_chance_each_or_one_together() -> None:
    ties = network([("a", "c", 0.2), ("a", "c", 0.6), ("b", "c", 0.3)])
    assert along(ties, "weighted_cascade") == {"ac": [pytest.approx(1 / 3)] * 2, "bc": [pytest.approx(1 / 3)]}
    assert along(ties, "weighted_cascade", parallel="merge") == {"ac": [0.5], "bc": [0.5]}
    assert along(ties, "uniform:0.1", parallel="merge") == {"ac": [0.1], "bc": [0.1]}
    assert along(ties, "column") == {"ac": [0.2, 0.6], "bc": [0.3]}
    assert along(ties, "column", parallel="merge") == {"ac": [0.6], "bc": [0.3]}


def test_a_tie_without_a_direction_goes_both_ways_with_one_probability() -> None:
    ties = Ecosystem(None, pd.DataFrame([("a", "b", 0.4)], columns=["source", "target", "trust"]), directed=False)
    assert along(ties, "column:trust") == {"ab": [0.4], "ba": [0.4]}


@pytest.mark.parametrize("parallel", ["keep", "merge"])
def test_against_their_direction_ties_run_from_target_to_source(parallel: str) -> None:
    ties = network([("a", "c", 0.2), ("b", "c", 0.3), ("c", "a", 0.4)])
    assert along(ties, "column", flow="reversed", parallel=parallel) == {"ca": [0.2], "cb": [0.3], "ac": [0.4]}
    shares = along(ties, "weighted_cascade", flow="reversed", parallel=parallel)
    assert shares == {"ca": [1.0], "cb": [1.0], "ac": [1.0]}


def test_a_tie_to_oneself_passes_nothing_on_and_counts_in_no_degree() -> None:
    made = network([("a", "a", 0.5), ("a", "b", 0.25), ("b", "b", 0.5)])
    assert along(made, "weighted_cascade") == {"ab": [1.0]}
    assert along(made, "column") == {"ab": [0.25]}
    assert "2 ties of an actor to itself pass nothing on." in chances(made, "ic", "column").notes


def test_weights_are_no_probabilities() -> None:
    ties = Ecosystem(None, pd.DataFrame([("a", "b", 0.4)], columns=["source", "target", "weight"]))
    with pytest.raises(OptionError, match="a weight is not a probability"):
        chances(ties, "ic", "column")
    with pytest.raises(OptionError, match="A weight is not a probability, so there is no rule by default"):
        chances(ties, "ic", "weight")


@pytest.mark.parametrize("rule", ["uniform", "uniform:x", "uniform:1.5", "uniform:-0.1", "uniform:nan", "wc", 0.1])
def test_what_is_no_rule_is_refused(rule: object) -> None:
    with pytest.raises(OptionError, match="probability="):
        chances(network([("a", "b", 0.5)]), "ic", rule)


@pytest.mark.parametrize("value", [-0.1, 1.2, np.nan, np.inf])
def test_a_column_must_hold_probabilities(value: float) -> None:
    with pytest.raises(OptionError, match=r"1 of 2 ties have no probability between 0 and 1 in 'probability'"):
        chances(network([("a", "b", 0.5), ("b", "c", value)]), "ic", "column")


def test_thresholds_need_ties_that_add_up_to_one_at_most() -> None:
    ties = network([("a", "c", 0.7), ("b", "c", 0.6)])
    with pytest.raises(OptionError, match=r"for 1 of 3 actors they add up to more \('c': 1\.3\)"):
        chances(ties, "lt", "column")
    assert along(ties, "weighted_cascade", "lt") == {"ac": [0.5], "bc": [0.5]}


def test_what_was_chosen_is_said() -> None:
    ties = network([("a", "c", 0.2), ("a", "c", 0.6)])
    first, second = chances(ties, "ic", "uniform:0.05").notes
    assert first == (
        "Model: independent cascade. Probability that a tie passes it on: 0.05 for every tie (uniform). Influence flows"
        " from source to target."
    )
    assert second == "1 further ties join two actors that are tied already: each has its own chance."
