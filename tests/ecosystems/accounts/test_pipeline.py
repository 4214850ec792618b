"""The pipeline's velocity is its four numbers, and what is still open has not ended."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import mapkit as mk
from mapkit.errors import OptionError, TableError


def deals(*rows: tuple[str, str | None, object, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["opened", "closed", "won", "value"])


FOUR = deals(
    ("2025-01-01", "2025-01-11", True, 100),
    ("2025-01-01", "2025-01-31", True, 300),
    ("2025-01-05", "2025-01-10", False, 900),
    ("2025-01-05", "2025-01-25", False, 900),
)
OPEN = deals(("2025-01-20", None, None, 500), ("2025-01-30", None, None, 500), ("2025-01-31", None, None, 1))
PERIOD = ("2025-01-01", "2025-02-01")


def test_velocity_is_open_times_win_rate_times_value_over_cycle() -> None:
    row = mk.measure_pipeline(pd.concat([FOUR, OPEN]), period=PERIOD).table.iloc[0]
    assert (row["open"], row["closed"], row["won"]) == (3, 4, 2)
    assert (row["win_rate"], row["mean_value"], row["cycle_days"]) == (0.5, 200, 20)
    assert row["velocity_per_day"] == pytest.approx(3 * 0.5 * 200 / 20)
    assert row["won_per_day"] == pytest.approx(400 / 31)


def test_the_cycle_may_be_that_of_all_closed() -> None:
    pipeline = mk.measure_pipeline(pd.concat([FOUR, OPEN]), period=PERIOD, cycle="closed")
    assert pipeline.table.loc[0, "cycle_days"] == pytest.approx((10 + 30 + 5 + 20) / 4)


def test_what_closes_after_the_period_is_open_in_it() -> None:
    late = deals(("2025-01-20", "2025-02-03", True, 500))
    row = mk.measure_pipeline(pd.concat([FOUR, late]), period=PERIOD).table.iloc[0]
    assert (row["open"], row["closed"]) == (1, 4)


def test_what_opens_after_the_period_is_not_in_it() -> None:
    row = mk.measure_pipeline(pd.concat([FOUR, deals(("2025-03-01", None, None, 9))]), period=PERIOD).table.iloc[0]
    assert row["open"] == 0
    assert row["velocity_per_day"] == 0


def test_nobody_won_makes_no_velocity() -> None:
    lost = deals(("2025-01-01", "2025-01-05", False, 1), ("2025-01-02", None, None, 1))
    row = mk.measure_pipeline(lost).table.iloc[0]
    assert row["win_rate"] == 0
    assert np.isnan(row["velocity_per_day"]) and np.isnan(row["velocity_per_day_low"])


def steady(n: int = 3_000, seed: int = 1) -> pd.DataFrame:
    """A pipeline that neither grows nor shrinks: openings at an even rate, three in ten won, those won slower."""
    rng = np.random.default_rng(seed)
    opened = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.uniform(0, 900, n), "D")
    won = rng.random(n) < 0.3
    closed = opened + pd.to_timedelta(np.where(won, rng.gamma(4, 15, n), rng.gamma(2, 15, n)), "D")
    frame = pd.DataFrame({"opened": opened, "closed": closed, "won": won.astype(object), "value": 1_000.0})
    return frame


def test_in_a_steady_pipeline_velocity_over_all_closed_is_what_is_earned() -> None:
    found = mk.measure_pipeline(steady(), period=("2025-01-01", "2026-05-01"), cycle="closed")
    row = found.table.iloc[0]
    assert row["velocity_per_day_low"] < row["won_per_day"] < row["velocity_per_day_high"]
    usual = mk.measure_pipeline(steady(), period=("2025-01-01", "2026-05-01"), cycle="won").table.iloc[0]
    assert usual["velocity_per_day_high"] < usual["won_per_day"]
    assert any("all closed it would be" in note for note in mk.measure_pipeline(steady()).notes)


def test_segments_add_up_and_have_their_own_numbers() -> None:
    frame = pd.concat([FOUR, OPEN]).assign(segment=["a", "b", "a", "b", "a", "b", None])
    table = mk.measure_pipeline(frame, period=PERIOD, by="segment").table.set_index("segment")
    assert list(table.index) == ["all", "(none)", "a", "b"]
    assert table.loc[["(none)", "a", "b"], ["open", "closed", "won"]].sum().tolist() == [3, 4, 2]
    assert table.loc["b", "mean_value"] == 300


def test_words_of_a_status_are_understood() -> None:
    frame = pd.concat([FOUR, OPEN])
    words = frame.assign(status=["Won", "closed won", "Lost", "LOST", "proposal", "open", None]).drop(columns="won")
    pd.testing.assert_frame_equal(
        mk.measure_pipeline(words, period=PERIOD).table, mk.measure_pipeline(frame, period=PERIOD).table
    )


def test_rows_that_cannot_be_used_are_set_apart_by_reason() -> None:
    bad = deals(
        ("never", None, None, 1),
        ("2025-01-02", "2025-01-01", True, 1),
        ("2025-01-02", "2025-01-03", None, 1),
        ("2025-01-02", "some day", True, 1),
        ("2025-01-02", None, True, 1),
        ("2025-01-02", None, None, -5),
    )
    pipeline = mk.measure_pipeline(pd.concat([FOUR, bad]), period=PERIOD)
    assert pipeline.table.loc[0, ["open", "closed"]].tolist() == [0, 4]
    note = next(note for note in pipeline.notes if note.startswith("Rows set apart"))
    for reason in (
        "1 no readable time of opening",
        "1 closed before it was opened",
        "1 closed without won or lost",
        "1 unreadable time of closing",
        "1 won or lost without a time of closing",
        "1 value is not a number, or below 0",
    ):
        assert reason in note


def test_the_interval_holds_the_estimate_and_is_the_same_each_time() -> None:
    first, again = (
        mk.measure_pipeline(steady(500), period=("2025-01-01", "2026-01-01"), seed=3).velocity() for _ in range(2)
    )
    assert first == again
    assert first.low < first.value < first.high
    assert first.unit == "a day"


def test_old_open_ones_are_counted_as_overdue() -> None:
    old = deals(("2024-01-01", None, None, 500))
    assert mk.measure_pipeline(pd.concat([FOUR, old]), period=PERIOD).table.loc[0, "open_overdue"] == 1


def test_what_is_missing_or_wrong_is_said() -> None:
    with pytest.raises(TableError, match="Did you mean 'opend'"):
        mk.measure_pipeline(FOUR.rename(columns={"opened": "opend"}))
    with pytest.raises(OptionError, match="ends before it begins"):
        mk.measure_pipeline(FOUR, period=("2025-02-01", "2025-01-01"))
    with pytest.raises(OptionError, match="is no period"):
        mk.measure_pipeline(FOUR, period="2025")  # type: ignore[arg-type]
    with pytest.raises(OptionError, match="No opportunity can be used"):
        mk.measure_pipeline(FOUR.iloc[:0])
    with pytest.raises(OptionError, match="no segment"):
        mk.measure_pipeline(FOUR).velocity("north")


def test_dates_with_points_are_read_day_first_and_slashes_are_set_apart() -> None:
    deals = pd.DataFrame(
        {
            "opened": ["01.03.2025", "2025-03-02", "05/03/2025"],
            "closed": ["11.03.2025", "2025-03-12", "06/03/2025"],
            "won": ["yes", "no", "yes"],
            "value": [100.0, 200.0, 300.0],
        }
    )
    found = mk.measure_pipeline(deals)
    assert found.table["cycle_days"].iloc[0] == pytest.approx(10)
    assert any("1 no readable time of opening" in note for note in found.notes)


def test_times_that_are_numbers_are_refused_and_not_taken_for_1970() -> None:
    deals = pd.DataFrame({"opened": [1032025], "closed": [15042025], "won": ["yes"], "value": [1.0]})
    with pytest.raises(TableError, match=r"'opened' holds numbers, such as .*1032025.*, and times are needed"):
        mk.measure_pipeline(deals)


def test_a_word_that_says_neither_won_nor_lost_is_told_apart_from_an_empty_cell() -> None:
    row = {"opened": "2025-03-01", "closed": "2025-03-05", "value": 1.0}
    found = mk.measure_pipeline(pd.DataFrame([row | {"won": "yes"}, row | {"won": "ja"}, row | {"won": ""}]))
    notes = " ".join(found.notes)
    assert "1 closed with a word in 'won' that says neither won nor lost" in notes
    assert "1 closed without won or lost" in notes
