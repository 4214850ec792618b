from __future__ import annotations

import pytest
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgb

import mapkit as mk
from mapkit.errors import OptionError
from mapkit.maps.journey_map import Cell, JourneyMap, Lane, MapStage, MapStep
from mapkit.plots import alt_text, blank_page, describe, plot
from mapkit.plots.journey_map.cells import GRADE_COLOURS
from mapkit.plots.journey_map.feelings import height_of
from tests.plots.journey_map.made import coffee, long_map, observed, row
from tests.plots.made import NASTY, said, texts


def drawn(journey_map: JourneyMap, width: float = 842, **options: object):
    return plot(journey_map, blank_page(width), **options)


def test_stages_and_steps_are_columns_from_left_to_right() -> None:
    ax = drawn(coffee())
    at = {text.get_text(): text.get_position() for text in ax.texts}
    assert at["Visit"][0] < at["Basket"][0] < at["Pay"][0] < at["tell"][0]
    assert at["find"][1] < at["Visit"][1] == at["Pay"][1]
    assert at["find"][0] == at["Visit"][0]


def test_the_title_says_how_much_of_the_map_is_evidence_until_data_is_set_beside_it() -> None:
    assert "Coffee: 1 of 5 cells rest on evidence" in texts(drawn(coffee()))
    assert "Coffee: the data contradicts 1 of 2 judged cells" in texts(drawn(coffee(), observed=observed()))


def test_the_persona_the_scenario_and_the_n_are_said() -> None:
    words = said(drawn(coffee(), observed=observed()))
    assert "Maria" in words
    assert "segment students. Little time, much coffee." in words
    assert "From hearing of us to telling a friend." in words
    assert "n = 400 customers of the segment students" in words


def test_claimed_and_observed_stand_one_below_the_other_with_interval_n_and_verdict() -> None:
    ax = drawn(coffee(), observed=observed())
    at = {text.get_text(): text.get_position() for text in ax.texts}
    assert at["○ claimed 90%"][0] == at["● 60%"][0]
    assert at["○ claimed 90%"][1] < at["● 60%"][1] < at["✗ disagrees on content"][1]
    assert {"[55, 65]", "n = 400"} <= set(at)


def test_a_cell_shows_the_letter_of_its_evidence_in_its_colour() -> None:
    ax = drawn(coffee())
    letters = [text.get_text() for text in ax.texts if text.get_text() in GRADE_COLOURS]
    assert letters.count("D") == 1 + 4  # the legend and the cells
    assert letters.count("C") == 1 + 1
    boxes = next(each for each in ax.collections if isinstance(each, PolyCollection))
    faces = {tuple(round(part, 3) for part in face[:3]) for face in boxes.get_facecolor()}
    assert {tuple(round(part, 3) for part in to_rgb(colour)) for colour in GRADE_COLOURS.values()} <= faces


def test_the_emotion_is_drawn_claimed_hollow_and_observed_with_its_interval() -> None:
    ax = drawn(coffee(), observed=observed())
    points = [line for line in ax.lines if line.get_marker() == "o"]
    assert [line.get_markerfacecolor() for line in points] == ["#FFFFFF", "#0072B2", "#FFFFFF", "#FFFFFF"]
    top = points[0].get_ydata()[0] - height_of(1.0, 0)
    assert points[3].get_ydata()[0] == pytest.approx(height_of(-0.8, top))
    whisker = next(line for line in ax.lines if line.get_marker() == "_")
    assert list(whisker.get_ydata()) == pytest.approx([height_of(0.7, top), height_of(1.1, top)])


def test_what_is_not_on_the_map_has_a_lane_of_its_own_and_what_has_no_stage_is_counted() -> None:
    words = said(drawn(coffee(), observed=observed()))
    assert "app" in words
    assert "+ not on the map 2" in words
    assert "kiosk" not in words
    assert "Not drawn: 1 observation of no stage of the map." in words


def test_pain_points_have_a_severity_and_an_owner_as_badges() -> None:
    words = texts(drawn(coffee()))
    assert "▲ severity 0.8" in words
    assert "web team" in words


def test_a_steps_touchpoints_are_shown_where_no_cell_names_them() -> None:
    assert "web shop" in texts(drawn(coffee()))


@pytest.mark.parametrize("width", [540, 842])
def test_no_text_leaves_the_page_or_stands_on_another(width: float) -> None:
    ax = drawn(long_map(12, 2, 3), width)
    boxes = [text.get_window_extent() for text in ax.texts]
    page = ax.figure.bbox
    assert all(box.x0 >= page.x0 and box.x1 <= page.x1 and box.y0 >= page.y0 and box.y1 <= page.y1 for box in boxes)
    lines = sorted((box for box in boxes), key=lambda box: box.y0)
    for k, box in enumerate(lines):
        for other in lines[k + 1 : k + 60]:
            beside = other.x0 >= box.x1 or box.x0 >= other.x1
            assert beside or other.y0 > box.y0 + 0.5 * box.height


def test_a_long_text_ends_in_an_ellipsis() -> None:
    stage = (MapStage("a", (MapStep("s"),)),)
    ax = drawn(JourneyMap("Long", stage, (Lane("actions", (Cell("a", "s", "word " * 500),)),)))
    assert sum(text.startswith("word") and text.endswith("…") for text in texts(ax)) == 1


def test_a_narrow_page_has_more_bands_than_a_wide_one() -> None:
    narrow, wide = (drawn(long_map(20, 1, 4), width).figure.get_figheight() for width in (540, 1190))
    assert narrow > wide


def test_names_from_data_are_never_parsed() -> None:
    steps = tuple(MapStep(f"s{k}", name or "none") for k, name in enumerate(NASTY.values()))
    cells = tuple(Cell("a", f"s{k}", name, owner=name or None) for k, name in enumerate(NASTY.values()))
    ax = drawn(JourneyMap(r"$\frac{ <script>", (MapStage("a", steps),), (Lane("$x$", cells),)))
    ax.figure.canvas.draw()
    assert r"$\frac{ <script>: 0 of 11 cells rest on evidence" in texts(ax)


def test_a_map_with_nothing_in_it_is_drawn_and_says_so() -> None:
    assert "Empty: no cell is filled in yet" in texts(drawn(JourneyMap("Empty", (MapStage("only"),))))


def test_an_emotion_beyond_the_scale_stays_at_its_edge_with_its_number() -> None:
    stage = (MapStage("a", (MapStep("s"),)),)
    ax = drawn(JourneyMap("Odd", stage, (Lane("emotion", (Cell("a", "s", claimed=-9.0),)),)))
    point = next(line for line in ax.lines if line.get_marker() == "o")
    assert point.get_ydata()[0] == height_of(-2, 0) + point.get_ydata()[0] - height_of(-9, 0)
    assert "−9.0" in texts(ax)


def test_what_was_observed_of_another_map_is_refused() -> None:
    with pytest.raises(OptionError, match="observed is of another map: it has the cell 'rate/buy/pay'"):
        drawn(coffee(), observed=observed(row("rate/buy/pay", state="agree")))


def test_the_sentence_for_a_screen_reader_says_who_travels_and_where_it_feels_worst() -> None:
    assert describe(coffee()) == (
        "Journey map Coffee of Maria, as-is: 4 steps in 3 stages (find, buy, tell); 1 of 5 cells rest on evidence; "
        "emotion is claimed lowest at pay, +0.5."
    )
    assert alt_text(drawn(coffee())) == describe(coffee())


def test_a_new_figure_takes_a_page_on_its_side() -> None:
    from matplotlib import pyplot

    ax = mk.plot(coffee())
    assert ax.figure.get_figwidth() == pytest.approx(842 / 72)
    pyplot.close(ax.figure)


def test_a_check_knows_what_the_research_notes_are() -> None:
    from mapkit.maps.journey_map.check import MapCheck

    check = coffee().check()
    grades = check.grades.assign(grade=["B" if cell.startswith("actions") else "D" for cell in check.grades["cell"]])
    known = MapCheck(check.title, check.table, check.notes, grades)
    assert "Coffee: 2 of 5 cells rest on evidence" in texts(drawn(coffee(), check=known))
