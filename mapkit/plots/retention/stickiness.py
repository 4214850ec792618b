"""Stickiness: how many days active customers came, as a histogram; or one row a segment."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from mapkit.journeys.retention import Stickiness
from mapkit.plots.names import fitted, shown, width_of
from mapkit.plots.numbers import count, counted, nice_ticks, percent
from mapkit.plots.page import Heading, nothing_to_draw, open_page, points_wide, say
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.rows import Dot, Group, draw_groups
from mapkit.plots.segments import looks
from mapkit.plots.style import BLUE, FADED, INK, LIGHT, MOST_SERIES, NOTE, OTHER, QUIET, SMALL, THIN_N
from mapkit.plots.wording import level, quoted
from mapkit.statistics import wilson_interval

_HEIGHT, _LEFT, _BOTTOM = 190.0, 40.0, 34.0
_TAIL = 0.005


@drawing.register
def draw_stickiness(result: Stickiness, ax: Axes | None = None) -> Axes:
    """Draw the share of active customers by number of active days, with its interval; with a split, a dot a segment."""
    if result.pooled.empty:
        return nothing_to_draw(ax, result.title, f"no {result.period} of this log is complete and has anybody in it")
    if result.by is not None:
        return _by_segment(result, ax)
    rows = _with_tail(result)
    ax = open_page(ax, _heading(result), height=_HEIGHT, left=_LEFT, right=6, bottom=_BOTTOM)
    top = float(rows["of_customers_high"].max()) * 1.12
    ax.set_xlim(0.4, len(rows) + 0.6)
    ax.set_ylim(0, top)
    for tick in nice_ticks(top, 5):
        ax.axhline(tick, color=LIGHT, lw=1, zorder=0)
        say(ax, 0, tick / top, f"{100 * tick:.3g}%", at="axes", dx=-6, size=SMALL, colour=QUIET, align="right")
    alpha = FADED if rows["customers"].sum() < THIN_N else 1.0
    ax.bar(rows["units"], rows["of_customers"], width=0.82, color=BLUE, alpha=alpha, lw=0, zorder=2)
    some = rows[rows["customers"] > 0]
    ax.vlines(some["units"], some["of_customers_low"], some["of_customers_high"], color=INK, lw=1.2, zorder=3)
    _numbers(ax, result, rows, top)
    return ax


def _with_tail(result: Stickiness) -> pd.DataFrame:
    """Return the rows with those beyond all but half a percent of the customers as one, the last."""
    table = result.table.set_index("units")["customers"]
    beyond = table[::-1].cumsum()[::-1].shift(-1, fill_value=0) / table.sum()
    last = int(beyond.index[beyond < _TAIL][0]) + 1
    if last >= len(table):
        return result.table.assign(label=result.table["units"].astype(str))
    kept = np.array([*table[table.index < last], table[table.index >= last].sum()])
    low, high = wilson_interval(kept, kept.sum(), result.confidence)
    units = np.arange(1, last + 1)
    rows = pd.DataFrame({"units": units, "customers": kept, "of_customers": kept / kept.sum()})
    label = [*(str(k) for k in units[:-1]), f"{last}+"]
    return rows.assign(of_customers_low=low, of_customers_high=high, label=label)


def _numbers(ax: Axes, result: Stickiness, rows: pd.DataFrame, top: float) -> None:
    """Write the share above each bar where there is room, and the number of days below."""
    each = points_wide(ax) / len(rows)
    low, high = ax.get_xlim()
    labels = [percent(share) for share in rows["of_customers"]]
    widest = max(width_of(label, NOTE) for label in labels) + 2
    every = max(int(-(-(width_of("88", SMALL) + 6) // each)), 1)
    ends = rows["of_customers_high"].where(rows["customers"] > 0, 0.0)
    for units, name, label, end in zip(rows["units"], rows["label"], labels, ends, strict=True):
        x = (units - low) / (high - low)
        if widest <= each:
            say(ax, x, end / top, label, at="axes", dy=6, size=NOTE, align="center")
        if (units - 1) % every == 0:
            say(ax, x, 0, name, at="axes", dy=-11, size=SMALL, colour=QUIET, align="center")
    below = f"{result.within}s active in a {result.period}"
    say(ax, 0.5, 0, below, at="axes", dy=-25, size=SMALL, colour=QUIET, align="center")


def _by_segment(result: Stickiness, ax: Axes | None) -> Axes:
    rows = result.pooled
    shown_rows = rows.head(MOST_SERIES)
    look = looks(list(shown_rows["segment"]))
    dots = []
    for row in shown_rows.to_dict("records"):
        colour, marker = look.get(row["segment"], (OTHER, "o"))
        name, ends = shown(row["segment"]), (row["of_units_low"], row["of_units_high"])
        dots.append(Dot(name, row["of_units"], *ends, int(row["customers"]), colour, marker))
    return draw_groups(ax, _heading(result), [Group("", dots)])


def _heading(result: Stickiness) -> Heading:
    pooled = result.pooled
    did = fitted(result.target, 160) if result.target else "any event"
    done = result.ratios[result.ratios["complete"]]
    n = counted(pooled["customers"].sum(), f"customer-{result.period}")
    over = counted(done["period"].nunique(), f"complete {result.period}")
    subtitle = f"customers with {did} in a {result.period}, {over} · n = {n} · {level(result)}"
    note = f"Share of the {result.within}s of a {result.period} on which its active customers came: what "
    note += f"{result.within}ly / {result.period}ly active users stands for. " if result.within != "day" else ""
    if result.within == "day":
        note = f"Stickiness: active on an average day / active in the {result.period}. "
    note += f"Who did not come in a {result.period} is not in it; who came in several counts in each."
    if result.by is None:
        row = pooled.iloc[0]
        title = f"Active customers come on {row['mean_units']:.3g} {result.within}s of a {result.period}: "
        return Heading(f"{title}stickiness {quoted(row, 'of_units')}", subtitle, note)
    hidden = len(pooled) - MOST_SERIES
    note += f" The {hidden} smallest segments are in the table only." if hidden > 0 else ""
    return Heading(_difference(result), subtitle, f"{note} Association, not cause.")


def _difference(result: Stickiness) -> str:
    """Return the highest and the lowest segment where their intervals are clear of each other."""
    rows = result.pooled[result.pooled["customers"] >= THIN_N].sort_values("of_units", ascending=False)
    if len(rows) > 1 and rows["of_units_low"].iloc[0] > rows["of_units_high"].iloc[-1]:
        ends = [f"{fitted(row['segment'], 110)} {quoted(row, 'of_units')}" for _, row in rows.iloc[[0, -1]].iterrows()]
        return f"Stickiness: {ends[0]}, {ends[1]}"
    return f"Stickiness by {fitted(result.by, 200)}"


@sentence.register
def say_stickiness(result: Stickiness) -> str:
    """Say stickiness in one sentence, for each segment."""
    if result.pooled.empty:
        return f"Stickiness with nothing to draw: no {result.period} of the log is complete and has anybody in it."
    parts = [
        f"{shown(row['segment']) + ' ' if 'segment' in row else ''}{quoted(row, 'of_units')} of the {result.within}s "
        f"of a {result.period} (mean {row['mean_units']:.3g}, n = {count(row['customers'])})"
        for row in result.pooled.to_dict("records")
    ]
    return f"Stickiness: active customers came on {'; '.join(parts)}."
