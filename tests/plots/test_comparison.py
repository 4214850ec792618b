from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import pytest

from mapkit.plots import blank_page, describe, plot
from mapkit.plots.style import BAD, GOOD, OTHER
from mapkit.statistics import Comparable, Comparison, Result, compare
from tests.plots.made import NASTY, said, texts


@dataclass(frozen=True, eq=False)
class Moves(Result):
    """Shares by source and target."""

    keys: tuple[str, ...] = ("source", "target")

    def comparable(self) -> Comparable:
        return Comparable.of_shares(self.table, self.keys, {"of_source": ("hits", "n")})


def compared(rows: dict[str, tuple[int, int]], n: int = 400) -> Comparison:
    a, b = (
        Moves("Moves", pd.DataFrame({"page": list(rows), "hits": [h[k] for h in rows.values()], "n": n}), (), ("page",))
        for k in (0, 1)
    )
    return compare(a, b, names=("May", "April"))


def dots(ax) -> dict[float, str]:
    return {float(line.get_ydata()[0]): line.get_color() for line in ax.lines if line.get_marker() == "o"}


def test_a_dot_a_row_in_the_colour_of_its_verdict() -> None:
    ax = plot(compared({"home": (200, 100), "shop": (80, 160), "help": (90, 92)}), blank_page())
    assert list(dots(ax).values()) == [GOOD, BAD, OTHER]
    assert "2 of 3 differ; surest: home +25 [+18, +31] points" in said(ax)
    assert "50% vs 25%" in texts(ax)


def test_no_difference_is_not_called_one() -> None:
    result = compared({"home": (100, 101)})
    assert "No difference between May and April that chance could not make" in said(plot(result, blank_page()))
    assert "No difference" in describe(result)


def test_many_rows_are_cut_and_counted() -> None:
    result = compared({f"{NASTY['endless']} {k}": (100 + 3 * k, 100) for k in range(60)})
    ax = plot(result, blank_page())
    assert len(dots(ax)) == 30
    assert "The 30 smallest differences are not drawn." in said(ax)


def test_a_few_customers_fade() -> None:
    ax = plot(compared({"home": (5, 3)}, n=12), blank_page())
    assert {line.get_alpha() for line in ax.lines if line.get_marker() == "o"} == {0.4}


def test_two_keys_and_many_rows_are_a_heat_map() -> None:
    names = [f"e{k}" for k in range(16)]
    rows = [(s, t, 40 + 60 * (s == t), 400) for s in names for t in names]
    a = Moves("Moves", pd.DataFrame(rows, columns=["source", "target", "hits", "n"]))
    b = Moves("Moves", a.table.assign(hits=40))
    ax = plot(compare(a, b), blank_page())
    assert len(ax.patches) == 14 * 14
    assert texts(ax).count("+15.0") == 14
    assert "Not in the picture: 60 cells of rarer names." in said(ax)


def test_nothing_in_common_is_said() -> None:
    result = compare(
        Moves("Moves", pd.DataFrame({"page": ["a"], "hits": 1, "n": 50}), (), ("page",)),
        Moves("Moves", pd.DataFrame({"page": ["b"], "hits": 1, "n": 50}), (), ("page",)),
    )
    assert "nothing to draw: the two have no number in common" in said(plot(result, blank_page()))
    assert "nothing to draw" in describe(result)


@pytest.mark.parametrize("name", NASTY.values())
def test_any_name_can_be_drawn(name) -> None:
    ax = plot(compared({name: (200, 100), "home": (1, 2)}), blank_page())
    ax.figure.canvas.draw()
    assert "<b>" not in describe(compared({name: (200, 100)}))
