"""Growth curve: customers over time under a referral programme, with the band that its inputs allow."""

from __future__ import annotations

from matplotlib.axes import Axes

from mapkit.journeys.growth.simulation import Growth
from mapkit.plots.growth.scale import plain, rows_of_grid
from mapkit.plots.names import width_of
from mapkit.plots.numbers import count, duration, nice_ticks, unit_of_time
from mapkit.plots.page import Heading, open_page, say
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.style import BAND, BLUE, LABEL, MID, NOTE, QUIET, SMALL, VERMILION, readable
from mapkit.plots.wording import level

_HEIGHT = 210.0


@drawing.register
def draw_growth(growth: Growth, ax: Axes | None = None) -> Axes:
    """Draw customers over time, the band where inputs were uncertain, and the market where there is a limit."""
    table = growth.table
    ends = _ends(growth)
    right = max(width_of(text, size, bold) for text, size, bold in ends) + 12
    top = max(table["customers"].max(), table["high"].fillna(0).max(), 1.0) * 1.05
    if growth.market is not None and growth.market < 1.6 * top:
        top = max(top, growth.market * 1.08)
    size, unit = unit_of_time(float(table["seconds"].iloc[-1]))
    ticks = nice_ticks(top, 5)
    left = max(width_of(plain(tick), SMALL) for tick in ticks) + 12
    ax = open_page(ax, _heading(growth), height=_HEIGHT, left=left, right=right, bottom=26)
    last = float(table["seconds"].iloc[-1]) / size
    ax.set_xlim(0, last)
    ax.set_ylim(0, top)
    rows_of_grid(ax, ticks)
    x = table["seconds"] / size
    if table["low"].notna().any():
        ax.fill_between(x, table["low"], table["high"], color=BLUE, alpha=BAND, lw=0, zorder=1)
    ax.plot(x, table["customers"], color=BLUE, lw=2, zorder=3, solid_capstyle="round", clip_on=False)
    if growth.market is not None and growth.market <= top:
        ax.axhline(growth.market, color=VERMILION, lw=1.2, ls=(0, (4, 3)), zorder=2)
        say(ax, 0, growth.market, f"market {count(growth.market)}", dx=4, dy=-9, size=SMALL, colour=readable(VERMILION))
    for tick in nice_ticks(last, 6):
        ax.plot([tick, tick], [0, -0.015 * top], color=MID, lw=0.8, clip_on=False)
        said = f"{tick:g} {unit}" if tick == 0 or unit == "s" else f"{tick:g}"
        say(ax, tick, 0, said if tick else "0", dy=-14, size=SMALL, colour=QUIET, align="center")
    say(ax, 1, 0, unit, at="axes", dx=8, dy=-14, size=SMALL, colour=QUIET)
    for k, (text, points, bold) in enumerate(ends):
        end = float(table["customers"].iloc[-1])
        say(ax, last, end, text, dx=8, dy=4 - 13 * k, size=points, colour=BLUE if bold else QUIET, bold=bold)
    return ax


def _ends(growth: Growth) -> list[tuple[str, float, bool]]:
    final = growth.final
    ends = [(count(final.value), LABEL, True)]
    if final.low == final.low:
        ends.append((f"[{count(final.low)}, {count(final.high)}]", NOTE, False))
    return ends


def _heading(growth: Growth) -> Heading:
    final, span = growth.final, duration(float(growth.table["seconds"].iloc[-1]))
    band = f" [{count(final.low)}, {count(final.high)}]" if final.low == final.low else ""
    title = f"{count(growth.start)} customers become {count(final.value)}{band} in {span}"
    if growth.k < 1 and growth.market is None:
        title += f", and never more than {count(growth.start / (1 - growth.k))}"
    subtitle = f"K = {growth.k:.3g} new customers per customer · cycle {duration(growth.cycle_seconds)} · "
    subtitle += f"market {count(growth.market)}" if growth.market is not None else "no limit of the market"
    note = "A consequence of the inputs, no forecast: all invite alike, once, a cycle after they came."
    if band:
        note = f"Band: {level(growth)} from those of the inputs. {note}"
    return Heading(title, subtitle, note)


@sentence.register
def say_growth(growth: Growth) -> str:
    """Say where the curve ends, in one sentence."""
    heading = _heading(growth)
    return f"Growth curve: {heading.title}; {heading.subtitle}."
