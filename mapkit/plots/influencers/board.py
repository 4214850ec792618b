"""The influencer board: a row each, with three small bars, the rank's interval, the tier, and what there is to note."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from mapkit.ecosystems.influencers import InfluencerRanking
from mapkit.plots.influencers.wording import followers, left_out
from mapkit.plots.names import fitted
from mapkit.plots.numbers import count, nice_ticks
from mapkit.plots.page import Heading, open_page, points_wide, say
from mapkit.plots.rows import whisker
from mapkit.plots.style import BLUE, INK, LIGHT, NOTE, PURPLE, QUIET, SKY, SMALL

_ROW, _HEAD = 18.0, 24.0
_RANK, _NAME, _AUDIENCE, _BAR, _GAP, _TOP = 22.0, 112.0, 66.0, 52.0, 8.0, 40.0
_COLOURS = {"reach": BLUE, "relevance": PURPLE, "resonance": SKY, "fit": QUIET, "authenticity": QUIET}


def draw_board(ranking: InfluencerRanking, ax: Axes | None, most: int) -> Axes:
    """Draw the first ``most`` influencers, a row each."""
    rows = ranking.table.dropna(subset=["score"]).head(most)
    parts = list(ranking.prepared.components)
    height = _HEAD + _ROW * len(rows) + 4
    ax = open_page(ax, _heading(ranking, rows), height=height)
    wide = points_wide(ax)
    ax.set_xlim(0, wide)
    ax.set_ylim(height, 0)
    bars = _RANK + _NAME + _AUDIENCE + _GAP
    each = min(_BAR, (wide - bars - _TOP - 100) / len(parts) - _GAP)
    strip = bars + len(parts) * (each + _GAP) + _GAP
    scale = _Scale(strip, wide - _TOP - _GAP, float(rows["rank_high"].max()))
    _head(ax, parts, (bars, each), scale, wide, ranking.top)
    for tick in [1.0, *(tick for tick in nice_ticks(scale.most, 4, (1, 2, 5, 10)) if tick >= 2)]:
        ax.plot([scale.at(tick)] * 2, [_HEAD - 4, height], color=LIGHT, lw=1, zorder=0)
        say(ax, scale.at(tick), _HEAD - 8, f"{tick:.0f}", size=NOTE, colour=QUIET, align="center")
    for k, row in enumerate(rows.to_dict("records")):
        _row(ax, row, _HEAD + _ROW * (k + 0.5), parts, (bars, each), scale, wide)
    return ax


class _Scale:
    """Ranks as places between two ends, 1 on the left."""

    def __init__(self, left: float, right: float, most: float) -> None:
        self.left, self.right, self.most = left + 4, right - 6, max(most, 2.0)

    def at(self, rank: float) -> float:
        return self.left + (rank - 1) / (self.most - 1) * (self.right - self.left)


def _head(ax: Axes, parts: list[str], bars: tuple[float, float], scale: _Scale, wide: float, top: int) -> None:
    left, each = bars
    say(ax, _RANK, 6, "influencer", size=NOTE, colour=QUIET)
    say(ax, _RANK + _NAME + _AUDIENCE - 6, 6, "audience", size=NOTE, colour=QUIET, align="right")
    for k, name in enumerate(parts):
        say(ax, left + k * (each + _GAP), 6, fitted(name, each + _GAP - 2, NOTE), size=NOTE, colour=QUIET)
    say(ax, scale.left, 6, "rank, with its interval", size=NOTE, colour=QUIET)
    say(ax, wide, 6, f"in top {top}", size=NOTE, colour=QUIET, align="right")


def _row(
    ax: Axes, row: dict[Any, Any], y: float, parts: list[str], bars: tuple[float, float], scale: _Scale, wide: float
) -> None:
    dead = not row["score"] > 0
    ink = QUIET if dead or row["note"] else INK
    say(ax, _RANK - 8, y, f"{row['rank']:.0f}", size=SMALL, colour=ink, bold=True, align="right")
    say(ax, _RANK, y, fitted(row["name"], _NAME - 6, SMALL), size=SMALL, colour=ink)
    tier = f"{row['tier']} " if row["tier"] else ""
    audience = f"{tier}{followers(row['followers'])}"
    say(ax, _RANK + _NAME + _AUDIENCE - 6, y, audience, size=NOTE, colour=QUIET, align="right")
    left, each = bars
    for k, name in enumerate(parts):
        x = left + k * (each + _GAP)
        ax.add_patch(Rectangle((x, y - 5), each, 10, facecolor=LIGHT, alpha=0.6, edgecolor="none"))
        ax.add_patch(Rectangle((x, y - 5), each * row[name], 10, facecolor=_COLOURS[name], edgecolor="none"))
    whisker(ax, scale.at(row["rank_low"]), scale.at(row["rank_high"]), y, colour=ink)
    ax.plot([scale.at(row["rank"])], [y], "o", color=ink, markersize=5, zorder=4, mew=0)
    top = f"{row['top_share']:.0%}" if 0.005 <= row["top_share"] < 0.995 else "no" if row["top_share"] < 0.5 else "sure"
    say(ax, wide, y, top, size=SMALL, colour=ink, align="right")


def _heading(ranking: InfluencerRanking, rows: pd.DataFrame) -> Heading:
    scored, first = ranking.table.dropna(subset=["score"]), rows.iloc[0]
    others = int((scored["rank_low"] <= 1).sum()) - 1
    about = f" for {fitted(', '.join(ranking.prepared.topics), 110)}" if ranking.prepared.topics else ""
    title = f"{fitted(first['name'], 150)} comes first{about}"
    title += f"; {count(others)} more could" if others > 0 else ", and nobody else could"
    weights = ", ".join(f"{name} {share:.0%}" for name, share in ranking.weights.items())
    goal = f"goal {ranking.goal}: " if ranking.goal else ""
    mean = "geometric mean" if ranking.combination == "geometric" else "sum"
    subtitle = f"{goal}weighted {mean} of percentiles ({weights}) · n = {count(len(scored))} with a score"
    subtitle += f" · 95% of {count(ranking.prepared.draws)} draws"
    rest = f" Not drawn: {count(len(scored) - len(rows))} of lower rank." if len(scored) > len(rows) else ""
    note = "Intervals: other posts of the same influencers, and weights a little different." + rest
    return Heading(title, subtitle, note + left_out(ranking.table, "score"))
