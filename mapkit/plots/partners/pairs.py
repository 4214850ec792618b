"""Partners to be: a row a pair, the neighbours it shares against those that chance would give."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from mapkit.ecosystems.partners import Partners
from mapkit.plots.names import fitted, shown, width_of
from mapkit.plots.numbers import count, nice_ticks
from mapkit.plots.page import Heading, nothing_to_draw, open_page, points_wide, say
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.style import BLUE, INK, LIGHT, MID, NOTE, PAPER, QUIET, SMALL, VERMILION

_HEAD, _ROW, _MOST, _FIGURES = 20.0, 30.0, 15, 120.0
_NAMES = 190.0


@drawing.register
def draw_partners(partners: Partners, ax: Axes | None = None) -> Axes:
    """Draw the best fifteen pairs: a bar for what they share, a line for what chance would give."""
    if partners.table.empty:
        return nothing_to_draw(ax, partners.title, "no unlinked pair shares enough")
    rows = partners.table.head(_MOST).to_dict("records")
    high = _HEAD + _ROW * len(rows) + 18
    ax = open_page(ax, _heading(partners, rows), height=high)
    wide = points_wide(ax)
    ax.set_xlim(0, wide)
    ax.set_ylim(high, 0)
    audience = "shared_audience" in partners.table
    left, right = _NAMES + 12, wide - _FIGURES - (62 if audience else 0)
    top = max(max(float(row["shared"]), float(row["expected"])) for row in rows) or 1.0
    per = (right - left) / top
    for tick in nice_ticks(top, 4):
        ax.plot([left + tick * per] * 2, [_HEAD, high - 18], color=LIGHT, lw=1, zorder=0)
        say(ax, left + tick * per, high - 9, f"{tick:g}", size=NOTE, colour=QUIET, align="center")
    say(ax, left, _HEAD / 2 - 1, "neighbours shared, | chance", size=NOTE, bold=True)
    say(ax, wide, _HEAD / 2 - 1, "times chance, adjusted p", size=NOTE, bold=True, align="right")
    if audience:
        say(ax, wide - _FIGURES - 6, _HEAD / 2 - 1, "customers", size=NOTE, bold=True, align="right")
    for k, row in enumerate(rows):
        _pair(ax, row, _HEAD + _ROW * (k + 0.5), (left, per, wide), audience)
    return ax


def _pair(ax: Axes, row: Mapping[Any, Any], y: float, where: tuple[float, float, float], audience: bool) -> None:
    left, per, wide = where
    sure = bool(row["beyond_chance"])
    for end, down in (("a", -6.0), ("b", 7.0)):
        kind = fitted(shown(row[f"type_{end}"]).replace("_", " "), 70, NOTE)
        name = fitted(row[f"name_{end}"], _NAMES - 14 - width_of(kind, NOTE), SMALL, sure)
        say(ax, 0, y + down, name, size=SMALL, bold=sure, colour=INK if sure else QUIET)
        say(ax, width_of(name, SMALL, sure) + 6, y + down, kind, size=NOTE, colour=QUIET)
    colour = BLUE if sure else MID
    ax.add_patch(Rectangle((left, y - 6), row["shared"] * per, 12, facecolor=colour, lw=0))
    chance = left + row["expected"] * per
    ax.plot([chance] * 2, [y - 9, y + 9], color=PAPER, lw=4, solid_capstyle="butt", zorder=3)
    ax.plot([chance] * 2, [y - 9, y + 9], color=VERMILION, lw=2, solid_capstyle="butt", zorder=3.1)
    number = count(row["shared"])
    inside = row["shared"] * per > width_of(number, SMALL, True) + 12
    if inside:
        say(ax, left + row["shared"] * per - 5, y, number, size=SMALL, bold=True, colour=PAPER, align="right")
    else:
        beyond = max(row["shared"] * per, row["expected"] * per) + 6
        say(ax, left + beyond, y, number, size=SMALL, bold=True, colour=INK)
    times = row["shared"] / row["expected"] if row["expected"] else float("inf")
    say(ax, wide - 62, y, f"× {times:.3g}", size=SMALL, bold=sure, align="right")
    say(ax, wide, y, _p(row["p_adjusted"]), size=SMALL, colour=QUIET, align="right")
    if audience:
        say(ax, wide - _FIGURES - 6, y, count(row["shared_audience"]), size=SMALL, colour=INK, align="right")


def _p(value: float) -> str:
    return "p < 0.001" if value < 0.001 else f"p {value:.2g}" if value < 0.995 else "p 1"


def _heading(partners: Partners, rows: list[dict[Any, Any]]) -> Heading:
    first = rows[0]
    one, other = fitted(first["name_a"], 130), fitted(first["name_b"], 130)
    title = f"{one} and {other} share {count(first['shared'])} neighbours and no tie"
    if not first["beyond_chance"]:
        title = "No pair listed shares more than chance would give"
    by = {"adamic_adar": "Adamic-Adar score", "shared_audience": "customers shared", "complementary": "types"}
    subtitle = f"ranked by {by[partners.by[0]]} first · n = {count(partners.tested)} unlinked pairs,"
    subtitle += f" {count(partners.beyond_chance)} beyond chance"
    note = "Line: neighbours in common if ties were dealt out at random to actors with the ties they have."
    note += f" Bold and blue: beyond that at an adjusted p of {partners.significance:g}. Ties are those written down."
    more = len(partners.table) - len(rows)
    note += f" Not drawn: {more} further pairs." if more else ""
    return Heading(title, subtitle, note)


@sentence.register
def say_partners(partners: Partners) -> str:
    """Say the best pairs with what they share, in one sentence."""
    rows = partners.table.head(6).to_dict("records")
    named = [
        f"{shown(row['name_a'])} and {shown(row['name_b'])} share {row['shared']} (chance {row['expected']:.2g})"
        for row in rows
    ]
    return f"Unlinked pairs with neighbours in common: {'; '.join(named) or 'none'}."
