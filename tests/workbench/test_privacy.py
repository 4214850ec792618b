"""A report shows neither who the customers are nor how to get into a database."""

from __future__ import annotations

import pandas as pd
import pytest

from mapkit.workbench.privacy import without_customers, without_passwords

LOG = pd.DataFrame({"customer": ["ann@example.org", "bob"], "event": ["visit", "<buy>"]})


@pytest.mark.parametrize("index", [True, False])
def test_customers_are_masked_and_all_else_is_kept(index: bool) -> None:
    shown = without_customers(f"<p>before</p>{LOG.to_html(index=index)}")
    assert "ann" not in shown
    assert "bob" not in shown
    assert "visit" in shown
    assert "&lt;buy&gt;" in shown
    assert "<p>before</p>" in shown


def test_a_table_of_counts_is_left_alone() -> None:
    counts = pd.DataFrame({"step": ["visit"], "customers": [3_120]}).to_html()
    assert without_customers(counts) == counts


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgresql://ann:s3cret@host:5432/sales", "postgresql://ann:***@host:5432/sales"),
        ("mysql://:s3cret@host/sales", "mysql://:***@host/sales"),
        ("https://example.org/a:b", "https://example.org/a:b"),
        ("mail ann@example.org at 10:30", "mail ann@example.org at 10:30"),
    ],
)
def test_the_password_of_a_url_is_masked(text: str, shown: str) -> None:
    assert without_passwords(text) == shown
