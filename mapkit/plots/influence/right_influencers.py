"""Whom to engage: a board of those taken and the next best, with three parts, a score and a reason each."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from mapkit.maps.influence import RightInfluencers
from mapkit.plots.names import fitted, shown, width_of, wrapped
from mapkit.plots.numbers import count, percent
from mapkit.plots.page import Heading, nothing_to_draw, open_page, points_wide, say
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.rows import whisker
from mapkit.plots.style import (
    BLUE,
    FADED,
    GREEN,
    INK,
    LABEL,
    LEADING,
    LIGHT,
    MID,
    NOTE,
    ORANGE,
    PAPER,
    QUIET,
    SMALL,
)

_PARTS = (("audience", "audience", BLUE), ("position", "position", ORANGE), ("stage_part", "stage", GREEN))
_HEAD, _TOP, _NAMES, _BAR, _GAP = 24.0, 24.0, 118.0, 74.0, 14.0
_LINES = 3


@drawing.register
def draw_right_influencers(right: RightInfluencers, ax: Axes | None = None, *, most: int = 10) -> Axes:
    """Draw those taken first, then the next best by score, ``most`` in all: three bars, the score, the reason."""
    rows = right.table[right.table["score"].notna()].head(max(most, len(right.chosen))).to_dict("records")
    if not rows:
        return nothing_to_draw(ax, right.title, "nobody has a score")
    room = 516 - 22
    texts = [wrapped(str(row["reason"]), room, NOTE, most=_LINES) for row in rows]
    heights = [_TOP + NOTE * LEADING * len(lines) + 5 for lines in texts]
    ax = open_page(ax, _heading(right), height=_HEAD + sum(heights))
    wide = points_wide(ax)
    ax.set_xlim(0, wide)
    ax.set_ylim(_HEAD + sum(heights), 0)
    starts = [22 + _NAMES + _GAP + k * (_BAR + _GAP) for k in range(len(_PARTS))]
    last = starts[-1] + _BAR + _GAP
    for (name, title, _), x in zip(_PARTS, starts, strict=True):
        unknown = all(row[name] != row[name] for row in rows)
        said = title if not unknown else f"{title}: not given"
        if name == "stage_part" and right.stage is not None:
            said = fitted(right.stage, _BAR, NOTE)
        say(ax, x, 10, said, size=NOTE, colour=QUIET)
    say(ax, last, 10, "score, 95% of draws", size=NOTE, colour=QUIET)
    y = _HEAD
    for row, lines, high in zip(rows, texts, heights, strict=True):
        _row(ax, row, y, starts, (last, wide))
        for k, text in enumerate(lines):
            say(ax, 22, y + _TOP + NOTE * LEADING * (k + 0.3), text, size=NOTE, colour=QUIET)
        y += high
    return ax


def _row(ax: Axes, row: dict[Any, Any], y: float, starts: list[float], ends: tuple[float, float]) -> None:
    taken = row["choice"] == row["choice"] and row["choice"] is not None and str(row["choice"]) != "<NA>"
    middle, alpha = y + _TOP / 2, 1.0 if taken else FADED
    ax.plot([0, ax.get_xlim()[1]], [y, y], color=LIGHT, lw=1, zorder=0)
    if taken:
        badge = say(ax, 9, middle, str(int(row["choice"])), size=SMALL, bold=True, colour=PAPER, align="center")
        badge.set_bbox({"facecolor": BLUE, "edgecolor": "none", "boxstyle": "circle,pad=0.25"})
    name = fitted(row["name"], _NAMES, LABEL, taken)
    say(ax, 22, middle, name, size=LABEL, bold=taken, colour=INK if taken else QUIET)
    for (part, _, colour), x in zip(_PARTS, starts, strict=True):
        ax.add_patch(Rectangle((x, middle - 4.5), _BAR, 9, facecolor=LIGHT, alpha=0.6, lw=0))
        if row[part] == row[part]:
            guessed = part == "stage_part" and row["effect"] != row["effect"]
            bar = Rectangle(
                (x + 0.6, middle - 4), max(_BAR * row[part] - 1.2, 0), 8, alpha=alpha, lw=1.2, edgecolor=colour
            )
            bar.set_facecolor("none" if guessed else colour)
            ax.add_patch(bar)
    start, end = ends
    figure = f"{row['score']:.2f}"
    scale = end - start - width_of(figure, SMALL, True) - 8
    ax.plot([start, start + scale], [middle, middle], color=LIGHT, lw=1, zorder=0)
    whisker(ax, start + scale * row["score_low"], start + scale * row["score_high"], middle, colour=MID, alpha=alpha)
    ax.plot([start + scale * row["score"]], [middle], "o", color=INK, ms=6, mew=0, alpha=alpha, zorder=4)
    say(ax, end, middle, figure, size=SMALL, bold=True, colour=INK if taken else QUIET, align="right")


def _heading(right: RightInfluencers) -> Heading:
    names = right.table.loc[right.table["choice"].notna(), "name"]
    title = f"Engage {', '.join(fitted(name, 100) for name in names[:3])}{' and others' if len(names) > 3 else ''}"
    if not len(names):
        title = "Nobody is to be engaged"
    parts = " · ".join(f"{name} {weight:.2g}" for name, weight in right.weights.items())
    subtitle = f"of {count(len(right.table))} candidates; weights: {parts}, declared"
    if right.total:
        subtitle += f" · those taken reach {percent(right.coverage().value)} of {count(right.total)} {right.targets}"
    note = "Numbered: taken, each for what those before do not reach; pale: next by score."
    if right.stage is not None:
        note += " Hollow: nobody met them, expected to do as the others do."
        note += " What chance did not decide is association, not cause."
    return Heading(title, subtitle, note)


@sentence.register
def say_right_influencers(right: RightInfluencers) -> str:
    """Say whom to engage and why, in one sentence."""
    rows = right.table[right.table["choice"].notna()].to_dict("records")
    named = "; ".join(f"{shown(row['name'])} ({row['score']:.2f})" for row in rows)
    reach = (
        f", reaching {percent(right.coverage().value)} of {count(right.total)} {right.targets}" if right.total else ""
    )
    return f"Whom to engage of {len(right.table)} influencers: {named or 'nobody'}{reach}."
