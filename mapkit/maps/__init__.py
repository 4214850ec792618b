"""Maps and what is claimed about them."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mapkit.maps.claims import STATES, Claim, claim, headline

__all__ = ["STATES", "Claim", "claim", "headline"]


def __getattr__(name: str) -> Any:
    # Claims bring in pandas; a map that is checked in the shell needs none of it.
    if name in __all__:
        return getattr(importlib.import_module("mapkit.maps.claims"), name)
    raise AttributeError(f"mapkit.maps has no {name!r}.")
