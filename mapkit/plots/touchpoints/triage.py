"""Triage: touchpoints under their verdicts, each with the reason in numbers."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes

from mapkit.maps.touchpoints import Triage
from mapkit.maps.touchpoints.triage import VERDICTS
from mapkit.plots.names import fitted, shown, width_of, wrapped
from mapkit.plots.page import Heading, nothing_to_draw, open_page, points_wide, say
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.rows import COLUMN_GAP
from mapkit.plots.style import BAD, BLUE, INK, LABEL, LEADING, LIGHT, MID, NOTE, ORANGE, QUIET
from mapkit.plots.touchpoints.three_columns import readable_on

COLOURS = {"improve": ORANGE, "remove": BAD, "investigate": MID, "keep": BLUE}
_MOST, _NAMES, _BADGE = 30, 130.0, 74.0
_LINES = 3


@drawing.register
def draw_triage(triage: Triage, ax: Axes | None = None) -> Axes:
    """Draw a row a touchpoint, those to act on first; beyond thirty those to keep are left out."""
    if triage.table.empty:
        return nothing_to_draw(ax, triage.title, "the inventory lists no touchpoint")
    place = {verdict: k for k, verdict in enumerate(VERDICTS)}
    rows = triage.table.sort_values("verdict", key=lambda each: each.map(place), kind="stable").head(_MOST)
    names = min(max(width_of(fitted(name, _NAMES)) for name in rows["name"]), _NAMES) + COLUMN_GAP
    room = 516 - names - _BADGE
    texts = [wrapped(str(reason), room, NOTE, most=_LINES) for reason in rows["reason"]]
    heights = [10 + NOTE * LEADING * len(lines) for lines in texts]
    ax = open_page(ax, _heading(triage, len(rows)), height=sum(heights))
    ax.set_xlim(0, points_wide(ax))
    ax.set_ylim(sum(heights), 0)
    y = 0.0
    for row, lines, high in zip(rows.to_dict("records"), texts, heights, strict=True):
        _row(ax, row, lines, (y, high, names))
        y += high
    return ax


def _row(ax: Axes, row: dict[Any, Any], lines: list[str], where: tuple[float, float, float]) -> None:
    y, high, names = where
    middle = y + high / 2
    ax.plot([0, ax.get_xlim()[1]], [y, y], color=LIGHT, lw=1, zorder=0)
    say(ax, 0, middle, fitted(row["name"], names - COLUMN_GAP), size=LABEL)
    ground = COLOURS[row["verdict"]]
    badge = say(ax, names + 5, middle, row["verdict"], size=NOTE, bold=True, colour=readable_on(ground))
    badge.set_bbox({"facecolor": ground, "edgecolor": "none", "boxstyle": "round,pad=0.3"})
    for k, text in enumerate(lines):
        down = (k - (len(lines) - 1) / 2) * NOTE * LEADING
        say(ax, names + _BADGE, middle + down, text, size=NOTE, colour=QUIET if row["verdict"] == "keep" else INK)


def _heading(triage: Triage, drawn: int) -> Heading:
    counts = {verdict: len(triage.touchpoints(verdict)) for verdict in VERDICTS}
    n = len(triage.table)
    title = (
        f"Of {n} touchpoints improve {counts['improve']}, remove {counts['remove']}, look into {counts['investigate']}"
    )
    subtitle = (
        f"outcome: {fitted(triage.outcome, 120)} · an effect below {100 * triage.floor:.3g} points does not matter"
    )
    subtitle += f" · fewer than {triage.minimum} customers or answers are no evidence"
    note = "Association, not cause: before a touchpoint goes, take it away from some at random and look."
    note += f" Left out: {n - drawn} touchpoints." if drawn < n else ""
    return Heading(title, subtitle, note)


@sentence.register
def say_triage(triage: Triage) -> str:
    """Say the verdicts in one sentence."""
    parts = [
        f"{verdict} {', '.join(map(shown, names[:10]))}{' and more' if len(names) > 10 else ''}"
        for verdict in VERDICTS
        if (names := triage.touchpoints(verdict))
    ]
    return f"Triage of {len(triage.table)} touchpoints: {'; '.join(parts)}."
