"""Calibration of the value model: purchases that were made, with intervals, against those that were predicted."""

from __future__ import annotations

from matplotlib.axes import Axes

from mapkit.journeys.value.calibration import ValueCalibration
from mapkit.plots.names import shown
from mapkit.plots.numbers import count
from mapkit.plots.page import Heading, nothing_to_draw
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.style import THIN_N
from mapkit.plots.value.amounts import Amount, draw_amounts, money
from mapkit.plots.wording import level


@drawing.register
def draw_calibration(result: ValueCalibration, ax: Axes | None = None) -> Axes:
    """Draw a row for each number of purchases before: the actual mean after with its interval, the predicted one."""
    if result.table.empty:
        return nothing_to_draw(ax, result.title, "there are no customers to predict")
    rows = [
        Amount(
            _bought(row["purchases_before"]),
            row["actual"],
            row["actual_low"],
            row["actual_high"],
            int(row["customers"]),
            row["predicted"],
            shown(row["segment"]) if result.breakdown is not None else "",
        )
        for row in result.table.to_dict("records")
    ]
    n = count(result.totals["customers"].sum())
    subtitle = f"mean purchases, {_period(result)}, by repeats before · n = {n} · {level(result)}"
    note = f"Dot: actual, with interval. Diamond: predicted from before. Faded: fewer than {THIN_N} customers."
    return draw_amounts(ax, Heading(_title(result), subtitle, note), rows)


def _title(result: ValueCalibration) -> str:
    if len(result.totals) > 1:
        return "Purchases made and purchases predicted, by segment"
    row = result.totals.iloc[0]
    low, high = row["actual_of_predicted_low"], row["actual_of_predicted_high"]
    made = f"{count(row['actual_total'])} purchases were made, {count(row['predicted_total'])} predicted"
    if high < 1 or low > 1:
        return f"The model is off: {made}"
    return f"{made}: within chance"


def _period(result: ValueCalibration) -> str:
    return f"{result.split:%Y-%m-%d} to {result.end:%Y-%m-%d}" if result.split and result.end else "after the split"


def _bought(before: str) -> str:
    return f"{before} repeat{'' if before == '1' else 's'}"


@sentence.register
def say_calibration(result: ValueCalibration) -> str:
    """Say how purchases made compare with those predicted, in one sentence."""
    if result.table.empty:
        return "Calibration with nothing to draw: there are no customers to predict."
    parts = []
    for row in result.totals.to_dict("records"):
        who = f"{shown(row['segment'])}: " if result.breakdown is not None else ""
        ends = f"[{money(row['actual_of_predicted_low'])}, {money(row['actual_of_predicted_high'])}]"
        ratio = f"{money(row['actual_of_predicted'])} {ends} times the prediction"
        parts.append(f"{who}{count(row['actual_total'])} made, {count(row['predicted_total'])} predicted, {ratio}")
    return f"Purchases {_period(result)}. {'; '.join(parts)}."
