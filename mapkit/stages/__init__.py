"""Stage models as data, the mapper that puts a log to one, and what a model leaves uncovered."""

from typing import Any

from mapkit.stages.coverage import Coverage, measure_coverage
from mapkit.stages.mapper import map_stages
from mapkit.stages.model import StageModel
from mapkit.stages.rules import Rule

__all__ = [
    "AARRR",
    "JOURNEY",
    "TOFU_MOFU_BOFU",
    "Coverage",
    "Rule",
    "StageModel",
    "aarrr",
    "map_stages",
    "measure_coverage",
]


def __getattr__(name: str) -> Any:
    # The built-in models are documents: read when first asked for.
    if name in ("AARRR", "JOURNEY", "TOFU_MOFU_BOFU", "aarrr"):
        from mapkit.stages import built_in

        return getattr(built_in, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
