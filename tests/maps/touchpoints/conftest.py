from __future__ import annotations

import pytest

import mapkit as mk
from mapkit.maps.touchpoints import Touchpoints, measure_touchpoints


@pytest.fixture(scope="session")
def harbour_touchpoints() -> Touchpoints:
    """Harbour's touchpoints, measured within its segments."""
    harbour = mk.load_dataset("harbour")
    return measure_touchpoints(harbour.touchpoints, harbour.events, harbour.feedback, outcome="purchase", by="segment")
