"""Retention as a triangle and as curves."""

from __future__ import annotations

import functools
import itertools
import warnings

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PolyCollection, QuadMesh
from matplotlib.text import Text

from mapkit.errors import OptionError
from mapkit.journeys.retention import (
    Retention,
    measure_lifecycle,
    measure_retention,
    measure_stickiness,
)
from mapkit.plots import blank_page, describe, plot
from mapkit.plots.style import BLUE
from mapkit.tables import Table
from tests.literal import events
from tests.plots.made import NASTY, said, texts

Q = "q" * 500


def shop(weeks: int, *, customers: int = 60, columns: str = "") -> Table:
    """A log in which every week as many begin, and of each cohort 1 of 2, 1 of 3, 1 of 4 ... comes back."""
    return events(
        *(
            f"c{week}_{k}: a@{week * 7}d{columns} "
            + " ".join(f"a@{7 * (week + gap)}d" for gap in _gaps(week, weeks, k))
            for week in range(weeks)
            for k in range(customers)
        )
    )


def _gaps(week: int, weeks: int, k: int) -> list[int]:
    return [gap for gap in range(1, weeks - week) if k % (gap + 1) == 0]


@functools.cache
def measured(weeks: int = 6) -> Retention:
    return measure_retention(shop(weeks))


def meshes(ax) -> list[QuadMesh]:
    return [each for each in ax.collections if isinstance(each, QuadMesh)]


def test_each_finished_cell_holds_its_share_and_all_cohorts_stand_on_top() -> None:
    ax = plot(measured(), blank_page())
    # Five cohorts whose first week back is over, and the row of all of them.
    assert texts(ax).count("50") == 4 + 1
    assert texts(ax).count("33") == 3 + 1
    assert "all cohorts" in texts(ax)


def test_a_darker_cell_is_a_larger_share_and_one_that_is_not_over_has_no_colour() -> None:
    cells = next(mesh for mesh in meshes(plot(measured(), blank_page())) if len(mesh.get_facecolor()) > 10)
    colours = cells.get_facecolor().reshape(6, 5, 4)
    lightness = colours[0, :, :3].sum(axis=1)
    assert (np.diff(lightness[:4]) > 0).all()
    assert colours[0, 4, 3] == 0
    assert colours[0, 0, 3] == 1


def test_the_period_that_is_running_is_hatched_and_those_to_come_are_blank() -> None:
    ax = plot(measured(), blank_page())
    (hatched,) = [each for each in ax.collections if isinstance(each, PolyCollection) and each.get_hatch()]
    # Of six cohorts the last is still in the period of its beginning, which is not drawn.
    assert len(hatched.get_paths()) == 5
    assert "hatched: begun and not over" in said(ax)


def test_thin_cohorts_are_pale() -> None:
    ax = plot(measure_retention(shop(4, customers=20)), blank_page())
    cells = meshes(ax)[0].get_facecolor()
    assert set(np.round(cells[:, 3], 2)) == {0.0, 0.4}


def test_the_title_quotes_a_pooled_share_with_interval_and_n() -> None:
    title = texts(plot(measured(7), blank_page()))
    assert any(text.startswith("20% [") and text.endswith("of 120 are back in week 4") for text in title)


def test_curves_show_the_pooled_share_inside_its_band_over_single_cohorts() -> None:
    ax = plot(measured(), blank_page(), form="curves")
    # The curve itself, and its points once more where 30 or more are pooled.
    drawn = [line.get_ydata() for line in ax.lines if line.get_color() == BLUE]
    assert any(np.allclose(shares, [1 / 2, 1 / 3, 1 / 4, 1 / 5]) for shares in drawn)
    assert "240" in texts(ax)
    assert "Grey: single cohorts" in said(ax)


def test_segments_are_curves_by_default_and_a_triangle_of_one_is_asked_for_by_name() -> None:
    log = events(
        *(f"e{k}: a@0{{channel=email}} {'a@8d' if k < 40 else ''}" for k in range(50)),
        *(f"s{k}: a@0{{channel=search}} {'a@8d' if k < 10 else ''}" for k in range(50)),
        "end: b@20d",
    )
    retention = measure_retention(log, by="channel", first="a", periods=1)
    ax = plot(retention, blank_page())
    assert "In week 1: email 80% [67, 89], search 20% [11, 33]" in texts(ax)
    assert "association, not cause" in said(ax)
    assert "80" in texts(plot(retention, blank_page(), segment="email"))
    with pytest.raises(OptionError, match="Did you mean 'email'"):
        plot(retention, blank_page(), segment="emial")
    with pytest.raises(OptionError, match="form='square'"):
        plot(retention, blank_page(), form="square")


def test_a_difference_that_may_be_chance_is_not_put_in_the_title() -> None:
    log = events(
        *(f"{name}{k}: a@0{{channel={name}}} {'a@8d' if k < hits else ''}" for name, hits in (("x", 20), ("y", 24))
          for k in range(50)),
        "end: b@20d",
    )  # fmt: skip
    assert "Retention by channel" in texts(plot(measure_retention(log, by="channel", first="a"), blank_page()))


def test_nothing_to_draw_is_said() -> None:
    for result in (measure_retention(events()), measure_retention(events("ann: a@0"))):
        for form in ("triangle", "curves"):
            assert "nothing to draw" in said(plot(result, blank_page(), form=form))
        assert "nothing to draw" in describe(result)


def test_the_sentence_gives_first_middle_and_last_period() -> None:
    assert describe(measured()).startswith("Classic retention by week, 6 cohorts: 50% [44, 56] of 240 in ")


@functools.cache
def results() -> dict[str, tuple[object, dict[str, str]]]:
    segments = events(
        *(
            f"c{n}_{k}: a@{k % 30}d{{channel={name}}} a@{k % 30 + 9}d"
            for n, name in enumerate(["x", "<b>", "o'p", "مرحبا", "z" * 300, "s", "t", "u", "v", "w"])
            for k in range(40)
        ),
        "end: b@90d",
    )
    days = shop(8)
    long_names = events(f"ann: {Q}@0 {Q}@8d", f"bob: {Q}@0", "end: b@20d")
    return {
        "triangle": (measured(), {}),
        "31 days": (measure_retention(days, period="day", periods=30), {}),
        "52 weeks": (measure_retention(events("ann: a@0 a@360d", "bob: a@100d a@200d", "end: b@364d")), {}),
        "365 days": (measure_retention(events("ann: a@0 a@360d", "bob: a@100d"), period="day"), {}),
        "brackets": (measure_retention(days, kind="bracket"), {}),
        "bracket curves": (measure_retention(days, kind="bracket"), {"form": "curves"}),
        "curves": (measured(), {"form": "curves"}),
        "one point": (measure_retention(events("ann: a@0", "end: a@15d")), {"form": "curves"}),
        "one cohort": (measure_retention(events("ann: a@0 a@15d")), {}),
        "ten segments": (measure_retention(segments, by="channel"), {}),
        "long names": (measure_retention(long_names, first=Q, target=[Q]), {}),
        "long names as curves": (
            measure_retention(long_names, first=Q, target=[Q]),
            {"form": "curves"},
        ),
        "nasty target": (measure_retention(_nasty(), target=NASTY["mathematics"]), {}),
        "lifecycle": (measure_lifecycle(days), {}),
        "lifecycle by month": (measure_lifecycle(days, period="month"), {}),
        "lifecycle of hours": (measure_lifecycle(events("ann: a@0 a@1h a@3h", "bob: a@2h"), period="hour"), {}),
        "lifecycle of segments": (measure_lifecycle(segments, by="channel"), {}),
        "lifecycle of one": (measure_lifecycle(events("ann: a@0")), {}),
        "stickiness": (measure_stickiness(segments), {}),
        "stickiness of a week": (measure_stickiness(segments, period="week"), {}),
        "stickiness by segment": (measure_stickiness(segments, by="channel"), {}),
        "stickiness of one": (measure_stickiness(events("ann: a@0 a@4d", "end: a@40d")), {}),
    }


def _nasty() -> Table:
    import pandas as pd

    from tests.literal import table_of

    rows = [(f"c{k}", name, pd.Timestamp("2025-01-01") + pd.Timedelta(days=9 * n)) for k in range(3)
            for n, name in enumerate(NASTY.values())]  # fmt: skip
    return table_of(pd.DataFrame(rows, columns=["customer", "event", "time"]).astype({"time": "datetime64[us]"}))


NAMES = (
    "triangle", "31 days", "52 weeks", "365 days", "brackets", "bracket curves", "curves", "one point", "one cohort",
    "ten segments", "long names", "long names as curves", "nasty target", "lifecycle", "lifecycle by month",
    "lifecycle of hours", "lifecycle of segments", "lifecycle of one", "stickiness", "stickiness of a week",
    "stickiness by segment", "stickiness of one",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_no_text_is_written_over_another_or_over_the_edge(name: str) -> None:
    result, options = results()[name]
    ax = plot(result, blank_page(), **options)
    canvas = FigureCanvasAgg(ax.figure)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a letter without a glyph would warn here
        canvas.draw()
    renderer, page = canvas.get_renderer(), canvas.figure.bbox
    found = [text for text in ax.findobj(Text) if text.get_text() and text.get_visible()]
    boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in found]
    shrunk = [(text, box.padded(-1.5)) for text, box in boxes]
    assert [(a, b) for (a, one), (b, two) in itertools.combinations(shrunk, 2) if one.overlaps(two)] == []
    inside = [box.x0 >= -1 and box.x1 <= page.x1 + 1 and box.y0 >= -1 and box.y1 <= page.y1 + 1 for _, box in boxes]
    assert [text for (text, _), held in zip(boxes, inside, strict=True) if not held] == []
    assert not any(text.get_parse_math() for text in found)
