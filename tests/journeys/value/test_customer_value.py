"""Expected purchases and worth: planted truth comes back, uncertainty is said, thin data is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mapkit import compare
from mapkit.errors import OptionError, TableError
from mapkit.journeys.value import measure_customer_value, measure_value_calibration, summarise_purchases
from tests.journeys.value.shelf import cdnow, cdnow_orders, harbour
from tests.literal import events


def drawn(customers: int, seed: int, *, mean: float = 20.0) -> pd.DataFrame:
    """A summary drawn from BG/NBD with r=.8, alpha=20, a=.8, b=3 (days), seen for up to a year."""
    draw = np.random.default_rng(seed)
    rate, leaving = draw.gamma(0.8, 1 / 20, customers), draw.beta(0.8, 3, customers)
    rows = []
    for who in range(customers):
        age, now, last, x = draw.uniform(60, 365), 0.0, 0.0, 0
        while (now := now + draw.exponential(1 / max(rate[who], 1e-9))) <= age:
            last, x = now, x + 1
            if draw.random() < leaving[who]:
                break
        own = mean * draw.gamma(8, 1 / 8)
        rows.append((f"c{who}", x, last, age, draw.gamma(4 * x, own / 4) / x if x else np.nan))
    return pd.DataFrame(rows, columns=["customer", "frequency", "recency", "T", "monetary_value"])


def test_cdnow_is_worth_what_its_parameters_say() -> None:
    value = measure_customer_value(cdnow(), unit="week", horizon="39w")
    r = value.parameter("r")
    assert (r.value, r.n) == (pytest.approx(0.2426, abs=1e-4), 2_357)
    assert r.low < r.value < r.high
    assert value.parameter("q").value == pytest.approx(3.74, abs=0.01)
    first = value.table.set_index("customer").loc[1]
    assert first["expected_purchases"] == pytest.approx(1.226, abs=1e-3)
    assert first["p_alive"] == pytest.approx(0.7266, abs=1e-4)
    assert first["clv"] == pytest.approx(first["expected_purchases"] * first["expected_value"])


def test_cdnows_transactions_give_the_same_as_its_summary() -> None:
    value = measure_customer_value(cdnow_orders(), unit="week", end="1997-09-30", horizon="39w")
    assert value.parameter("a").value == pytest.approx(0.7929, abs=1e-3)
    assert value.parameter("log_likelihood").value == pytest.approx(-9582.43, abs=0.02)


def test_harbours_planted_parameters_come_back_by_segment() -> None:
    value = measure_customer_value(harbour().events, granularity="event", end="2026-01-01", by="segment")
    planted, outside = harbour().truth["planted"]["repeat"], 0
    for segment, truth in planted.items():
        for name in ("r", "alpha", "a", "b"):
            found = value.parameter(name, segment)
            wide = (found.high / found.low) ** 0.5  # another interval's width: all twelve at once
            assert found.value / wide**1.3 < truth[name] < found.value * wide**1.3, (segment, name)
            outside += not found.low <= truth[name] <= found.high
    assert outside <= 2
    first = value.table[value.table["frequency"] == 0].groupby("segment")["expected_value"].mean()
    for segment, truth in planted.items():
        assert first[segment] == pytest.approx(truth["mean_value"], rel=0.07)


def test_intervals_of_the_mean_hold_what_was_planted_most_of_the_time() -> None:
    held = 0
    for seed in range(8):
        value = measure_customer_value(drawn(300, seed), horizon="1d", confidence=0.9)
        held += all(
            value.parameter(name).low <= truth <= value.parameter(name).high
            for name, truth in (("r", 0.8), ("alpha", 20))
        )
    assert held >= 5


def test_a_customers_interval_holds_its_number_and_widens_with_confidence() -> None:
    summary = drawn(300, 1)
    wide, narrow = (measure_customer_value(summary, confidence=c).table for c in (0.99, 0.8))
    for name in ("expected_purchases", "p_alive", "expected_value", "clv"):
        assert (wide[f"{name}_low"] <= wide[name]).all() and (wide[name] <= wide[f"{name}_high"]).all()
        assert (wide[f"{name}_low"] <= narrow[f"{name}_low"] + 1e-12).all()
    assert wide["p_alive"].between(0, 1).all() and wide["p_alive_high"].max() <= 1


def test_margin_scales_worth_and_discount_lowers_it() -> None:
    summary = drawn(300, 2)
    plain = measure_customer_value(summary)
    kept = measure_customer_value(summary, margin=0.4)
    later = measure_customer_value(summary, discount=0.1)
    assert kept.table["clv"].to_numpy() == pytest.approx(0.4 * plain.table["clv"].to_numpy())
    ratio = later.mean_clv().value / plain.mean_clv().value
    assert 1 / 1.1 < ratio < 1


def test_fewer_than_thirty_who_bought_again_are_refused() -> None:
    with pytest.raises(TableError, match=r"1 of 2 customers bought again.*need 30"):
        measure_customer_value(events("ann: purchase@1d{value=1} purchase@3d{value=1}", "bob: purchase@1d{value=2}"))


def test_a_thin_segment_is_left_out_and_said() -> None:
    summary = pd.concat([drawn(300, 3).assign(kind="many"), drawn(8, 4).assign(kind="few")], ignore_index=True)
    value = measure_customer_value(summary, by="kind")
    assert value.table.loc[value.table["segment"] == "few", "clv"].isna().all()
    assert any("Too few customers bought again (few)" in note for note in value.notes)
    assert value.mean_clv("many").n == 300
    with pytest.raises(OptionError, match="Which segment"):
        value.mean_clv()


def test_without_money_purchases_are_predicted_and_worth_is_not_known() -> None:
    value = measure_customer_value(drawn(300, 5).drop(columns="monetary_value"))
    assert value.table["expected_purchases"].notna().all()
    assert value.table["clv"].isna().all() and not value.has_value
    assert any("clv is not known" in note for note in value.notes)


def test_value_that_follows_frequency_is_cautioned_against() -> None:
    summary = drawn(400, 6)
    tied = summary.assign(monetary_value=10 + 5 * summary["frequency"])
    assert any("are correlated" in note for note in measure_customer_value(tied).notes)
    assert not any("are correlated" in note for note in measure_customer_value(summary).notes)


def test_two_customer_bases_are_compared_by_their_mean_worth() -> None:
    dear, cheap = (measure_customer_value(drawn(400, 7, mean=mean)) for mean in (40.0, 20.0))
    table = compare(dear, cheap).table
    assert table.loc[0, "verdict"] == "higher"
    assert table.loc[0, "difference"] == pytest.approx(dear.mean_clv().value - cheap.mean_clv().value)
    with pytest.raises(OptionError, match="horizon"):
        compare(dear, measure_customer_value(drawn(300, 8), horizon="30d"))


def test_options_that_make_no_sense_are_refused() -> None:
    summary = drawn(100, 9)
    for options in ({"horizon": "0d"}, {"margin": 0}, {"discount": -0.1}, {"confidence": 95}, {"unit": "month"}):
        with pytest.raises(OptionError):
            measure_customer_value(summary, **options)


def test_harbours_totals_are_predicted_within_chance() -> None:
    calibration = measure_value_calibration(
        harbour().events, split="2025-09-01", end="2026-01-01", granularity="event", by="segment"
    )
    for segment in ("households", "students", "offices"):
        ratio = calibration.calibrates(segment)
        assert ratio.low < 1 < ratio.high, segment
        assert ratio.unit == "times"
    made = calibration.table.groupby("segment")["actual_total"].sum()
    every = summarise_purchases(harbour().events, granularity="event", end="2026-01-01", by="segment").table
    known = every[every["first_time"] <= pd.Timestamp("2025-09-01")]
    before = summarise_purchases(harbour().events, granularity="event", end="2025-09-01", by="segment").table
    later = known.groupby("segment")["frequency"].sum() - before.groupby("segment")["frequency"].sum()
    assert made.to_dict() == later.to_dict()


def test_calibration_needs_time_after_the_split() -> None:
    with pytest.raises(OptionError, match="leaves no time"):
        measure_value_calibration(harbour().events, split="2026-02-01")
    with pytest.raises(TableError, match="Choose a later split"):
        measure_value_calibration(harbour().events, split="2025-01-05")
