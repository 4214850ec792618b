"""Customer lifecycle: who came stands up from the line, who went dormant hangs below it."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from mapkit.journeys.retention import Lifecycle
from mapkit.plots.names import fitted, shown, width_of
from mapkit.plots.numbers import count, counted, nice_ticks
from mapkit.plots.page import Heading, nothing_to_draw, open_page, points_high, say
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.retention.dates import BELOW, draw_dates
from mapkit.plots.retention.spacing import apart
from mapkit.plots.segments import pool_small
from mapkit.plots.style import BAD, BLUE, INK, LIGHT, MID, NOTE, PAPER, QUIET, SKY, SMALL, YELLOW, bare, readable
from mapkit.plots.wording import level, quoted

_HEIGHT, _LEFT, _PANEL, _BETWEEN, _NAMES = 240.0, 44.0, 84.0, 14.0, 110.0
_UP = (("returning", BLUE), ("resurrecting", SKY), ("new", YELLOW))
_COUNTS = ["active", "new", "returning", "resurrecting", "dormant", "previous"]


@drawing.register
def draw_lifecycle(result: Lifecycle, ax: Axes | None = None) -> Axes:
    """Draw bars by period: returning, resurrecting and new upwards, dormant downwards; a panel for each segment."""
    table = result.table
    if table.empty or not table["active"].sum() > 0:
        return nothing_to_draw(ax, result.title, "nobody was active in any period")
    if result.by is not None:
        return _panels(result, ax)
    rows = table.reset_index(drop=True)
    tags = _tags(rows)
    right = max(width_of(text, SMALL, True) for text, _, _ in tags) + 12
    ax = open_page(ax, _heading(result), height=_HEIGHT, left=_LEFT, right=right, bottom=BELOW)
    _bars(ax, rows, most_ticks=4)
    bottom, top = ax.get_ylim()
    high = points_high(ax)
    wanted = [(y - bottom) / (top - bottom) * high for _, y, _ in tags]
    for (text, _, colour), y in zip(tags, apart(wanted, SMALL * 1.35, high), strict=True):
        say(ax, 1, y / high, text, at="axes", dx=8, size=SMALL, colour=readable(colour), bold=True)
    draw_dates(ax, list(rows["period"]), result.period)
    return ax


def _panels(result: Lifecycle, ax: Axes | None) -> Axes:
    table = pool_small(result.table, by=["period", "complete"], size="new", counts=_COUNTS)
    segments = list(dict.fromkeys(table["segment"]))
    right = max(width_of(fitted(name, _NAMES), SMALL, True) for name in segments) + 12
    each = _PANEL + _BETWEEN
    height = each * len(segments) - _BETWEEN
    ax = open_page(ax, _heading(result), height=height, left=_LEFT, right=max(right, 72), bottom=BELOW)
    starts = sorted(table["period"].unique())
    ax.set_xlim(-0.6, len(starts) - 0.4)
    for k, name in enumerate(segments):
        panel = ax.inset_axes((0, 1 - (each * k + _PANEL) / height, 1, _PANEL / height))
        bare(panel)
        rows = table[table["segment"] == name].sort_values("period").reset_index(drop=True)
        _bars(panel, rows, most_ticks=2)
        say(panel, 1, 0.5, fitted(name, _NAMES, SMALL, True), at="axes", dx=8, dy=6, size=SMALL, bold=True)
        done = rows[rows["complete"]]
        if len(done):
            active = f"{count(done['active'].iloc[-1])} active"
            say(panel, 1, 0.5, active, at="axes", dx=8, dy=-7, size=NOTE, colour=QUIET)
    draw_dates(ax, [pd.Timestamp(start) for start in starts], result.period)
    return ax


def _bars(ax: Axes, rows: pd.DataFrame, *, most_ticks: int) -> None:
    top, down = max(float(rows["active"].max()), 1.0), max(float(rows["dormant"].max()), 0.0)
    ax.set_xlim(-0.6, len(rows) - 0.4)
    ax.set_ylim(-down * 1.08 - top * 0.02, top * 1.05)
    bottom, span = ax.get_ylim()[0], ax.get_ylim()[1] - ax.get_ylim()[0]
    step = [tick for tick in nice_ticks(max(top, down), most_ticks) if tick == int(tick)]
    ticks = sorted({*step, *(-tick for tick in step if 0 < tick <= -bottom)})
    for tick in ticks:
        ax.axhline(tick, color=LIGHT, lw=1, zorder=0)
        y = (tick - bottom) / span
        say(ax, 0, y, count(abs(tick)), at="axes", dx=-6, size=SMALL, colour=QUIET, align="right")
    wide = 0.82 if len(rows) <= 60 else 1.0
    look: dict[str, Any] = {"width": wide, "edgecolor": PAPER, "linewidth": 0.4 if len(rows) <= 60 else 0, "zorder": 2}
    base = pd.Series(0.0, index=rows.index)
    for name, colour in _UP:
        ax.bar(rows.index, rows[name], bottom=base, color=colour, **look)
        base = base + rows[name]
    ax.bar(rows.index, -rows["dormant"], color=BAD, **look)
    ax.axhline(0, color=INK, lw=0.8, zorder=3)
    open_rows = rows[~rows["complete"].astype(bool)]
    for k in open_rows.index:
        ax.axvspan(k - 0.5, k + 0.5, facecolor=PAPER, alpha=0.55, lw=0, zorder=2.5)
        ax.axvspan(k - 0.5, k + 0.5, facecolor="none", edgecolor=MID, hatch="////", lw=0, zorder=2.6)


def _tags(rows: pd.DataFrame) -> list[tuple[str, float, str]]:
    """Return what stands right of the last bar that is complete, where, and in which colour."""
    done = rows[rows["complete"]]
    row = (done if len(done) else rows).iloc[-1]
    tags, base = [], 0.0
    for name, colour in _UP:
        tags.append((f"{name} {count(row[name])}", base + row[name] / 2, colour))
        base += row[name]
    return [*tags, (f"dormant {count(row['dormant'])}", -row["dormant"] / 2, BAD)]


def _when(result: Lifecycle, start: pd.Timestamp) -> str:
    if result.period == "month":
        return f"{start:%B %Y}"
    return f"the {result.period} of {start.day} {start:{'%b %Y, %H:00' if result.period == 'hour' else '%b %Y'}}"


def _heading(result: Lifecycle) -> Heading:
    done = result.table[result.table["complete"]]
    target = fitted(result.target, 160) if result.target else "any event"
    if result.by is not None:
        title = f"Who came and who went dormant, by {fitted(result.by, 160)}"
    elif len(done) and done["quick_ratio"].iloc[-1] == done["quick_ratio"].iloc[-1]:
        row = done.iloc[-1]
        low, high = row["quick_ratio_low"], row["quick_ratio_high"]
        when = _when(result, row["period"])
        way = "grew in " if low > 1 else "shrank in " if high < 1 else ""
        start = f"The active base {way}{when}" if way else f"{when[:1].upper()}{when[1:]}"
        ratio = f"{row['quick_ratio']:.2f} [{low:.2f}, {high:.2f}]"
        title = f"{start}: {ratio} came for each who went dormant"
    else:
        row = (done if len(done) else result.table).iloc[-1]
        title = f"{count(row['active'])} active in {_when(result, row['period'])}, {count(row['new'])} of them new"
    n = counted(result.table["new"].sum(), "customer")
    subtitle = f"customers by {result.period}, active: {target} · n = {n} · {level(result)}"
    notes = ["Dormant: active in the bar before, not in this one. When a log begins all are new."]
    if not result.table["complete"].all():
        notes.append("Hatched: not over.")
    if result.by is not None:
        up = ", ".join(name for name, _ in _UP)
        notes.append(f"From the line upwards: {up}; downwards: dormant. Each panel has its own scale.")
    else:
        notes.append("Beside the bars: the latest that is over.")
    return Heading(title, subtitle, " ".join(notes))


@sentence.register
def say_lifecycle(result: Lifecycle) -> str:
    """Say the latest complete period in one sentence, for each segment."""
    done = result.table[result.table["complete"]]
    if done.empty or not done["active"].sum() > 0:
        return f"Customer lifecycle by {result.period} with nothing to say: no complete period has anybody in it."
    parts = []
    for segment, rows in done.groupby("segment", sort=False) if result.by is not None else [("", done)]:
        row = rows.iloc[-1]
        counts = ", ".join(f"{count(row[name])} {name}" for name in ("new", "returning", "resurrecting", "dormant"))
        share = f"; {quoted(row, 'of_previous')} of the {result.period} before returned" if row["previous"] else ""
        parts.append(f"{shown(segment) + ' ' if result.by is not None else ''}{counts}{share}")
    last = _when(result, done["period"].iloc[-1])
    return (
        f"Customer lifecycle over {done['period'].nunique()} complete {result.period}s; in {last}: {'; '.join(parts)}."
    )
