"""Small frames beside a log: taken from anything that is a frame, refused in words where they are not fit."""

import ibis
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from mapkit.errors import TableError
from mapkit.tables.beside import first_of, frame_of, numbers_of, texts_of, times_of

ROWS = {"channel": ["search", "email"], "spend": [10.0, 2.5]}
FRAME = pd.DataFrame(ROWS)


@pytest.mark.parametrize(
    "source",
    [
        ROWS,
        pd.DataFrame(ROWS).to_dict("records"),
        pd.DataFrame(ROWS),
        pl.DataFrame(ROWS),
        pa.table(ROWS),
        ibis.memtable(ROWS),
    ],
    ids=["columns", "rows", "pandas", "polars", "arrow", "ibis"],
)
def test_a_frame_is_a_frame_whoever_made_it(source):
    pd.testing.assert_frame_equal(frame_of(source, "spend", "channel"), FRAME, check_dtype=False)


def test_an_ibis_table_with_a_column_named_data_is_still_a_table():
    assert frame_of(ibis.memtable({"data": [1, 2]}), "the sizes", "data")["data"].tolist() == [1, 2]


def test_the_frame_that_was_given_stays_as_it_was():
    given = pd.DataFrame({1: ["a"], "b": [2]}, index=[7])
    made = frame_of(given, "the frame")
    assert list(made) == ["1", "b"]
    assert list(given) == [1, "b"]
    assert list(given.index) == [7]


def test_what_is_no_frame_is_refused_with_its_kind():
    with pytest.raises(TableError, match=r"spend is a str, not a frame"):
        frame_of("spend.csv", "spend")


def test_columns_of_unequal_length_are_refused():
    with pytest.raises(TableError, match="equal length"):
        frame_of({"a": [1, 2], "b": [1]}, "spend")


def test_two_columns_of_one_name_are_refused():
    with pytest.raises(TableError, match="more than one column named 'a'"):
        frame_of(pd.DataFrame([[1, 2]], columns=["a", "a"]), "spend")


def test_a_missing_column_is_named_with_the_nearest_and_what_needs_it():
    with pytest.raises(TableError, match=r"'spend', which the cost needs.*Did you mean 'spent'"):
        frame_of({"spent": [1]}, "the months", "spend", why="the cost")


def test_a_time_that_cannot_be_read_is_refused_with_its_row():
    with pytest.raises(TableError, match=r"'yesterday' in column 'time', row 2, is not a time \(1 such rows\)"):
        times_of(pd.DataFrame({"time": ["2025-01-01", "yesterday", None]}), "time", "the invites")


def test_times_with_a_zone_become_utc():
    assert times_of(pd.DataFrame({"time": ["2025-01-01T12:00+02:00"]}), "time", "x")[0] == pd.Timestamp(
        "2025-01-01 10:00"
    )


@pytest.mark.parametrize("bad", [-1.0, np.nan])
def test_a_number_that_is_negative_or_missing_is_refused(bad):
    with pytest.raises(TableError, match="not negative is needed"):
        numbers_of(pd.DataFrame({"spend": [1.0, bad]}), "spend", "spend")


def test_names_that_a_gap_made_floats_are_whole_again():
    assert texts_of(pd.Series([1.0, np.nan, 30.0])).dropna().to_dict() == {0: "1", 2: "30"}


def test_a_name_of_blanks_is_no_name():
    assert texts_of(pd.Series(["a", " ", None])).dropna().to_dict() == {0: "a"}


def test_the_first_name_that_is_a_column_is_found():
    assert first_of(pd.DataFrame({"b": [1]}), ["a", "b"]) == "b"
    assert first_of(pd.DataFrame({"b": [1]}), ["a"]) is None
