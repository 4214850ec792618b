from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mapkit.experience.feedback import measure_ces, measure_csat, measure_emotion, measure_nps, measure_opportunity
from mapkit.plots import blank_page, describe, plot, render_picture
from tests.plots.made import NASTY, said, texts

WAVES = pd.DataFrame(
    {"score": [9] * 370 + [7] * 328 + [3] * 302 + [9] * 478 + [7] * 287 + [3] * 233, "wave": ["1"] * 1000 + ["2"] * 998}
)
RATED = pd.DataFrame(
    [
        {"metric": metric, "score": score, "touchpoint": touchpoint}
        for touchpoint, important, content in (("till", 40, 5), ("shelf", 10, 35), ("door", 22, 24))
        for metric, many in (("importance", important), ("satisfaction", content))
        for score in [5] * many + [2] * (40 - many)
    ]
)
FELT = pd.DataFrame(
    [
        {"metric": "emotion", "stage": stage, "rater": rater, "score": score}
        for stage, rater, scores in (
            ("purchase", "customer", [1, 0, 1, 0] * 10),
            ("service", "customer", [-2, -1, -2, -1] * 10),
            ("loyalty", "customer", [1, 1, 1, 0] * 10),
            ("purchase", "employee", [1, 0] * 6),
            ("service", "employee", [1, 1, 0, 2] * 3),
        )
        for score in scores
    ]
)


def spans(ax) -> list[tuple[float, float]]:
    return [tuple(line.get_xdata()) for line in ax.lines if line.get_marker() == "|"]


def test_promoters_stand_right_detractors_left_and_the_score_between_with_its_interval() -> None:
    nps = measure_nps(WAVES, by="wave")
    ax = plot(nps, blank_page())
    assert [round(bar.get_width(), 1) for bar in ax.patches] == [37.0, -30.2, 47.9, -23.3]
    row = nps.table.iloc[0]
    assert spans(ax)[0] == pytest.approx((row["low"], row["high"]))
    assert {"30%", "37%", "[2, 12]", "of 1,000", "detractors", "promoters"} <= set(texts(ax))


def test_the_title_says_a_change_only_when_it_is_beyond_chance() -> None:
    assert "NPS rose by 17.7 points [10.6, 24.8] from 1 to 2" in texts(
        plot(measure_nps(WAVES, by="wave"), blank_page())
    )
    same = measure_nps(WAVES.assign(score=[9, 3] * 999), by="wave")
    assert "NPS by wave: cannot tell the two apart" in texts(plot(same, blank_page()))
    assert "NPS 16 [12, 19] of 1,998 answers" in texts(plot(measure_nps(WAVES), blank_page()))


def test_with_two_columns_the_first_heads_the_second() -> None:
    frame = WAVES.assign(segment=["old", "new"] * 999)
    written = texts(plot(measure_nps(frame, by=["segment", "wave"]), blank_page()))
    assert written.count("1") == 2
    assert {"old", "new"} <= set(written)


def test_thin_groups_fade_and_rejected_answers_are_said() -> None:
    ax = plot(measure_nps([9] * 12 + [11]), blank_page())
    assert "Faded: fewer than 30 answers." in said(ax)
    assert "Rejected as outside the scale: 1 answer." in said(ax)


def test_satisfaction_and_effort_are_dots_with_whiskers() -> None:
    csat = measure_csat([5] * 30 + [2] * 30)
    assert spans(plot(csat, blank_page()))[0] == pytest.approx(tuple(csat.table.loc[0, ["low", "high"]]))
    ces = measure_ces([5] * 30 + [7] * 30)
    ax = plot(ces, blank_page())
    # Four is the middle, and stands at 0.
    assert spans(ax)[0] == pytest.approx(tuple(ces.table.loc[0, ["low", "high"]] - 4))
    assert "CES 6.0 [5.7, 6.3] of 60 answers" in texts(ax)


def test_the_curve_has_a_line_and_a_band_for_each_kind_of_rater() -> None:
    ax = plot(measure_emotion(FELT), blank_page())
    lines = [list(line.get_ydata()) for line in ax.lines if len(line.get_ydata()) > 1 and line.get_linestyle() == "-"]
    assert [0.5, -1.5, 0.75] in lines
    assert [0.5, 1.0] in lines
    assert {"customers", "employees", "peak -1.5", "end 0.8", "Customers feel bad at service"} <= set(texts(ax))
    assert "Dotted: customers and employees differ beyond chance." in said(ax)


def test_kinds_of_people_are_not_joined_by_a_line() -> None:
    frame = pd.DataFrame({"metric": "emotion", "score": [1, 0, 1, 2], "segment": ["a", "a", "b", "b"]})
    ax = plot(measure_emotion(frame, by="segment"), blank_page())
    assert not any("peak" in text for text in texts(ax))
    assert not [line for line in ax.lines if len(line.get_ydata()) == 2 and line.get_linewidth() > 1.5]


def test_the_quadrant_names_its_dots_and_lists_the_largest_opportunities() -> None:
    result = measure_opportunity(RATED)
    ax = plot(result, blank_page())
    dots = {
        (round(line.get_xdata()[0], 2), round(line.get_ydata()[0], 2)) for line in ax.lines if line.get_marker() == "o"
    }
    assert dots == {(1.25, 10.0), (8.75, 2.5), (6.0, 5.5)}
    assert texts(ax).count("till") == 2
    assert any(text.startswith("Underserved: till, opportunity 18.8") for text in texts(ax))


def test_one_segment_can_be_drawn_alone() -> None:
    frame = pd.concat([RATED.assign(segment="a"), RATED.assign(segment="b")])
    written = texts(plot(measure_opportunity(frame, segment="segment"), blank_page(), segment="a"))
    assert written.count("till") == 2
    assert not any("·" in text and "till" in text for text in written)


@pytest.mark.parametrize("measure", [measure_nps, measure_csat, measure_ces, measure_emotion])
def test_no_answers_give_a_page_that_says_so(measure) -> None:
    assert "nothing to draw" in said(plot(measure([]), blank_page()))
    assert "nothing to draw" in describe(measure([]))


@pytest.mark.parametrize("measure", [measure_nps, measure_csat, measure_ces, measure_emotion])
def test_forty_groups_with_hostile_names_stay_on_the_page(measure) -> None:
    names = [*NASTY.values(), *(f"place {k}" for k in range(29))]
    scores = np.arange(len(names)) % 3
    frame = pd.DataFrame({"score": scores, "touchpoint": names, "metric": measure.__name__.removeprefix("measure_")})
    result = measure(frame, by="touchpoint")
    ax = plot(result, blank_page())
    figure = ax.figure
    page = figure.bbox
    renderer = figure.canvas.get_renderer() if hasattr(figure.canvas, "get_renderer") else None
    for text in ax.texts:
        box = text.get_window_extent(renderer)
        assert box.x0 >= page.x0 - 1
        assert box.x1 <= page.x1 + 1
    assert render_picture(result)[:4] == b"\x89PNG"


def test_the_sentence_for_a_screen_reader_gives_scores_and_sizes() -> None:
    assert describe(measure_nps(WAVES, by="wave")) == (
        "Net promoter score by wave: 1 7 [2, 12] of 1,000; 2 25 [19, 29] of 998."
    )
    assert "till 18.8" in describe(measure_opportunity(RATED))
    assert "customers: purchase 0.50 [0.34, 0.66]" in describe(measure_emotion(FELT))
