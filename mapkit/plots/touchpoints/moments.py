"""Moments of truth: derived importance of each touchpoint around zero, and how many meet it."""

from __future__ import annotations

from matplotlib.axes import Axes

from mapkit.maps.touchpoints import MomentsOfTruth
from mapkit.plots.around import Mark, Section, draw_around
from mapkit.plots.names import fitted, shown
from mapkit.plots.numbers import count, nice_ticks, percent
from mapkit.plots.page import Heading, nothing_to_draw
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.style import BLUE, OTHER, SKY
from mapkit.plots.wording import level

_MOST = 30
_COLOURS = {"moment of truth": BLUE, "matters": SKY}


@drawing.register
def draw_moments(found: MomentsOfTruth, ax: Axes | None = None) -> Axes:
    """Draw a touchpoint a row, the largest score first; those with too few answers are counted at the foot."""
    rows = found.table[found.table["importance"].notna()].head(_MOST)
    if rows.empty:
        return nothing_to_draw(ax, found.title, "no touchpoint was rated by enough who gave the outcome")
    low = min(float(rows["importance_low"].min()), -0.05)
    high = max(float(rows["importance_high"].max()), 0.05)
    marks = [
        Mark(
            shown(row["touchpoint"]),
            row["importance"],
            row["importance_low"],
            row["importance_high"],
            _COLOURS.get(row["verdict"], OTHER),
            f"{row['importance']:.2f} [{row['importance_low']:.2f}, {row['importance_high']:.2f}]",
            f"n {count(row['n'])} · met by {percent(row['volume'])}",
        )
        for row in rows.to_dict("records")
    ]
    ticks = [(tick, f"{tick:g}") for tick in nice_ticks(high, 3)]
    return draw_around(ax, _heading(found), [Section("", marks, ticks)], span=(low * 1.04, high * 1.04))


def _heading(found: MomentsOfTruth) -> Heading:
    named = [fitted(name, 120) for name in found.moments]
    title = f"{shown(found.outcome)} goes most with {', '.join(named[:3])}{' and more' if len(named) > 3 else ''}"
    if not named:
        title = f"No touchpoint stands out in what goes with {shown(found.outcome)}"
    few = int((found.table["verdict"] == "too few").sum())
    subtitle = "derived importance: standard deviations of the outcome by one of satisfaction"
    subtitle += f" · n = {count(found.respondents)} respondents · {level(found)}"
    note = f"Association, not cause. {found.method} Dark: moment of truth; pale: matters; grey: cannot tell."
    note += f" Not drawn: {few} touchpoints with too few answers." if few else ""
    return Heading(title, subtitle, note)


@sentence.register
def say_moments(found: MomentsOfTruth) -> str:
    """Say the moments of truth in one sentence."""
    known = found.table[found.table["importance"].notna()]
    parts = ", ".join(f"{shown(r['touchpoint'])} {r['importance']:.2f}" for r in known.head(8).to_dict("records"))
    return f"Derived importance for {shown(found.outcome)} of {found.respondents} respondents: {parts or 'too few'}."
