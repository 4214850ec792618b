"""Retention of logs whose cohorts are known: published ones, and Harbour, which was made."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import mapkit as mk
from mapkit.journeys.retention import measure_lifecycle, measure_retention
from mapkit.workbench.dataset import Dataset

DATA = Path(__file__).parents[4] / "shared" / "data"


@pytest.fixture(scope="module")
def real_data() -> Path:
    if not DATA.is_dir():
        pytest.skip("no folder ../shared/data with public data sets beside the checkout")
    return DATA


@pytest.fixture(scope="module")
def harbour() -> Dataset:
    return mk.load_dataset("harbour")


def test_the_launch_of_a_game_day_by_day(real_data: Path):
    columns = {"userid": "customer", "eventName": "event", "eventDate": "time"}
    matrix = measure_retention(mk.read_events(real_data / "gamelaunch.csv", columns=columns), period="day").matrix
    assert matrix.shape == (31, 31)
    published = [[96, 65, 55, 46, 46], [200, 117, 96, 84], [370, 207, 181], [387, 223], [405]]
    assert [matrix.iloc[k, : len(counts)].tolist() for k, counts in enumerate(published)] == published
    assert matrix.iloc[0].isna().sum() == 1


def test_a_shop_month_by_month_without_its_nameless_customers(real_data: Path):
    source = pd.read_csv(real_data / "online_cohorts.csv").assign(event="order")
    orders = mk.read_events(source, columns={"CustomerID": "customer", "InvoiceDate": "time"})
    first = measure_retention(orders, period="month").matrix.loc["2010-12-01"]
    # A peer that takes the missing id for a customer counts 949, 363, 318, 368, 342, 377.
    assert first.tolist()[:6] == [948, 362, 317, 367, 341, 376]


def test_harbours_cohorts_are_the_entries_that_were_made(harbour: Dataset):
    entries = harbour.truth["realised"]["acquisition"]["entries"]
    retention = measure_retention(harbour.events, period="month", first="first_visit", end="2026-01-01")
    sizes = retention.table.drop_duplicates("cohort").set_index("cohort")["size"]
    assert {f"{month:%m}": size for month, size in sizes.items()} == {
        month: sum(by_channel.values()) for month, by_channel in entries.items()
    }


def test_harbours_first_purchases_are_in_cohorts_and_its_repeaters_come_back(harbour: Dataset):
    made = harbour.truth["realised"]["repeat"]
    options = {"first": "purchase", "target": "purchase", "kind": "unbounded", "by": "segment", "end": "2026-01-01"}
    daily = measure_retention(harbour.events, period="day", **options)
    table = daily.table
    begun = table.drop_duplicates(["segment", "cohort"]).groupby("segment")["size"].sum()
    assert begun.to_dict() == made["first_purchases"]
    back = table[table["period"] == 1].groupby("segment")["customers"].sum()
    for segment, repeaters in made["customers_who_repeat"].items():
        # Some repeat on the day of their first purchase only, and those are not back on a later day.
        assert 0.97 * repeaters <= back[segment] <= repeaters


def test_everybody_is_new_once_in_harbours_year(harbour: Dataset):
    made = harbour.truth["realised"]
    assert (
        measure_lifecycle(harbour.events, by="segment").table.groupby("segment")["new"].sum().to_dict()
        == (made["customers"]["by_segment"])
    )
    buyers = measure_lifecycle(harbour.events, target="purchase").table["new"].sum()
    assert buyers == sum(made["repeat"]["first_purchases"].values())


def test_harbours_offices_are_retained_longer_than_its_students(harbour: Dataset):
    retention = measure_retention(
        harbour.events, period="month", first="purchase", target="purchase", by="segment", end="2026-01-01"
    )
    for month in (1, 2, 3):
        offices, students = (retention.share(month, segment=name) for name in ("offices", "students"))
        assert offices.low > students.high
