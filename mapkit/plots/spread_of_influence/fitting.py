"""A fitted spread: the hazard of adopting by adopted neighbours, beside what it would be if they had no effect."""

from __future__ import annotations

from matplotlib.axes import Axes

from mapkit.ecosystems.spread import SpreadFit
from mapkit.plots.names import fitted
from mapkit.plots.numbers import count, nice_ticks, percent
from mapkit.plots.page import Heading, open_page, say
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.style import BLUE, FADED, INK, LABEL, LIGHT, MID, NOTE, PAPER, QUIET, SMALL, THIN_N

_HEIGHT, _LEFT, _RIGHT, _BOTTOM = 200.0, 40.0, 120.0, 44.0


@drawing.register
def draw_spread_fit(fit: SpreadFit, ax: Axes | None = None) -> Axes:
    """Draw observed hazards with whiskers, the fitted curve, and the one without any effect of neighbours."""
    table = fit.hazard
    ax = open_page(ax, _heading(fit), height=_HEIGHT, left=_LEFT, right=_RIGHT, bottom=_BOTTOM)
    trusted = table[table["at_risk"] >= THIN_N]
    lines = [float(table[["fitted", "without"]].to_numpy().max())]
    top = 1.08 * max([*lines, *trusted["hazard_high"], *(table["hazard"] if trusted.empty else [])])
    x = list(range(len(table)))
    ax.set_xlim(-0.4, len(table) - 0.6)
    ax.set_ylim(0, top)
    for tick in nice_ticks(top, 4):
        ax.axhline(tick, color=LIGHT, lw=1, zorder=0)
        say(ax, 0, tick / top, f"{100 * tick:.3g}%", at="axes", dx=-6, size=SMALL, colour=QUIET, align="right")
    ax.plot(x, table["without"], color=MID, lw=1.6, ls=(0, (4, 2)), zorder=2)
    ax.plot(x, table["fitted"], color=BLUE, lw=2, zorder=2.5)
    for k, row in enumerate(table.to_dict("records")):
        alpha = FADED if row["at_risk"] < THIN_N else 1.0
        high = min(row["hazard_high"], top)
        ax.plot([k, k], [row["hazard_low"], high], color=PAPER, lw=3.4, zorder=3)
        ax.plot([k, k], [row["hazard_low"], high], color=INK, lw=1.4, alpha=alpha, zorder=3.1)
        if row["hazard"] <= top:
            ax.plot([k], [row["hazard"]], "o", color=INK, ms=6, mew=0, alpha=alpha, zorder=4, clip_on=False)
        colour = QUIET if alpha < 1 else INK
        say(ax, k, 0, str(row["exposure"]), dy=-10, colour=colour, align="center")
        n = f"{count(row['adopted'])} of {count(row['at_risk'])}"
        say(ax, k, 0, n, dy=-23, size=NOTE, colour=QUIET, align="center")
    say(ax, 0.5, 0, _axis(fit), at="axes", dy=-38, size=SMALL, colour=QUIET, align="center")
    _label_ends(ax, float(table["fitted"].iloc[-1]), float(table["without"].iloc[-1]), top, len(table) - 0.6)
    return ax


def _axis(fit: SpreadFit) -> str:
    since = "adopted before" if fit.window is None else f"adopted in the {fit.window} periods before"
    return f"neighbours who {since.replace('the 1 periods', 'the period')}; below: adoptions of actor-periods at risk"


def _label_ends(ax: Axes, fitted_end: float, without_end: float, top: float, x: float) -> None:
    """Name both curves at their ends, apart from each other."""
    least = 14 / _HEIGHT * top
    gap = fitted_end - without_end
    shift = max(least - abs(gap), 0) / 2 * (1 if gap >= 0 else -1)
    say(ax, x, fitted_end + shift, "fitted", dx=6, size=LABEL, colour=BLUE, bold=True)
    say(ax, x, without_end - shift, "if neighbours", dx=6, size=SMALL, colour=QUIET)
    say(ax, x, without_end - shift, "had no effect", dx=6, dy=-11, size=SMALL, colour=QUIET)


def _heading(fit: SpreadFit) -> Heading:
    tie = fit.per_tie()
    quoted = percent(tie.value, tie.low, tie.high)
    if tie.low > 0:
        title = f"{quoted} more chance to adopt with each adopted neighbour"
    else:
        title = f"No more adopting beside adopted neighbours: {quoted}"
    within = f", compared within periods and {fitted(fit.within, 90)}" if fit.within else ", compared within periods"
    subtitle = (
        f"share adopting in a period{within} · n = {count(fit.actors)} actors, {count(fit.adoptions)} adoptions that"
        f" tell · {100 * fit.confidence:.3g}% intervals"
    )
    note = "Association, not proof of contagion: those who are tied are alike and meet the same influences. Pale: few."
    return Heading(title, subtitle, note)


@sentence.register
def say_spread_fit(fit: SpreadFit) -> str:
    """Say the chance for each tie, and how many adoptions it rests on."""
    tie = fit.per_tie()
    return (
        f"Hazard of adopting by adopted neighbours: {percent(tie.value, tie.low, tie.high)} for each tie and period,"
        f" from {count(fit.adoptions)} adoptions among {count(fit.actors)} actors."
    )
