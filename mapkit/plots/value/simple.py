"""Simple value: a customer's worth by two formulas that go by one name."""

from __future__ import annotations

from matplotlib.axes import Axes

from mapkit.journeys.value.simple import SimpleValue
from mapkit.plots.names import fitted
from mapkit.plots.page import Heading, say
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.rows import COLUMN_GAP, WIDEST_NAMES, name_column, open_rows, whisker
from mapkit.plots.style import BLUE, INK, LABEL, QUIET, SMALL
from mapkit.plots.value.amounts import Amount, money, money_interval

_ROW = 34.0


@drawing.register
def draw_simple_value(result: SimpleValue, ax: Axes | None = None) -> Axes:
    """Draw a row a formula: the worth of a customer with its interval."""
    rows = [
        Amount(row["formula"], row["value"], row["low"], row["high"], int(row["n"]), head=row["counts"])
        for row in result.table.to_dict("records")
    ]
    ends = [end for row in rows for end in (row.value, row.high) if 0 < end < float("inf")]
    unit = fitted(result.unit, 60)
    figures = max(len(money_interval(row, unit)) for row in rows) * 6.2 + COLUMN_GAP
    names = name_column(WIDEST_NAMES, figures)
    first, other = rows[0], rows[-1]
    title = f"A customer is worth {money(other.value)} or {money(first.value, unit)}, by the formula"
    subtitle = f"margin {result.margin:g} · discount {100 * result.discount:.3g}% a period"
    note = "Both formulas take churn as the same for everybody in every period."
    height, top = _ROW * len(rows), max(ends or [1.0])
    ax = open_rows(ax, Heading(title, subtitle, note), height=height, names=names, figures=figures, top=top)
    for k, row in enumerate(rows):
        y = _ROW * (k + 0.5)
        say(ax, 0, y, fitted(row.name, names - COLUMN_GAP), at="row", dy=6, size=LABEL)
        say(ax, 0, y, fitted(row.head, names - COLUMN_GAP, SMALL), at="row", dy=-7, size=SMALL, colour=QUIET)
        if row.value < float("inf"):
            ax.barh(y, row.value, height=_ROW * 0.5, color=BLUE, zorder=2)
        if row.low == row.low and row.high < float("inf"):
            whisker(ax, row.low, row.high, y)
        say(ax, top, y, money_interval(row, unit), dx=COLUMN_GAP, size=SMALL, bold=True, colour=INK)
    return ax


@sentence.register
def say_simple_value(result: SimpleValue) -> str:
    """Say both numbers in one sentence."""
    parts = [
        f"{row['formula']} {money_interval(Amount('', row['value'], row['low'], row['high'], 0), result.unit)}"
        for row in result.table.to_dict("records")
    ]
    return f"Worth of a customer by formula: {'; '.join(parts)}."
