"""A document held against its schema: every fault with its place, in words that say what to write instead."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from mapkit.documents.fitting import fits
from mapkit.documents.parsing import Parsed
from mapkit.errors import DocumentError, listed, nearest

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

_MOST_FAULTS = 5
_KINDS = {
    "object": "a mapping (key: value)",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "nothing",
}


def check_document(parsed: Parsed, schema: Mapping[str, Any]) -> None:
    """Raise :class:`DocumentError` unless the document fits; the message lists its faults in the order of its lines.

    A schema's ``description`` is quoted where a value does not fit it, so a schema can say what it wants in words.
    """
    if fits(parsed.data, schema):
        return
    import jsonschema  # takes a second, and is needed for the words only

    validator = jsonschema.Draft202012Validator(schema)
    faults = sorted(validator.iter_errors(parsed.data), key=lambda fault: parsed.values.get(tuple(fault.path), (0, 0)))
    if not faults:
        return
    told = [message for fault in faults for message in _messages(fault, parsed)]
    more = f"\n  and {len(told) - _MOST_FAULTS:,} more" if len(told) > _MOST_FAULTS else ""
    raise DocumentError("\n  ".join(told[:_MOST_FAULTS]) + more)


def _messages(fault: Any, parsed: Parsed) -> Iterator[str]:
    while fault.validator in ("anyOf", "oneOf") and fault.context and (deeper := _deeper(fault)) is not None:
        fault = deeper
    path = tuple(fault.absolute_path)
    properties = list(fault.schema.get("properties", {})) if isinstance(fault.schema, Mapping) else []
    if fault.validator == "additionalProperties":
        for key in sorted(set(fault.instance) - set(properties)):
            known = nearest(key, properties) or f" Known here: {listed(properties)}."
            yield f"{parsed.place((*path, key), key=True)}: unknown key {key!r}.{known}"
    elif fault.validator == "required":
        missing = [key for key in fault.validator_value if key not in fault.instance]
        yield f"{parsed.place(path)}: {listed(missing)} must be given. There is {listed(fault.instance)}."
    else:
        yield f"{parsed.place(path)}: {_quoted(fault.instance)} does not fit. It must be {_wanted(fault)}."


def _deeper(fault: ValidationError) -> ValidationError | None:
    """Return the fault inside the one alternative that the value was meant to be, if that can be told."""
    from jsonschema.exceptions import best_match

    inner = best_match(iter([fault]))
    return inner if inner is not fault and inner.validator != "type" else None


def _wanted(fault: Any) -> str:
    schema = fault.schema if isinstance(fault.schema, Mapping) else {}
    if "description" in schema:
        return str(schema["description"])
    if fault.validator == "type":
        kinds = [fault.validator_value] if isinstance(fault.validator_value, str) else fault.validator_value
        return " or ".join(_KINDS.get(kind, kind) for kind in kinds)
    if fault.validator == "enum":
        return f"one of {listed(fault.validator_value)}.{nearest(str(fault.instance), map(str, fault.validator_value))}"
    return f"such that {fault.validator} is {_quoted(fault.validator_value)}"


def _quoted(value: Any) -> str:
    written = json.dumps(value, ensure_ascii=False, default=str)
    return written if len(written) <= 60 else f"{written[:57]}..."
