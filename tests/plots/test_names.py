from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mapkit.plots.names import fitted, shown, width_of, wrapped


def test_a_name_is_drawn_on_one_line_without_control_or_direction_characters() -> None:
    assert shown("check\nout\t \x00now\u202egnp.exe\u200b") == "check out nowgnp.exe"


@pytest.mark.parametrize("missing", [None, float("nan"), np.nan, pd.NA, pd.NaT])
def test_a_missing_name_says_so(missing) -> None:
    assert shown(missing) == "(none)"


def test_an_empty_name_says_so() -> None:
    assert shown(" \n ") == "(empty)"


def test_letters_that_no_font_here_draws_become_squares_not_warnings(recwarn) -> None:
    assert shown("\U000e0fff\ud800 ok") == "□□ ok"
    assert width_of(shown("漢字")) > 0
    assert not [warning for warning in recwarn if "missing from font" in str(warning.message)]


def test_marks_piled_on_a_letter_are_cut_down() -> None:
    assert len(shown("a" + "\u0301" * 50)) <= 3


def test_a_long_name_keeps_its_beginning_and_its_end() -> None:
    name = fitted("catalogue_page_viewed_from_the_autumn_newsletter_v2", 120)
    assert name.startswith("catalog")
    assert name.endswith("_v2")
    assert "…" in name
    assert width_of(name) <= 120


def test_a_column_as_wide_as_a_name_holds_the_name() -> None:
    for name in ("visit", "acquisition", "Überraschung"):
        assert fitted(name, width_of(name)) == name


def test_a_sentence_is_wrapped_and_only_its_last_line_is_cut() -> None:
    lines = wrapped("one two three four five six seven eight nine ten " * 5, 150, 10, most=3)
    assert len(lines) == 3
    assert all(width_of(line) <= 150.1 for line in lines)
    assert ["…" in line for line in lines] == [False, False, True]


def test_a_long_sentence_that_fits_its_lines_keeps_every_word() -> None:
    text = " ".join(f"word{k}" for k in range(60))
    assert " ".join(wrapped(text, 400, 8, most=9)) == text
