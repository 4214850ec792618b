"""Satisfaction and effort: a dot with its interval a group."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from mapkit.experience.feedback import Ces, Csat, Scores
from mapkit.plots.around import Mark, Section, draw_around
from mapkit.plots.feedback.wording import blocks, figure, finding, foot, group_name, subtitle
from mapkit.plots.numbers import count
from mapkit.plots.page import Heading, nothing_to_draw
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.rows import Dot, Group, draw_groups
from mapkit.plots.style import BLUE, THIN_N

_MIDDLE = 4.0  # of 1..7: neither easy nor hard


@drawing.register
def draw_csat(csat: Csat, ax: Axes | None = None, *, most: int = 30) -> Axes:
    """Draw the share of satisfied answers of at most ``most`` groups."""
    table = csat.table.head(most)
    if table["score"].notna().sum() == 0:
        return nothing_to_draw(ax, csat.title, "no answer lies within its scale")
    groups = [
        Group(head, [Dot(name, row["score"], row["low"], row["high"], int(row["n"]), BLUE) for name, row in rows])
        for head, rows in blocks(table, csat)
    ]
    what = f"answers to {csat.metric} in the top {csat.top} boxes"
    return draw_groups(ax, _heading(csat, table, what), groups)


@drawing.register
def draw_ces(ces: Ces, ax: Axes | None = None, *, most: int = 30) -> Axes:
    """Draw the mean effort score of at most ``most`` groups around the middle of the scale."""
    table = ces.table.head(most)
    if table["score"].notna().sum() == 0:
        return nothing_to_draw(ax, ces.title, "no answer lies within 1 to 7")
    ticks = [(0.0, "4"), *((tick - _MIDDLE, f"{tick}") for tick in (1, 7, 2, 6, 3, 5))]
    parts = blocks(table, ces)
    sections = [
        Section(head, [_mark(name, row, ces) for name, row in rows], ticks if k == len(parts) - 1 else ())
        for k, (head, rows) in enumerate(parts)
    ]
    return draw_around(ax, _heading(ces, table, "mean ease on 1 (hard) to 7 (easy)"), sections, span=(-3, 3))


def _mark(name: str, row: dict[Any, Any], ces: Ces) -> Mark:
    at, low, high = (row[end] - _MIDDLE for end in ("score", "low", "high"))
    return Mark(name, at, low, high, BLUE, figure(ces, row), f"of {count(row['n'])}", thin=bool(row["n"] < THIN_N))


def _heading(scores: Scores, table: pd.DataFrame, definition: str) -> Heading:
    more = len(scores.table) - len(table)
    return Heading(finding(scores), subtitle(scores, definition), foot(scores, table, more=more))


@sentence.register(Csat)
@sentence.register(Ces)
def say_scores(scores: Scores) -> str:
    """Say the scores in one sentence."""
    table = scores.table[scores.table["score"].notna()]
    if table.empty:
        return f"{scores.title} with nothing to draw: no answer lies within its scale."
    rows = table.head(8).to_dict("records")
    parts = [f"{group_name(row, scores.keys)} {figure(scores, row)} of {count(row['n'])}" for row in rows]
    more = f", and {len(table) - 8} more groups" if len(table) > 8 else ""
    return f"{scores.title}: {'; '.join(parts)}{more}."
