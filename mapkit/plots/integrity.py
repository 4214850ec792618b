"""Integrity: a row a finding, the worst first: how bad, what, and how far it moves a number."""

from __future__ import annotations

from matplotlib.axes import Axes

from mapkit.maps.integrity.findings import Finding, Integrity
from mapkit.plots.names import fitted, shown, width_of, wrapped
from mapkit.plots.page import Heading, nothing_to_draw, open_page, points_wide, say
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.style import (
    BAD,
    INK,
    LABEL,
    LEADING,
    LIGHT,
    MARGIN,
    MID,
    NOTE,
    ORANGE,
    PAGE_WIDTH,
    PAPER,
    QUIET,
    SMALL,
)

_MOST = 20
_BADGE, _GAP = 58.0, 10.0
# Problem and caution differ in grey too: the first is dark with white letters, the second light with dark ones.
_LOOKS = {"problem": (BAD, PAPER), "caution": (ORANGE, INK), "note": (LIGHT, INK)}


@drawing.register
def draw_integrity(integrity: Integrity, ax: Axes | None = None) -> Axes:
    """Draw findings as rows with a badge of their severity; beyond twenty the rest are counted."""
    if not integrity.findings:
        return nothing_to_draw(ax, integrity.title, "no check found anything in this log or these results")
    drawn = integrity.findings[:_MOST]
    room = PAGE_WIDTH - 2 * MARGIN - _BADGE - _GAP
    rows = [_lines(finding, room) for finding in drawn]
    heights = [sum(size * LEADING for _, size, _, _ in row) + _GAP for row in rows]
    ax = open_page(ax, _heading(integrity), height=sum(heights))
    ax.set_xlim(0, points_wide(ax))
    ax.set_ylim(sum(heights), 0)
    y = 0.0
    for finding, row, height in zip(drawn, rows, heights, strict=True):
        _badge(ax, finding.severity, y + LABEL * LEADING / 2)
        below = y
        for text, size, colour, bold in row:
            say(ax, _BADGE + _GAP, below + size * LEADING / 2, text, size=size, colour=colour, bold=bold)
            below += size * LEADING
        y += height
        ax.plot([_BADGE + _GAP, points_wide(ax)], [y - _GAP / 2] * 2, color=LIGHT, lw=0.8, zorder=0)
    return ax


def _lines(finding: Finding, room: float) -> list[tuple[str, float, str, bool]]:
    head = f"{finding.check} · {shown(finding.where)}"
    lines = [(fitted(head, room, LABEL, True), LABEL, INK, True)]
    lines += [(line, SMALL, INK, False) for line in wrapped(finding.what, room, SMALL, most=2)]
    moves = finding.moves
    return lines + [(line, NOTE, QUIET, False) for line in (wrapped(moves, room, NOTE, most=2) if moves else [])]


def _badge(ax: Axes, severity: str, y: float) -> None:
    fill, ink = _LOOKS[severity]
    badge = say(ax, _BADGE / 2, y, severity, size=SMALL, colour=ink, bold=severity != "note", align="center")
    side = max((_BADGE - 10 - width_of(severity, SMALL, severity != "note")) / 2, 2)
    badge.set_bbox(
        {"facecolor": fill, "edgecolor": MID if severity == "note" else fill, "pad": min(side, 2.5), "lw": 0.6}
    )


def _heading(integrity: Integrity) -> Heading:
    found = len(integrity.findings)
    subtitle = f"{len(integrity.checks)} checks · in grey: the number as it stands → as it would be"
    note = f"The {found - _MOST:,} findings after these are in the table." if found > _MOST else ""
    return Heading(
        _title(integrity), subtitle, note or "That nothing more is found does not mean that nothing is there."
    )


def _title(integrity: Integrity) -> str:
    worst = integrity.findings[0]
    counts = integrity.title.removeprefix("Integrity: ")
    if integrity.is_sound:
        return f"No problem and no caution; {counts} to know"
    return f"{counts}; first: {worst.check}, {fitted(worst.where, 160)}"


@sentence.register
def say_integrity(integrity: Integrity) -> str:
    """Say how many findings there are and the worst of them, in one sentence."""
    if not integrity.findings:
        return "Integrity checks: nothing found."
    said = "; ".join(f"{each.severity}: {each.check}, {shown(each.what)}" for each in integrity.findings[:6])
    more = len(integrity.findings) - 6
    return f"{shown(integrity.title)}. {said}" + (f"; and {more} more." if more > 0 else ".")
