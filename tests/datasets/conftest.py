"""Harbour is made once for all that asks about it."""

from __future__ import annotations

from types import ModuleType

import pandas as pd
import pytest

from tests.datasets.harbour import SOURCE, STEPS, Harbour
from tests.datasets.makers import load_maker


@pytest.fixture(scope="session")
def maker() -> ModuleType:
    return load_maker(SOURCE)


@pytest.fixture(scope="session")
def harbour(maker: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Harbour:
    return Harbour(maker.make(tmp_path_factory.mktemp("harbour")))


@pytest.fixture(scope="session")
def attempts(harbour: Harbour) -> pd.DataFrame:
    """One row per customer: the time of each step in order (t1 .. t5), and who the customer is."""
    walk = "t1 AS (SELECT customer, min(time) t1 FROM log WHERE event = 'first_visit' GROUP BY ALL)"
    for number, event in enumerate(STEPS[1:], start=2):
        before = number - 1
        walk += f""", t{number} AS (
            SELECT t{before}.*, (SELECT min(time) FROM log WHERE log.customer = t{before}.customer
                AND event = '{event}' AND time >= t{before}.t{before}) t{number} FROM t{before})"""
    found = harbour.query(
        f"WITH log AS (FROM 'events.parquet'), {walk} FROM t5 JOIN 'customers.parquet' USING (customer)"
    )
    assert len(found) == 20_000
    return found
