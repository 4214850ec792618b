"""Activation finder: how much more are retained with an early event than without, the surest first."""

from __future__ import annotations

import math
from typing import Any

from matplotlib.axes import Axes

from mapkit.journeys.growth.activation import Activation
from mapkit.plots.names import fitted, shown, width_of
from mapkit.plots.numbers import count, duration, nice_ticks, percent
from mapkit.plots.page import Heading, nothing_to_draw, open_page, points_wide, say
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.rows import COLUMN_GAP, WIDEST_NAMES, name_column, whisker
from mapkit.plots.style import BLUE, FADED, INK, LABEL, LIGHT, MID, NOTE, ORANGE, QUIET, SMALL
from mapkit.plots.wording import level
from mapkit.statistics import Estimate

_CHECKED = "on the other half"
_MOST, _ROW, _HEAD, _SCALE, _CHECK = 14, 17.0, 22.0, 18.0, 30.0


@drawing.register
def draw_activation(found: Activation, ax: Axes | None = None) -> Axes:
    """Draw the judged candidates as dots with whiskers, and the winner once more as it was checked."""
    rows = [row for row in found.table.to_dict("records") if row["difference"] == row["difference"]]
    rows = [row for row in rows if row["flag"] in ("", "too few")][:_MOST]
    if not rows:
        return nothing_to_draw(ax, found.title, "no early event can be judged in this log")
    names = [_name(row["event"], row["times"]) for row in rows]
    texts = [_texts(row) for row in rows]
    columns = [max([width_of(text[k], SMALL, k == 0) for text in texts] + [46.0]) for k in range(3)]
    figures = sum(columns) + 3 * COLUMN_GAP
    checked = width_of(_CHECKED, LABEL, True) if found.checked else 0.0
    left = name_column(max(checked, *(width_of(name) for name in names)), figures)
    height = _HEAD + _ROW * len(rows) + _SCALE + (_CHECK if found.checked else 0)
    ax = open_page(ax, _heading(found, len(rows)), height=height)
    ends = [row[end] for row in rows if row["flag"] == "" for end in ("low", "high")] or [-0.1, 0.1]
    lowest, highest = min(0.0, *ends), max(0.0, *ends)
    room = max(points_wide(ax) - left - figures, 40.0)
    per_point = (highest - lowest) / room
    ax.set_xlim(lowest - left * per_point, highest + figures * per_point)
    ax.set_ylim(height, 0)
    _heads(ax, highest, columns)
    _grid(ax, lowest, highest, _HEAD + _ROW * len(rows))
    for k, (row, text) in enumerate(zip(rows, texts, strict=True)):
        y = _HEAD + _ROW * (k + 0.5)
        say(ax, 0, y, fitted(_name(row["event"], row["times"]), left - COLUMN_GAP), at="row")
        _dot(ax, row["difference"], (max(row["low"], lowest), min(row["high"], highest)), y, thin=row["flag"] != "")
        _write(ax, highest, y, text, columns)
    if found.checked and found.winner:
        _check(ax, found.checked, found.winner, height - _CHECK / 2 + 4, (left, highest))
    return ax


def _dot(
    ax: Axes, value: float, ends: tuple[float, float], y: float, *, thin: bool = False, colour: str = BLUE
) -> None:
    alpha = FADED if thin else 1.0
    whisker(ax, *ends, y, colour=colour, alpha=alpha)
    ax.plot([value], [y], "D" if colour == ORANGE else "o", color=colour, ms=6, mew=0, alpha=alpha, zorder=4)


def _texts(row: dict[Any, Any]) -> tuple[str, str, str]:
    points = f"{100 * row['difference']:+.0f}".replace("-", "−")
    interval = f"[{100 * row['low']:.0f}, {100 * row['high']:.0f}]".replace("-", "−")
    shares = f"{percent(row['of_customers'])} / {percent(row['of_others'])}"
    return f"{points} {interval}", shares, count(row["customers"])


def _write(ax: Axes, x: float, y: float, texts: tuple[str, str, str], columns: list[float]) -> None:
    at = 0.0
    for k, (text, column) in enumerate(zip(texts, columns, strict=True)):
        at += column + COLUMN_GAP
        say(ax, x, y, text, dx=at, size=SMALL, colour=QUIET if k else INK, bold=not k, align="right")


def _heads(ax: Axes, x: float, columns: list[float]) -> None:
    at = 0.0
    for text, column in zip(("points", "with / without", "did it"), columns, strict=True):
        at += column + COLUMN_GAP
        say(ax, x, _HEAD / 2 - 3, text, dx=at, size=NOTE, colour=QUIET, align="right")


def _grid(ax: Axes, lowest: float, highest: float, bottom: float) -> None:
    step = ([*nice_ticks(highest - lowest, 5), highest - lowest])[1]
    for tick in (step * k for k in range(math.ceil(lowest / step - 1e-9), math.floor(highest / step + 1e-9) + 1)):
        ax.plot([tick, tick], [_HEAD - 4, bottom], color=MID if tick == 0 else LIGHT, lw=1, zorder=0)
        said = f"{100 * tick:+.3g}".replace("-", "−") if tick else "0"
        say(ax, tick, bottom, said, dy=-9, size=NOTE, colour=QUIET, align="center")


def _check(ax: Axes, checked: Estimate, winner: tuple[str, int], y: float, at: tuple[float, float]) -> None:
    left, highest = at
    ax.axhline(y - _CHECK / 2, color=LIGHT, lw=1)
    say(ax, 0, y, fitted(_CHECKED, left - COLUMN_GAP, LABEL, True), at="row", bold=True)
    _dot(ax, checked.value, (checked.low, min(checked.high, highest)), y, colour=ORANGE)
    text = f"{100 * checked.value:+.0f} [{100 * checked.low:.0f}, {100 * checked.high:.0f}]".replace("-", "−")
    named = fitted(_name(*winner), 110, SMALL)
    say(ax, highest, y, text, dx=COLUMN_GAP, size=SMALL, bold=True)
    say(ax, highest, y, named, dx=COLUMN_GAP + width_of(f"{text}  ", SMALL, True), size=SMALL, colour=QUIET)


def _name(event: str, times: int) -> str:
    name = fitted(event, WIDEST_NAMES - 24)
    return name if times == 1 else f"{name} {times}×"


def _heading(found: Activation, drawn: int) -> Heading:
    title = "No early event goes clearly with more retention"
    if found.checked and found.winner:
        points = (
            f"{100 * found.checked.value:+.0f} points [{100 * found.checked.low:.0f}, {100 * found.checked.high:.0f}]"
        )
        clear = found.checked.low > 0
        who = fitted(found.winner[0], 200) + (f" at least {found.winner[1]} times" if found.winner[1] > 1 else "")
        title = f"Early {who} goes with most retention: {points.replace('-', '−')}"
        title = title if clear else f"Early {who} looked best, and the check does not confirm it"
    kept = percent(found.retained / found.eligible) if found.eligible else "none"
    subtitle = f"retained with it minus without · done within {duration(found.within_seconds)} of the start"
    subtitle += f" · n = {count(found.eligible)}, {kept} retained · {level(found)}"
    note = "Chosen on one half of the customers, checked on the other. Faded: too few to be judged."
    hidden = len(found.table) - drawn
    note += f" {hidden} more candidates in the table." if hidden > 0 else ""
    return Heading(title, subtitle, f"{note} Association, not cause: keen customers do more of everything.")


@sentence.register
def say_activation(found: Activation) -> str:
    """Say the winner as it was checked, in one sentence."""
    if found.checked is None or found.winner is None:
        return "Activation finder: no early event goes clearly with more retention."
    named = shown(found.winner[0]) + (f" at least {found.winner[1]} times" if found.winner[1] > 1 else "")
    return (
        f"Activation finder: of {count(found.eligible)} customers those with early {named} were retained more often,"
        f" by {found.checked} on the half that was not used to choose it; association, not cause."
    )
