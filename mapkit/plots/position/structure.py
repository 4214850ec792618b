"""Structure: types by types, a cell each: blue where there are more ties than chance gives, vermilion where fewer."""

from __future__ import annotations

import math
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from mapkit.ecosystems.position import Structure
from mapkit.ecosystems.position.mixing import ALL
from mapkit.errors import one_of
from mapkit.plots.names import fitted, shown, width_of, wrapped
from mapkit.plots.numbers import count, percent
from mapkit.plots.page import Heading, nothing_to_draw, open_page, points_wide, say
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.position.actor_rows import typed
from mapkit.plots.style import BAD, GOOD, INK, LEADING, LIGHT, NOTE, QUIET, SMALL
from mapkit.plots.wording import level

_CELL, _HEAD, _NAMES, _MOST = 30.0, 26.0, 110.0, 10
_PALE, _DARK = 0.15, 0.6
_FAR = math.log(8)


@drawing.register
def draw_structure(structure: Structure, ax: Axes | None = None, *, tie_type: str = ALL) -> Axes:
    """Draw a cell for each pair of types, of all ties or one type of them: how many times chance, and how many."""
    if structure.mixing.empty:
        return nothing_to_draw(ax, structure.title, "there are no actors")
    one_of(tie_type, list(dict.fromkeys(structure.mixing["tie_type"])), "tie_type")
    rows = structure.mixing[structure.mixing["tie_type"] == tie_type]
    if not rows["ties"].sum():
        return nothing_to_draw(ax, structure.title, "there are no ties")
    types = _largest(structure)
    left = min(max(width_of(fitted(typed(name), _NAMES), SMALL) for name in types), _NAMES) + 10
    height = _HEAD + _CELL * len(types)
    ax = open_page(ax, _heading(structure, tie_type, len(types)), height=height, left=left)
    ax.set_xlim(0, len(types))
    ax.set_ylim(height, 0)
    room = points_wide(ax) / len(types)
    for k, name in enumerate(types):
        lines = wrapped(typed(name), room, NOTE, most=2)
        for line, text in enumerate(reversed(lines)):
            y = _HEAD - 7 - line * NOTE * LEADING
            say(ax, k + 0.5, y, text, size=NOTE, colour=QUIET, align="center")
        say(ax, 0, _HEAD + _CELL * (k + 0.5), fitted(typed(name), _NAMES, SMALL), dx=-8, size=SMALL, align="right")
    for row in rows.to_dict("records"):
        if row["source_type"] in types and row["target_type"] in types:
            at = (types.index(row["target_type"]), _HEAD + _CELL * types.index(row["source_type"]))
            _cell(ax, at, row)
    return ax


def _cell(ax: Axes, at: tuple[int, float], row: dict[Any, Any]) -> None:
    sure = row["low"] > 1 or row["high"] < 1
    colour, alpha = LIGHT, 0.35
    if sure:
        # As dark as is sure: by the end of the interval that is nearest to chance.
        far = min(abs(math.log(row["low"] if row["ratio"] > 1 else row["high"])), _FAR) / _FAR
        colour, alpha = GOOD if row["ratio"] > 1 else BAD, _PALE + (_DARK - _PALE) * far
    x, y = at
    ax.add_patch(Rectangle((x + 0.03, y + 1), 0.94, _CELL - 2, facecolor=colour, alpha=alpha, edgecolor="none"))
    if row["ratio"] != row["ratio"]:
        return
    if not row["ties"]:
        say(ax, x + 0.5, y + _CELL / 2, "0", size=NOTE, colour=INK if sure else QUIET, align="center")
        return
    times = f"{row['ratio']:.2g}×" if row["ratio"] < 9.95 else f"{row['ratio']:.0f}×"
    more = bool(row["low"] > 1)  # bold tells more from fewer where colours cannot
    up = NOTE * LEADING / 2
    say(ax, x + 0.5, y + _CELL / 2, times, dy=up, size=SMALL, colour=INK if sure else QUIET, bold=more, align="center")
    ties = f"{row['ties']:,.0f}" if row["ties"] == round(row["ties"]) else f"{row['ties']:,.1f}"
    say(ax, x + 0.5, y + _CELL / 2, ties, dy=-up, size=NOTE, colour=INK if sure else QUIET, align="center")


def _largest(structure: Structure) -> list[str]:
    """Return the types with most ties, the most first."""
    rows = structure.mixing[structure.mixing["tie_type"] == ALL]
    out, into = (rows.groupby(end)["ties"].sum() for end in ("source_type", "target_type"))
    order = (out + into).sort_values(ascending=False, kind="stable").index
    return [str(name) for name in order[:_MOST]]


def _heading(structure: Structure, tie_type: str, drawn: int) -> Heading:
    rows = structure.mixing[structure.mixing["tie_type"] == tie_type]
    within = float(rows.loc[rows["source_type"] == rows["target_type"], "ties"].sum() / rows["ties"].sum())
    expected = float(rows.loc[rows["source_type"] == rows["target_type"], "expected"].sum() / rows["ties"].sum())
    title = f"{percent(within)} of ties stay within a type of actor; chance would give {percent(expected)}"
    what = "all ties" if tie_type == ALL else f"ties of type {fitted(typed(tie_type), 100)}"
    all_ties = count(float(rows["all_ties"].iloc[0]))
    subtitle = f"{what} from the row's type to the column's, times chance · n = {all_ties} ties · {level(structure)}"
    note = "Blue and bold: more than chance, vermilion: fewer, grey: cannot tell. Below, how many ties; one without a"
    note += " direction counts half either way. Chance: each type sends and receives as many as it does."
    hidden = rows["source_type"].nunique() - drawn
    note += f" Not drawn: {hidden} types with fewer ties." if hidden > 0 else ""
    return Heading(title, subtitle, note)


@sentence.register
def say_structure(structure: Structure) -> str:
    """Say size, parts and which types are tied most beyond chance, in one sentence."""
    rows = structure.mixing[structure.mixing["tie_type"] == ALL]
    rows = rows[rows["low"] > 1].sort_values("ratio", ascending=False, kind="stable").head(4)
    pairs = "; ".join(
        f"{shown(typed(row['source_type']))} to {shown(typed(row['target_type']))} {row['ratio']:.2g} times"
        for row in rows.to_dict("records")
    )
    parts = count(structure.value("parts").value)
    beyond = f"; beyond chance {pairs}" if pairs else ""
    return (
        f"Heat map of {count(structure.ties)} ties between {count(structure.actors)} actors in {parts} parts{beyond}."
    )
