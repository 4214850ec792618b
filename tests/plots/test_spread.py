from __future__ import annotations

from matplotlib.colors import to_hex

from mapkit.plots import blank_page, describe, plot
from mapkit.plots.style import INK
from tests.plots.made import said, spread, texts

DEFINITIONS = {
    ("strict", 7, "any"): (1000, 100),
    ("ordered", 7, "first"): (1000, 200),
    ("ordered", 7, "any"): (1000, 250),
    ("any", float("nan"), "any"): (1000, 400),
}


def test_definitions_are_grouped_and_sorted_from_high_to_low() -> None:
    found = texts(plot(spread(DEFINITIONS), blank_page()))
    groups = ["in any order, no window", "in order, within 7 days", "in order, nothing between, within 7 days"]
    assert [name for name in found if name in groups] == groups
    assert found.index("customers, any entry", found.index(groups[1])) < found.index("customers, first entry")


def test_the_range_is_stated_and_marked_on_the_scale() -> None:
    ax = plot(spread(DEFINITIONS), blank_page())
    assert "10% to 40% reach buy, depending on the definition" in texts(ax)
    spans = [line for line in ax.lines if line.get_linewidth() == 4]
    assert [list(line.get_xdata()) for line in spans] == [[0.1, 0.4]]
    assert to_hex(spans[0].get_color()) == INK


def test_a_definition_that_cannot_tell_its_weakest_step_says_so() -> None:
    found = texts(plot(spread(DEFINITIONS), blank_page()))
    assert found.count("weakest: cannot tell") == 3
    assert found.count("weakest: checkout") == 1


def test_what_survives_stands_at_the_foot_and_in_the_sentence() -> None:
    result = spread(DEFINITIONS, survives={"checkout is the weakest step": 0.75})
    assert "checkout is the weakest step: 75%" in said(plot(result, blank_page()))
    assert "checkout is the weakest step: 75%" in describe(result)


def test_of_very_many_definitions_forty_are_drawn_with_both_ends_and_that_is_said() -> None:
    many = {("ordered", float(days), "any"): (1000, 5 * days) for days in range(1, 61)}
    ax = plot(spread(many), blank_page())
    assert "60 definitions, 40 of them drawn" in said(ax)
    assert {"0.5%", "30%"} <= set(texts(ax))


def test_definitions_under_which_nobody_entered_leave_nothing_to_draw() -> None:
    assert "nothing to draw" in said(plot(spread({("ordered", 7, "any"): (0, 0)}), blank_page()))
