"""Buying groups: a matrix of accounts by roles in which the missing roles are seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from mapkit.ecosystems.accounts import BuyingGroups
from mapkit.plots.names import fitted, shown, width_of
from mapkit.plots.numbers import count, percent
from mapkit.plots.page import Heading, nothing_to_draw, open_page, points_wide, say
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.style import BAD, BAD_TEXT, BLUE, INK, MARGIN, NOTE, PAGE_WIDTH, PAPER, QUIET, SMALL

_LOW_HEAD, _HIGH_HEAD, _ROW, _MOST, _NAMES = 20.0, 48.0, 19.0, 30, 110.0
_PALE = 0.25


@drawing.register
def draw_buying_groups(groups: BuyingGroups, ax: Axes | None = None) -> Axes:
    """Draw a row an account and a cell a role; a role that nobody is known for is hatched."""
    if groups.table.empty:
        return nothing_to_draw(ax, groups.title, "no account was asked for")
    rows = groups.table.head(_MOST).to_dict("records")
    roles = list(groups.by_role["role"])
    names = min(max(width_of(fitted(row["account"], _NAMES), bold=True) for row in rows), _NAMES) + 12
    figures = _figures(groups.table)
    room = (PAGE_WIDTH - 2 * MARGIN - names - sum(width for _, width in figures) - 4) / len(roles)
    slanted = max(width_of(shown(role), NOTE, True) for role in roles) > room - 2
    head = _HIGH_HEAD if slanted else _LOW_HEAD
    ax = open_page(ax, _heading(groups, len(rows)), height=head + _ROW * len(rows))
    wide = points_wide(ax)
    ax.set_xlim(0, wide)
    ax.set_ylim(head + _ROW * len(rows), 0)
    room = (wide - names - sum(width for _, width in figures) - 4) / len(roles)
    _heads(ax, roles, figures, (names, room, head), slanted)
    cells = {(str(row["account"]), str(row["role"])): row for row in groups.roles.to_dict("records")}
    for k, row in enumerate(rows):
        y = head + _ROW * k
        lacks = row["roles_covered"] < row["roles_needed"]
        say(ax, 0, y + _ROW / 2, fitted(row["account"], names - 12, bold=bool(lacks)), bold=bool(lacks))
        for place, role in enumerate(roles):
            _cell(ax, (names + room * place, y), room, cells[str(row["account"]), role])
        edge = wide
        for (_, width), (text, colour) in zip(reversed(figures), reversed(_said(row, figures)), strict=True):
            say(ax, edge, y + _ROW / 2, text, size=SMALL, colour=colour, align="right")
            edge -= width
    return ax


def _heads(
    ax: Axes, roles: list[str], figures: list[tuple[str, float]], where: tuple[float, float, float], slanted: bool
) -> None:
    names, room, head = where
    for k, role in enumerate(roles):
        middle = names + room * (k + 0.5)
        if slanted:
            text = fitted(role, 62, NOTE, True)
            written = say(ax, middle - 5, head - 4, text, size=NOTE, bold=True, vertical="bottom")
            written.set_rotation(38)
            written.set_rotation_mode("anchor")
        else:
            say(ax, middle, head / 2, fitted(role, room - 2, NOTE, True), size=NOTE, bold=True, align="center")
    edge = names + room * len(roles) + 4 + sum(width for _, width in figures)
    for title, width in reversed(figures):
        say(ax, edge, head - 10, title, size=NOTE, bold=True, align="right")
        edge -= width


def _figures(table: pd.DataFrame) -> list[tuple[str, float]]:
    """Return the columns on the right with their widths."""
    columns = [("covered", 46.0)]
    if "roles_engaged" in table:
        columns.append(("engaged", 46.0))
    if "steps" in table:
        columns += [("steps in", 46.0), ("strength", 48.0)]
    return columns


def _said(row: Mapping[Any, Any], figures: list[tuple[str, float]]) -> list[tuple[str, str]]:
    """Return the figures of one account, each with its colour."""
    whole = row["roles_covered"] == row["roles_needed"]
    said = {"covered": (f"{row['roles_covered']} of {row['roles_needed']}", INK if whole else BAD_TEXT)}
    if "roles_engaged" in row:
        said["engaged"] = (f"{row['roles_engaged']} of {row['roles_needed']}", QUIET)
    if "steps" in row:
        said["steps in"] = ("no way" if pd.isna(row["steps"]) else f"{row['steps']}", QUIET)
        said["strength"] = ("" if pd.isna(row["strength"]) else f"{row['strength']:.2f}", QUIET)
    return [said[title] for title, _ in figures]


def _cell(ax: Axes, at: tuple[float, float], room: float, cell: Mapping[Any, Any]) -> None:
    contacts, known = int(cell["contacts"]), not pd.isna(cell["engaged"])
    engaged = int(cell["engaged"]) if known else 0
    x, y = at[0] + room / 2, at[1] + _ROW / 2
    box = {"xy": (at[0] + 1.5, at[1] + 1.5), "width": room - 3, "height": _ROW - 3}
    if not contacts:
        ax.add_patch(Rectangle(**box, facecolor=PAPER, edgecolor=BAD, hatch="////", lw=1.2))  # type: ignore[arg-type]
        # The word stands on paper, so that the hatching does not run through it.
        written = say(ax, x, y, "nobody", size=NOTE, bold=True, colour=BAD_TEXT, align="center")
        written.set_bbox({"facecolor": PAPER, "edgecolor": "none", "pad": 0.5})
        return
    alpha = 1.0 if engaged else _PALE
    ax.add_patch(Rectangle(**box, facecolor=BLUE, alpha=alpha, edgecolor="none"))  # type: ignore[arg-type]
    text = f"{engaged} of {contacts}" if known else count(contacts)
    say(ax, x, y, text, size=NOTE, colour=PAPER if engaged else INK, align="center")


def _heading(groups: BuyingGroups, drawn: int) -> Heading:
    lacking, n = groups.incomplete, len(groups.table)
    if not lacking:
        title = f"Every role is covered in all {count(n)} buying groups"
    elif len(lacking) == 1:
        row = groups.table.set_index("account").loc[lacking[0]]
        title = (
            f"One buying group of {count(n)} has a hole: {fitted(lacking[0], 120)} has no {fitted(row['missing'], 150)}"
        )
    else:
        title = f"{count(len(lacking))} of {count(n)} buying groups lack a role"
    complete = groups.share_complete
    subtitle = (
        f"contacts known for each role · every role covered in {percent(complete.value, complete.low, complete.high)}"
    )
    subtitle += f" of accounts · n = {count(n)} accounts, {count(groups.table['contacts'].sum())} contacts"
    note = "Hatched: nobody is known for the role, which does not say that there is nobody."
    if groups.roles["engaged"].notna().any():
        note += " Dark: somebody in that role is in touch with us."
    if "steps" in groups.table:
        note += " Steps in: fewest ties from us to the decider; strength: product of weights along the strongest chain."
    note += f" Not drawn: {count(n - drawn)} accounts with fewer holes." if n > drawn else ""
    return Heading(title, subtitle, note)


@sentence.register
def say_buying_groups(groups: BuyingGroups) -> str:
    """Say which accounts lack which roles, in one sentence."""
    missing = groups.table[groups.table["missing"] != ""]
    named = [f"{shown(row['account'])} lacks {shown(row['missing'])}" for row in missing.head(8).to_dict("records")]
    more = f" and {len(missing) - 8} more" if len(missing) > 8 else ""
    found = f"{'; '.join(named)}{more}" if named else "every role is covered everywhere"
    return f"Matrix of {len(groups.table)} accounts by {len(groups.by_role)} roles of their buying groups: {found}."
