"""Logs that other people published, with the numbers they published."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from mapkit.loaders import read_events


def test_game_launch_log(real_data: Path) -> None:
    columns = {"userid": "customer", "eventName": "event", "eventDate": "time"}
    table = read_events(real_data / "gamelaunch.csv", columns=columns)
    assert str(table.intake) == "rows read 29,324 = kept 29,324 + set apart 0"
    assert table.data.customer.nunique().execute() == 3_994


def test_retail_log_without_its_nameless_customers(real_data: Path) -> None:
    source = pd.read_csv(real_data / "online_cohorts.csv").assign(event="order")
    table = read_events(source, columns={"CustomerID": "customer", "InvoiceDate": "time"})
    assert table.intake is not None
    assert table.data.customer.nunique().execute() == 4_372
    assert table.intake.rows_read == 19_573
    assert set(table.intake.reasons) == {"no customer"}
    first = table.to_pandas().groupby("customer")["time"].min().dt.to_period("M")
    # A peer that takes the missing id for a customer counts 949.
    assert int((first == "2010-12").sum()) == 948


def test_orders_with_money(real_data: Path) -> None:
    source = pd.read_csv(real_data / "rfm_orders.csv").assign(event="order")
    table = read_events(source, columns={"customer_id": "customer", "order_date": "time", "revenue": "value"})
    assert table.count() == 4_906
    assert table.data.customer.nunique().execute() == 995
    assert table.data.value.sum().execute() == 464_158
