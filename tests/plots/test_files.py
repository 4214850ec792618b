from __future__ import annotations

import io

import pytest
from PIL import Image

from mapkit.errors import OptionError
from mapkit.plots import blank_page, describe, picture_html, plot, render_picture, save_picture
from tests.plots.made import NASTY, funnel

RESULT = funnel({"visit": 100, "buy": 20})


def test_a_png_carries_its_alt_text() -> None:
    picture = Image.open(io.BytesIO(render_picture(RESULT)))
    assert picture.text["Description"] == describe(RESULT)


@pytest.mark.parametrize("ending", ["png", "svg"])
def test_the_same_result_gives_the_same_bytes(ending) -> None:
    assert render_picture(RESULT, format=ending) == render_picture(RESULT, format=ending)


def test_a_name_with_mark_up_is_harmless_in_svg_and_html() -> None:
    result = funnel({NASTY["mark-up"]: 100, 'x" onerror="alert(1)': 20})
    assert b"<script" not in render_picture(result, format="svg")
    page = picture_html(result)
    assert "<script" not in page
    assert 'onerror="' not in page


def test_a_result_or_a_drawn_axes_is_written_and_nothing_half_done_is_left(tmp_path) -> None:
    for name, drawn in (("a.png", RESULT), ("b.svg", plot(RESULT, blank_page())), ("c.pdf", RESULT)):
        assert save_picture(drawn, tmp_path / name).stat().st_size > 1000
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png", "b.svg", "c.pdf"]


def test_a_format_that_is_not_known_is_refused_with_those_that_are(tmp_path) -> None:
    with pytest.raises(OptionError, match=r"'gif' is not known\. Use one of 'png', 'svg', 'pdf'"):
        save_picture(RESULT, tmp_path / "a.gif")
