"""Pictures of value: what they say in words, where their marks stand, and that odd data does not break them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mapkit.errors import OptionError
from mapkit.journeys.value import (
    CustomerValue,
    HistoricValue,
    ValueCalibration,
    measure_customer_value,
    measure_historic_value,
    measure_simple_value,
)
from mapkit.plots import blank_page, describe, plot, render_picture
from tests.literal import events
from tests.plots.made import NASTY, said, texts


def paid(customers: int = 40, segment: str | None = None) -> HistoricValue:
    more = f", kind={segment}" if segment else ""
    log = events(*(f"c{k}: purchase@{k}h{{value={k + 1}, currency=EUR{more}}}" for k in range(customers)))
    return measure_historic_value(log, by="kind" if segment else None)


def summary(customers: int = 240) -> pd.DataFrame:
    draw = np.random.default_rng(3)
    age = draw.uniform(50, 360, customers)
    x = np.minimum(draw.poisson(age / 60), 12)
    recency = np.where(x > 0, age * draw.uniform(0.1, 1, customers), 0)
    frame = pd.DataFrame({"customer": range(customers), "frequency": x, "recency": recency, "T": age})
    return frame.assign(
        monetary_value=draw.gamma(4, 5, customers), kind=np.where(draw.random(customers) < 0.3, "b", "a")
    )


def calibration(rows: list[tuple[str, int, float, float]]) -> ValueCalibration:
    """Rows of (purchases before, customers, predicted, actual)."""
    table = pd.DataFrame(rows, columns=["purchases_before", "customers", "predicted", "actual"])
    table = table.assign(actual_low=table["actual"] - 0.2, actual_high=table["actual"] + 0.2)
    predicted, actual = (float((table[name] * table["customers"]).sum()) for name in ("predicted", "actual"))
    ratio = actual / predicted
    totals = {"segment": "all", "customers": table["customers"].sum(), "predicted_total": predicted, "mae": 0.1,
              "actual_total": int(actual), "actual_of_predicted": ratio, "actual_of_predicted_low": ratio - 0.1,
              "actual_of_predicted_high": ratio + 0.1}  # fmt: skip
    return ValueCalibration("Calibration", table, totals=pd.DataFrame([totals]))


def test_the_top_tenth_is_the_title_with_its_interval_and_n() -> None:
    value = paid()
    ax = plot(value, blank_page())
    assert any(text.startswith("Top tenth of 40 purchasers: ") for text in texts(ax))
    bars = [bar.get_width() for bar in ax.patches]
    assert bars == pytest.approx(value.deciles["of_value"].tolist())
    assert "The past, no forecast" in said(ax)


def test_value_by_segment_stands_at_its_mean() -> None:
    value = paid(segment="x")
    ax = plot(value, blank_page())
    dots = [line.get_xdata()[0] for line in ax.lines if line.get_marker() == "o"]
    assert dots == [value.per_customer("x").value]
    assert "of 40" in texts(ax)


def test_the_chance_of_being_alive_is_a_table_with_its_counts() -> None:
    value = measure_customer_value(summary())
    ax = plot(value, blank_page())
    shown = " ".join(texts(ax))
    assert "since the last purchase" in shown and "100%" in shown
    counts = [int(text[2:]) for text in texts(ax) if text.startswith("n ")]
    assert sum(counts) == 240
    assert "not a promise" in shown


def test_the_worth_of_segments_has_whiskers() -> None:
    value = measure_customer_value(summary(), by="kind")
    ax = plot(value, blank_page())
    whiskers = [list(line.get_xdata()) for line in ax.lines if line.get_marker() == "|"]
    ends = value.segments.sort_values("clv_mean", ascending=False)[["clv_mean_low", "clv_mean_high"]].to_numpy()
    assert np.array(whiskers) == pytest.approx(ends)


def test_a_view_without_money_is_refused_with_the_other() -> None:
    value = measure_customer_value(summary().drop(columns="monetary_value"))
    assert "nothing" not in said(plot(value, blank_page()))
    with pytest.raises(OptionError, match='only view="alive"'):
        plot(value, blank_page(), view="value")
    with pytest.raises(OptionError, match="view='worth'"):
        plot(value, blank_page(), view="worth")


def test_predicted_and_actual_stand_in_one_row() -> None:
    result = calibration([("0", 300, 0.5, 0.52), ("1", 12, 1.5, 1.2), ("7+", 80, 4.0, 4.1)])
    ax = plot(result, blank_page())
    diamonds = [line.get_xdata()[0] for line in ax.lines if line.get_marker() == "D"]
    assert diamonds == [0.5, 1.5, 4.0]
    assert "within chance" in said(ax) and "7+ repeats" in texts(ax)
    faded = [line.get_alpha() for line in ax.lines if line.get_marker() == "o"]
    assert faded == [1.0, 0.4, 1.0]


def test_a_model_that_is_off_is_called_off() -> None:
    assert "The model is off" in said(plot(calibration([("0", 300, 0.5, 0.9)]), blank_page()))
    assert "1.80 [1.70, 1.90] times the prediction" in describe(calibration([("0", 300, 0.5, 0.9)]))


def test_both_formulas_are_named() -> None:
    ax = plot(measure_simple_value(arpu=20, churn=0.1), blank_page())
    assert {"margin/churn", "retained margin", "with the first period"} <= set(texts(ax))


def test_nothing_gives_a_page_that_says_so() -> None:
    assert "nothing to draw" in said(plot(measure_historic_value(events("a: purchase@1{value=1}")), blank_page()))
    assert "nothing to draw" in said(plot(CustomerValue("v", pd.DataFrame({"p_alive": []})), blank_page()))
    assert "nothing to draw" in said(plot(ValueCalibration("v", pd.DataFrame()), blank_page()))


@pytest.mark.parametrize("name", NASTY.values(), ids=NASTY)
def test_any_name_of_a_segment_can_be_drawn(name: str) -> None:
    value = paid(segment="x")
    table = value.table.assign(segment=name)
    odd = HistoricValue("Value", table, currency=name, breakdown=name, deciles=value.deciles, periods=value.periods)
    assert render_picture(odd, dpi=30)
    assert describe(odd)
