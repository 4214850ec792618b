"""The power-interest grid: dots where the scores say, names that cover nothing, words that state the finding."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

import mapkit as mk
from mapkit.errors import OptionError
from mapkit.plots import blank_page
from mapkit.plots.plot import alt_text
from mapkit.plots.stakeholders.labels import place_labels


def grid_of(*rows: tuple[str, float, float], **columns: list[object]) -> object:
    frame = pd.DataFrame(rows, columns=["actor", "power", "interest"]).assign(type="partner", **columns)
    return mk.measure_stakeholders(frame)


def texts(ax: object) -> list[str]:
    return [each.get_text() for each in ax.texts]  # type: ignore[attr-defined]


def test_dots_stand_on_the_side_of_the_thresholds_that_their_quadrant_says() -> None:
    grid = grid_of(("boss", 9, 9), ("banker", 9, 1), ("fan", 1, 9), ("edge", 5, 4))
    ax = mk.plot(grid, ax=blank_page())
    dots = [line for line in ax.lines if line.get_marker() not in ("None", "", None)]
    lines = [line for line in ax.lines if line.get_linewidth() == 1 and len(line.get_xdata()) == 2]
    x = next(line.get_xdata()[0] for line in lines if line.get_xdata()[0] == line.get_xdata()[1])
    y = next(line.get_ydata()[0] for line in lines if line.get_ydata()[0] == line.get_ydata()[1])
    sides = [(dot.get_xdata()[0] > x, dot.get_ydata()[0] < y) for dot in dots[:4]]
    placed = grid.table.set_index("actor")["quadrant"]  # type: ignore[attr-defined]
    names = {"manage closely": (True, True), "keep satisfied": (False, True), "keep informed": (True, False)}
    assert sides == [names[quadrant] for quadrant in placed]


def test_a_score_between_whole_numbers_stays_on_its_side_of_the_line() -> None:
    ax = mk.plot(grid_of(("a", 4.9, 9.5), ("b", 5.0, 9.5)), ax=blank_page())
    dots = {line.get_ydata()[0] for line in ax.lines if line.get_marker() == "o"}
    y = next(line.get_ydata()[0] for line in ax.lines if line.get_linewidth() == 1 and len(set(line.get_ydata())) == 1)
    assert max(dots) > y >= min(dots)


def test_the_title_states_the_count_and_how_far_thresholds_move_it() -> None:
    ax = mk.plot(grid_of(("boss", 9, 9), ("edge", 5, 9), ("no", 1, 1)), ax=blank_page())
    assert any("2 of 3 stakeholders to manage closely" in text for text in texts(ax))
    assert "Power-interest grid of 3 stakeholders: 2 to manage closely" in alt_text(ax)


def test_names_cover_neither_each_other_nor_a_named_dot() -> None:
    rng = np.random.default_rng(1)
    named = [(f"n{k}", 60.0, *rng.uniform(30, 470, 2)) for k in range(40)]
    placed = place_labels(named, np.empty((0, 2)), (0, 0, 500, 500))
    boxes = [(label.x, label.y - 5, label.x + 60, label.y + 5) for label in placed]
    assert len(placed) > 30
    for a, b in itertools.combinations(boxes, 2):
        assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
    for box, (_, _, x, y) in itertools.product(boxes, named):
        assert not (box[0] < x < box[2] and box[1] < y < box[3])


def test_dots_of_one_score_are_spread_so_that_each_is_seen() -> None:
    ax = mk.plot(grid_of(*[(f"a{k}", 7, 7) for k in range(9)]), ax=blank_page())
    places = [(line.get_xdata()[0], line.get_ydata()[0]) for line in ax.lines if line.get_marker() == "o"]
    nine = np.array(places[:9])
    far = np.hypot(*(nine[:, None] - nine[None, :]).transpose(2, 0, 1)) + 99 * np.eye(9)
    assert far.min() > 3


def test_markup_in_a_name_is_drawn_as_it_stands() -> None:
    ax = mk.plot(grid_of(("a", 9, 9), ("b", 1, 1), name=["$x^2$ <b>", "\u202eevil"]), ax=blank_page())
    ax.figure.canvas.draw()
    assert "$x^2$ <b>" in texts(ax)
    assert not any("\u202e" in text for text in texts(ax))


def test_only_those_asked_for_are_named_and_strangers_are_refused() -> None:
    grid = grid_of(("boss", 9, 9), ("fan", 1, 9))
    ax = mk.plot(grid, ax=blank_page(), name=["fan"])
    assert "fan" in texts(ax) and "boss" not in texts(ax)
    with pytest.raises(OptionError, match="Did you mean 'boss'"):
        mk.plot(grid, ax=blank_page(), name=["bosss"])
    with pytest.raises(OptionError, match="view"):
        mk.plot(grid, ax=blank_page(), view="venn")


def test_salience_has_a_row_for_each_class_with_its_attributes() -> None:
    frame = pd.DataFrame({"actor": ["a", "b"], "power": [9, 9], "interest": 5, "legitimacy": [9, 1], "urgency": 9})
    ax = mk.plot(mk.measure_stakeholders(frame), ax=blank_page(), view="salience")
    assert {"definitive (1)", "dangerous (1)", "dormant (0)"} <= set(texts(ax))


def test_nothing_scored_says_so() -> None:
    nobody = mk.measure_stakeholders(pd.DataFrame({"actor": ["a"]}))
    for view in ("grid", "salience"):
        assert any("nothing to draw" in text for text in texts(mk.plot(nobody, ax=blank_page(), view=view)))


def test_more_types_than_the_palette_are_pooled() -> None:
    frame = pd.DataFrame({"actor": [f"a{k}" for k in range(12)], "type": [f"type {k}" for k in range(12)]})
    ax = mk.plot(mk.measure_stakeholders(frame.assign(power=5, interest=range(0, 12))), ax=blank_page())
    assert any(text.startswith("other types") for text in texts(ax))
