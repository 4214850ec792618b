"""Share of voice as lines: a brand each, period by period, with bands."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from mapkit.ecosystems.influencers import ShareOfVoice
from mapkit.plots.names import fitted, shown, width_of
from mapkit.plots.numbers import count, nice_ticks, percent
from mapkit.plots.page import Heading, nothing_to_draw, open_page, points_high, say
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.style import BAND, LIGHT, MARKERS, MOST_SERIES, NOTE, QUIET, SERIES, SMALL, readable
from mapkit.plots.wording import level

_HIGH, _LEFT, _LINE = 210.0, 34.0, 12.0
_FORMATS = {"week": "%d %b %y", "month": "%b %y", "quarter": "%b %y", "year": "%Y"}


@drawing.register
def draw_voice(voice: ShareOfVoice, ax: Axes | None = None) -> Axes:
    """Draw each brand's share of the mentions as a line with its band; the first eight brands."""
    brands = list(voice.table["brand"])[:MOST_SERIES]
    periods = sorted(voice.periods["period"].unique())
    if not periods:
        return nothing_to_draw(ax, voice.title, "no period has a mention")
    rows = voice.table.set_index("brand")
    ends = {brand: f"{fitted(brand, 90, SMALL, True)} {percent(rows.loc[brand, 'share'])}" for brand in brands}
    right = max(width_of(text, SMALL, True) for text in ends.values()) + 14
    ax = open_page(ax, _heading(voice), height=_HIGH, left=_LEFT, right=right, bottom=18)
    top = float(np.nanmax(voice.periods.loc[voice.periods["brand"].isin(brands), "high"])) * 1.02
    ax.set_xlim(-0.2, max(len(periods) - 0.8, 0.2))
    ax.set_ylim(0, top)
    for tick in nice_ticks(top, 4):
        ax.axhline(tick, color=LIGHT, lw=1, zorder=0)
        say(ax, 0, tick, f"{100 * tick:.3g}%", at="row", dx=-6, size=NOTE, colour=QUIET, align="right")
    every = max(1, -(-len(periods) // 8))
    for k in range(0, len(periods), every):
        said = periods[k].strftime(_FORMATS[voice.period])
        say(ax, k, 0, said, dy=-12, size=NOTE, colour=QUIET, align="center")
    lines = {}
    for k, brand in enumerate(brands):
        mine = voice.periods[voice.periods["brand"] == brand].set_index("period").reindex(periods)
        x = np.arange(len(periods))
        ax.fill_between(x, mine["low"], mine["high"], color=SERIES[k], alpha=BAND, lw=0, zorder=1)
        ax.plot(x, mine["share"], color=SERIES[k], lw=2, marker=MARKERS[k], markersize=5, zorder=3)
        known = mine["share"].dropna()
        lines[brand] = float(known.iloc[-1]) if len(known) else 0.0
    _ends(ax, brands, lines, ends, top)
    return ax


def _ends(ax: Axes, brands: list[str], lines: dict[str, float], texts: dict[str, str], top: float) -> None:
    """Write each name at the end of its line, moved apart where lines end together."""
    step = _LINE / max(points_high(ax), 1.0) * top
    last = -np.inf
    for brand in sorted(brands, key=lambda name: lines[name]):
        last = max(lines[brand], last + step)
        say(
            ax,
            1,
            last,
            texts[brand],
            at="row",
            dx=8,
            size=SMALL,
            bold=True,
            colour=readable(SERIES[brands.index(brand)]),
        )


def _heading(voice: ShareOfVoice) -> Heading:
    first = voice.table.iloc[0]
    title = (
        f"{fitted(first['brand'], 150)} has the loudest voice: {percent(first['share'], first['low'], first['high'])}"
    )
    if "excess" in first and first["excess"] == first["excess"]:
        sign = "above" if first["excess"] >= 0 else "below"
        title += f", {abs(100 * first['excess']):.0f} points {sign} its market"
    subtitle = f"share of {count(first['all_mentions'])} mentions, by {voice.period} · {level(voice)}"
    note = "At the right: the share over the whole time. A post that mentions two brands counts for both."
    more = len(voice.table) - MOST_SERIES
    return Heading(
        title, subtitle, note + (f" Not drawn: {count(more)} brands with fewer mentions." if more > 0 else "")
    )


@sentence.register
def say_voice(voice: ShareOfVoice) -> str:
    """Say each brand's share, in one sentence."""
    rows = voice.table.head(MOST_SERIES).to_dict("records")
    named = "; ".join(f"{shown(row['brand'])} {percent(row['share'], row['low'], row['high'])}" for row in rows)
    return f"Share of voice of {count(voice.table['all_mentions'].iloc[0])} mentions by {voice.period}: {named}."
