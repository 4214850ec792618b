"""Value so far: how much of it the top tenth of purchasers brings, or what customers of each segment brought."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes

from mapkit.journeys.value.historic import HistoricValue
from mapkit.plots.names import fitted, shown, width_of
from mapkit.plots.numbers import count, percent
from mapkit.plots.page import Heading, nothing_to_draw, say
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.rows import COLUMN_GAP, name_column, open_rows, scale, whisker
from mapkit.plots.style import BLUE, INK, LABEL, QUIET, SKY, SMALL
from mapkit.plots.value.amounts import Amount, draw_amounts, money, money_interval
from mapkit.plots.wording import level, quoted

_ROW, _SCALE = 21.0, 18.0
_NOTE = "The past, no forecast: customers who came late had less time to buy."
_NAMES = ("top tenth", "2nd tenth", "3rd tenth", *(f"{k}th tenth" for k in range(4, 11)))


@drawing.register
def draw_historic_value(value: HistoricValue, ax: Axes | None = None) -> Axes:
    """Draw each tenth of purchasers with its share of value; with a split, the value of a customer by segment."""
    if value.table.empty or not value.table["purchasers"].sum() > 0:
        return nothing_to_draw(ax, value.title, "nobody has bought")
    if value.breakdown is not None:
        return _by_segment(value, ax)
    row, unit = value.table.iloc[0], value.currency
    if value.deciles.empty or not value.deciles["of_value"].notna().all():
        return nothing_to_draw(ax, value.title, f"{count(row['purchasers'])} purchasers make no tenths")
    title = f"Top tenth of {count(row['purchasers'])} purchasers:"
    title += f" {quoted(row, 'top_decile_of_value')} of value"
    mean = _mean(row, "value_per_purchaser")
    subtitle = f"value {money(row['value'], unit)}, margin {value.margin:g} · mean of a purchaser"
    subtitle += f" {money_interval(mean, unit)}, median {money(row['median_per_purchaser'], unit)} · {level(value)}"
    return _deciles(value, ax, Heading(title, subtitle, _NOTE))


def _deciles(value: HistoricValue, ax: Axes | None, heading: Heading) -> Axes:
    rows, unit = value.deciles, value.currency
    spans = [f"{money(row['least'])} to {money(row['most'], unit)}" for row in rows.to_dict("records")]
    figures = max(width_of(text, SMALL) for text in spans) + COLUMN_GAP + 80
    names = name_column(max(width_of(name) for name in _NAMES), figures)
    top = max(rows["of_value"].max(), value.table["top_decile_of_value_high"].iloc[0], 0.05)
    height = _ROW * len(rows) + _SCALE
    ax = open_rows(ax, heading, height=height, names=names, figures=figures, top=top)
    scale(ax, top, 0, height - _SCALE)
    for k, (name, row, span) in enumerate(zip(_NAMES, rows.to_dict("records"), spans, strict=True)):
        y, first = _ROW * (k + 0.5), k == 0
        say(ax, 0, y, name, at="row", bold=first)
        ax.barh(y, max(row["of_value"], 0), height=_ROW * 0.66, color=BLUE if first else SKY, zorder=2)
        end = max(row["of_value"], 0)
        if first:
            low, high = (value.table[f"top_decile_of_value_{side}"].iloc[0] for side in ("low", "high"))
            whisker(ax, low, high, y)
            end = max(end, high)
        say(ax, end, y, percent(row["of_value"]), dx=6, size=LABEL, bold=first, colour=INK)
        say(ax, top, y, span, dx=figures, size=SMALL, colour=QUIET, align="right")
    return ax


def _by_segment(value: HistoricValue, ax: Axes | None) -> Axes:
    name = "value_per_customer"
    table = value.table.sort_values("value_per_customer", ascending=False, kind="stable")
    rows = [
        Amount(str(row["segment"]), row[name], row[f"{name}_low"], row[f"{name}_high"], int(row["customers"]))
        for row in table.to_dict("records")
    ]
    title = f"Value of a customer so far, by {fitted(value.breakdown, 120)}"
    if len(rows) > 1 and all(rows[0].low > row.high for row in rows[1:]):
        title = (
            f"{fitted(rows[0].name, 150)} are worth most so far: {money_interval(rows[0], value.currency)} a customer"
        )
    n = f"n = {count(value.table['customers'].sum())}"
    subtitle = f"mean over all customers of the segment, buyers or not · margin {value.margin:g} · {n} · {level(value)}"
    return draw_amounts(ax, Heading(title, subtitle, _NOTE), rows, value.currency)


def _mean(row: Any, name: str) -> Amount:
    return Amount("", float(row[name]), float(row[f"{name}_low"]), float(row[f"{name}_high"]), 0)


@sentence.register
def say_historic_value(value: HistoricValue) -> str:
    """Say the value of a customer, and of the top tenth, in one sentence."""
    if value.table.empty or not value.table["purchasers"].sum() > 0:
        return "Value so far with nothing to draw: nobody has bought."
    parts = []
    for row in value.table.to_dict("records"):
        mean = _mean(row, "value_per_customer")
        who = f"{shown(row['segment'])}: " if value.breakdown is not None else ""
        top = row["top_decile_of_value"]
        said = f", top tenth of purchasers {percent(top)} of value" if top == top else ""
        parts.append(f"{who}{money_interval(mean, value.currency)} a customer of {count(row['customers'])}{said}")
    return f"Value of customers so far. {'; '.join(parts)}."
