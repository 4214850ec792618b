"""A document written is the same document read, and a file is whole or is not there."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mapkit.documents import parse_document, read_document, to_yaml, write_document
from mapkit.errors import DocumentError

ANYTHING: dict[str, Any] = {"type": "object"}
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
PLAIN = (
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats(allow_nan=False, allow_infinity=False) | TEXT
)
DOCUMENT = st.dictionaries(
    TEXT,
    st.recursive(
        PLAIN, lambda part: st.lists(part, max_size=3) | st.dictionaries(TEXT, part, max_size=3), max_leaves=8
    ),
)


@settings(max_examples=150, deadline=None)
@given(DOCUMENT)
@example(
    {"a": ["no", "1e5", "007", "2025-01-01", "<<", "=", "null", "~", "", " a ", "a: b", "- a", "#", "0o7", "1:30"]}
)
@example({"1": 1.0, "1e5": 1e5, "x": 1e300, "\x85": "\u2028", "\ufeff": "\x07"})
@example({"a": "x\n\n  y\n", "b": "\ttab", "c": "end ", "🎉": "שלום"})
def test_a_document_written_as_yaml_is_the_same_when_read(document: dict[str, Any]):
    again = parse_document(to_yaml(document), ANYTHING)
    assert again == document
    assert repr(again) == repr(document)


@pytest.mark.parametrize("name", ["a.yaml", "a.yml", "a.json"])
def test_a_file_holds_what_was_written(tmp_path: Path, name: str):
    document = {"name": "Käse", "list": [1, 2.5, None, True, "no"]}
    path = write_document(document, tmp_path / name)
    assert read_document(path, ANYTHING) == document
    assert [each.name for each in tmp_path.iterdir()] == [name]


def test_a_file_that_exists_is_refused_unless_it_is_to_be_replaced(tmp_path: Path):
    path = write_document({"a": 1}, tmp_path / "a.yaml")
    with pytest.raises(DocumentError, match="exists already"):
        write_document({"a": 2}, path)
    assert path.read_text() == "a: 1\n"
    write_document({"a": 2}, path, existing="replace")
    assert path.read_text() == "a: 2\n"


def test_writing_the_same_again_is_no_overwriting(tmp_path: Path):
    path = write_document({"a": 1}, tmp_path / "a.yaml")
    assert write_document({"a": 1}, path) == path


def test_a_failure_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path):
    path = write_document({"a": 1}, tmp_path / "a.json")
    with pytest.raises(DocumentError, match="half a character"):
        write_document({"a": "\ud800"}, path, existing="replace")
    assert path.read_text() == '{\n  "a": 1\n}\n'
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_said(tmp_path: Path):
    with pytest.raises(DocumentError, match="No such file or directory"):
        write_document({"a": 1}, tmp_path / "none" / "a.yaml")


def test_a_written_file_has_the_usual_permissions(tmp_path: Path):
    (tmp_path / "plain").touch()
    written = write_document({"a": 1}, tmp_path / "a.yaml")
    assert stat.S_IMODE(written.stat().st_mode) == stat.S_IMODE((tmp_path / "plain").stat().st_mode)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_numbers_that_json_cannot_hold_are_named_with_their_place(number: float):
    with pytest.raises(DocumentError, match=r"a\.b\[1\] is"):
        to_yaml({"a": {"b": [1.0, number]}})


def test_an_ending_that_is_neither_yaml_nor_json_is_refused(tmp_path: Path):
    with pytest.raises(DocumentError, match=r"neither \.yaml nor \.json"):
        write_document({"a": 1}, tmp_path / "a.txt")
