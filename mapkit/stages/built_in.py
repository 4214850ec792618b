"""The stage models that come with mapkit: documents beside this file, read when first asked for."""

from __future__ import annotations

import importlib.resources
from functools import cache
from typing import Any, Literal

from mapkit.errors import one_of
from mapkit.stages.model import StageModel

_FILES = {"TOFU_MOFU_BOFU": "tofu_mofu_bofu.yaml", "AARRR": "aarrr.yaml", "JOURNEY": "journey.yaml"}


def aarrr(order: Literal["referral-revenue", "revenue-referral"] = "referral-revenue") -> StageModel:
    """Return AARRR with its last two stages in the order asked for.

    The field orders them both ways. The model is not a strict sequence either way: revenue may come before referral,
    so its scorecard counts each stage by itself.

    Source: D. McClure, "Startup Metrics for Pirates" (2007), which puts referral before revenue.
    """
    one_of(order, ("referral-revenue", "revenue-referral"), "order")
    last = order.split("-")
    return built_in("AARRR").reordered(["acquisition", "activation", "retention", *last])


@cache
def built_in(name: str) -> StageModel:
    """Return a built-in model by its name: TOFU_MOFU_BOFU, AARRR or JOURNEY."""
    one_of(name, _FILES, "name")
    text = importlib.resources.files("mapkit.stages").joinpath("models", _FILES[name]).read_text(encoding="utf-8")
    return StageModel.from_yaml(text)


def every_built_in() -> tuple[StageModel, ...]:
    """Return all built-in models."""
    return tuple(built_in(name) for name in _FILES)


def __getattr__(name: str) -> Any:
    if name in _FILES:
        return built_in(name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
