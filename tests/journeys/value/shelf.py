"""Public data beside the checkout, and the made Harbour, for tests of value and segments."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from mapkit.workbench import load_dataset
from mapkit.workbench.dataset import Dataset

DATA = Path(__file__).parents[4] / "shared" / "data"


def public(name: str) -> Path:
    """Return a public file; the test skips where the folder is absent."""
    if not DATA.is_dir():
        pytest.skip("no folder ../shared/data with public data sets beside the checkout")
    return DATA / name


def cdnow() -> pd.DataFrame:
    """The CDNOW sample of 2,357 customers, as its publishers summarised it: weeks, to two decimals."""
    names = {"ID": "customer", "x": "frequency", "t_x": "recency", "zbar": "monetary_value"}
    return pd.read_csv(public("cdnow_summary.csv")).rename(columns=names)


def cdnow_orders() -> pd.DataFrame:
    """The transactions behind the CDNOW sample."""
    names = ["master", "customer", "time", "discs", "value"]
    orders = pd.read_csv(public("cdnow_sample.txt"), sep=r"\s+", header=None, names=names, dtype={"customer": str})
    return orders.assign(event="purchase", time=pd.to_datetime(orders["time"].astype(str)))


def rfm_orders() -> pd.DataFrame:
    """4,906 orders of 995 customers."""
    names = {"customer_id": "customer", "order_date": "time", "revenue": "value"}
    return pd.read_csv(public("rfm_orders.csv")).rename(columns=names).assign(event="purchase")


@cache
def harbour() -> Dataset:
    return load_dataset("harbour")
