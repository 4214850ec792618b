"""Comparison: differences with their whiskers around zero; two keys and many rows make a heat map."""

from __future__ import annotations

import math
from numbers import Number
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from mapkit.plots.around import Mark, Section, draw_around
from mapkit.plots.comparison_heat import draw_heat
from mapkit.plots.names import fitted, shown
from mapkit.plots.numbers import count, duration, nice_ticks, percent
from mapkit.plots.page import Heading, nothing_to_draw
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.style import BAD, GOOD, OTHER, THIN_N
from mapkit.plots.wording import level
from mapkit.statistics import Comparison

_MOST_ROWS, _HEAT_FROM = 30, 24
_COLOURS = {"higher": GOOD, "lower": BAD}


@drawing.register
def draw_comparison(comparison: Comparison, ax: Axes | None = None) -> Axes:
    """Draw each difference with its interval, grouped by quantity: blue higher, vermilion lower, grey cannot tell."""
    table = comparison.table[comparison.table["difference"].notna()]
    if table.empty:
        return nothing_to_draw(ax, comparison.title, "the two have no number in common")
    one = table["quantity"].nunique() == 1
    if len(comparison.keys) == 2 and one and len(table) > _HEAT_FROM:
        return draw_heat(comparison, ax, heading_of(comparison, len(table)))
    drawn = _largest(table)
    sections = []
    for quantity, rows in drawn.groupby("quantity", sort=False):
        unit = str(rows["unit"].iloc[0])
        reach = _reach(drawn[drawn["unit"] == unit])
        ticks = [(0.0, "0")]
        for tick in nice_ticks(reach * (100 if unit == "share" else 1), 2)[1:]:
            at = tick / (100 if unit == "share" else 1)
            ticks += [(at / reach, _number(at, unit)), (-at / reach, _number(-at, unit))]
        marks = [_mark(row, comparison, reach, unit) for row in rows.to_dict("records")]
        sections.append(Section("" if one else _plain(quantity), marks, ticks))
    return draw_around(ax, heading_of(comparison, len(drawn)), sections)


def heading_of(comparison: Comparison, drawn: int) -> Heading:
    """Return the finding as a title, what is compared with what, and the cautions."""
    table, (a, b) = comparison.table, (fitted(name, 130) for name in comparison.names)
    known = table["difference"].notna()
    quantities = table["quantity"].unique()
    surest = comparison.differing
    if surest.empty and (table["verdict"] == "too few").all():
        title = f"{a} against {b}: too few to judge"
    elif surest.empty:
        title = f"No difference between {a} and {b} that chance could not make"
    else:
        row = surest.iloc[0]
        name = fitted(_name(row, comparison), 150)
        name += f" {_plain(row['quantity'])}" if len(quantities) > 1 and comparison.keys else ""
        points = " points" if row["unit"] == "share" else ""
        title = f"{count(len(surest))} of {count(known.sum())} differ; surest: {name} {_written(row)}{points}"
    what = f"{_plain(quantities[0])}, " if len(quantities) == 1 else ""
    n = max(table["n_a"].max(), 0), max(table["n_b"].max(), 0)
    points = ", in points" if (table["unit"] == "share").all() else ""
    subtitle = f"{what}{a} minus {b}{points} · n up to {count(n[0])} and {count(n[1])} · {level(comparison)}"
    hidden = int(known.sum()) - drawn
    note = "Blue: higher, vermilion: lower, all rows judged together (Benjamini-Hochberg); grey: cannot tell."
    note += " Association, not cause."
    note += f" The {hidden:,} smallest differences are not drawn." if hidden > 0 else ""
    apart = int((~known).sum())
    note += f" Found in only one of the two, or unknown: {apart:,}." if apart else ""
    return Heading(title, subtitle, note)


def _largest(table: pd.DataFrame) -> pd.DataFrame:
    if len(table) <= _MOST_ROWS:
        return table
    # What is sure comes first, then what is large on its own unit's scale.
    sure = table["verdict"].isin(list(_COLOURS))
    size = table["difference"].abs() / table.groupby("unit")["difference"].transform(lambda each: each.abs().max())
    order = pd.DataFrame({"sure": sure, "size": size}).sort_values(["sure", "size"], ascending=False)
    return table.loc[sorted(order.index[:_MOST_ROWS])]


def _reach(rows: pd.DataFrame) -> float:
    """Return how far the scale goes: to the widest whisker, unless a few thin rows would press the others flat."""
    ends = rows[["low", "high"]].abs().max(axis=1).fillna(rows["difference"].abs())
    ends = ends[ends.map(math.isfinite)]
    if ends.empty:
        return 1.0
    reach = max(float(rows["difference"].abs().max()), min(float(ends.max()), 2.5 * float(ends.median())))
    return reach if reach > 0 else 1.0


def _mark(row: dict[Any, Any], comparison: Comparison, reach: float, unit: str) -> Mark:
    at, low, high = (row[name] / reach for name in ("difference", "low", "high"))
    values = f"{_value(row['value_a'], unit)} vs {_value(row['value_b'], unit)}"
    thin = min(row["n_a"], row["n_b"]) < THIN_N
    colour = _COLOURS.get(row["verdict"], OTHER)
    return Mark(_name(row, comparison), at, low, high, colour, _written(row), values, thin)


def _name(row: Any, comparison: Comparison) -> str:
    return " · ".join(_keyed(key, row[key]) for key in comparison.keys) or _plain(row["quantity"])


def _keyed(key: str, value: object) -> str:
    # "3" alone says nothing; "period 3" does.
    return f"{shown(key)} {shown(value)}" if isinstance(value, Number) else shown(value)


def _plain(quantity: object) -> str:
    return shown(quantity).replace("_", " ")


def _written(row: Any) -> str:
    unit = str(row["unit"])
    number = _number(row["difference"], unit)
    if not (math.isfinite(row["low"]) and math.isfinite(row["high"])):
        return number
    return f"{number} [{_number(row['low'], unit)}, {_number(row['high'], unit)}]"


def _number(value: float, unit: str) -> str:
    if unit in ("share", "points"):
        points = 100 * value
        return f"{points:+.{0 if abs(points) >= 10 else 1 if abs(points) >= 0.1 or not points else 2}f}"
    if unit == "seconds":
        return ("+" if value > 0 else "−" if value < 0 else "") + duration(abs(value)).replace(" ", "\u00a0")
    return f"{value:+,.3g}"


def _value(value: float, unit: str) -> str:
    if unit in ("share", "points"):
        return percent(value) if unit == "share" else f"{100 * value:+.1f}"
    return duration(value) if unit == "seconds" else f"{value:,.3g}"


@sentence.register
def say_comparison(comparison: Comparison) -> str:
    """Say how many differ and the surest of them, in one sentence."""
    if comparison.table["difference"].notna().sum() == 0:
        return "Comparison with nothing to draw: the two have no number in common."
    named = "; ".join(
        f"{_name(row, comparison)} {_plain(row['quantity'])} {_written(row)}"
        for row in comparison.differing.head(5).to_dict("records")
    )
    title = heading_of(comparison, len(comparison.table)).title
    return f"Differences with whiskers around zero. {title}." + (f" The surest: {named}." if named else "")
