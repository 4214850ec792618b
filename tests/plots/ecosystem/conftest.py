from __future__ import annotations

import pytest

from mapkit.ecosystems import Ecosystem
from mapkit.workbench import load_dataset


@pytest.fixture(scope="session")
def harbour_ecosystem() -> Ecosystem:
    harbour = load_dataset("harbour")
    return Ecosystem(harbour.actors, harbour.ties)
