"""Customer value: who is probably still a customer, or what customers of each segment will be worth."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from mapkit.errors import OptionError, one_of
from mapkit.journeys.value.customer_value import CustomerValue
from mapkit.plots.names import fitted, shown
from mapkit.plots.numbers import count, duration, percent
from mapkit.plots.page import Heading, nothing_to_draw
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.style import THIN_N
from mapkit.plots.value.amounts import Amount, draw_amounts, money_interval
from mapkit.plots.value.cells import Cell, Line, draw_cells
from mapkit.plots.wording import level

View = Literal["alive", "value"]
_BINS, _MOST = 7, 7
_MODEL = "A model's expectation, not a promise: BG/NBD, Gamma-Gamma. Only customers who bought."


@drawing.register
def draw_customer_value(value: CustomerValue, ax: Axes | None = None, *, view: View | None = None) -> Axes:
    """Draw P(alive) by purchases and time since the last ("alive"), or the worth of a customer by segment ("value").

    Without ``view``: "value" for a result that is split by segment, else "alive".
    """
    if view is not None:
        one_of(view, ("alive", "value"), "view")
    if value.table.empty or not value.table["p_alive"].notna().any():
        return nothing_to_draw(ax, value.title, "no model could be fitted")
    if (view or ("value" if value.breakdown is not None else "alive")) == "alive":
        return _alive(value, ax)
    if not value.has_value:
        raise OptionError('There was no money to value purchases with, so only view="alive" can be drawn.')
    return _worth(value, ax)


def _worth(value: CustomerValue, ax: Axes | None) -> Axes:
    rows = _amounts(value)
    title = f"Expected worth of a customer within {duration(value.horizon_seconds)}"
    if len(rows) > 1 and all(rows[0].low > row.high for row in rows[1:]):
        title = f"{fitted(rows[0].name, 130)} will be worth most: {money_interval(rows[0], value.currency)} a customer"
    subtitle = f"mean CLV within {duration(value.horizon_seconds)} · margin {value.margin:g}, discount"
    subtitle += f" {100 * value.discount:.3g}% a year · n = {count(len(value.table))} · {level(value)}"
    return draw_amounts(ax, Heading(title, subtitle, _MODEL), rows, value.currency)


def _amounts(value: CustomerValue) -> list[Amount]:
    table = value.segments.sort_values("clv_mean", ascending=False, kind="stable")
    return [
        Amount(str(row["segment"]), row["clv_mean"], row["clv_mean_low"], row["clv_mean_high"], int(row["customers"]))
        for row in table.to_dict("records")
    ]


def _alive(value: CustomerValue, ax: Axes | None) -> Axes:
    table = value.table[value.table["p_alive"].notna()]
    silent, edges = _binned(table["T"] - table["recency"])
    bought = table["frequency"].clip(upper=_MOST).astype(int)
    cells = table.assign(silent=silent, bought=bought).groupby(["bought", "silent"])["p_alive"].agg(["mean", "size"])
    kept = sorted(set(silent))
    columns = [_span(edges, k, value.unit) for k in kept]
    lines = [
        Line(f"{x}{'+' if x == _MOST else ''}", [_cell(cells, x, k) for k in kept])
        for x in sorted(set(bought), reverse=True)
    ]
    n, alive = len(table), float(table["p_alive"].mean())
    title = f"About {percent(alive)} of {count(n)} customers are still customers, by the model"
    subtitle = f"mean P(alive), and how many customers, by repeat purchases and time since the last · n = {count(n)}"
    note = f"{_MODEL} Without a repeat purchase the model knows no leaving: 100%. Pale: fewer than {THIN_N}."
    return draw_cells(ax, Heading(title, subtitle, note), columns, lines,
                      across="since the last purchase", down="repeats")  # fmt: skip


def _binned(silent: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Return each customer's bin of silence: equal numbers of customers in each, as far as values allow."""
    edges = np.unique(np.quantile(silent, np.linspace(0, 1, _BINS + 1)))
    if len(edges) < 2:
        return np.zeros(len(silent), dtype=int), np.array([edges[0], edges[0]])
    return np.clip(np.searchsorted(edges, silent, side="right") - 1, 0, len(edges) - 2), edges


def _span(edges: np.ndarray, k: int, unit: str) -> tuple[str, str]:
    decimals = 1 if edges[-1] < 20 else 0
    return f"{edges[k]:,.{decimals}f} to {edges[k + 1]:,.{decimals}f}", f"{unit}s"


def _cell(cells: pd.DataFrame, x: int, silent: int) -> Cell | None:
    if (x, silent) not in cells.index:
        return None
    mean, size = (float(cells[name].loc[(x, silent)]) for name in ("mean", "size"))
    return Cell(percent(mean), f"n {count(size)}", mean, size < THIN_N)


@sentence.register
def say_customer_value(value: CustomerValue) -> str:
    """Say what customers are expected to be worth, or to buy, in one sentence."""
    if value.table.empty or not value.table["p_alive"].notna().any():
        return "Customer value with nothing to draw: no model could be fitted."
    within = f"within {duration(value.horizon_seconds)}"
    alive = f"About {percent(value.table['p_alive'].mean())} of {count(len(value.table))} customers are still customers"
    if not value.has_value:
        bought = value.table["expected_purchases"].sum()
        return f"{alive}; {count(bought)} purchases are expected {within}."
    split = value.breakdown is not None
    parts = [
        f"{shown(row.name) if split else 'all'} {money_interval(row, value.currency)} of {count(row.n)}"
        for row in _amounts(value)
    ]
    return f"{alive}. Mean worth of a customer {within}: {'; '.join(parts)}."
