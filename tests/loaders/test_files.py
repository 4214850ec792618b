"""Files as they lie on people's disks: encodings, separators, broken lines, cut-off ends."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from mapkit.errors import OptionError, SourceError, TableError
from mapkit.loaders import read_events, read_ties
from mapkit.tables import Table

Written = Callable[..., Path]


def decisions(table: Table) -> str:
    assert table.intake is not None
    return "; ".join(table.intake.decisions)


@pytest.mark.parametrize(("mark", "word"), [(";", "semicolon"), ("|", "bar"), ("\t", "tab")])
def test_the_separator_is_found_and_said(written: Written, mark: str, word: str) -> None:
    text = 'customer,event,time\nann,"a, b",2024-01-01\n'.replace(",", mark)
    table = read_events(written("log.csv", text))
    assert table.to_pandas()["event"].tolist() == [f"a{mark} b"]
    assert f"cells are separated by {word}" in decisions(table)


@pytest.mark.parametrize(
    ("encoding", "word"),
    [("cp1252", "Windows-1252"), ("utf-16", "UTF-16"), ("utf-8-sig", "byte order mark"), ("utf-8", "")],
)
def test_the_encoding_is_found_and_said(written: Written, encoding: str, word: str) -> None:
    table = read_events(written("log.csv", "customer,event,time\nMüller,käufe,2024-01-01\n", encoding))
    assert table.to_pandas()[["customer", "event"]].values.tolist() == [["Müller", "käufe"]]
    assert word in decisions(table)


def test_one_broken_byte_does_not_turn_every_umlaut_into_two_letters(written: Written) -> None:
    good = "".join(f"Müller{n},käufe,2024-01-01\n" for n in range(5)).encode()
    table = read_events(written("log.csv", b"customer,event,time\n" + good + b"M\xfcller,buy,2024-01-01\n"))
    assert table.to_pandas()["customer"].tolist() == [f"Müller{n}" for n in range(5)]
    assert table.intake is not None
    assert table.intake.reasons == {"unreadable characters": 1}


def test_lines_with_too_few_or_too_many_cells_are_set_apart_as_they_stand(written: Written) -> None:
    table = read_events(written("log.csv", 'customer,event,time\nann,buy,2024-01-01\nbob,buy\n1,2,3,4\n"cut off'))
    assert table.intake is not None
    assert table.intake.reasons == {"a quote is not closed": 1, "too few cells": 1, "too many cells": 1}
    assert table.intake.set_apart()["line"].tolist() == ["bob,buy", "1,2,3,4", '"cut off']


def test_a_decimal_comma_is_understood_where_the_column_agrees(written: Written) -> None:
    text = "customer;event;time;value\na;buy;2024-01-01;12,50\na;buy;2024-01-01;1.000,25\n"
    table = read_events(written("log.csv", text))
    assert table.to_pandas()["value"].tolist() == [12.5, 1000.25]
    assert "value: the comma is read as the decimal sign" in decisions(table)


def test_a_comma_that_could_mean_either_leaves_the_cell_empty_and_says_so(written: Written) -> None:
    table = read_events(written("log.csv", "customer;event;time;value\na;buy;2024-01-01;1,234\n"))
    assert np.isnan(table.to_pandas()["value"][0])
    assert "value: 1 unreadable cell became empty" in decisions(table)


def test_columns_that_nobody_knows_keep_codes_as_text_and_numbers_as_numbers(written: Written) -> None:
    text = "customer,event,time,zip,price,items,vip\n7,buy,2024-01-01,00123,9.5,3,true\n8,buy,2024-01-01,,,4,false\n"
    got = read_events(written("log.csv", text)).to_pandas()
    assert got["zip"].tolist()[0] == "00123"
    assert got["price"][0] == 9.5
    assert got["items"].tolist() == [3, 4]
    assert got["vip"].tolist() == [True, False]
    assert got["customer"].tolist() == [7, 8]


def test_row_counts_from_one_in_the_order_of_the_source(written: Written) -> None:
    lines = "".join(f"c{n},buy,2024-01-01\n" for n in range(5_000))
    got = read_events(written("log.csv", "customer,event,time\n" + lines)).to_pandas()
    assert got["row"].tolist() == list(range(1, 5_001))
    assert got["customer"].tolist() == [f"c{n}" for n in range(5_000)]


def test_an_empty_file_is_an_error_and_a_header_alone_is_an_empty_table(written: Written) -> None:
    with pytest.raises(SourceError, match="is empty"):
        read_events(written("empty.csv", ""))
    assert read_events(written("header.csv", "customer,event,time\n")).count() == 0


def test_a_missing_file_names_the_nearest(written: Written) -> None:
    path = written("orders.csv", "x")
    with pytest.raises(SourceError, match=r"there is no file .*Did you mean 'orders.csv'"):
        read_events(path.with_name("order.csv"))


def test_a_header_that_names_a_column_twice_is_refused(written: Written) -> None:
    with pytest.raises(TableError, match="more than one column named 'event'"):
        read_events(written("log.csv", "customer,event,event,time\n"))
    with pytest.raises(TableError, match="'ID' and 'id'"):
        read_events(written("log.csv", "customer,event,time,ID,id\n"))


def test_two_columns_that_end_with_one_name_are_both_named() -> None:
    source = [{"customer": "a", "event": "b", "time": "2024-01-01", "ts": 1}]
    with pytest.raises(TableError, match=r"both be called 'time': 'time' and 'ts'"):
        read_events(source, columns={"ts": "time"})


def test_missing_columns_are_answered_with_the_line_to_paste(written: Written) -> None:
    with pytest.raises(TableError) as caught:
        read_events(written("log.csv", "user_id,action,created_at\n"))
    assert "columns={'user_id': 'customer', 'action': 'event', 'created_at': 'time'}" in str(caught.value)


def test_a_renaming_the_wrong_way_round_is_turned() -> None:
    source = [{"user_id": "a", "event": "b", "time": "2024-01-01"}]
    with pytest.raises(OptionError, match=r"Turn it round: columns=\{'user_id': 'customer'\}"):
        read_events(source, columns={"customer": "user_id"})


def test_a_gzip_that_is_cut_off_is_an_error(written: Written) -> None:
    numbers = np.random.default_rng(1).integers(0, 10**9, 20_000)
    whole = gzip.compress("\n".join(["customer,event,time", *map(str, numbers)]).encode())
    with pytest.raises(SourceError, match="cut off"):
        read_events(written("log.csv.gz", whole[:-2_000]))


def test_broken_json_lines_are_set_apart(written: Written) -> None:
    text = '{"customer":"ann","event":"buy","time":"2024-01-01","a/b":{"c":1}}\n[1]\n\n{"customer":"bob","event":"b'
    table = read_events(written("log.jsonl", text))
    assert table.intake is not None
    assert table.to_pandas()["a/b"].tolist() == ['{"c":1}']
    assert table.intake.reasons == {"a broken line": 2}
    assert table.intake.set_apart()["row"].tolist() == [2, 3]


def test_a_json_array_that_is_cut_off_is_an_error(written: Written) -> None:
    with pytest.raises(SourceError, match="cut off"):
        read_events(written("log.json", '[{"customer":"ann","event":"buy","time":"2024-01-01"},{"cust'))


def test_a_workbook_says_which_sheet_was_read(tmp_path: Path) -> None:
    frame = pd.DataFrame({"source": ["a"], "target": ["b"]})
    with pd.ExcelWriter(tmp_path / "ties.xlsx") as book:
        frame.to_excel(book, sheet_name="people", index=False)
        frame.head(0).to_excel(book, sheet_name="firms", index=False)
    table = read_ties(tmp_path / "ties.xlsx")
    assert "sheet 'people' of 'people', 'firms' is read" in decisions(table)
    assert read_ties(tmp_path / "ties.xlsx", sheet="firms").count() == 0
    with pytest.raises(SourceError, match=r"no sheet 'firm'.*Did you mean 'firms'"):
        read_ties(tmp_path / "ties.xlsx", sheet="firm")


def test_excel_days_without_a_date_format_are_read(tmp_path: Path) -> None:
    frame = pd.DataFrame({"customer": ["a"], "event": ["b"], "time": [45_322.5]})
    frame.to_excel(tmp_path / "log.xlsx", index=False)
    assert str(read_events(tmp_path / "log.xlsx").to_pandas()["time"][0]) == "2024-01-31 12:00:00"


def test_a_folder_of_parquet_files_is_one_table_with_rows_counted_on(tmp_path: Path) -> None:
    log = pd.DataFrame({"customer": [1, 2], "event": "buy", "time": pd.to_datetime("2024-01-01")})
    (tmp_path / "log").mkdir()
    log.to_parquet(tmp_path / "log" / "1.parquet")
    log.assign(extra="x").to_parquet(tmp_path / "log" / "2.parquet")
    for source in (tmp_path / "log", tmp_path / "log" / "*.parquet"):
        got = read_events(source).to_pandas().sort_values("row")
        assert got["row"].tolist() == [1, 2, 3, 4]
        assert got["extra"].isna().tolist() == [True, True, False, False]


def test_parquet_is_not_copied_on_opening(tmp_path: Path) -> None:
    log = pd.DataFrame({"customer": [1], "event": "buy", "time": pd.to_datetime("2024-01-01")})
    log.to_parquet(tmp_path / "log.parquet")
    table = read_events(tmp_path / "log.parquet")
    log.assign(customer=2).to_parquet(tmp_path / "log.parquet")
    assert table.to_pandas()["customer"].tolist() == [2]


def test_parquet_that_is_cut_off_and_a_folder_without_any_are_errors(tmp_path: Path) -> None:
    pd.DataFrame({"customer": [1]}).to_parquet(tmp_path / "log.parquet")
    whole = (tmp_path / "log.parquet").read_bytes()
    (tmp_path / "log.parquet").write_bytes(whole[:-20])
    with pytest.raises(SourceError, match="cut off"):
        read_events(tmp_path / "log.parquet")
    (tmp_path / "none").mkdir()
    with pytest.raises(SourceError, match="holds no Parquet file"):
        read_events(tmp_path / "none")


@pytest.mark.parametrize(
    ("name", "options", "says"),
    [
        ("log.xls", {}, "Save it as .xlsx first"),
        ("log.zip", {}, "Unpack it first"),
        ("log", {}, "Say format="),
        ("log.csv", {"format": "cvs"}, "Did you mean 'csv'"),
        ("log.csv", {"sheet": "x"}, "sheet='x' does not go with a csv source"),
        ("log.csv", {"encoding": "utf-9"}, "not known to Python"),
    ],
)
def test_files_and_options_that_do_not_fit_say_what_to_do(
    written: Written, name: str, options: dict[str, str], says: str
) -> None:
    with pytest.raises((SourceError, OptionError), match=says):
        read_events(written(name, "customer,event,time\n"), **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["log [1].csv", "log*.csv", "it's.csv", "log?.jsonl", "журнал 🎉.csv"])
def test_a_file_name_is_no_pattern_and_no_query(written: Written, name: str) -> None:
    row = '{"customer":"ann","event":"buy","time":"2024-01-01"}\n'
    text = row if name.endswith("jsonl") else "customer,event,time\nann,buy,2024-01-01\n"
    written("log1.csv", "customer,event,time\nbob,buy,2024-01-01\n")
    assert read_events(written(name, text)).to_pandas()["customer"].tolist() == ["ann"]


def test_a_parquet_name_with_brackets(tmp_path: Path) -> None:
    log = pd.DataFrame({"customer": ["ann"], "event": "buy", "time": pd.to_datetime("2024-01-01")})
    log.to_parquet(tmp_path / "log [1].parquet")
    assert read_events(tmp_path / "log [1].parquet").count() == 1


@pytest.mark.parametrize("kind", ["gzip", "zstd", "bz2"])
def test_compressed_text_is_read(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"log.csv.{ {'gzip': 'gz', 'zstd': 'zst', 'bz2': 'bz2'}[kind] }"
    with pa.output_stream(str(path), compression=kind) as stream:
        stream.write("customer,event,time\nJürgen,buy,2024-01-01\n".encode())
    assert read_events(path).to_pandas()["customer"].tolist() == ["Jürgen"]
