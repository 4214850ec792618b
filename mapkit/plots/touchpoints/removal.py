"""Removal: the share of outcomes that would go with a touchpoint, in all and by segment."""

from __future__ import annotations

from matplotlib.axes import Axes

from mapkit.maps.touchpoints import TouchpointRemoval
from mapkit.plots.around import Mark, Section, draw_around
from mapkit.plots.names import fitted, shown
from mapkit.plots.numbers import count, nice_ticks
from mapkit.plots.page import Heading, nothing_to_draw
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.style import BAD, OTHER
from mapkit.plots.wording import level


@drawing.register
def draw_removal(removal: TouchpointRemoval, ax: Axes | None = None) -> Axes:
    """Draw a row a segment, all of them first; vermilion is lost beyond chance."""
    rows = removal.table[removal.table["of_outcomes"].notna()]
    if rows.empty:
        return nothing_to_draw(ax, removal.title, "too few customers on either side to compare")
    ends = rows[["of_outcomes_low", "of_outcomes_high"]]
    low, high = min(float(ends.to_numpy().min()), -0.01), max(float(ends.to_numpy().max()), 0.01)
    marks = [
        Mark(
            shown(row["segment"]),
            row["of_outcomes"],
            row["of_outcomes_low"],
            row["of_outcomes_high"],
            BAD if row["of_outcomes_low"] > 0 else OTHER,
            f"{_signed(row['of_outcomes'])}% [{_signed(row['of_outcomes_low'])}, {_signed(row['of_outcomes_high'])}]",
            f"of {count(row['converted'])} · {count(row['customers_with'])} met it",
        )
        for row in rows.to_dict("records")
    ]
    step = [tick for tick in nice_ticks(high, 2) if tick > 0][-1]
    ticks = [(0.0, "0"), (step, f"+{100 * step:.3g}%"), (-step, f"−{100 * step:.3g}%")]
    inside = [(at, label) for at, label in ticks if low <= at <= high]
    return draw_around(ax, _heading(removal), [Section("", marks, inside)], span=(low * 1.04, high * 1.04))


def _signed(share: float) -> str:
    return f"{100 * share:.1f}".replace("-", "−")


def _heading(removal: TouchpointRemoval) -> Heading:
    said = {"refused": "removal refused", "cannot tell": "the log cannot tell", "can be tried": "removal can be tried"}
    title = f"{fitted(removal.touchpoint, 160)}: {said.get(removal.verdict, removal.verdict)}"
    subtitle = (
        f"share of {fitted(removal.outcome, 120)} that would be lost · n = {count(removal.table['converted'].iloc[0])}"
    )
    return Heading(title, f"{subtitle} · {level(removal)}", f"{removal.reason} Association, not cause.")


@sentence.register
def say_removal(removal: TouchpointRemoval) -> str:
    """Say the verdict and the loss in one sentence."""
    row = removal.table.iloc[0]
    lost = "unknown" if row["of_outcomes"] != row["of_outcomes"] else f"{100 * row['of_outcomes']:.1f}%"
    return f"Without {shown(removal.touchpoint)} {lost} of {shown(removal.outcome)} would be lost; {removal.verdict}."
