"""Whether a document fits its schema, answered at once: jsonschema takes a second to import, and is for the faults."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

_TYPES: dict[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "integer": lambda value: (isinstance(value, int) and not isinstance(value, bool)) or _whole(value),
}
_SIZED = {"minLength": str, "minItems": list, "minProperties": dict}
_WORDS = {"$schema", "$id", "$defs", "title", "description", "default", "examples", "$comment"}


def fits(value: Any, schema: Mapping[str, Any]) -> bool:
    """Say whether a value certainly fits; False where it does not, or where the schema asks what is not known here."""
    return _fits(value, schema, schema)


def _fits(value: Any, schema: Any, root: Mapping[str, Any]) -> bool:
    if isinstance(schema, bool):
        return schema
    return all(word in _WORDS or _keeps(word, value, schema, root) for word in schema)


def _keeps(word: str, value: Any, schema: Mapping[str, Any], root: Mapping[str, Any]) -> bool:
    asked = schema[word]
    match word:
        case "$ref":
            return asked.startswith("#/$defs/") and _fits(value, root["$defs"][asked.removeprefix("#/$defs/")], root)
        case "type":
            return any(_TYPES[kind](value) for kind in ([asked] if isinstance(asked, str) else asked))
        case "anyOf":
            return any(_fits(value, each, root) for each in asked)
        case "enum":
            # Text only: to JSON, 1 and true are two values, to Python they are equal.
            return isinstance(value, str) and value in asked
        case "minLength" | "minItems" | "minProperties":
            return not isinstance(value, _SIZED[word]) or len(value) >= asked
        case "minimum":
            return not _TYPES["number"](value) or value >= asked
        case "maximum":
            return not _TYPES["number"](value) or value <= asked
        case "required":
            return not isinstance(value, dict) or all(key in value for key in asked)
        case "properties":
            given = value if isinstance(value, dict) else {}
            return all(_fits(given[key], each, root) for key, each in asked.items() if key in given)
        case "additionalProperties":
            named = schema.get("properties", {})
            others = [] if not isinstance(value, dict) else [each for key, each in value.items() if key not in named]
            return "patternProperties" not in schema and all(_fits(each, asked, root) for each in others)
        case "items":
            return not isinstance(value, list) or all(_fits(each, asked, root) for each in value)
    return False


def _whole(value: Any) -> bool:
    return isinstance(value, float) and value.is_integer()
