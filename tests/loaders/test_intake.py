"""Rows read = rows kept + rows set apart, and nothing lost between them."""

from __future__ import annotations

import math
from pathlib import Path

import ibis
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapkit.errors import MapkitError, OptionError, TableError
from mapkit.loaders import read_events, read_feedback, read_ties

THREE = pd.DataFrame(
    {
        "customer": ["ann", "bob", None],
        "event": ["visit", "buy", "visit"],
        "time": pd.to_datetime(["2024-01-01 00:00:00.0", "2024-01-02 10:00:00.5", "2024-01-03 00:00:00.0"]),
        "value": [1.5, None, 3.0],
        "plan": ["gold", None, "silver"],
    }
)


def as_source(kind: str, folder: Path) -> object:
    path = folder / f"three.{kind}"
    match kind:
        case "pandas":
            return THREE
        case "polars":
            return pl.from_pandas(THREE)
        case "lazy polars":
            return pl.from_pandas(THREE).lazy()
        case "arrow":
            return pa.Table.from_pandas(THREE)
        case "ibis":
            return ibis.memtable(THREE)
        case "records":
            return THREE.astype(object).where(THREE.notna(), None).to_dict("records")
        case "csv" | "csv.gz":
            THREE.to_csv(path, index=False)
        case "tsv":
            THREE.to_csv(path, index=False, sep="\t")
        case "parquet":
            THREE.to_parquet(path)
        case "jsonl":
            THREE.to_json(path, orient="records", lines=True, date_format="iso", date_unit="us")
        case "json":
            THREE.to_json(path, orient="records", date_format="iso", date_unit="us")
        case "xlsx":
            THREE.to_excel(path, index=False)
    return path


@pytest.mark.parametrize(
    "kind",
    ["pandas", "polars", "lazy polars", "arrow", "ibis", "records", "csv", "csv.gz", "tsv", "parquet", "jsonl", "json",
     "xlsx"],
)  # fmt: skip
def test_the_same_rows_make_the_same_table_wherever_they_come_from(kind: str, tmp_path: Path) -> None:
    table = read_events(as_source(kind, tmp_path))
    expected = THREE.head(2).assign(row=[1, 2])
    got = table.to_pandas()
    # An Ibis table has the order that its database gives it, and no row number.
    wanted = expected.drop(columns="row") if kind == "ibis" else expected
    assert list(got.columns) == list(wanted.columns)
    pd.testing.assert_frame_equal(got, wanted, check_dtype=False)
    assert str(table.intake) == "rows read 3 = kept 2 + set apart 1 (1 no customer)"


@pytest.mark.parametrize("nobody", [None, "", "  ", "null", "NULL", "NaN", "None", "n/a", " nan ", float("nan")])
def test_nobody_is_no_customer(nobody: object) -> None:
    records = [{"customer": who, "event": "visit", "time": "2024-01-01"} for who in ("ann", nobody, nobody)]
    table = read_events(records)
    assert table.intake is not None
    assert table.intake.reasons == {"no customer": 2}


@pytest.mark.parametrize("name", ["Nan Goldin", "Nullmeier", "Nora", "n", "<nancy>", "north"])
def test_names_that_only_begin_like_nobody_are_customers(name: str) -> None:
    assert read_events([{"customer": name, "event": "visit", "time": "2024-01-01"}]).count() == 1


def test_the_first_reason_is_the_one_given() -> None:
    table = read_events(
        [
            {"time": "soon", "event": "", "customer": ""},
            {"time": "soon", "event": " ", "customer": "ann"},
            {"time": None, "event": "visit", "customer": "ann"},
            {"time": "soon", "event": "visit", "customer": "ann"},
        ]
    )
    assert table.intake is not None
    assert table.intake.set_apart()["reason"].tolist() == ["no customer", "no event", "no time", "unreadable time"]


def test_rows_set_apart_stand_as_they_stood_in_the_source() -> None:
    source = [{"who": " ", "what": "=cmd()", "when": "2024-01-01", "reason": "theirs"}]
    table = read_events(source, columns={"who": "customer", "what": "event", "when": "time"})
    assert table.intake is not None
    (apart,) = table.intake.set_apart().to_dict("records")
    assert apart == {
        "row": 1, "who": " ", "what": "=cmd()", "when": "2024-01-01", "reason_": "theirs", "reason": "no customer",
    }  # fmt: skip


def test_a_word_in_a_number_column_empties_the_cell_and_keeps_the_row() -> None:
    table = read_events(
        [
            {"customer": "ann", "event": "buy", "time": "2024-01-01", "value": "12.5"},
            {"customer": "bob", "event": "buy", "time": "2024-01-01", "value": "a lot"},
            {"customer": "cem", "event": "buy", "time": "2024-01-01", "value": ""},
        ]
    )
    assert table.intake is not None
    assert table.count() == 3
    assert "value: 1 unreadable cell became empty (intake.emptied() lists them)" in table.intake.decisions
    assert table.intake.emptied().to_dict("records") == [{"row": 2, "column": "value", "cell": "a lot"}]


def test_whole_number_ids_stay_whole_numbers_and_floats_become_them() -> None:
    floats = pd.DataFrame({"customer": [17850.0, math.nan], "event": "buy", "time": "2024-01-01"})
    table = read_events(floats)
    assert table.intake is not None
    assert table.to_pandas()["customer"].tolist() == [17850]
    assert "customer: whole numbers kept as 17850.0 are read as 17850" in table.intake.decisions
    assert table.intake.reasons == {"no customer": 1}


def test_ids_of_mixed_types_are_read_as_text_and_that_is_said() -> None:
    table = read_events(pd.DataFrame({"customer": [1, "a"], "event": "buy", "time": "2024-01-01"}))
    assert table.intake is not None
    assert table.to_pandas()["customer"].tolist() == ["1", "a"]
    assert "column 'customer' mixes int and str: read as text" in table.intake.decisions


NAMES = [
    "🎉",
    "مرحبا",
    "<script>alert(1)</script>",
    'it\'s "quoted"',
    "two\nlines",
    "=cmd()",
    "a;b|c\td",
    "\\N",
    "Drop table;--",
]


def test_event_names_survive_unchanged(tmp_path: Path) -> None:
    frame = pd.DataFrame({"customer": "ann", "event": NAMES, "time": "2024-01-01"})
    frame.to_csv(tmp_path / "names.csv", index=False)
    assert read_events(frame).to_pandas()["event"].tolist() == NAMES
    assert read_events(tmp_path / "names.csv").to_pandas()["event"].tolist() == NAMES


def test_ten_thousand_event_names() -> None:
    frame = pd.DataFrame({"customer": 1, "event": [f"event {n}" for n in range(10_000)], "time": "2024-01-01"})
    assert read_events(frame).to_pandas()["event"].nunique() == 10_000


def test_changing_the_frame_afterwards_changes_nothing_that_was_read() -> None:
    frame = THREE.copy()
    table = read_events(frame)
    frame.loc[0, "value"] = 99.0
    assert table.to_pandas()["value"][0] == 1.5


def test_where_chooses_the_rows_that_are_read() -> None:
    assert str(read_events(THREE, where={"event": ["buy", "refund"]}).intake) == "rows read 1 = kept 1 + set apart 0"
    assert read_events(THREE, where=ibis._.value > 1).intake.rows_read == 2  # type: ignore[union-attr]
    assert read_events(THREE, where={"plan": None}).to_pandas()["customer"].tolist() == ["bob"]


@pytest.mark.parametrize(
    ("where", "says"),
    [
        ({"evnt": "buy"}, "Did you mean 'event'"),
        ({"value": "a lot"}, "compares 'a lot' with a column of float64"),
        (ibis._.nope > 1, "where= is no condition"),
    ],
)
def test_a_condition_that_cannot_be_is_refused(where: object, says: str) -> None:
    with pytest.raises(OptionError, match=says):
        read_events(THREE, where=where)  # type: ignore[arg-type]


def test_a_table_that_was_read_comes_back_as_it_is() -> None:
    table = read_events(THREE)
    assert read_events(table) is table
    assert read_events(table, where={"event": "buy"}).count() == 1
    with pytest.raises(OptionError, match="'timezone' cannot change a table that has been read"):
        read_events(table, timezone="UTC")
    with pytest.raises(TableError, match="this is a table of events"):
        read_ties(table)


def test_an_unknown_option_is_refused() -> None:
    with pytest.raises(OptionError, match="no option 'shet'"):
        read_ties([{"source": "a", "target": "b"}], shet="x")  # type: ignore[call-arg]


@pytest.mark.parametrize("nothing", [pd.DataFrame(), [], 5, object()])
def test_what_is_no_source_is_refused_in_our_own_words(nothing: object) -> None:
    with pytest.raises(MapkitError):
        read_events(nothing)


def test_a_table_without_rows_is_a_table() -> None:
    table = read_events(THREE.head(0))
    assert str(table.intake) == "rows read 0 = kept 0 + set apart 0"


def test_feedback_and_ties_follow_the_same_rules() -> None:
    feedback = read_feedback(
        [{"metric": "nps", "score": "9"}, {"metric": "nps", "score": "x"}, {"metric": "", "score": "1"}]
    )
    assert feedback.intake is not None
    assert feedback.intake.reasons == {"no metric": 1, "unreadable score": 1}
    ties = read_ties(
        [{"source": "a", "target": "b", "directed": "yes"}, {"source": "a", "target": "NaN", "directed": "no"}]
    )
    assert ties.to_pandas()[["source", "target", "directed"]].values.tolist() == [["a", "b", True]]


CELL = st.one_of(st.none(), st.text(max_size=6), st.sampled_from(["null", "NaN", " ", "2024-01-31", "13.02.2024", "7"]))


@settings(max_examples=12, deadline=None)
@given(st.lists(st.tuples(CELL, CELL, CELL, CELL), max_size=8))
def test_no_row_is_lost_and_kept_rows_stand_unchanged(cells: list[tuple[str | None, ...]]) -> None:
    frame = pd.DataFrame(cells, columns=["customer", "event", "time", "value"], dtype="str")
    table = read_events(frame, day_first=True)
    assert table.intake is not None
    assert table.intake.rows_kept + table.intake.rows_set_apart == len(frame)
    kept, apart = table.to_pandas(), table.intake.set_apart()
    assert sorted([*kept["row"], *apart["row"]]) == list(range(1, len(frame) + 1))
    source = frame.iloc[kept["row"] - 1]
    assert kept["customer"].tolist() == source["customer"].tolist()
    assert kept["event"].tolist() == source["event"].tolist()
