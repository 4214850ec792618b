"""The maker: the same seed, any size, an edited truth."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import pytest
import yaml

from tests.datasets.harbour import SOURCE, Harbour


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not(maker: ModuleType, tmp_path: Path) -> None:
    first = contents(maker.make(tmp_path / "a", customers=500))
    assert first == contents(maker.make(tmp_path / "b", customers=500, seed=2025))
    other = contents(maker.make(tmp_path / "c", customers=500, seed=7))
    assert {name for name in first if first[name] == other[name]} <= {"touchpoints.csv", "hand_map.yaml"}


def test_a_larger_company_begins_with_the_customers_of_a_smaller_one(
    maker: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maker, "COHORT", 300)
    small, large = (
        pd.read_parquet(maker.make(tmp_path / str(size), customers=size) / "events.parquet") for size in (600, 900)
    )
    of_small = large[large["customer"].isin(set(small["customer"]))].reset_index(drop=True)
    pd.testing.assert_frame_equal(of_small, small)
    assert large["time"].is_monotonic_increasing


@pytest.mark.parametrize("customers", [100, 333])
def test_a_small_company_is_whole(maker: ModuleType, tmp_path: Path, customers: int) -> None:
    shares: list[float] = []
    made = Harbour(maker.make(tmp_path, customers=customers, progress=shares.append))
    assert made.r["customers"]["all"] == customers
    assert set(contents(tmp_path)) == {Path(name).name for name in [*maker.TABLES.values(), *maker.DOCUMENTS.values()]}
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_fewer_than_a_hundred_customers_are_refused(maker: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least 100"):
        maker.make(tmp_path, customers=99)


def edited(tmp_path: Path, **changes: Any) -> Path:
    """A copy of the planted truth in which the parameters at dotted paths (double underscores) are changed."""
    document = yaml.safe_load((SOURCE / "truth.yaml").read_text(encoding="utf-8"))
    for path, value in changes.items():
        *branches, leaf = path.split("__")
        at = document
        for branch in branches:
            at = at[branch]
        at[leaf] = value
    (tmp_path / "truth.yaml").write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    return tmp_path / "truth.yaml"


def test_an_edited_truth_moves_what_it_says_and_nothing_before_it(maker: ModuleType, tmp_path: Path) -> None:
    truth = edited(tmp_path, funnel__rates__households__purchase=0.30)
    before = Harbour(maker.make(tmp_path / "a", customers=3_000)).r["funnel"]["no_window"]["by_segment"]
    after = Harbour(maker.make(tmp_path / "b", customers=3_000, truth=truth)).r["funnel"]["no_window"]["by_segment"]
    assert after["households"]["purchase"] < 0.6 * before["households"]["purchase"]
    # Fewer buyers invite; the customers who come uninvited do what they did.
    uninvited = 1 - 0.12
    assert after["households"]["view_item"] > uninvited * before["households"]["view_item"]
    assert before["offices"]["purchase"] == pytest.approx(after["offices"]["purchase"], rel=0.2)


def test_a_truth_that_contradicts_itself_is_refused(maker: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"people.segments add up to 1.3800, not 1"):
        maker.make(tmp_path / "x", customers=100, truth=edited(tmp_path, people__segments__households=1.0))
    with pytest.raises(ValueError, match="the probability of purchase becomes"):
        maker.make(tmp_path / "y", customers=5_000, truth=edited(tmp_path, funnel__rates__offices__purchase=0.99))
