"""Seeds dropped: a forest of what the plan loses without each, with whom to replace it."""

from __future__ import annotations

from matplotlib.axes import Axes

from mapkit.ecosystems.spread import SeedsDropped
from mapkit.plots.around import Mark, Section, draw_around
from mapkit.plots.names import fitted, shown
from mapkit.plots.numbers import count, nice_ticks, percent
from mapkit.plots.page import Heading
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.spread_of_influence.amounts import amount, interval
from mapkit.plots.style import BAD, OTHER

_MOST_ROWS = 25


@drawing.register
def draw_seeds_dropped(dropped: SeedsDropped, ax: Axes | None = None) -> Axes:
    """Draw a row a seed, the greatest loss first; grey where most of its audience is others' too."""
    rows = dropped.table.head(_MOST_ROWS)
    top = max(float(rows["loss_high"].max()), 1e-9)
    marks = [
        Mark(
            shown(row["name"]),
            row["loss"],
            row["loss_low"],
            row["loss_high"],
            OTHER if row["overlap"] > 0.5 else BAD,
            interval(row["loss"], row["loss_low"], row["loss_high"]),
            f"{percent(row['overlap'])} shared",
        )
        for row in rows.to_dict("records")
    ]
    ticks = [(tick, amount(tick)) for tick in nice_ticks(top, 3)]
    return draw_around(ax, _heading(dropped), [Section("", marks, ticks)], span=(0.0, top * 1.04))


def _heading(dropped: SeedsDropped) -> Heading:
    first = dropped.table.iloc[0]
    title = f"Without {fitted(first['name'], 150)} the plan loses {percent(first['of_plan'])} of its reach"
    subtitle = (
        f"{dropped.unit} that nobody else among {count(len(dropped.table))} seeds reaches, of"
        f" {amount(dropped.spread)} reached by all · 95% intervals · {count(dropped.sets)} reverse-reachable sets"
    )
    note = "Shared: of those a seed reaches, who is reached by others of the plan too; grey where more than half."
    note += f" {_replaced(dropped)}"
    hidden = len(dropped.table) - _MOST_ROWS
    note += f" Not drawn: {hidden} seeds with smaller losses." if hidden > 0 else ""
    return Heading(title, subtitle, note)


def _replaced(dropped: SeedsDropped) -> str:
    """Say who replaces the seed with the greatest loss."""
    first = dropped.table.iloc[0]
    if not isinstance(first["replacement_name"], str):
        return "Nobody is left to replace it."
    return (
        f"Best in place of the first: {fitted(first['replacement_name'], 140)}, restores {amount(first['restores'])}."
    )


@sentence.register
def say_seeds_dropped(dropped: SeedsDropped) -> str:
    """Say what the greatest losses are."""
    named = "; ".join(f"{shown(row['name'])} {amount(row['loss'])}" for row in dropped.table.head(5).to_dict("records"))
    return f"Forest of what a plan that reaches {amount(dropped.spread)} {dropped.unit} loses without a seed: {named}."
