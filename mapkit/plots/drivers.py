"""Drivers: a forest of odds ratios with whiskers, on a scale where twice and half are equally far."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from mapkit.journeys import Drivers
from mapkit.plots.around import Mark, Section, draw_around
from mapkit.plots.names import fitted, shown
from mapkit.plots.numbers import count, duration, percent
from mapkit.plots.page import Heading, nothing_to_draw
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.style import BAD, GOOD, OTHER, THIN_N
from mapkit.plots.wording import level

_MOST_ROWS = 30
_TICKS = (1.25, 1.5, 2, 3, 5, 10, 30, 100)
_COLOURS = {"more": GOOD, "less": BAD}


@drawing.register
def draw_drivers(drivers: Drivers, ax: Axes | None = None) -> Axes:
    """Draw a candidate's odds ratio a row, the largest first; what is structural or leaks is named at the foot."""
    name = _quantity(drivers)
    rows = drivers.table[(drivers.table["flag"] == "") & drivers.table[name].notna()]
    if rows.empty:
        return nothing_to_draw(ax, drivers.title, "no candidate was had by some and not by others")
    rows = rows.assign(far=rows[name].map(math.log).abs(), sure=rows["verdict"].isin(list(_COLOURS)))
    drawn = rows.sort_values(["sure", "far"], ascending=False, kind="stable").head(_MOST_ROWS)
    span = _span(drawn, name)
    ordered = drawn.sort_values(name, ascending=False, kind="stable")
    ticks = [(math.log(tick), f"{tick:g}" if tick >= 1 else f"1/{1 / tick:g}") for tick in _ticks(span)]
    section = Section("", [_mark(row, name) for row in ordered.to_dict("records")], ticks)
    return draw_around(ax, _heading(drivers, rows, len(drawn)), [section], span=span)


def _quantity(drivers: Drivers) -> str:
    return "odds_ratio_within" if drivers.strata else "odds_ratio"


def _span(rows: pd.DataFrame, name: str) -> tuple[float, float]:
    """Return both ends of the scale: to the widest whiskers, unless thin rows would press the others flat."""
    ends = rows[[f"{name}_low", f"{name}_high"]].map(math.log)
    far = 2.5 * float(ends.abs().max(axis=1).median())
    at = rows[name].map(math.log)
    low = min(float(at.min()), max(float(ends.to_numpy().min()), -far), -math.log(1.3))
    high = max(float(at.max()), min(float(ends.to_numpy().max()), far), math.log(1.3))
    return low * 1.04, high * 1.04


def _ticks(span: tuple[float, float]) -> list[float]:
    """Return 1, then ratios from both ends inwards."""
    every = [sign_tick for tick in _TICKS for sign_tick in (tick, 1 / tick)]
    inside = [tick for tick in every if span[0] <= math.log(tick) <= span[1]]
    return [1.0, *sorted(inside, key=lambda tick: -abs(math.log(tick)))]


def _mark(row: dict[Any, Any], name: str) -> Mark:
    at, low, high = (math.log(row[column]) for column in (name, f"{name}_low", f"{name}_high"))
    remark = f"{percent(row['of_with'])} of {count(row['customers_with'])} vs {percent(row['of_without'])}"
    thin = min(row["customers_with"], row["customers_without"]) < THIN_N
    colour = _COLOURS.get(row["verdict"], OTHER)
    return Mark(shown(row["candidate"]), at, low, high, colour, _written(row, name), remark, thin)


def _written(row: Any, name: str) -> str:
    return f"{_ratio(row[name])} [{_ratio(row[f'{name}_low'])}, {_ratio(row[f'{name}_high'])}]"


def _ratio(value: float) -> str:
    """Return a ratio with two digits: 1.0, 0.98, 12."""
    return f"{value:,.0f}" if value >= 9.95 else f"{value:#.2g}"


def _heading(drivers: Drivers, rows: pd.DataFrame, drawn: int) -> Heading:
    outcome, name = fitted(drivers.outcome, 130), _quantity(drivers)
    sure = rows[rows["sure"]]
    if sure.empty:
        title = f"Nothing goes with {outcome} more, or less, than chance allows"
    else:
        most = sure.sort_values("far", ascending=False).iloc[0]
        title = f"{count(len(sure))} of {count(len(rows))} go with {outcome}; furthest: "
        title += f"{fitted(most['candidate'], 140)}, odds × {_written(most, name)}"
    within = f"compared within {fitted(drivers.strata, 90)}" if drivers.strata else "crude"
    span = (
        "" if drivers.within_seconds is None else f" · had within {duration(drivers.within_seconds)} of the first event"
    )
    n = f"n = {count(drivers.customers)}, {count(drivers.converted)} converted"
    subtitle = f"odds ratio with against without, {within}{span} · {n} · {level(drivers)}"
    note = "Association, not cause. Blue: more often, vermilion: less often, all judged together; grey: cannot tell."
    for flag, words in (("structural", "Left out because the outcome needs them"), ("leak", "Left out as leaks")):
        named = [fitted(each, 90) for each in drivers.table.loc[drivers.table["flag"] == flag, "candidate"]]
        note += f" {words}: {', '.join(named[:5])}{' and more' if len(named) > 5 else ''}." if named else ""
    note += f" Not drawn: {len(rows) - drawn:,} nearer to 1." if len(rows) > drawn else ""
    return Heading(title, subtitle, note)


@sentence.register
def say_drivers(drivers: Drivers) -> str:
    """Say what goes with the outcome, in one sentence."""
    name = _quantity(drivers)
    rows = drivers.table[drivers.table["verdict"].isin(list(_COLOURS))]
    named = "; ".join(
        f"{shown(row['candidate'])} {row['verdict']} often ({_ratio(row[name])} times the odds)"
        for row in rows.head(8).to_dict("records")
    )
    said = named or "nothing beyond chance"
    return f"Forest of odds ratios for {shown(drivers.outcome)} of {count(drivers.customers)} customers: {said}."
