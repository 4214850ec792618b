"""White spaces: types by types or communities, cells with fewer ties than chance hatched, those with more blue."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Literal

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from mapkit.ecosystems.partners import WhiteSpaces
from mapkit.errors import OptionError, one_of
from mapkit.plots.names import fitted, shown, width_of
from mapkit.plots.numbers import count
from mapkit.plots.page import Heading, nothing_to_draw, open_page, points_wide, say
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.style import BAD, BAD_TEXT, BLUE, INK, LIGHT, MARGIN, NOTE, PAGE_WIDTH, PAPER, SMALL

_ROW, _LOW_HEAD, _HIGH_HEAD, _NAMES, _MOST = 30.0, 20.0, 50.0, 110.0, 12
_KINDS = {"types": "types", "communities": "type and community"}


@drawing.register
def draw_white_spaces(
    spaces: WhiteSpaces, ax: Axes | None = None, *, view: Literal["types", "communities"] = "types"
) -> Axes:
    """Draw types by types, or types by communities: each cell its ties over those that chance would give."""
    one_of(view, tuple(_KINDS), "view")
    cells = spaces.table[spaces.table["kind"] == _KINDS[view]]
    if cells.empty and view == "communities":
        raise OptionError("There are no communities in this result: find_white_spaces(ecosystem, communities).")
    if cells.empty:
        return nothing_to_draw(ax, spaces.title, "no two types of actors have ties to expect")
    rows, columns = _names(cells, view)
    names = min(max(width_of(_short(name, _NAMES), SMALL, True) for name in rows), _NAMES) + 10
    room = (PAGE_WIDTH - 2 * MARGIN - names) / len(columns)
    slanted = max(width_of(_short(name, 200.0), NOTE, True) for name in columns) > room - 3
    head = _HIGH_HEAD if slanted else _LOW_HEAD
    ax = open_page(ax, _heading(spaces, cells, view), height=head + _ROW * len(rows))
    wide = points_wide(ax)
    room = (wide - names) / len(columns)
    ax.set_xlim(0, wide)
    ax.set_ylim(head + _ROW * len(rows), 0)
    for k, name in enumerate(columns):
        middle = names + room * (k + 0.5)
        if slanted:
            text = say(ax, middle - 4, head - 4, _short(name, 88, NOTE), size=NOTE, bold=True, vertical="bottom")
            text.set_rotation(32)
            text.set_rotation_mode("anchor")
        else:
            say(ax, middle, head - 9, _short(name, room - 3, NOTE), size=NOTE, bold=True, align="center")
    for k, name in enumerate(rows):
        say(ax, 0, head + _ROW * (k + 0.5), _short(name, names - 10), size=SMALL, bold=True)
    for row in cells.to_dict("records"):
        for one, other in {(row["a"], row["b"]), (row["b"], row["a"])} if view == "types" else {(row["a"], row["b"])}:
            # Types by types say everything twice: the lower half is enough.
            if one not in rows or other not in columns or (view == "types" and rows.index(one) < columns.index(other)):
                continue
            _cell(ax, (names + room * columns.index(other), head + _ROW * rows.index(one)), room, row)
    return ax


def _short(name: str, points: float, size: float = SMALL) -> str:
    return fitted(shown(name).replace("_", " "), points, size, True)


def _names(cells: pd.DataFrame, view: str) -> tuple[list[str], list[str]]:
    """Return rows and columns, those with most ties to expect first, at most twelve each."""
    sizes = cells.groupby("a")["expected"].sum()
    if view == "types":
        sizes = sizes.add(cells.groupby("b")["expected"].sum(), fill_value=0)
    rows = list(sizes.sort_values(ascending=False, kind="stable").index[:_MOST])
    if view == "types":
        return rows, rows
    columns = cells.groupby("b")["expected"].sum().sort_values(ascending=False, kind="stable")
    return rows, list(columns.index[:_MOST])


def _cell(ax: Axes, at: tuple[float, float], room: float, row: Mapping[Any, Any]) -> None:
    box = {"xy": (at[0] + 1, at[1] + 1), "width": room - 2, "height": _ROW - 2}
    verdict, colour = row["verdict"], INK
    if verdict in ("none", "few"):
        hatch = "////" if verdict == "none" else "/"
        ax.add_patch(Rectangle(**box, facecolor=PAPER, edgecolor=BAD, lw=1.0, hatch=hatch, alpha=0.55))  # type: ignore[arg-type]
        colour = BAD_TEXT
    elif verdict == "many":
        alpha = min(0.15 + 0.18 * math.log2(max(row["ratio"], 1.0)), 0.75)
        ax.add_patch(Rectangle(**box, facecolor=BLUE, alpha=alpha, lw=0))  # type: ignore[arg-type]
    else:
        ax.add_patch(Rectangle(**box, facecolor=LIGHT, alpha=0.6, lw=0))  # type: ignore[arg-type]
    x, y = at[0] + room / 2, at[1] + _ROW / 2
    expected = f"of {row['expected']:,.0f}" if row["expected"] >= 10 else f"of {row['expected']:.1f}"
    for text, dy, size, bold in ((count(row["ties"]), -5.5, SMALL, True), (expected, 6.5, NOTE - 1, False)):
        written = say(ax, x, y + dy, text, size=size, bold=bold, colour=colour, align="center")
        if verdict in ("none", "few"):
            written.set_bbox({"facecolor": PAPER, "edgecolor": "none", "pad": 0.8})


def _heading(spaces: WhiteSpaces, cells: pd.DataFrame, view: str) -> Heading:
    holes = cells[cells["verdict"].isin(["none", "few"])]
    if holes.empty:
        title = f"No hole: no cell of {_KINDS[view]} has fewer ties than chance would give"
    else:
        worst = holes.sort_values(["ties", "expected"], ascending=[True, False]).iloc[0]
        one, other = (shown(worst[end]).replace("_", " ") for end in ("a", "b"))
        title = f"{len(holes)} of {len(cells)} cells are white spaces: {fitted(one, 100)} and {fitted(other, 100)}"
        title += f" have {count(worst['ties'])} ties, {count(worst['expected'])} by chance"
    what = "type by type" if view == "types" else "type (rows) by community (columns)"
    subtitle = f"{what}: ties, of those that chance would give · n = {count(spaces.ties)} tied pairs of actors"
    note = (
        "Densely hatched: no tie where chance would give some; thinly: fewer than chance. Blue: more. Grey: what chance"
    )
    note += (
        f" may give. All judged together at {100 * spaces.confidence:.3g}%. A hole is a question, not an opportunity."
    )
    hidden = len(set(cells["a"]) | (set(cells["b"]) if view == "types" else set())) - _MOST
    note += f" Not drawn: {hidden} smaller types." if hidden > 0 else ""
    return Heading(title, subtitle, note)


@sentence.register
def say_white_spaces(spaces: WhiteSpaces) -> str:
    """Say the largest holes, in one sentence."""
    holes = spaces.holes.sort_values(["ties", "expected"], ascending=[True, False], kind="stable").head(6)
    named = " ".join(shown(each) for each in holes["sentence"])
    counts = f"{len(spaces.table)} cells, {len(spaces.holes)} with fewer"
    return f"Heat map of ties against chance in {counts}: {named or 'none.'}"
