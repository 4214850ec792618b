"""Ranked accounts: the rank with its interval, the three scores as bars, and the tiers as bands."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from mapkit.ecosystems.accounts import AccountRanking
from mapkit.plots.names import fitted, shown, width_of
from mapkit.plots.numbers import count, counted
from mapkit.plots.page import Heading, nothing_to_draw, open_page, points_wide, say
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.rows import whisker
from mapkit.plots.style import BLUE, INK, LIGHT, MID, NOTE, QUIET, SMALL, ramp

_HEAD, _ROW, _MOST, _NAMES, _BAR, _SCORE, _TIER = 22.0, 16.0, 30, 120.0, 44.0, 38.0, 40.0
_PARTS = ("fit", "intent", "engagement")


@drawing.register
def draw_accounts(ranking: AccountRanking, ax: Axes | None = None) -> Axes:
    """Draw a row an account, the best first, up to thirty."""
    ranked = ranking.table[ranking.table["rank"].notna()]
    if ranked.empty:
        return nothing_to_draw(ax, ranking.title, "no account has all three scores")
    rows = ranked.head(_MOST).to_dict("records")
    gaps = _gaps(rows)
    high = _HEAD + _ROW * len(rows) + gaps[-1] + 18
    ax = open_page(ax, _heading(ranking, len(ranked), len(rows)), height=high)
    wide = points_wide(ax)
    ax.set_xlim(0, wide)
    ax.set_ylim(high, 0)
    names = _TIER + min(max(width_of(fitted(row["account"], _NAMES)) for row in rows), _NAMES) + 12
    left, right = names, wide - 3 * (_BAR + 10) - _SCORE - 16
    top = max(int(row["rank_high"]) for row in rows)
    _head(ax, (left, right, wide))
    _scale(ax, (left, right), (_HEAD, high - 18), top)
    colours = ramp(max(len(ranking.tiers) + 1, 2))[::-1]
    for k, row in enumerate(rows):
        y = _HEAD + _ROW * (k + 0.5) + gaps[k]
        if k == 0 or row["tier"] != rows[k - 1]["tier"]:
            say(ax, 0, y, f"tier {row['tier']}", size=SMALL, colour=QUIET, bold=True)
            if k:
                ax.plot([0, wide], [y - _ROW / 2 - 3] * 2, color=LIGHT, lw=1)
        say(ax, _TIER, y, fitted(row["account"], names - _TIER - 12))
        colour = colours[min(int(row["tier"]) - 1, len(colours) - 1)]
        _rank(ax, row, y, (left, right), top, colour)
        _bars(ax, row, y, wide)
    return ax


def _gaps(rows: list[dict[Any, Any]]) -> list[float]:
    """Return how far each row is moved down by the gaps between tiers before it."""
    gaps = [0.0]
    for before, row in itertools.pairwise(rows):
        gaps.append(gaps[-1] + (6.0 if row["tier"] != before["tier"] else 0.0))
    return gaps


def _head(ax: Axes, edges: tuple[float, float, float]) -> None:
    left, _, wide = edges
    say(ax, left, _HEAD / 2, "rank, first on the left", size=NOTE, bold=True)
    say(ax, wide, _HEAD / 2, "score", size=NOTE, bold=True, align="right")
    for k, name in enumerate(_PARTS):
        say(ax, _bar_at(k, wide), _HEAD / 2, name, size=NOTE, bold=True)


def _bar_at(k: int, wide: float) -> float:
    return wide - _SCORE - (3 - k) * (_BAR + 10)


def _scale(ax: Axes, across: tuple[float, float], down: tuple[float, float], top: int) -> None:
    step = max(1, round(top / 4))
    for rank in [1, *range(step, top + 1, step)]:
        if rank > 1 and rank - 1 < step / 2:
            continue
        x = _place(rank, across, top)
        ax.plot([x, x], down, color=LIGHT, lw=1, zorder=0)
        say(ax, x, down[1] + 9, count(rank), size=NOTE, colour=QUIET, align="center")


def _place(rank: float, across: tuple[float, float], top: int) -> float:
    return across[0] + 6 + (rank - 1) / max(top - 1, 1) * (across[1] - across[0] - 12)


def _rank(ax: Axes, row: Mapping[Any, Any], y: float, across: tuple[float, float], top: int, colour: str) -> None:
    low, at, high = (_place(float(row[name]), across, top) for name in ("rank_low", "rank", "rank_high"))
    whisker(ax, low, high, y, colour=colour)
    ax.plot([at], [y], "o", color=colour, ms=6, mew=0, zorder=4)


def _bars(ax: Axes, row: Mapping[Any, Any], y: float, wide: float) -> None:
    for k, name in enumerate(_PARTS):
        x = _bar_at(k, wide)
        ax.add_patch(Rectangle((x, y - 4), _BAR, 8, facecolor=LIGHT, lw=0))
        ax.add_patch(
            Rectangle((x, y - 4), _BAR * float(row[name]), 8, facecolor=BLUE if row[name] >= 0.5 else MID, lw=0)
        )
    say(ax, wide, y, f"{row['score']:.2f}", size=SMALL, colour=INK, bold=True, align="right")


def _heading(ranking: AccountRanking, ranked: int, drawn: int) -> Heading:
    first = ranking.table.iloc[0]
    sure = ranking.table[(ranking.table["rank_high"] <= ranking.tiers[0]).fillna(False)]
    size = len(ranking.accounts(1))
    title = f"{fitted(first['account'], 150)} comes first; {count(len(sure))} of {count(size)} are sure of tier 1"
    said = ", ".join(f"{name} {weight:.2f}" for name, weight in ranking.weights.items())
    subtitle = f"weighted geometric mean: {said} · n = {counted(ranked, 'account')}"
    unscored = len(ranking.table) - ranked
    subtitle += f", {count(unscored)} not scored" if unscored else ""
    note = f"Whiskers: ranks as the weights are drawn around those given, {100 * ranking.confidence:.3g}% of draws."
    note += " The scores are taken as given. Bars: 0 to 1, grey below 0.5. Tier sizes are a choice."
    note += f" Not drawn: {count(ranked - drawn)} accounts." if ranked > drawn else ""
    return Heading(title, subtitle, note)


@sentence.register
def say_accounts(ranking: AccountRanking) -> str:
    """Say who is in the first tier, with ranks, in one sentence."""
    rows = ranking.table[ranking.table["tier"].eq(1).fillna(False)].head(8).to_dict("records")
    named = [f"{shown(row['account'])} rank {row['rank']} [{row['rank_low']}, {row['rank_high']}]" for row in rows]
    said = ", ".join(named) or "nobody is scored"
    return f"Ranks of {len(ranking.table)} accounts by fit, intent and engagement; first tier: {said}."
