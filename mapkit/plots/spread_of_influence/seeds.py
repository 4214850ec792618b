"""Seeds: what each adds, as steps towards the whole, above the other ways of choosing and what is certain."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes

from mapkit.ecosystems.spread import Seeds
from mapkit.plots.names import fitted, shown, width_of
from mapkit.plots.numbers import count, nice_ticks, percent
from mapkit.plots.page import Heading, points_wide, say
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.rows import COLUMN_GAP, WIDEST_NAMES, name_column, open_rows, whisker
from mapkit.plots.spread_of_influence.amounts import amount, columns_of_grid, interval
from mapkit.plots.style import BLUE, INK, LIGHT, MID, NOTE, PAPER, QUIET, SKY, SMALL

_MOST_ROWS = 20
_ROW, _HEAD, _BAR, _SCALE, _BETWEEN, _DOT = 16.0, 20.0, 5.0, 20.0, 8.0, 6.0


@dataclass(frozen=True)
class _Step:
    """One row: a bar from ``start`` to ``end`` of the scale."""

    name: str
    start: float
    end: float
    figure: str
    remark: str
    forced: bool = False


@drawing.register
def draw_seeds(seeds: Seeds, ax: Axes | None = None) -> Axes:
    """Draw a step for each seed, then a dot for each way of choosing, on one scale with both bounds."""
    steps, ways = _steps(seeds), seeds.compared
    figures = [(step.figure, step.remark) for step in steps]
    figures += [(_quoted(row), _behind(row)) for _, row in ways.iterrows()]
    columns = [max(width_of(each[k], SMALL, k == 0) for each in figures) for k in range(2)]
    beside = sum(columns) + 2 * COLUMN_GAP
    names = [*(step.name for step in steps), *ways["way"]]
    room = name_column(max(width_of(fitted(name, WIDEST_NAMES)) for name in names) + 8, beside)
    height = 2 * _HEAD + _ROW * len(names) + _BETWEEN + _SCALE
    top = 1.02 * _top(seeds)
    ax = open_rows(ax, _heading(seeds), height=height, names=room, figures=beside, top=top)
    end = height - _SCALE
    ticks = [(tick, amount(tick)) for tick in nice_ticks(top, 4)]
    columns_of_grid(ax, ticks, _HEAD, end)
    y = _section(ax, "What each seed adds", 0)
    for text, dx, align in (("adds", COLUMN_GAP, "left"), ("in all", 2 * COLUMN_GAP + sum(columns), "right")):
        say(ax, top, _HEAD / 2, text, dx=dx, size=NOTE, colour=QUIET, align=align)
    for step in steps:
        _draw_step(ax, step, y + _ROW / 2, room, columns, top)
        y += _ROW
    y = _section(ax, "Ways of choosing, judged alike", y + _BETWEEN)
    for _, row in ways.iterrows():
        _draw_way(ax, row, y + _ROW / 2, room, columns, top)
        y += _ROW
    _draw_bounds(ax, seeds, end - _ROW * len(ways) - _HEAD, end)
    return ax


def _top(seeds: Seeds) -> float:
    ends = [float((seeds.compared["spread"] + 2 * seeds.compared["spread_se"]).max()), seeds.spread]
    return max([*ends, seeds.upper_bound if seeds.upper_bound == seeds.upper_bound else 0.0, 1e-9])


def _steps(seeds: Seeds) -> list[_Step]:
    table = seeds.table
    steps, before = [], 0.0
    for row in table.head(_MOST_ROWS).to_dict("records"):
        cost = "" if row["cost"] != row["cost"] else f" · cost {amount(row['cost'])}"
        name = shown(row["name"])
        end = float(row["so_far"])
        steps.append(_Step(name, before, end, f"+{amount(row['marginal'])}", f"{amount(end)}{cost}", row["forced"]))
        before = end
    if len(table) > _MOST_ROWS:
        rest = table.iloc[_MOST_ROWS:]
        added = f"+{amount(rest['marginal'].sum())}"
        steps.append(_Step(f"{count(len(rest))} more", before, seeds.spread, added, amount(seeds.spread)))
    return steps


def _section(ax: Axes, name: str, y: float) -> float:
    written = say(ax, 0, y + _HEAD / 2, name, at="row", bold=True)
    written.set_bbox({"facecolor": PAPER, "edgecolor": "none", "pad": 1})
    return y + _HEAD


def _draw_step(ax: Axes, step: _Step, y: float, names: float, columns: list[float], top: float) -> None:
    ax.fill_between([0, step.start], y - _BAR, y + _BAR, color=LIGHT, lw=0, zorder=1)
    ax.fill_between([step.start, step.end], y - _BAR, y + _BAR, color=SKY if step.forced else BLUE, lw=0, zorder=2)
    say(ax, 0, y, fitted(step.name, names - COLUMN_GAP - 8), at="row", dx=8)
    _figures(ax, step.figure, step.remark, y, columns, top)


def _figures(ax: Axes, figure: str, remark: str, y: float, columns: list[float], top: float) -> None:
    number, _, rest = figure.partition(" ")
    say(ax, top, y, number, dx=COLUMN_GAP, size=SMALL, bold=True)
    if rest:
        say(ax, top, y, rest, dx=COLUMN_GAP + width_of(f"{number} ", SMALL, True), size=SMALL, colour=QUIET)
    say(ax, top, y, remark, dx=2 * COLUMN_GAP + sum(columns), size=SMALL, colour=QUIET, align="right")


def _draw_way(ax: Axes, row: pd.Series, y: float, names: float, columns: list[float], top: float) -> None:
    colour = BLUE if row["kept"] else MID
    half = 1.96 * row["spread_se"]
    if half / top * points_wide(ax) > _DOT:  # a shorter one would only nibble at its dot
        whisker(ax, row["spread"] - half, row["spread"] + half, y, colour=colour)
    ax.plot([row["spread"]], [y], "o", color=colour, ms=_DOT, mew=0, zorder=4)
    say(ax, 0, y, fitted(row["way"], names - COLUMN_GAP - 8), at="row", dx=8, colour=INK if row["kept"] else QUIET)
    _figures(ax, _quoted(row), _behind(row), y, columns, top)


def _quoted(row: pd.Series) -> str:
    half = 1.96 * row["spread_se"]
    return interval(row["spread"], row["spread"] - half, row["spread"] + half)


def _behind(row: pd.Series) -> str:
    if row["kept"]:
        return "kept"
    if row["tied"]:
        return "within 1%"
    return f"−{percent(1 - row['of_best'])}"


def _draw_bounds(ax: Axes, seeds: Seeds, y_from: float, y_to: float) -> None:
    """Mark what is certified: from the least that the seeds reach to the most that any could."""
    if seeds.upper_bound != seeds.upper_bound:
        return
    ax.plot([seeds.upper_bound] * 2, [y_from, y_to], color=INK, lw=1.2, ls=(0, (4, 2)), zorder=3)
    text = "no seeds reach more"
    say(ax, seeds.upper_bound, y_from, text, dx=-4, dy=-9, size=NOTE, colour=QUIET, align="right")


def _heading(seeds: Seeds) -> Heading:
    first = seeds.table.iloc[0]
    many = len(seeds.table)
    who = f"{count(many)} seeds" if many > 1 else fitted(first["name"], 160)
    title = f"{who} reach {amount(seeds.spread)} of {amount(seeds.total)} {seeds.unit}"
    if many > 1:
        top = seeds.table.iloc[int(seeds.table["marginal"].to_numpy().argmax())]
        title += f"; {fitted(top['name'], 130)} adds most"
    model = "independent cascade" if seeds.options.get("model", "ic") == "ic" else "linear threshold"
    rule = seeds.options.get("probability", "")
    rule = rule if isinstance(rule, str) else "fitted probability"
    subtitle = f"{model}, {shown(rule).replace('_', ' ')} · expected number, seeds included · judged on"
    subtitle += f" {count(seeds.sets)} reverse-reachable sets · 95% intervals"
    note = "Under the model and its probabilities."
    if seeds.certified == seeds.certified:
        note = (
            f"Certain at {100 * seeds.confidence:.4g}%: these seeds reach at least {amount(seeds.lower_bound)}, no"
            f" permitted seeds more than {amount(seeds.upper_bound)}, so {percent(seeds.certified)} of the best or"
            f" more. {note}"
        )
    if seeds.table["forced"].any():
        note += " Pale: forced."
    return Heading(title, subtitle, note)


@sentence.register
def say_seeds(seeds: Seeds) -> str:
    """Say the seeds in order with what they add, and the whole."""
    named = ", ".join(
        f"{shown(row['name'])} (+{amount(row['marginal'])})" for row in seeds.table.head(8).to_dict("records")
    )
    more = f" and {len(seeds.table) - 8} more" if len(seeds.table) > 8 else ""
    kept = seeds.compared.loc[seeds.compared["kept"], "way"].iloc[0]
    return (
        f"Steps of what {len(seeds.table)} seeds add to {amount(seeds.spread)} {seeds.unit} reached: {named}{more};"
        f" chosen by {kept}, beside {len(seeds.compared) - 1} other ways."
    )
