"""Referral: new customers that each customer brings, by the period in which they came."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib import dates
from matplotlib.axes import Axes

from mapkit.journeys.growth.periods import ALL
from mapkit.journeys.growth.referral import Referral
from mapkit.plots.growth.figures import figure
from mapkit.plots.growth.scale import rows_of_grid
from mapkit.plots.names import fitted, shown
from mapkit.plots.numbers import count, duration, nice_ticks
from mapkit.plots.page import Heading, nothing_to_draw, open_page, say
from mapkit.plots.periods import DAYS
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.rows import whisker
from mapkit.plots.style import BAND, BLUE, FADED, MID, NOTE, PAPER, QUIET, SMALL, THIN_N
from mapkit.plots.wording import level, quoted

_HEIGHT, _ROW, _HEAD, _NAMES = 190.0, 20.0, 22.0, 120.0
_MOST_DATES = 8


@drawing.register
def draw_referral(referral: Referral, ax: Axes | None = None) -> Axes:
    """Draw K of every cohort with its interval over the band of all; or, by segment, a row a segment."""
    if not referral.table["customers"].sum() > 0:
        return nothing_to_draw(ax, referral.title, "no customer had the time to invite in this log")
    if "segment" in referral.table:
        return _by_segment(referral, ax)
    table = referral.table
    whole, rows = table[table["period"] == ALL].iloc[0], table[(table["period"] != ALL) & (table["customers"] > 0)]
    ax = open_page(ax, _heading(referral, whole), height=_HEIGHT, left=36, right=44, bottom=32)
    firm = rows[rows["customers"] >= THIN_N]
    top = max(firm["k_high"].max() if len(firm) else 0.0, rows["k"].max(), whole["k_high"]) * 1.06 or 1.0
    at = dates.date2num(pd.to_datetime(rows["period"]))
    wide = DAYS[referral.period]
    ax.set_xlim(at.min(), at.max() + wide)
    ax.set_ylim(0, top)
    rows_of_grid(ax, nice_ticks(top, 5))
    ax.axhspan(whole["k_low"], whole["k_high"], color=BLUE, alpha=BAND, lw=0, zorder=0.5)
    ax.axhline(whole["k"], color=BLUE, lw=1.2, zorder=1)
    say(ax, 1, whole["k"], "all", at="row", dx=6, dy=6, size=SMALL, colour=BLUE, bold=True)
    say(ax, 1, whole["k"], _figure(whole, "k")[0], at="row", dx=6, dy=-6, size=SMALL, colour=BLUE)
    for x, row in zip(at + wide / 2, rows.to_dict("records"), strict=True):
        alpha = FADED if row["customers"] < THIN_N else 1.0
        ax.plot([x, x], [row["k_low"], min(row["k_high"], top)], color=BLUE, lw=1.5, alpha=alpha, zorder=3)
        face = BLUE if row["complete"] else PAPER
        ax.plot([x], [row["k"]], "o", ms=6, mfc=face, mec=BLUE, mew=1.2, alpha=alpha, zorder=4, clip_on=False)
    _dates(ax, at, wide, referral.period)
    return ax


def _dates(ax: Axes, at: pd.Index, wide: float, period: str) -> None:
    written = ""
    for x in at[:: -(-len(at) // _MOST_DATES)]:
        moment = dates.num2date(x)
        text = f"{moment:%b}" if period == "month" else f"{moment.day} {moment:%b}"
        say(ax, x + wide / 2, 0, text, dy=-12, size=SMALL, colour=QUIET, align="center")
        if f"{moment:%Y}" != written:
            say(ax, x + wide / 2, 0, f"{moment:%Y}", dy=-24, size=NOTE, colour=QUIET, align="center")
        written = f"{moment:%Y}"


def _by_segment(referral: Referral, ax: Axes | None) -> Axes:
    rows = referral.table[referral.table["period"] == ALL].to_dict("records")
    height = _HEAD + _ROW * len(rows)
    heading = Heading(
        _finding(rows), f"K: accepted invites per customer, by segment · {level(referral)}", _note(referral)
    )
    ax = open_page(ax, heading, height=height, left=_NAMES + 8, right=150)
    top = max([row["k_high"] for row in rows if row["k_high"] == row["k_high"]] or [1.0])
    ax.set_xlim(0, 1.01 * top)
    ax.set_ylim(height, 0)
    say(ax, 1, _HEAD / 2 - 3, "K", at="row", dx=14, size=SMALL, colour=QUIET)
    say(ax, 1, _HEAD / 2 - 3, "customers", at="row", dx=150, size=SMALL, colour=QUIET, align="right")
    ax.plot([0, 0], [_HEAD - 4, height], color=MID, lw=0.8)
    for k, row in enumerate(rows):
        y = _HEAD + _ROW * (k + 0.5)
        alpha = FADED if row["customers"] < THIN_N else 1.0
        say(ax, 0, y, fitted(row["segment"], _NAMES), at="row", dx=-_NAMES - 8)
        if row["k"] == row["k"]:
            whisker(ax, row["k_low"], row["k_high"], y, colour=BLUE, alpha=alpha)
            ax.plot([row["k"]], [y], "o", ms=6, color=BLUE, mew=0, alpha=alpha, zorder=4)
        value, interval = _figure(row, "k")
        say(ax, 1, y, f"{value} {interval}", at="row", dx=14, size=SMALL)
        say(ax, 1, y, count(row["customers"]), at="row", dx=150, size=SMALL, colour=QUIET, align="right")
    return ax


def _finding(rows: list[dict]) -> str:
    firm = [row for row in rows if row["customers"] >= THIN_N and row["k"] == row["k"]]
    if len(firm) > 1:
        most, least = max(firm, key=lambda row: row["k"]), min(firm, key=lambda row: row["k"])
        if most["k_low"] > least["k_high"]:
            ends = [f"{' '.join(_figure(row, 'k'))} ({fitted(row['segment'], 110)})" for row in (most, least)]
            return f"Customers bring {ends[0]} others each, against {ends[1]}"
    return "No segment clearly brings more new customers than another"


def _heading(referral: Referral, whole: pd.Series) -> Heading:
    value, interval = _figure(whole, "k")
    accepted = quoted(whole, "of_invites")
    per = _figure(whole, "invites_per_customer")[0]
    subtitle = f"K = {per} invites per customer × {accepted} accepted · n = {count(whole['customers'])} customers"
    if referral.median_cycle_seconds == referral.median_cycle_seconds:
        subtitle += f" · median cycle {duration(referral.median_cycle_seconds)}"
    return Heading(f"Each customer brings {value} {interval} new ones", subtitle, _note(referral))


def _figure(row: Any, name: str) -> tuple[str, str]:
    return figure(row[name], row[f"{name}_low"], row[f"{name}_high"], "per customer")


def _note(referral: Referral) -> str:
    if referral.within_seconds is None:
        first = "All invites so far: late cohorts have had less time to invite, and look low."
    else:
        first = f"Invites within {duration(referral.within_seconds)} of the inviter's start."
    if "segment" in referral.table:
        return f"{first} Association, not cause."
    return (
        f"{first} By the {referral.period} in which inviters came; hollow: unfinished. {level(referral).capitalize()}."
    )


@sentence.register
def say_referral(referral: Referral) -> str:
    """Say K over all (by segment), in one sentence."""
    rows = referral.table[referral.table["period"] == ALL].to_dict("records")
    if not sum(row["customers"] for row in rows) > 0:
        return "Referral with nothing to draw: no customer had the time to invite."
    parts = [
        (f"{shown(row['segment'])} " if "segment" in row else "")
        + " ".join(_figure(row, "k"))
        + f" of {count(row['customers'])}"
        for row in rows
    ]
    return f"Referral, K (accepted invites per customer): {'; '.join(parts)}."
