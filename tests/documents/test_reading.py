"""A document is read as it is written, or refused with the place of what is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mapkit.documents import parse_document, read_document
from mapkit.errors import DocumentError

ANYTHING: dict[str, Any] = {"type": "object"}
SHOP: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "description": "text: the shop's name"},
        "stock": {"type": "object", "additionalProperties": {"type": "integer"}},
        "open": {"enum": ["weekdays", "always"]},
        "tills": {"type": "array", "items": {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/till"}]}},
    },
    "$defs": {"till": {"type": "object", "additionalProperties": False, "properties": {"number": {"type": "integer"}}}},
}


def refused(text: str, schema: dict[str, Any] = SHOP, **options: str) -> str:
    with pytest.raises(DocumentError) as caught:
        parse_document(text, schema, **options)
    return str(caught.value)


def test_plain_words_stay_the_names_they_are():
    text = "a: [no, on, 2025-01-01, 12:30:00, 007, 1_000, .nan, =, 1e3, -2, true, ~]\n"
    assert parse_document(text, ANYTHING)["a"] == [
        *("no", "on", "2025-01-01", "12:30:00", "007", "1_000", ".nan", "="),
        *(1000.0, -2, True, None),
    ]


def test_every_key_is_text():
    assert parse_document("{1: one, null: none, true: yes}", ANYTHING) == {"1": "one", "null": "none", "true": "yes"}


def test_an_unknown_key_is_named_with_its_line_and_the_nearest_known_key():
    message = refused("name: Corner\nstok:\n  soap: 3\n", name="shop.yaml")
    assert message == "shop.yaml, line 2, column 1 (stok): unknown key 'stok'. Did you mean 'stock'?"


def test_a_value_of_the_wrong_kind_is_quoted_with_what_it_must_be():
    message = refused("name: Corner\nstock:\n  soap: many\n")
    assert message == 'the text, line 3, column 9 (stock.soap): "many" does not fit. It must be a whole number.'


def test_a_schemas_own_words_say_what_a_value_must_be():
    assert "It must be text: the shop's name." in refused("name: [1]\n")


def test_a_missing_key_is_named():
    assert "'name' must be given. There is 'open'." in refused("open: always\n")


def test_a_word_out_of_a_list_is_answered_with_the_nearest():
    assert "one of 'weekdays', 'always'. Did you mean 'always'?" in refused("name: a\nopen: alway\n")


def test_the_fault_inside_the_alternative_that_was_meant_is_told():
    message = refused("name: a\ntills:\n  - left\n  - number: 1\n    colour: red\n")
    assert "line 5, column 5 (tills[1].colour): unknown key 'colour'" in message


def test_several_faults_are_listed_in_the_order_of_their_lines():
    told = refused("name: 1\nstock:\n  soap: many\nopen: never\n").splitlines()
    assert [line.strip().split(", ")[1] for line in told] == ["line 1", "line 3", "line 4"]


def test_no_more_than_five_faults_are_listed():
    many = "".join(f"  item_{n}: many\n" for n in range(9))
    told = refused(f"name: a\nstock:\n{many}").splitlines()
    assert len(told) == 6
    assert told[-1] == "  and 4 more"


def test_a_document_that_is_no_mapping_is_refused():
    assert "[1, 2] does not fit. It must be a mapping" in refused("[1, 2]")


def test_a_key_given_twice_is_refused_with_both_lines():
    message = refused("name: a\nstock:\n  soap: 1\n  rope: 2\n  soap: 3\n")
    assert "line 5, column 3: the key 'soap' is there twice, first on line 3" in message


def test_an_alias_repeats_what_its_anchor_holds():
    assert parse_document("a: &list [1, 2]\nb: *list\n", ANYTHING) == {"a": [1, 2], "b": [1, 2]}


def test_a_fault_behind_an_alias_is_placed_at_the_nearest_parent():
    message = refused("name: a\nstock: {soap: &x {deep: 1}, rope: *x}\n")
    assert message.count("line 2") == 2


def test_an_alias_that_contains_itself_is_refused():
    assert "*a contains itself" in refused("name: &a [1, *a]\n", ANYTHING)


def test_aliases_that_grow_without_end_are_refused_before_they_are_followed():
    laughs = ["l0: &l0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    laughs += [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]" for n in range(1, 10)]
    assert "more than 500,000 parts once its aliases are written out" in refused("\n".join(laughs), ANYTHING)


def test_nesting_without_end_is_refused():
    assert "nested more than 60 levels deep" in refused("a: " + "[" * 5_000 + "]" * 5_000, ANYTHING)
    assert "nested" in refused('{"a": ' + "[" * 50_000 + "]" * 50_000 + "}", ANYTHING, form="json")


def test_nothing_in_a_document_can_make_python_run_anything():
    assert "the tag" in refused("name: !!python/object/apply:os.system ['true']\n")


@pytest.mark.parametrize("text", ["", "# only a comment\n", "   \n"])
def test_an_empty_document_is_refused(text: str):
    assert "is empty" in refused(text)


def test_a_second_document_is_refused_with_its_line():
    assert "line 3" in refused("name: a\n---\nname: b\n")


@pytest.mark.parametrize("text", ["name: 'a\n", "name: [a\n", "name: a: b\n", "\tname: a\n"])
def test_what_is_not_yaml_is_refused_with_a_line(text: str):
    message = refused(text)
    assert "is not YAML" in message
    assert ", line " in message


def test_a_control_character_is_refused():
    assert "not text that YAML can hold" in refused("name: a\x07\n")


def test_json_is_read_with_the_same_care(tmp_path: Path):
    path = tmp_path / "shop.json"
    path.write_text('{\n\t"name": "Ecke \\ud83c\\udf89",\n\t"stok": 1\n}', encoding="utf-8")
    with pytest.raises(DocumentError, match=r"shop\.json, line 3, column 2 \(stok\): unknown key 'stok'"):
        read_document(path, SHOP)
    path.write_text('{"name": "Ecke \\ud83c\\udf89"}', encoding="utf-8")
    assert read_document(path, SHOP) == {"name": "Ecke 🎉"}


@pytest.mark.parametrize(
    ("text", "told"),
    [('{"name": "a"', "this is not JSON"), ('{"name": NaN}', "NaN"), ('{"name": "a", "name": "b"}', "there twice")],
)
def test_json_that_is_cut_off_or_ambiguous_is_refused(text: str, told: str):
    assert told in refused(text, ANYTHING, form="json")


def test_a_file_may_start_with_a_byte_order_mark(tmp_path: Path):
    path = tmp_path / "shop.yaml"
    path.write_bytes(b"\xef\xbb\xbfname: Corner\n")
    assert read_document(str(path), SHOP) == {"name": "Corner"}


def test_text_with_a_line_break_needs_no_file():
    assert read_document("name: Corner\nopen: always\n", SHOP)["open"] == "always"


def test_a_file_that_is_not_there_is_answered_with_the_nearest(tmp_path: Path):
    (tmp_path / "model.yaml").write_text(json.dumps({"name": "a"}))
    with pytest.raises(DocumentError, match=r"Did you mean 'model\.yaml'"):
        read_document(tmp_path / "modle.yaml", SHOP)


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path):
    path = tmp_path / "shop.yaml"
    path.write_bytes("name: Käse\n".encode("latin-1"))
    with pytest.raises(DocumentError, match="is not UTF-8 text"):
        read_document(path, SHOP)


def test_a_document_too_large_is_refused_unread(tmp_path: Path):
    path = tmp_path / "shop.yaml"
    with path.open("wb") as stream:
        stream.truncate(9_000_000)
    with pytest.raises(DocumentError, match="9,000,000 bytes"):
        read_document(path, SHOP)
