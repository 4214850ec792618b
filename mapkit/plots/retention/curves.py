"""Retention as curves: all cohorts together with their band, single cohorts behind, or one curve a segment."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from mapkit.journeys.retention import Retention
from mapkit.plots.names import fitted, width_of
from mapkit.plots.numbers import count, nice_ticks, percent
from mapkit.plots.page import Heading, open_page, points_high, points_wide, say
from mapkit.plots.retention.spacing import apart
from mapkit.plots.retention.wording import USUAL, after_start, heading, periods_said
from mapkit.plots.segments import looks, pool_small, with_share
from mapkit.plots.style import BAND, BLUE, FADED, LIGHT, MID, NOTE, PAPER, QUIET, SMALL, THIN_N, readable
from mapkit.plots.wording import quoted

_HEIGHT, _LEFT, _BOTTOM, _NAMES = 210.0, 40.0, 40.0, 130.0


def draw_curves(result: Retention, ax: Axes | None) -> Axes:
    """Draw the pooled share by period with its band; with a split, a curve for each segment."""
    curve = _by_segment(result) if result.by is not None else after_start(result, result.curve).assign(segment="")
    segments = list(dict.fromkeys(curve["segment"]))
    look = looks(segments) if result.by is not None else {"": (BLUE, "o")}
    place = {period: k for k, period in enumerate(sorted(curve["period"].unique()))}
    curve = curve.assign(at=curve["period"].map(place))
    tags = {name: _tag(name, curve[curve["segment"] == name]) for name in segments}
    right = max(width_of(text, SMALL, True) for text in tags.values()) + 14
    ax = open_page(ax, _heading(result, curve), height=_HEIGHT, left=_LEFT, right=right, bottom=_BOTTOM)
    solid = curve[curve["size"] >= THIN_N] if (curve["size"] >= THIN_N).any() else curve
    top = min(max(solid["of_cohort_high"].max(), curve["of_cohort"].max()) * 1.08, 1.04)
    ax.set_ylim(0, top)
    ax.set_xlim(-0.4 if len(place) == 1 else 0, max(len(place) - 1, 0.4))
    _scales(ax, result, curve, place, top)
    if result.by is None:
        _single_cohorts(ax, result, place)
    for name in segments:
        _line(ax, curve[curve["segment"] == name], *look[name])
    _ends(ax, {name: curve[curve["segment"] == name].iloc[-1] for name in segments}, tags, look)
    return ax


def _by_segment(result: Retention) -> pd.DataFrame:
    rows = after_start(result, result.curve)
    keys = [name for name in ("period", "to_period") if name in rows]
    # The largest segments are those with most customers in the first period shown.
    pooled = pool_small(rows, by=keys, size="size", counts=["customers", "size"])
    pooled = with_share(pooled, "of_cohort", pooled["customers"], pooled["size"], result.confidence)
    # The last of a segment's cohorts are few: their bands would hide all other segments.
    solid = pooled["size"] >= THIN_N
    return pooled[solid] if solid.any() else pooled


def _tag(name: str, rows: pd.DataFrame) -> str:
    share = percent(rows["of_cohort"].iloc[-1])
    return f"{share}  {fitted(name, _NAMES, SMALL, True)}" if name else share


def _scales(ax: Axes, result: Retention, curve: pd.DataFrame, place: dict[int, int], top: float) -> None:
    for tick in nice_ticks(top, 5):
        ax.axhline(tick, color=LIGHT, lw=1, zorder=0)
        say(ax, 0, tick / top, f"{100 * tick:.3g}%", at="axes", dx=-6, size=SMALL, colour=QUIET, align="right")
    rows = curve.drop_duplicates("period")
    ends = dict(zip(rows["period"], rows.get("to_period", rows["period"]), strict=True))
    sizes = curve.groupby("period")["size"].sum()
    each = points_wide(ax) / max(len(place) - 1, 1)
    widest = max([width_of(count(sizes.max()), NOTE), 30.0]) + 6
    every = max(int(-(-widest // each)), 1)
    low, high = ax.get_xlim()
    for period, at in place.items():
        if at % every == 0:
            x = (at - low) / (high - low)
            label = str(period) if ends[period] == period else f"{period}–{ends[period]}"
            say(ax, x, 0, label, at="axes", dy=-12, size=SMALL, colour=QUIET, align="center")
            say(ax, x, 0, count(sizes[period]), at="axes", dy=-25, size=NOTE, colour=QUIET, align="center")
    say(ax, 0, 0, result.period, at="axes", dx=-_LEFT, dy=-12, size=SMALL, colour=QUIET)
    say(ax, 0, 0, "n", at="axes", dx=-_LEFT, dy=-25, size=NOTE, colour=QUIET)


def _single_cohorts(ax: Axes, result: Retention, place: dict[int, int]) -> None:
    table = after_start(result, result.table)
    for _, rows in table[table["size"] >= THIN_N].groupby("cohort"):
        known = rows[rows["of_cohort"].notna() & rows["period"].isin(list(place))]
        ax.plot(known["period"].map(place), known["of_cohort"], color=LIGHT, lw=0.9, zorder=0.6)


def _line(ax: Axes, rows: pd.DataFrame, colour: str, marker: str) -> None:
    """Draw a curve and its band; where fewer than 30 are pooled it fades."""
    thin = rows["size"] < THIN_N
    ax.fill_between(rows["at"], rows["of_cohort_low"], rows["of_cohort_high"], color=colour, alpha=BAND, lw=0, zorder=1)
    if len(rows) == 1:
        ends = (rows["of_cohort_low"], rows["of_cohort_high"])
        ax.vlines(rows["at"], *ends, color=colour, alpha=2 * BAND, lw=3, zorder=1)
    few = len(rows) <= 31
    for part, alpha in ((rows, FADED), (rows[~thin], 1.0)):
        ax.plot(part["at"], part["of_cohort"], color=colour, lw=1.8 if few else 1.3, alpha=alpha, zorder=3)
        look: dict[str, Any] = {"color": colour, "marker": marker, "ls": "none", "mec": PAPER, "clip_on": False}
        ax.plot(part["at"], part["of_cohort"], **look, ms=5 if few else 2, mew=1 if few else 0, alpha=alpha, zorder=4)


def _ends(ax: Axes, last: dict[str, pd.Series], tags: dict[str, str], look: dict[str, tuple[str, str]]) -> None:
    """Write each curve's latest share, and its name, at its end, moved apart where they would touch."""
    high, top = points_high(ax), ax.get_ylim()[1]
    names = list(last)
    wanted = [float(last[name]["of_cohort"]) / top * high for name in names]
    for name, y in zip(names, apart(wanted, SMALL * 1.35, high), strict=True):
        colour = readable(look[name][0] if look[name][0] != MID else QUIET)
        say(ax, 1, y / high, tags[name], at="axes", dx=9, size=SMALL, colour=colour, bold=True)


def _heading(result: Retention, curve: pd.DataFrame) -> Heading:
    note = "n: customers in the cohorts that are old enough, so later periods rest on fewer and older ones"
    if result.by is None:
        return heading(result, curve, segment=None, note=f"{note}. Grey: single cohorts of {THIN_N} or more.")
    note += f". Not drawn: fewer than {THIN_N}. Segments differ in more than their name: association, not cause."
    beyond = result.table["segment"].nunique() - curve["segment"].nunique() + 1
    note += f" The {beyond} smallest segments are pooled as other." if beyond > 1 else ""
    said = heading(result, after_start(result, result.curve), segment=None, note=note)
    return Heading(_difference(result, curve), said.subtitle, note)


def _difference(result: Retention, curve: pd.DataFrame) -> str:
    """Return the highest and the lowest segment in the usual period, where their intervals are clear of each other."""
    counts = curve.groupby("period")["segment"].nunique()
    shared = [period for period in counts.index[counts == counts.max()] if period <= USUAL[result.period]]
    at = shared[-1] if shared else curve["period"].min()
    rows = curve[(curve["period"] == at) & (curve["size"] >= THIN_N)].sort_values("of_cohort", ascending=False)
    if len(rows) > 1 and rows["of_cohort_low"].iloc[0] > rows["of_cohort_high"].iloc[-1]:
        ends = [f"{fitted(row['segment'], 100)} {quoted(row, 'of_cohort')}" for _, row in rows.iloc[[0, -1]].iterrows()]
        return f"In {periods_said(result, rows.iloc[0])}: {ends[0]}, {ends[1]}"
    return f"Retention by {fitted(result.by, 200)}"
