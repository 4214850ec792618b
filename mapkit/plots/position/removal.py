"""Removal: each quantity before and after on a scale of its own, chance beside it, and who takes the place over."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from mapkit.ecosystems.position import Removal
from mapkit.ecosystems.position.removal_result import QUANTITIES
from mapkit.plots.names import fitted, shown
from mapkit.plots.numbers import count, nice_ticks
from mapkit.plots.page import Heading, points_wide, say
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.position.actor_rows import (
    HEAD,
    ROW,
    SCALE,
    ActorRow,
    draw_rows,
    framed,
    looks,
    open_rows,
    people,
    typed,
)
from mapkit.plots.style import BAD, LABEL, LIGHT, OTHER

_NAMES = {
    "parts": "Parts",
    "largest_part": "Largest part",
    "reachable_pairs": "Pairs that reach",
    "mean_hops": "Mean hops",
    "cut_off": "Cut off",
}
_BETWEEN = 12.0


@drawing.register
def draw_removal(removal: Removal, ax: Axes | None = None, *, k: int = 8) -> Axes:
    """Draw quantities before (hollow) and after (full), chance as a band, and the ``k`` who gain most betweenness."""
    quantities = [_quantity(row, removal) for row in removal.table.to_dict("records")]
    gains = removal.shifts[removal.shifts["change"] > 0].head(k)
    most = max(float(gains["betweenness_after"].max()), 1e-12) if len(gains) else 1.0
    look = looks(removal.shifts)
    people_rows = [
        ActorRow(
            name, row["betweenness_after"] / most, float("nan"), float("nan"), *look[row["actor"]],
            f"{row['betweenness_after']:.3f} from {row['betweenness_before']:.3f}",
            typed(row["type"]), row["betweenness_before"] / most,
        )
        for name, row in zip(people(gains), gains.to_dict("records"), strict=True)
    ]  # fmt: skip
    rows = [row for row, _ in quantities]
    frame = framed([*rows, *people_rows])
    height = HEAD + ROW * len(rows) + _BETWEEN + (HEAD + ROW * len(people_rows) + SCALE if people_rows else 0)
    ax = open_rows(ax, _heading(removal), height, frame)
    y = _head(ax, "The network, each row on its own scale", 0)
    for (_, band), k_row in zip(quantities, range(len(rows)), strict=True):
        _band(ax, band, y + ROW * k_row)
    y = draw_rows(ax, rows, [], y, frame) + _BETWEEN
    if people_rows:
        y = _head(ax, "Who would stand between instead (share of pairs of others)", y)
        ticks = [(tick / most, f"{tick:g}") for tick in nice_ticks(most, 4)]
        draw_rows(ax, people_rows, ticks, y, frame)
    return ax


def _head(ax: Axes, text: str, y: float) -> float:
    say(ax, 0, y + HEAD / 2, fitted(text, points_wide(ax), LABEL, True), at="row", bold=True)
    return y + HEAD


def _quantity(row: dict[Any, Any], removal: Removal) -> tuple[ActorRow, tuple[float, float]]:
    """Return a row with its own scale, and the band of chance on that scale."""
    ends = [row["before"] + row[name] for name in ("chance_low", "chance_high")] if removal.baseline else []
    seen = [value for value in (row["before"], row["after"], *ends) if value == value]
    low, high = (min(seen), max(seen)) if seen else (0.0, 1.0)
    wide = (high - low) or 1.0
    low, wide = low - 0.08 * wide, 1.16 * wide
    at, was = ((row[name] - low) / wide for name in ("after", "before"))
    beyond = not ends or not ends[0] <= row["after"] <= ends[1]
    colour = BAD if beyond and row["change"] else OTHER
    said = f"{_said(row['after'], row['unit'])} from {_said(row['before'], row['unit'])}"
    chance = f"chance {_said(ends[0], row['unit'])} to {_said(ends[1], row['unit'])}" if ends else ""
    made = ActorRow(_NAMES[row["quantity"]], at, float("nan"), float("nan"), colour, "o", said, chance, was)
    return made, ((ends[0] - low) / wide, (ends[1] - low) / wide) if ends else (float("nan"),) * 2


def _said(value: float, unit: str) -> str:
    if value != value:
        return "unknown"
    return f"{100 * value:.1f}%" if unit == "share" else f"{value:.3g}"


def _band(ax: Axes, band: tuple[float, float], y: float) -> None:
    if band[0] == band[0]:
        wide = max(band[1] - band[0], 0.012)
        middle = (band[0] + band[1]) / 2
        ax.add_patch(Rectangle((middle - wide / 2, y + 2), wide, ROW - 4, facecolor=LIGHT, lw=0, zorder=1))


def _heading(removal: Removal) -> Heading:
    who = fitted(_who(removal), 190)
    hops, cut = removal.change("mean_hops").value, int(removal.after("cut_off").value)
    after = removal.after("mean_hops").value
    title = f"Without {who} ways take {_said(after, '')} hops, not {_said(after - hops, '')}; {count(cut)} cut off"
    drawn = f" · grey band: {count(removal.baseline)} random removals of the same type" if removal.baseline else ""
    subtitle = f"hollow: before, full: after · n = {count(removal.actors - len(removal.removed))} who stay{drawn}"
    anchor = f"Cut off from type {fitted(removal.anchor, 80)}." if removal.anchor else "Cut off from the largest part."
    note = f"{anchor} Vermilion: beyond chance. A simulation: nobody makes new ties in it; people would."
    return Heading(title, subtitle, note)


def _who(removal: Removal) -> str:
    return removal.names[0] if len(removal.names) == 1 else f"{len(removal.names)} actors"


@sentence.register
def say_removal(removal: Removal) -> str:
    """Say what the removal changes, in one sentence."""
    changed = [
        f"{QUANTITIES[row['quantity']]} {_said(row['before'], row['unit'])} to {_said(row['after'], row['unit'])}"
        for row in removal.table.to_dict("records")
        if row["change"]
    ]
    first = removal.shifts.head(1)
    gains = (
        f"; most betweenness goes to {shown(people(first)[0])}" if len(first) and first["change"].iloc[0] > 0 else ""
    )
    return f"Without {shown(_who(removal))}: {'; '.join(changed) or 'nothing changes'}{gains}."
