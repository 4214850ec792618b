"""One influencer's components with their intervals."""

from __future__ import annotations

import math
from typing import Any

from matplotlib.axes import Axes

from mapkit.ecosystems.influencers import InfluencerProfile
from mapkit.plots.names import fitted, shown
from mapkit.plots.numbers import percent
from mapkit.plots.page import Heading, nothing_to_draw
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.rows import Dot, Group, draw_groups
from mapkit.plots.style import BLUE


@drawing.register
def draw_profile(profile: InfluencerProfile, ax: Axes | None = None) -> Axes:
    """Draw the components of one influencer, a row each."""
    if profile.table.empty:
        return nothing_to_draw(ax, profile.title, " ".join(profile.notes) or "no score")
    rank = profile.facts.get("Rank", "").partition(" (")[0]
    size = int(profile.facts["Rank"].rpartition(" of ")[2].rstrip(")").replace(",", ""))
    dots = [Dot(row["component"], row["value"], *_ends(row), size, BLUE) for row in profile.table.to_dict("records")]
    known = [profile.facts[name] for name in ("Tier", "Platform", "Topics") if name in profile.facts]
    heading = Heading(
        f"{fitted(profile.name, 220)}: rank {rank} of {size:,}",
        f"percentiles among influencers · {' · '.join(fitted(each, 120) for each in known)}",
        "Whiskers: where 95% of the draws put it, with other posts of the same influencers.",
    )
    return draw_groups(ax, heading, [Group("", dots)])


def _ends(row: dict[Any, Any]) -> tuple[float, float]:
    """Return the interval's ends; what chance does not move has none."""
    return (row["low"], row["high"]) if row["low"] < row["high"] else (math.nan, math.nan)


@sentence.register
def say_profile(profile: InfluencerProfile) -> str:
    """Say the components, in one sentence."""
    rows = profile.table.to_dict("records")
    named = ", ".join(f"{row['component']} {percent(row['value'])}" for row in rows) or "no score"
    return f"{shown(profile.name)}: {named}."
