"""Brokerage: the actors with most open ways, each with its roles above what groups dealt at random would give."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from mapkit.ecosystems.communities import Brokerage
from mapkit.plots.names import fitted, shown, width_of
from mapkit.plots.numbers import count, percent
from mapkit.plots.page import Heading, nothing_to_draw, open_page, points_wide, say
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.style import BLUE, FADED, GREEN, INK, NOTE, ORANGE, PAPER, QUIET, SMALL, YELLOW

# Told apart in grey too: neighbours differ in lightness.
_COLOURS = {"coordinator": BLUE, "itinerant": ORANGE, "gatekeeper": GREEN, "representative": YELLOW, "liaison": INK}
_LETTERS = {"coordinator": "AAA", "itinerant": "ABA", "gatekeeper": "ABB", "representative": "AAB", "liaison": "ABC"}
_HEAD, _ROW, _NAMES = 28.0, 27.0, 150.0
_TOTAL, _DIFFERS = 76.0, 92.0
_BAR, _THIN = 9.0, 4.0


@drawing.register
def draw_brokerage(brokerage: Brokerage, ax: Axes | None = None, *, most: int = 10) -> Axes:
    """Draw the ``most`` busiest brokers: a bar of roles each, a thin one below of what chance would give."""
    rows = brokerage.top("total", max(most, 1))
    rows = rows[rows["total"] > 0]
    if rows.empty:
        return nothing_to_draw(ax, brokerage.title, "no actor stands between two that are not tied")
    ax = open_page(ax, _heading(brokerage, rows), height=_HEAD + _ROW * len(rows))
    across = points_wide(ax)
    ax.set_xlim(0, across)
    ax.set_ylim(_HEAD + _ROW * len(rows), 0)
    names = min(max(width_of(fitted(name, _NAMES), SMALL) for name in rows["name"]), _NAMES) + 12
    bar = across - names - _TOTAL - _DIFFERS
    _legend(ax)
    say(ax, across - _DIFFERS + 6, 20, "beside chance", size=NOTE, colour=QUIET)
    say(ax, names + bar + _TOTAL - 8, 20, "open ways", size=NOTE, colour=QUIET, align="right")
    roles = brokerage.roles.set_index("actor")
    for place, row in enumerate(rows.to_dict("records")):
        y = _HEAD + _ROW * place
        each = roles.loc[[row["actor"]]].set_index("role")
        say(ax, 0, y + 8, fitted(row["name"], names - 12, SMALL), size=SMALL)
        say(ax, 0, y + 19, fitted(_group(brokerage, row["group"]), names - 12, NOTE), size=NOTE, colour=QUIET)
        _bar(ax, names, y + 4, bar, each["ways"] / row["total"], _BAR, 1.0)
        _bar(ax, names, y + 15, bar, each["expected"] / row["total"], _THIN, FADED)
        say(ax, names + bar + _TOTAL - 8, y + 8, count(row["total"]), size=SMALL, bold=True, align="right")
        share = percent(row["total"] / brokerage.ways)
        say(ax, names + bar + _TOTAL - 8, y + 19, f"{share} of all", size=NOTE, colour=QUIET, align="right")
        for line, text in enumerate(_differs(each)):
            say(ax, across - _DIFFERS + 6, y + 8 + 11 * line, text, size=NOTE)
    return ax


def _group(brokerage: Brokerage, group: object) -> str:
    """Return a group's name; a number alone would say nothing."""
    return shown(group) if group is None or isinstance(group, str) else f"{shown(brokerage.by)} {group}"


def _legend(ax: Axes) -> None:
    x = 0.0
    for role, colour in _COLOURS.items():
        ax.barh(5, 8, left=x, height=8, color=colour, zorder=2)
        say(ax, x + 11, 5, role, size=NOTE)
        x += 11 + width_of(role, NOTE) + 4
        say(ax, x, 5, _LETTERS[role], size=NOTE, colour=QUIET)
        x += width_of(_LETTERS[role], NOTE) + 11


def _bar(ax: Axes, left: float, top: float, wide: float, shares: pd.Series, height: float, alpha: float) -> None:
    x = left
    for role, colour in _COLOURS.items():
        share = float(shares[role])
        ax.barh(top + height / 2, share * wide, left=x, height=height, color=colour, alpha=alpha, edgecolor=PAPER,
                lw=0.6, zorder=2)  # fmt: skip
        if alpha == 1 and share * wide > 24:
            ink = INK if role in ("itinerant", "representative") else PAPER
            say(
                ax, x + share * wide / 2, top + height / 2, f"{100 * share:.0f}%", size=NOTE, colour=ink, align="center"
            )
        x += share * wide


def _differs(each: pd.DataFrame) -> list[str]:
    """Return the roles that chance does not explain, at most two, those furthest away first."""
    sure = each[each["p_adjusted"] < 0.05].sort_values("z", key=abs, ascending=False)
    words = [f"{'more' if z > 0 else 'less'} {role}" for role, z in sure["z"].items()]
    return words[:2]


def _heading(brokerage: Brokerage, rows: pd.DataFrame) -> Heading:
    first = rows.iloc[0]
    share = percent(first["total"] / brokerage.ways)
    title = f"{fitted(first['name'], 200)} stands in {share} of {count(brokerage.ways)} open ways"
    subtitle = f"an open way a → b → c has no tie from a to c · roles of b by {fitted(brokerage.by, 120)}"
    subtitle += f" · n = {count(len(brokerage.table))} actors"
    note = (
        "Letters: the groups of a, b and c. Thin bars: the groups dealt at random,"
        f" {brokerage.permutations:,} times; beside chance: adjusted p < .05."
    )
    return Heading(title, subtitle, note)


@sentence.register
def say_brokerage(brokerage: Brokerage) -> str:
    """Say who stands in most open ways, and in which role most."""
    rows = brokerage.top("total", 5)
    rows = rows[rows["total"] > 0]
    if rows.empty:
        return "Brokerage with nothing to draw: no actor stands between two that are not tied."
    parts = "; ".join(
        f"{shown(row['name'])} in {count(row['total'])}, mostly as {max(_COLOURS, key=lambda role: row[role])}"
        for row in rows.to_dict("records")
    )
    return f"Bars of the brokers of {count(brokerage.ways)} open ways by {shown(brokerage.by)}: {parts}."
