"""What a plan loses without one of its seeds, with shared audiences taken out."""

from __future__ import annotations

import numpy as np
import pytest

from mapkit.ecosystems.spread import find_seeds, rank_seeds_dropped
from mapkit.errors import OptionError
from tests.ecosystems.spread.exact import cascade, network, random_ties

SURE = {"model": "ic", "probability": "column", "sets": 40_000}
# p and q share four of their five and six listeners; r has three of its own, s has two of r's.
TIES = [("p", f"a{k}", 1) for k in range(5)] + [("q", f"a{k}", 1) for k in range(1, 5)] + [("q", "b", 1), ("q", "c", 1)]
TIES += [("r", f"d{k}", 1) for k in range(3)] + [("s", "d0", 1), ("s", "d1", 1)]


def test_whom_two_seeds_share_is_lost_with_neither() -> None:
    dropped = rank_seeds_dropped(network(TIES), ["p", "q", "r"], **SURE)
    table = dropped.table.set_index("actor")
    assert dropped.spread == pytest.approx(13, abs=0.3)
    assert table["alone"].to_dict() == pytest.approx({"p": 6, "q": 7, "r": 4}, abs=0.3)
    assert table["loss"].to_dict() == pytest.approx({"p": 2, "q": 3, "r": 4}, abs=0.3)
    assert table["overlap"].to_dict() == pytest.approx({"p": 4 / 6, "q": 4 / 7, "r": 0}, abs=0.05)
    assert dropped.table["actor"].tolist() == ["r", "q", "p"]
    assert ((table["loss_low"] < table["loss"]) & (table["loss"] < table["loss_high"])).all()


def test_the_replacement_is_who_restores_most() -> None:
    table = rank_seeds_dropped(network(TIES), ["p", "q", "r"], **SURE).table.set_index("actor")
    assert table.loc["r", "replacement"] == "s"
    assert table.loc["r", "restores"] == pytest.approx(3, abs=0.2)  # d0, d1, and s itself
    assert table.loc["r", "net_loss"] == pytest.approx(1, abs=0.3)
    banned = rank_seeds_dropped(network(TIES), ["p", "q", "r"], **SURE, forbidden=["s"]).table.set_index("actor")
    assert banned.loc["r", "replacement"] != "s"


@pytest.mark.parametrize("seed", range(4))
def test_a_loss_is_the_difference_between_two_expected_spreads(seed: int) -> None:
    ties = random_ties(seed)
    dropped = rank_seeds_dropped(network(ties, "abcdef"), ["a", "b", "c"], **SURE)
    for actor, others in (("a", "bc"), ("b", "ac"), ("c", "ab")):
        loss = cascade(ties, "abc") - cascade(ties, others)
        found = dropped.loss(actor)
        assert abs(found.value - loss) < 4 * np.sqrt(loss * 6 / 40_000) + 0.01


def test_the_options_of_found_seeds_are_taken_over() -> None:
    there = network(TIES)
    costs = {"p": 3, "q": 3, "r": 3, "s": 2, "d0": 9}
    found = find_seeds(there, budget=9, costs=costs, model="ic", probability="column", forbidden=["s"], sets=20_000)
    assert set(found.actors) == {"p", "q", "r"}
    dropped = rank_seeds_dropped(there, found, sets=20_000)
    # s is forbidden and everybody else has no cost or is too dear.
    assert dropped.table["replacement"].isna().all() and (dropped.table["restores"] == 0).all()
    free = rank_seeds_dropped(there, found, sets=20_000, forbidden=[]).table.set_index("actor")
    assert free.loc["r", "replacement"] == "s"


def test_unusable_options_are_refused_with_what_to_do() -> None:
    there = network(TIES)
    for seeds, options, message in (
        (["p"], {"model": "ic"}, "needs probability, as find_seeds does"),
        ([], {"model": "ic", "probability": "column"}, "no seeds to drop"),
        (["p"], {"modle": "ic"}, "has no option 'modle'. Did you mean 'model'?"),
        (["nobody"], {"model": "ic", "probability": "column"}, "There is no actor 'nobody'"),
    ):
        with pytest.raises(OptionError, match=message):
            rank_seeds_dropped(there, seeds, **options)
    with pytest.raises(OptionError, match="'z' is not among the seeds"):
        rank_seeds_dropped(there, ["p"], **SURE).loss("z")
