"""Two lists of customers: counts only, no row, and nothing small enough to point at anybody."""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

import pandas as pd
import pytest

import mapkit as mk
from mapkit.ecosystems.accounts import hash_customers
from mapkit.errors import OptionError, SourceError, TableError

SECRET = "a secret of both sides"


def people(start: int, end: int, segment: str | None = None) -> pd.DataFrame:
    frame = pd.DataFrame({"email": [f"p{k}@example.org" for k in range(start, end)]})
    return frame if segment is None else frame.assign(segment=segment)


def test_shared_customers_are_counted_with_both_denominators() -> None:
    row = mk.measure_account_overlap(people(0, 100), people(60, 160)).table.iloc[0]
    assert (row["ours"], row["theirs"], row["both"]) == (100, 100, 40)
    assert row["of_ours"] == row["of_theirs"] == 0.4


def test_case_spaces_and_unicode_forms_make_no_difference() -> None:
    ours = pd.DataFrame(
        {"email": [f" P{k}@Example.ORG " for k in range(20)] + [f"jose\u0301{k}@x.org" for k in range(9)]}
    )
    theirs = pd.DataFrame(
        {"email": [f"p{k}@example.org" for k in range(10)] + [f"jos\u00e9{k}@x.org" for k in range(9)]}
    )
    theirs = pd.concat([theirs, people(500, 510)])
    assert mk.measure_account_overlap(ours, theirs).table.loc[0, "both"] == 19


def test_customers_count_once_and_rows_without_a_key_are_left_out() -> None:
    ours = pd.concat([people(0, 20), people(0, 3), pd.DataFrame({"email": [None, "  "]})])
    overlap = mk.measure_account_overlap(ours, people(10, 40))
    assert overlap.table.loc[0, "ours"] == 20
    assert "2 without a key in ours, 3 again in ours" in overlap.notes[-1]


def test_no_row_of_either_list_is_in_the_result() -> None:
    overlap = mk.measure_account_overlap(people(0, 100, "town"), people(60, 160), segment="segment")
    assert "p61" not in repr(overlap.__dict__) + str(overlap) + overlap._repr_html_()
    assert all(len(value) < 10 for value in overlap.table.to_numpy().ravel() if isinstance(value, str))


def test_small_counts_are_not_told() -> None:
    overlap = mk.measure_account_overlap(people(0, 100), people(97, 160))
    assert overlap.table.loc[0, "suppressed"]
    assert pd.isna(overlap.table.loc[0, "both"])
    with pytest.raises(OptionError, match="not told"):
        overlap.share()
    assert mk.measure_account_overlap(people(0, 100), people(95, 160)).table.loc[0, "both"] == 5


def test_that_all_are_shared_is_not_told_as_it_would_tell_of_each() -> None:
    assert mk.measure_account_overlap(people(0, 50), people(0, 90)).table.loc[0, "suppressed"]
    assert mk.measure_account_overlap(people(0, 90), people(0, 50)).table.loc[0, "suppressed"]


def test_a_single_hidden_segment_cannot_be_worked_out_from_the_total() -> None:
    ours = pd.concat([people(0, 60, "a"), people(60, 120, "b"), people(120, 180, "c")])
    theirs = pd.concat([people(30, 130), people(500, 520)])
    table = mk.measure_account_overlap(ours, theirs, segment="segment", smallest=5).table.set_index("segment")
    assert table["suppressed"].to_dict() == {"all": False, "a": False, "b": True, "c": True}
    theirs = pd.concat([people(30, 100), people(118, 122), people(500, 520)])
    told = mk.measure_account_overlap(ours, theirs, segment="segment").table.set_index("segment")
    assert told["suppressed"].to_dict() == {"all": False, "a": True, "b": False, "c": True}
    hidden = told[told["suppressed"]]
    assert hidden[["both", "of_ours", "of_ours_low", "of_theirs"]].isna().all(axis=None)


def test_lift_is_the_multiple_of_chance() -> None:
    overlap = mk.measure_account_overlap(people(0, 100), people(60, 160), population=1_000)
    assert overlap.lift.value == pytest.approx(40 * 1_000 / (100 * 100))
    assert overlap.lift.low < 4 < overlap.lift.high
    with pytest.raises(OptionError, match="population=120"):
        mk.measure_account_overlap(people(0, 100), people(60, 160), population=120)
    with pytest.raises(OptionError, match="population=\\.\\.\\."):
        _ = mk.measure_account_overlap(people(0, 100), people(60, 160)).lift


def test_the_salt_changes_no_count() -> None:
    tables = [mk.measure_account_overlap(people(0, 99), people(9, 199), salt=salt).table for salt in (b"a", b"b", None)]
    pd.testing.assert_frame_equal(tables[0], tables[1])
    pd.testing.assert_frame_equal(tables[0], tables[2])


def test_two_companies_can_exchange_hashed_files(tmp_path: Path) -> None:
    ours = pd.concat([people(0, 60, "a"), people(60, 120, "b")])
    hash_customers(ours, SECRET, columns=["segment"], path=tmp_path / "ours.csv")
    hash_customers(people(30, 100), SECRET, path=tmp_path / "theirs.csv")
    assert "example" not in (tmp_path / "theirs.csv").read_text()
    by_file = mk.measure_account_overlap(tmp_path / "ours.csv", tmp_path / "theirs.csv", segment="segment")
    plain = mk.measure_account_overlap(ours, people(30, 100), segment="segment")
    pd.testing.assert_frame_equal(by_file.table, plain.table)


def test_the_hash_is_hmac_sha256_of_the_normalised_key() -> None:
    made = hash_customers(pd.DataFrame({"email": [" Ann@X.org"]}), SECRET)
    assert made.loc[0, "hash"] == hmac.new(SECRET.encode(), b"ann@x.org", hashlib.sha256).hexdigest()


def test_the_order_of_the_file_says_nothing_of_the_order_of_the_list() -> None:
    made = hash_customers(people(0, 50), SECRET)
    assert made["hash"].is_monotonic_increasing
    assert list(made.columns) == ["hash", "check"]


def test_lists_hashed_with_different_secrets_are_refused() -> None:
    one, other = hash_customers(people(0, 9), SECRET), hash_customers(people(0, 9), "another secret, as long")
    with pytest.raises(OptionError, match="different secrets"):
        mk.measure_account_overlap(one, other)
    with pytest.raises(OptionError, match="Only one"):
        mk.measure_account_overlap(one, people(0, 9))


def test_a_short_secret_and_a_key_kept_in_clear_are_refused() -> None:
    with pytest.raises(OptionError, match="token_hex"):
        hash_customers(people(0, 9), "short")
    with pytest.raises(TableError, match="who a customer is"):
        hash_customers(people(0, 9), SECRET, columns=["email"])
    with pytest.raises(TableError, match="Did you mean 'email'"):
        hash_customers(people(0, 9), SECRET, key="e-mail")


def test_empty_lists_share_nobody_and_nothing_is_told() -> None:
    assert mk.measure_account_overlap(people(0, 0), people(0, 9)).table.loc[0, "suppressed"]


def test_the_lists_given_are_left_as_they_were() -> None:
    ours = people(0, 50, "a")
    before = ours.copy()
    mk.measure_account_overlap(ours, people(5, 60), segment="segment")
    pd.testing.assert_frame_equal(ours, before)


def test_a_file_that_is_not_there_is_said() -> None:
    with pytest.raises(SourceError, match=r"nowhere\.csv cannot be read"):
        mk.measure_account_overlap("nowhere.csv", people(0, 9))
