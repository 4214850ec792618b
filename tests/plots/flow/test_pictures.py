"""Pictures of chains and reach: every tie with its strength, every curve with its denominator."""

from __future__ import annotations

import pandas as pd
import pytest
from matplotlib.patches import FancyBboxPatch

from mapkit.ecosystems import Ecosystem
from mapkit.ecosystems.flow import find_paths, measure_step_reach
from mapkit.errors import OptionError
from mapkit.plots import blank_page, describe, plot
from tests.plots.made import NASTY, said, texts


def line(size: int, weight: float = 0.5) -> Ecosystem:
    ids = [f"a{k}" for k in range(size)]
    ties = pd.DataFrame({"source": ids[:-1], "target": ids[1:], "weight": weight, "type": "tells"})
    names = ["$us$", *(f"Actor {k}" for k in range(1, size))]
    return Ecosystem(pd.DataFrame({"actor": ids, "name": names, "type": "shop"}), ties)


def chips(ax) -> int:
    return sum(isinstance(each, FancyBboxPatch) for each in ax.patches)


def test_a_way_is_a_chip_for_each_actor_and_a_strength_for_each_tie() -> None:
    ax = plot(find_paths(line(3), "a0", "a2"), blank_page())
    assert chips(ax) == 3
    assert texts(ax).count("0.50") == 2
    assert texts(ax).count("tells") == 2
    assert "0.25" in texts(ax)
    assert "$us$ to Actor 2: the strongest way takes 2 ties, 0.25" in said(ax)


def test_a_long_way_goes_on_in_further_lines_and_a_very_long_one_loses_its_middle() -> None:
    assert chips(plot(find_paths(line(7), "a0", "a6"), blank_page())) == 7
    ax = plot(find_paths(line(15), "a0", "a14"), blank_page())
    assert chips(ax) == 10
    assert "6 more" in texts(ax)
    assert "Actor 14" in texts(ax)


def test_of_several_targets_the_title_names_who_is_between() -> None:
    ax = plot(find_paths(line(4), "a0"), blank_page())
    assert "Actor 1 is on 2 of 3 strongest ways" in said(ax)
    assert "a way to 3 of 3 targets" in said(ax)


def test_of_many_ways_the_strongest_are_drawn_and_the_others_counted() -> None:
    ends = [f"b{k}" for k in range(12)]
    ties = pd.DataFrame({"source": "a", "target": ends, "weight": [0.01 * (k + 1) for k in range(12)]})
    ax = plot(find_paths(Ecosystem(None, ties), "a", ends), blank_page(), most=3)
    assert chips(ax) == 6
    assert {"b11", "b10", "b9"} <= set(texts(ax))
    assert "Not drawn: 9 weaker ways." in said(ax)


def test_no_way_is_nothing_to_draw() -> None:
    paths = find_paths(line(3), "a2", "a0")
    assert "nothing to draw: there is no way along these ties" in said(plot(paths, blank_page()))
    assert "there is no way" in describe(paths)


def test_the_sentence_names_the_chain() -> None:
    assert describe(find_paths(line(3), "a0", "a2")).endswith("$us$ → Actor 1 → Actor 2 (0.25).")


def test_a_curve_ends_at_the_share_within_all_steps() -> None:
    ax = plot(measure_step_reach(line(5), "a0", 2), blank_page())
    assert [list(each.get_ydata()) for each in ax.lines if each.get_marker() == "o"] == [[0, 0.25, 0.5]]
    assert "all 50% of 4" in texts(ax)
    assert "$us$ reaches 50% of 4 others within 2 steps" in said(ax)


def test_the_direction_can_be_chosen_and_an_unknown_one_is_refused() -> None:
    reach = measure_step_reach(line(5), "a2", 2)
    assert "against the ties" in said(plot(reach, blank_page(), direction="against"))
    with pytest.raises(OptionError, match="direction='up'"):
        plot(reach, blank_page(), direction="up")
    assert "50% of 4 along the ties; 50% of 4 against the ties; 100% of 4 in either direction" in describe(reach)


@pytest.mark.parametrize("name", NASTY.values(), ids=NASTY)
def test_any_name_can_be_drawn(name) -> None:
    actors = pd.DataFrame({"actor": ["a", "b"], "name": [name, name], "type": [name, "shop"]})
    ecosystem = Ecosystem(actors, pd.DataFrame({"source": ["a"], "target": ["b"], "weight": [0.5], "type": [name]}))
    for result in (find_paths(ecosystem, "a"), measure_step_reach(ecosystem, "b")):
        plot(result, blank_page()).figure.canvas.draw()
        assert describe(result)
