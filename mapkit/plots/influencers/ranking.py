"""A ranking of influencers: as a board of rows, or as a map of rings around a brand."""

from __future__ import annotations

from matplotlib.axes import Axes

from mapkit.ecosystems.influencers import InfluencerRanking
from mapkit.errors import one_of
from mapkit.plots.influencers.board import draw_board
from mapkit.plots.influencers.rings import draw_rings
from mapkit.plots.names import shown
from mapkit.plots.numbers import count
from mapkit.plots.page import nothing_to_draw
from mapkit.plots.plot import drawing, sentence


@drawing.register
def draw_ranking(
    ranking: InfluencerRanking,
    ax: Axes | None = None,
    *,
    form: str = "board",
    most: int = 15,
    brand: str = "us",
    by: str = "platform",
) -> Axes:
    """Draw the first ``most`` influencers: form "board", a row each, or "map", in rings around ``brand``.

    On the map a sector is a platform, or with ``by="topic"`` the first topic an influencer names.
    """
    one_of(form, ("board", "map"), "form")
    one_of(by, ("platform", "topic"), "by")
    if not ranking.scored:
        return nothing_to_draw(ax, ranking.title, "nobody has a score")
    return draw_board(ranking, ax, most) if form == "board" else draw_rings(ranking, ax, most, brand, by)


@sentence.register
def say_ranking(ranking: InfluencerRanking) -> str:
    """Say who comes first, in one sentence."""
    rows = ranking.table.head(5).dropna(subset=["score"]).to_dict("records")
    named = "; ".join(
        f"{shown(row['name'])} rank {row['rank']:.0f} ({row['rank_low']:.0f} to {row['rank_high']:.0f})" for row in rows
    )
    return f"{shown(ranking.title)}, {count(ranking.scored)} with a score: {named}."
