"""Pictures of spread: what stands where, and what is said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgba

from mapkit.ecosystems import Ecosystem
from mapkit.ecosystems.spread import find_seeds, fit_spread, rank_seeds_dropped, simulate_spread
from mapkit.plots import blank_page, describe, plot
from mapkit.plots.spread_of_influence.amounts import amount, interval
from mapkit.plots.style import BAD, BLUE, FADED, MID, OTHER, SKY
from tests.ecosystems.spread.test_fitting import adopt, town
from tests.plots.made import NASTY, said, texts

TIES = [("p", f"a{k}", 1) for k in range(5)] + [("q", f"a{k}", 1) for k in range(1, 5)] + [("q", "b", 1), ("q", "c", 1)]
TIES += [("r", f"d{k}", 1) for k in range(3)] + [("s", "d0", 1), ("s", "d1", 1)]
SURE = {"model": "ic", "probability": "column"}


def shop(names: dict[str, str] | None = None) -> Ecosystem:
    ids = sorted({name for tie in TIES for name in tie[:2]})
    types = ["media" if each in "pqrs" else "customer" for each in ids]
    actors = pd.DataFrame({"actor": ids, "name": [(names or {}).get(each, each) for each in ids], "type": types})
    actors["cost"] = 2.0
    return Ecosystem(actors, pd.DataFrame(TIES, columns=["source", "target", "probability"]), directed=True)


def bars(ax, colour: str) -> list[tuple[float, float]]:
    """Return from where to where each bar of a colour runs."""
    found = []
    for each in ax.collections:
        if tuple(each.get_facecolor()[0]) == to_rgba(colour):
            places = each.get_paths()[0].vertices[:, 0]
            found.append((round(float(places.min()), 2), round(float(places.max()), 2)))
    return found


def dots(ax) -> dict[float, str]:
    return {round(float(line.get_xdata()[0]), 4): line.get_color() for line in ax.lines if line.get_marker() == "o"}


def test_each_seed_is_a_step_from_where_the_one_before_ended() -> None:
    seeds = find_seeds(shop(), k=2, **SURE, sets=20_000)
    ax = plot(seeds, blank_page())
    ends = [round(value, 2) for value in seeds.table["so_far"]]
    assert bars(ax, BLUE) == list(zip([0.0, *ends], ends, strict=False))
    kept = seeds.compared["kept"]
    blue, grey = (set(seeds.compared.loc[rows, "spread"].round(4)) for rows in (kept, ~kept))
    assert {at for at, colour in dots(ax).items() if colour == BLUE} == blue - grey
    assert {at for at, colour in dots(ax).items() if colour == MID} == grey
    assert "2 seeds reach 11 of 14 actors; q adds most" in said(ax)
    assert "Certain at 99%: these seeds reach at least" in said(ax)
    assert describe(seeds).startswith("Steps of what 2 seeds add to 11 actors reached: ")


def test_forced_seeds_are_pale_costs_are_said_and_many_are_joined() -> None:
    forced = find_seeds(shop(), budget=6, forced=["s"], **SURE, sets=20_000)
    ax = plot(forced, blank_page())
    assert len(bars(ax, SKY)) == 1 and "Pale: forced." in said(ax) and "cost 2" in said(ax)
    crowd = Ecosystem(None, pd.DataFrame([(f"x{k}", f"y{k}") for k in range(15)], columns=["source", "target"]))
    many = plot(find_seeds(crowd, k=25, model="ic", probability="uniform:0.5", sets=20_000), blank_page())
    assert "5 more" in texts(many) and len(bars(many, BLUE)) == 21


def test_without_an_upper_bound_none_is_drawn() -> None:
    grouped = find_seeds(shop(), k=2, communities="type", **SURE, sets=20_000)
    ax = plot(grouped, blank_page())
    assert "no seeds reach more" not in texts(ax) and "Certain" not in said(ax)


def test_waves_and_types_have_bars_as_long_as_their_numbers() -> None:
    spread = simulate_spread(shop(), ["p", "r"], **SURE, runs=50)
    ax = plot(spread, blank_page())
    assert bars(ax, BLUE) == [(0.0, 0.25), (0.0, 1.0)]  # two seeds, then eight
    assert bars(ax, SKY) == [(0.0, 0.8), (0.0, 0.5)]
    assert "2 seeds reach 10 [10, 10] actors on average, of 14" in said(ax)
    assert "8 of 10" in texts(ax) and "2 of 4" in texts(ax)
    assert "media 50%" in describe(spread)


def test_late_waves_are_joined_and_one_type_is_none() -> None:
    chain = Ecosystem(None, pd.DataFrame([(f"x{k}", f"x{k + 1}") for k in range(15)], columns=["source", "target"]))
    ax = plot(simulate_spread(chain, "x0", model="ic", probability="uniform:1", runs=5), blank_page())
    assert "waves 8–15" in texts(ax) and "all later ones" in texts(ax)
    assert "Share of each type that is reached" not in texts(ax)


def test_losses_stand_at_their_numbers_in_the_colour_of_their_overlap() -> None:
    dropped = rank_seeds_dropped(shop(), ["p", "q", "r"], **SURE, sets=40_000)
    ax = plot(dropped, blank_page())
    colours = {round(r["loss"], 4): OTHER if r["overlap"] > 0.5 else BAD for _, r in dropped.table.iterrows()}
    assert dots(ax) == colours
    assert "Without r the plan loses 31% of its reach" in said(ax)
    assert "0% shared" in texts(ax) and "Best in place of the first: s, restores 3" in said(ax)
    only = rank_seeds_dropped(shop(), ["p", "q"], **SURE, candidates=["p"], sets=2_000)
    assert "Nobody is left to replace it." in said(plot(only, blank_page()))
    assert describe(dropped).startswith("Forest of what a plan that reaches 13 actors loses without a seed: r ")


def test_hazards_stand_above_their_exposure_and_thin_ones_fade() -> None:
    there = town(400, 2_000, 1)
    fit = fit_spread(there, adopt(there, 0.25, _base(there), 1))
    ax = plot(fit, blank_page())
    marks = [line for line in ax.lines if line.get_marker() == "o"]
    table = fit.hazard
    drawn = {int(line.get_xdata()[0]): float(line.get_ydata()[0]) for line in marks}
    assert drawn == {k: value for k, value in enumerate(table["hazard"]) if k in drawn}
    for line in marks:
        few = table["at_risk"].iloc[int(line.get_xdata()[0])] < 30
        assert line.get_alpha() == (FADED if few else 1.0)
    assert "more chance to adopt with each adopted neighbour" in said(ax)
    assert "Association, not proof of contagion" in said(ax)
    quiet = fit_spread(there, adopt(there, 0.0, _base(there), 3))
    assert "No more adopting beside adopted neighbours" in said(plot(quiet, blank_page()))


def _base(there: Ecosystem) -> np.ndarray:
    return np.full((5, there.n), 0.05)


@pytest.mark.parametrize("name", list(NASTY.values()))
def test_names_are_drawn_as_they_stand(name: str) -> None:
    there = shop(dict.fromkeys("pqrs", name))
    found = find_seeds(there, k=2, **SURE, sets=2_000)
    for result in (found, simulate_spread(there, found, **SURE, runs=5), rank_seeds_dropped(there, found, sets=2_000)):
        ax = plot(result, blank_page())
        ax.figure.canvas.draw()
        assert describe(result)


def test_amounts_have_the_digits_that_their_intervals_support() -> None:
    assert [amount(value) for value in (113.9, 41.57, 0.2003, 0)] == ["114", "41.6", "0.2", "0"]
    assert interval(30.2085, 29.8339, 30.5874) == "30.2 [29.8, 30.6]"
    assert interval(1_000.4, 950.0, 1_050.0) == "1,000 [950, 1,050]"
