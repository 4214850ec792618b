"""Pictures of partnerships: what pairs share against chance, and the holes between types."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import mapkit as mk
from mapkit.errors import OptionError
from mapkit.plots import blank_page
from mapkit.plots.plot import alt_text


def texts(ax: Any) -> list[str]:
    return [each.get_text() for each in ax.texts]


@pytest.fixture(scope="module")
def harbour() -> mk.Ecosystem:
    data = mk.load_dataset("harbour")
    return mk.Ecosystem(data.actors, data.ties)


def test_the_best_pair_is_the_title_and_its_bar_the_longest(harbour: mk.Ecosystem) -> None:
    ax = mk.plot(mk.find_partners(harbour), ax=blank_page())
    assert "Brass Kettle and Blue Crane share 16 neighbours and no tie" in texts(ax)
    widths = [patch.get_width() for patch in ax.patches]
    assert widths[0] == max(widths) and len(widths) == 15
    assert "Brass Kettle and Blue Crane share 16 (chance 0.8" in alt_text(ax)
    assert any("5 further pairs" in text for text in texts(ax))


def test_no_pair_says_so_and_chance_is_no_finding() -> None:
    ties = pd.DataFrame({"source": ["a", "b"], "target": ["x", "x"]})
    assert any("nothing to draw" in text for text in texts(mk.plot(mk.find_partners(ties), ax=blank_page())))
    ax = mk.plot(mk.find_partners(ties, least_shared=1), ax=blank_page())
    assert "No pair listed shares more than chance would give" in texts(ax)


def test_markup_in_names_is_drawn_as_it_stands() -> None:
    actors = pd.DataFrame({"actor": list("abx"), "name": ["$a$ <i>", "b\nb", "x"], "type": ["$t$", None, "t"]})
    ties = pd.DataFrame({"source": ["a", "b"], "target": ["x", "x"]})
    ax = mk.plot(mk.find_partners((actors, ties), least_shared=1), ax=blank_page())
    ax.figure.canvas.draw()
    assert {"$a$ <i>", "b b", "$t$"} <= set(texts(ax))


def test_customers_shared_have_a_column_where_audiences_are_given(harbour: mk.Ecosystem) -> None:
    shared = {"p_brass_kettle": range(9), "p_blue_crane": range(5, 20)}
    ax = mk.plot(mk.find_partners(harbour, audiences=shared, most=3), ax=blank_page())
    assert "customers" in texts(ax) and "4" in texts(ax)


def test_holes_are_hatched_and_every_cell_is_drawn_once(harbour: mk.Ecosystem) -> None:
    spaces = mk.find_white_spaces(harbour)
    ax = mk.plot(spaces, ax=blank_page())
    assert len(ax.patches) == len(spaces.table) == 55
    assert sum(patch.get_hatch() is not None for patch in ax.patches) == len(spaces.holes)
    assert any(text.startswith("31 of 55 cells are white spaces: decision maker and kol") for text in texts(ax))


def test_communities_are_columns_and_asking_for_none_is_refused(harbour: mk.Ecosystem) -> None:
    with pytest.raises(OptionError, match="no communities"):
        mk.plot(mk.find_white_spaces(harbour), ax=blank_page(), view="communities")
    by_half = {actor: "north" if k % 2 else "south" for k, actor in enumerate(harbour.ids)}
    ax = mk.plot(mk.find_white_spaces(harbour, by_half), ax=blank_page(), view="communities")
    assert {"north", "south"} <= set(texts(ax))


def test_an_ecosystem_without_ties_says_so() -> None:
    actors = pd.DataFrame({"actor": ["a", "b"], "type": ["x", "y"]})
    spaces = mk.find_white_spaces((actors, pd.DataFrame({"source": ["a"], "target": ["a"]})))
    assert any("nothing to draw" in text for text in texts(mk.plot(spaces, ax=blank_page())))
