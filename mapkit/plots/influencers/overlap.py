"""Audience overlap as a heat map, in the order in which audiences add most people."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from mapkit.ecosystems.influencers import AudienceOverlap
from mapkit.plots.names import fitted, shown, width_of
from mapkit.plots.numbers import count, percent
from mapkit.plots.page import Heading, nothing_to_draw, open_page, points_wide, say
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.style import BLUE, INK, LIGHT, NOTE, PAPER, QUIET, SMALL

_CELL, _MOST, _NAMES = 24.0, 12, 96.0
_STRONGEST = 0.85


@drawing.register
def draw_overlap(overlap: AudienceOverlap, ax: Axes | None = None, *, most: int = _MOST) -> Axes:
    """Draw a cell for each two of the first ``most`` audiences, and on the right whom each adds."""
    order = overlap.order.head(most)
    if len(order) < 2:
        return nothing_to_draw(ax, overlap.title, "one audience overlaps with nobody's")
    names = [str(actor) for actor in order["actor"]]
    table = overlap.table
    pairs = {(a, b): float(share) for a, b, share in zip(table["a"], table["b"], table["jaccard"], strict=True)}
    pairs |= {(b, a): share for (a, b), share in pairs.items()}
    left = min(max(width_of(fitted(name, _NAMES), SMALL) for name in names), _NAMES) + 10
    top = max([pairs[one, other] for one in names for other in names if (one, other) in pairs], default=0) or 1
    ax = open_page(ax, _heading(overlap, len(order)), height=_CELL * (len(names) + 1), left=left)
    cell = (points_wide(ax) - 130) / len(names)
    ax.set_xlim(0, len(names) + 130 / cell)
    ax.set_ylim(len(names), -1)
    for k, row in enumerate(order.to_dict("records")):
        say(ax, k + 0.5, -0.4, fitted(row["actor"], cell - 2, NOTE), size=NOTE, colour=QUIET, align="center")
        say(ax, 0, k + 0.5, fitted(row["actor"], _NAMES, SMALL), dx=-8, size=SMALL, align="right")
        say(ax, len(names), k + 0.5, f"+{count(row['adds'])}", dx=58, size=SMALL, bold=True, align="right")
        say(ax, len(names), k + 0.5, percent(row["of_all"]), dx=126, size=SMALL, colour=QUIET, align="right")
        for other, name in enumerate(names):
            _cell(ax, other, k, pairs.get((str(row["actor"]), name)), top, row["audience"])
    say(ax, len(names), -0.4, "adds", dx=58, size=NOTE, colour=QUIET, align="right")
    say(ax, len(names), -0.4, "of all, so far", dx=126, size=NOTE, colour=QUIET, align="right")
    return ax


def _cell(ax: Axes, x: int, y: int, share: float | None, top: float, audience: int) -> None:
    if x == y:
        ax.add_patch(Rectangle((x + 0.03, y + 0.05), 0.94, 0.9, facecolor=PAPER, edgecolor=LIGHT, lw=1))
        say(ax, x + 0.5, y + 0.5, count(audience), size=NOTE, colour=QUIET, align="center")
        return
    strength = (share or 0.0) / top
    face, alpha = (BLUE, 0.08 + (_STRONGEST - 0.08) * strength) if share else (LIGHT, 0.4)
    ax.add_patch(Rectangle((x + 0.03, y + 0.05), 0.94, 0.9, facecolor=face, alpha=alpha, edgecolor="none"))
    if share:
        text = f"{100 * share:.0f}" if share >= 0.095 else f"{100 * share:.1f}"
        say(ax, x + 0.5, y + 0.5, text, size=NOTE, colour=PAPER if strength > 0.6 else INK, align="center")


def _heading(overlap: AudienceOverlap, drawn: int) -> Heading:
    order, size = overlap.order, len(overlap.order)
    part = min(3, drawn)
    reached = overlap.of_all(part)
    title = f"The first {count(part)} of {count(size)} audiences reach {percent(reached.value)} of everybody"
    if len(overlap.table):
        most = overlap.table.iloc[0]
        pair = f"{fitted(most['a'], 80)} and {fitted(most['b'], 80)}"
        title += f"; {pair} share {percent(most['jaccard'])}" if most["shared"] else "; no two share anybody"
    subtitle = f"Jaccard, % of the people in either · n = {count(overlap.people)} people,"
    subtitle += f" {count(order['audience'].sum())} members"
    note = "In the order in which each adds most people; on the diagonal the size of the audience."
    return Heading(
        title, subtitle, note + (f" Not drawn: {count(size - drawn)} that add less." if size > drawn else "")
    )


@sentence.register
def say_overlap(overlap: AudienceOverlap) -> str:
    """Say whom the first audiences add, in one sentence."""
    named = "; ".join(
        f"{shown(row['actor'])} adds {count(row['adds'])}" for row in overlap.order.head(5).to_dict("records")
    )
    return f"Overlap of {count(len(overlap.order))} audiences of {count(overlap.people)} people: {named}."
