"""Harbour, read once for all that measures its growth."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest

from mapkit.loaders import read_events
from tests.datasets.harbour import SOURCE, Harbour
from tests.datasets.makers import load_maker


@pytest.fixture(scope="session")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """A made Harbour: ``events``, the frames ``spend``, ``invites``, ``customers``, and the truth ``p`` and ``r``."""
    made = Harbour(load_maker(SOURCE).make(tmp_path_factory.mktemp("harbour")))
    return SimpleNamespace(
        events=read_events(made.folder / "events.parquet"),
        spend=made.csv("spend"),
        invites=made.csv("invites"),
        customers=pd.read_parquet(made.folder / "customers.parquet"),
        p=made.p,
        r=made.r,
    )
