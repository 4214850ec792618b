"""Cells that a spreadsheet would run are written so that it does not."""

from __future__ import annotations

import pandas as pd
import pytest

from mapkit.errors import OptionError, TableError
from mapkit.loaders import read_events
from mapkit.tables import without_formulas
from tests.literal import events


def test_text_that_begins_like_a_formula_gets_an_apostrophe_and_numbers_do_not():
    frame = pd.DataFrame({"=a": ["=cmd|' /C calc'!A0", "+1", "fine", None], "n": [-1, 2, 3, 4]})
    safe = without_formulas(frame)
    assert safe.columns.tolist() == ["'=a", "n"]
    assert safe["'=a"].tolist()[:3] == ["'=cmd|' /C calc'!A0", "'+1", "fine"]
    assert safe["n"].tolist() == [-1, 2, 3, 4]
    assert frame.columns.tolist() == ["=a", "n"]


def test_rows_set_apart_are_written_without_formulas_and_never_over_a_file(tmp_path):
    rows = {"customer": [None, "a"], "event": ["=1+1", "visit"], "time": ["2025-01-01", "2025-01-02"]}
    intake = read_events(pd.DataFrame(rows)).intake
    path = intake.write_set_apart(tmp_path / "apart.csv")
    assert "'=1+1" in path.read_text()
    with pytest.raises(OptionError, match="exists already"):
        intake.write_set_apart(path)


def test_a_missing_column_is_named_with_the_line_that_mends_it():
    with pytest.raises(TableError, match=r'columns=\{"event": "events"\}'):
        events("ann: visit@1").need("events", for_what="this test")
