"""Backlog: ideas as bars of their score, and beside each the ranks it takes when scores are a notch off."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes

from mapkit.journeys.experiments import Backlog
from mapkit.plots.names import fitted, shown, width_of
from mapkit.plots.numbers import count, counted, percent
from mapkit.plots.page import Heading, nothing_to_draw, points_wide, say
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.rows import COLUMN_GAP, name_column, open_rows, whisker
from mapkit.plots.style import BLUE, INK, LIGHT, NOTE, QUIET, SKY, SMALL

_ROW, _HEAD = 22.0, 26.0
_MOST = 20
_RANKS, _FIRST = 150.0, 58.0


@drawing.register
def draw_backlog(backlog: Backlog, ax: Axes | None = None) -> Axes:
    """Draw the first twenty ideas: a bar of the score, and the rank with its interval on a scale of its own."""
    rows = backlog.table.head(_MOST)
    if rows.empty:
        return nothing_to_draw(ax, backlog.title, "no idea has a score")
    scores = [_score(row["score"]) for row in rows.to_dict("records")]
    widest = max(width_of(text, SMALL, True) for text in scores) + 8
    figures = widest + 2 * COLUMN_GAP + _RANKS + _FIRST
    ranks = width_of(str(rows["rank"].max()), bold=True) + 8
    names = name_column(ranks + max(width_of(shown(idea), bold=True) for idea in rows["idea"]), figures)
    top = max(float(rows["score"].max()), 1e-12)
    height = _HEAD + _ROW * len(rows) + 4
    ax = open_rows(ax, _heading(backlog), height=height, names=names, figures=figures, top=top)
    per_point = (ax.get_xlim()[1] - ax.get_xlim()[0]) / points_wide(ax)
    start, last = widest + 2 * COLUMN_GAP, int(backlog.table["rank_high"].head(_MOST).max())
    _heads(ax, backlog, top, start, last)
    for k, (row, score) in enumerate(zip(rows.to_dict("records"), scores, strict=True)):
        y = _HEAD + _ROW * (k + 0.5)
        first = row["rank_high"] == 1
        # Apart from its idea, so that a name written from right to left keeps its rank.
        say(ax, 0, y, str(row["rank"]), at="row", dx=ranks - 8, bold=first, align="right")
        say(ax, 0, y, fitted(row["idea"], names - ranks - COLUMN_GAP, bold=first), at="row", dx=ranks, bold=first)
        ax.barh(y, row["score"], height=_ROW * 0.6, color=BLUE if first else SKY, zorder=2)
        say(ax, row["score"], y, score, dx=6, size=SMALL, bold=True)
        ends = [top + (start + _along(row[name], last)) * per_point for name in ("rank_low", "rank", "rank_high")]
        whisker(ax, ends[0], ends[2], y, colour=INK)
        ax.plot([ends[1]], [y], "o", color=BLUE, ms=6, mew=0, zorder=4)
        say(
            ax,
            top,
            y,
            percent(row["of_draws_first"]),
            dx=start + _RANKS + _FIRST,
            size=SMALL,
            colour=QUIET,
            align="right",
        )
    return ax


def _heads(ax: Axes, backlog: Backlog, top: float, start: float, last: int) -> None:
    y = _HEAD / 2 - 6
    say(ax, 0, y, "score", size=SMALL, colour=QUIET)
    say(ax, top, y, f"rank, {backlog.coverage:.0%} of draws", dx=start - 8, size=SMALL, colour=QUIET)
    say(ax, top, y, "first in", dx=start + _RANKS + _FIRST, size=SMALL, colour=QUIET, align="right")
    per_point = (ax.get_xlim()[1] - ax.get_xlim()[0]) / points_wide(ax)
    step = max(-(-last // 6), 1)
    for rank in sorted({1, *range(step, last + 1, step)} - ({2} if step > 1 else set())):
        x = top + (start + _along(rank, last)) * per_point
        ax.plot([x, x], [_HEAD, ax.get_ylim()[0]], color=LIGHT, lw=1, zorder=0)
        say(ax, x, _HEAD - 5, str(rank), size=NOTE, colour=QUIET, align="center")


def _along(rank: float, last: int) -> float:
    return (_RANKS - 20) * (rank - 1) / max(last - 1, 1)


def _heading(backlog: Backlog) -> Heading:
    rows, leader = backlog.table, backlog.leader
    first = rows.iloc[0]
    if len(rows) == 1:
        title = f"One idea has a score: {fitted(first['idea'], 220)}, {_score(first['score'])}"
    elif leader is not None:
        title = f"{fitted(leader, 240)} stays first when scores are a notch off"
    else:
        rivals = int((rows["rank_low"] == 1).sum())
        title = f"The scores cannot tell which is first: {rivals} ideas can be"
    formula = f"{backlog.aggregate} of impact, confidence, ease"
    if backlog.method == "rice":
        formula = "reach x impact x confidence / effort"
    subtitle = f"{backlog.method.upper()}: {formula} · {counted(len(rows), 'idea')} · whiskers: scores a notch off"
    cut = f"The first {_MOST} of {count(len(rows))} ideas. " if len(rows) > _MOST else ""
    apart = f"{len(backlog.apart)} without a full score are left out. " if len(backlog.apart) else ""
    return Heading(title, subtitle, f"{cut}{apart}Scores are judgements: test the first few, cheaply.")


def _score(score: float) -> str:
    return count(score) if score >= 100 else f"{score:.3g}"


@sentence.register
def say_backlog(backlog: Backlog) -> str:
    """Say the order of ideas in one sentence, with the ranks each may take."""

    def said(row: dict[Any, Any]) -> str:
        ranks = f"ranks {row['rank_low']} to {row['rank_high']}"
        return f"{row['rank']} {shown(row['idea'])} ({_score(row['score'])}, {ranks})"

    parts = ", ".join(said(row) for row in backlog.table.head(_MOST).to_dict("records"))
    return f"Backlog by {backlog.method.upper()} of {len(backlog.table)} ideas: {parts}."
