"""The JSON schemas that ship beside the code they describe."""

from __future__ import annotations

import importlib.resources
import json
from functools import cache
from typing import Any


@cache
def packaged_schema(package: str, file: str) -> dict[str, Any]:
    """Return the schema in ``file`` of a package: ``packaged_schema("mapkit.stages", "stage_model.schema.json")``."""
    schema: dict[str, Any] = json.loads(importlib.resources.files(package).joinpath(file).read_text(encoding="utf-8"))
    return schema
