"""The quick answer to whether a document fits is that of jsonschema, or none."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapkit.documents import packaged_schema
from mapkit.documents.fitting import fits

SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": {"$ref": "#/$defs/named"},
    "required": ["a"],
    "minProperties": 1,
    "properties": {
        "a": {"type": ["number", "string"], "minimum": 0, "maximum": 1, "minLength": 1},
        "b": {"type": "array", "items": {"type": "integer"}, "minItems": 1},
        "c": {"anyOf": [{"type": "boolean"}, {"enum": ["x", "y"]}]},
    },
    "$defs": {"named": {"type": ["null", "object"], "additionalProperties": False, "properties": {"x": True}}},
}
PLAIN = (
    st.none() | st.booleans() | st.integers(-1, 2) | st.sampled_from([0.5, 1.0, 1.5]) | st.sampled_from(["", "x", "z"])
)
VALUE = PLAIN | st.lists(PLAIN, max_size=2) | st.dictionaries(st.sampled_from("xyz"), PLAIN, max_size=2)


@settings(max_examples=120, deadline=None)
@given(st.dictionaries(st.sampled_from("abcd"), VALUE, max_size=3) | PLAIN)
def test_it_says_what_jsonschema_says(value: Any):
    assert fits(value, SCHEMA) == jsonschema.Draft202012Validator(SCHEMA).is_valid(value)


def test_a_schema_that_asks_something_else_is_left_to_jsonschema():
    assert not fits("a", {"pattern": "a"})


@pytest.mark.parametrize(
    ("package", "file"),
    [
        ("mapkit.maps.journey_map", "journey_map.schema.json"),
        ("mapkit.maps.research_notes", "research_notes.schema.json"),
        ("mapkit.maps.persona_card", "persona_card.schema.json"),
        ("mapkit.maps.touchpoint_inventory", "touchpoint_inventory.schema.json"),
        ("mapkit.stages", "stage_model.schema.json"),
    ],
)
def test_every_schema_is_one(package: str, file: str):
    jsonschema.Draft202012Validator.check_schema(packaged_schema(package, file))
