"""A small line in a tile: the shape of a trend, with its band, and hollow where it is unfinished."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from mapkit.plots.style import BAND, LIGHT, MID, PAPER

Box = tuple[float, float, float, float]  # left, top, width, height in points, downwards


def draw_sparkline(ax: Axes, rows: pd.DataFrame, box: Box, colour: str, at: Any) -> None:
    """Draw ``value`` with ``low`` and ``high`` of each row into a box; ``at`` is the period that the tile quotes.

    The scale begins at 0, so that a small change looks small. Bands may leave the box's top where one is very wide.
    """
    left, top, wide, high = box
    ax.plot([left, left + wide], [top + high] * 2, color=LIGHT, lw=1, zorder=1)
    known = rows[rows["value"].notna()]
    if known.empty:
        return
    done = known[known["complete"].astype(bool)]
    most = max(known["value"].max(), done["high"].max() if len(done) else 0.0, 1e-12)
    down = [top + high * (1 - known[name].clip(0, most) / most) for name in ("value", "low", "high")]
    x = left + wide * (known.index.to_numpy() + 0.5) / len(rows)
    finished = known["complete"].astype(bool).to_numpy()
    band = down[1].notna().to_numpy()
    if finished.sum() > 1:
        inside = finished & band
        ax.fill_between(x[inside], down[1][inside], down[2][inside], color=colour, alpha=BAND, lw=0, zorder=2)
        ax.plot(x[finished], down[0][finished], color=colour, lw=1.8, solid_capstyle="round", zorder=3)
    if not finished.all():
        ax.plot(x[~finished], down[0][~finished], "o", ms=3.4, mfc=PAPER, mec=MID, mew=1, zorder=3)
    here = (known["period"] == at).to_numpy()
    ax.plot(x[here], down[0][here], "o", color=colour, ms=5.5, mec=PAPER, mew=1, zorder=4)
