"""A simulated spread: how many are new in each wave, and what share of each type is reached."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.axes import Axes

from mapkit.ecosystems.spread import Spread
from mapkit.plots.names import fitted, shown, width_of
from mapkit.plots.numbers import count, nice_ticks, percent
from mapkit.plots.page import Heading, say
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.rows import COLUMN_GAP, WIDEST_NAMES, name_column, open_rows, whisker
from mapkit.plots.spread_of_influence.amounts import amount, columns_of_grid, interval
from mapkit.plots.style import BLUE, INK, LIGHT, QUIET, SKY, SMALL

_MOST_WAVES, _MOST_TYPES = 8, 14
_ROW, _HEAD, _BAR, _SCALE, _BETWEEN = 16.0, 20.0, 5.0, 18.0, 10.0


@dataclass(frozen=True)
class _Row:
    """One row: value and interval as shares of its section's scale."""

    name: str
    at: float
    low: float
    high: float
    figure: str
    remark: str
    whole: float = 0.0


@drawing.register
def draw_spread_of_influence(spread: Spread, ax: Axes | None = None) -> Axes:
    """Draw bars for the waves and for the types, with intervals of the mean."""
    waves, wave_top = _waves(spread)
    types = _types(spread)
    everybody = "" if spread.unit == "actors" else ", all actors"
    sections = [
        (f"New in each wave{everybody}", waves, [(t / wave_top, amount(t)) for t in nice_ticks(wave_top, 4)], BLUE)
    ]
    if types:
        ticks = [(share, f"{100 * share:.0f}%") for share in (0, 0.25, 0.5, 0.75, 1)]
        sections.append(("Share of each type that is reached", types, ticks, SKY))
    rows = [row for _, each, _, _ in sections for row in each]
    columns = [max(width_of(text, SMALL, bold) for text in texts) for texts, bold in (
        ([row.figure for row in rows], True), ([row.remark for row in rows], False))]  # fmt: skip
    beside = sum(columns) + 2 * COLUMN_GAP
    names = name_column(max(width_of(fitted(row.name, WIDEST_NAMES)) for row in rows) + 8, beside)
    height = sum(_HEAD + _ROW * len(each) + _SCALE + _BETWEEN for _, each, _, _ in sections) - _BETWEEN
    ax = open_rows(ax, _heading(spread), height=height, names=names, figures=beside, top=1.0)
    y = 0.0
    for name, each, ticks, colour in sections:
        say(ax, 0, y + _HEAD / 2, name, at="row", bold=True)
        y += _HEAD
        columns_of_grid(ax, ticks, y, y + _ROW * len(each))
        for row in each:
            _draw_row(ax, row, y + _ROW / 2, (names, *columns), colour)
            y += _ROW
        y += _SCALE + _BETWEEN
    return ax


def _draw_row(ax: Axes, row: _Row, y: float, widths: tuple[float, ...], colour: str) -> None:
    if row.whole:
        ax.fill_between([0, row.whole], y - _BAR, y + _BAR, color=LIGHT, lw=0, zorder=0.5)
    ax.fill_between([0, row.at], y - _BAR, y + _BAR, color=colour, lw=0, zorder=1)
    whisker(ax, row.low, min(row.high, 1.0), y, colour=INK)
    say(ax, 0, y, fitted(row.name, widths[0] - COLUMN_GAP - 8), at="row", dx=8)
    number, _, rest = row.figure.partition(" ")
    say(ax, 1, y, number, dx=COLUMN_GAP, size=SMALL, bold=True)
    say(ax, 1, y, rest, dx=COLUMN_GAP + width_of(f"{number} ", SMALL, True), size=SMALL, colour=QUIET)
    say(ax, 1, y, row.remark, dx=2 * COLUMN_GAP + sum(widths[1:]), size=SMALL, colour=QUIET, align="right")


def _waves(spread: Spread) -> tuple[list[_Row], float]:
    table = spread.by_wave
    drawn = table.head(_MOST_WAVES)
    top = max(float(drawn["mean_high"].max()), 1e-9)
    rows = []
    for row in drawn.to_dict("records"):
        name = "seeds" if row["wave"] == 0 else f"wave {row['wave']}"
        ends = (row["mean"], row["mean_low"], row["mean_high"])
        at, low, high = (value / top for value in ends)
        rows.append(_Row(name, at, low, high, interval(*ends), f"{amount(row['so_far'])} so far"))
    if len(table) > _MOST_WAVES:
        rest = table.iloc[_MOST_WAVES:]
        mean = float(rest["mean"].sum())
        top = max(top, mean)
        name = f"waves {_MOST_WAVES}–{int(rest['wave'].iloc[-1])}"
        rows.append(_Row(name, mean / top, float("nan"), float("nan"), amount(mean), "all later ones"))
    return rows, top


def _types(spread: Spread) -> list[_Row]:
    table = spread.by_type.sort_values("of_type", ascending=False, kind="stable")
    if len(table) < 2:
        return []
    rows = []
    for row in table.head(_MOST_TYPES).to_dict("records"):
        at, low, high = (row[name] / row["actors"] for name in ("mean", "mean_low", "mean_high"))
        remark = f"{amount(row['mean'])} of {count(row['actors'])}"
        rows.append(_Row(shown(row["type"]), at, low, high, percent(at, low, high), remark, 1.0))
    return rows


def _heading(spread: Spread) -> Heading:
    reached = spread.reached()
    quoted = interval(reached.value, reached.low, reached.high)
    seeds = f"{count(len(spread.seeds))} seeds" if len(spread.seeds) > 1 else "One seed"
    title = f"{seeds} reach {quoted} {spread.unit} on average, of {amount(spread.total)}"
    rule = spread.notes[0].removeprefix("Model: ").split(". Influence")[0].replace(". Probability", ", probability")
    subtitle = f"{rule} · {count(spread.runs)} runs · 95% intervals of the mean, seeds included"
    note = (
        f"Single runs differ more than means: nine in ten reach from {amount(spread.run_low)} to"
        f" {amount(spread.run_high)}. Intervals do not cover a wrong model."
    )
    hidden = len(spread.by_type) - _MOST_TYPES
    note += f" Not drawn: {hidden} types with smaller shares." if hidden > 0 else ""
    return Heading(title, subtitle, note)


@sentence.register
def say_spread_of_influence(spread: Spread) -> str:
    """Say how many are reached, and the types with the largest shares."""
    top = spread.by_type.sort_values("of_type", ascending=False, kind="stable").head(3)
    types = ", ".join(f"{shown(row['type'])} {percent(row['of_type'])}" for row in top.to_dict("records"))
    return (
        f"Bars of a spread from {len(spread.seeds)} seeds by wave and by type: {amount(spread.mean)} {spread.unit}"
        f" reached on average over {count(spread.runs)} runs; shares reached: {types}."
    )
