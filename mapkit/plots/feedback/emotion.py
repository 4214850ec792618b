"""The emotion curve: mean valence step by step with its band, customers and employees, peak and end."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from mapkit.experience.feedback import Emotion
from mapkit.plots.feedback.wording import figure, group_name
from mapkit.plots.names import fitted, shown, width_of
from mapkit.plots.numbers import count
from mapkit.plots.page import Heading, nothing_to_draw, open_page, points_wide, say
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.style import (
    BAND,
    BLUE,
    FADED,
    GREEN,
    INK,
    LIGHT,
    MID,
    NOTE,
    ORANGE,
    PAPER,
    QUIET,
    SMALL,
    THIN_N,
    readable,
)
from mapkit.plots.wording import level

_HEIGHT, _LEFT = 230.0, 66.0
_LOOKS = ((BLUE, "o"), (ORANGE, "s"), (GREEN, "^"))
_SAID = {-2: "very bad", -1: "bad", 0: "neutral", 1: "good", 2: "very good"}
_KINDS = "segment"  # kinds of people are not steps of a way: no line joins them
_ACROSS, _UP = 46.0, 96.0  # a step narrower than the first has its name written upwards, at most so long


@drawing.register
def draw_emotion(emotion: Emotion, ax: Axes | None = None) -> Axes:
    """Draw one line a kind of rater over the steps, with bands, peak and end."""
    keys = [key for key in emotion.keys if key != "rater"]
    table = emotion.table.assign(step=[group_name(row, keys) for row in emotion.table.to_dict("records")])
    table = table[table["score"].notna()]
    if table.empty:
        return nothing_to_draw(ax, emotion.title, "no answer lies within -2 to 2")
    steps = list(dict.fromkeys(table["step"]))
    raters = [name for name in emotion.raters if name in set(table["rater"])]
    right = max(width_of(fitted(f"{name}s", 90, SMALL, True), SMALL, True) for name in raters) + 16
    upright = _room(ax, right) / len(steps) < _ACROSS
    bottom = (_UP if upright else 14) + 6
    ax = open_page(ax, _heading(emotion, table, keys), height=_HEIGHT, left=_LEFT, right=right, bottom=bottom)
    ax.set_xlim(-0.5, len(steps) - 0.5)
    ax.set_ylim(-2.25, 2.25)
    _grid(ax, steps, upright)
    _disagreements(ax, table, steps)
    for k, rater in enumerate(raters):
        rows = table[table["rater"] == rater]
        _points(ax, rows, [steps.index(step) for step in rows["step"]], _LOOKS[k % len(_LOOKS)], keys != [_KINDS])
    _names(ax, table, raters, steps)
    if keys != [_KINDS]:
        _peak_and_end(ax, table[table["rater"] == raters[0]], steps)
    return ax


def _room(ax: Axes | None, right: float) -> float:
    return (points_wide(ax) if ax is not None else 516.0) - _LEFT - right


def _grid(ax: Axes, steps: list[str], upright: bool) -> None:
    for value, word in _SAID.items():
        ax.axhline(value, color=MID if value == 0 else LIGHT, lw=1.2 if value == 0 else 1, zorder=0)
        say(ax, 0, value, word, at="row", dx=-8, size=NOTE, colour=QUIET, align="right")
    wide = max(points_wide(ax) / len(steps) - 4, 8.0)
    size = SMALL if all(width_of(fitted(step, 240, SMALL), SMALL) <= wide for step in steps) else NOTE
    # More steps than lines of text fit: every so many has its name.
    every = max(1, -int(-(NOTE * 1.4) // (points_wide(ax) / len(steps)))) if upright else 1
    for k, step in enumerate(steps):
        if upright and k % every == 0:
            name = say(ax, k, 0, fitted(step, _UP - 6, NOTE), at="data", size=NOTE, colour=INK, align="center")
            name.set(rotation=90, va="top", rotation_mode="default")
            name.xy, name.xycoords = (k, 0), ("data", "axes fraction")
            name.set_position((0, -5))
        elif not upright:
            name = say(ax, k, 0, fitted(step, wide, size), dy=-14, size=size, colour=INK, align="center")
            name.xycoords = ("data", "axes fraction")


def _points(ax: Axes, rows: pd.DataFrame, at: list[int], look: tuple[str, str], joined: bool) -> None:
    colour, marker = look
    if len(rows) > 1 and joined:
        ax.plot(at, rows["score"], color=colour, lw=1.8, zorder=2)
        ax.fill_between(at, rows["low"], rows["high"], color=colour, alpha=BAND, lw=0, zorder=1)
    ax.vlines(at, rows["low"], rows["high"], color=colour, lw=1, alpha=0.5, zorder=1.5)
    for x, score, n in zip(at, rows["score"], rows["n"], strict=True):
        ax.plot([x], [score], marker, color=PAPER, ms=6, mew=0, zorder=2.5)
        ax.plot([x], [score], marker, color=colour, ms=6, mew=0, alpha=FADED if n < THIN_N else 1, zorder=3)


def _disagreements(ax: Axes, table: pd.DataFrame, steps: list[str]) -> None:
    """Join customers and employees by a line where they differ by more than chance."""
    for row in _differing(table).to_dict("records"):
        x = steps.index(row["step"])
        theirs = row["score"] - row["minus_customers"]
        ax.plot([x, x], sorted((row["score"], theirs)), color=INK, lw=1.4, ls=(0, (1.5, 1.5)), zorder=1.8)


def _differing(table: pd.DataFrame) -> pd.DataFrame:
    return table[(table["minus_customers_low"] > 0) | (table["minus_customers_high"] < 0)]


def _names(ax: Axes, table: pd.DataFrame, raters: list[str], steps: list[str]) -> None:
    """Name the lines at their right ends, no two of them closer than a line of text."""
    ends = {rater: table.loc[table["rater"] == rater, "score"].iloc[-1] for rater in raters}
    apart = 4.5 / _HEIGHT * SMALL * 1.4
    placed: float | None = None
    for rater in sorted(raters, key=lambda name: -ends[name]):
        y = float(ends[rater]) if placed is None else min(float(ends[rater]), placed - apart)
        colour = readable(_LOOKS[raters.index(rater) % len(_LOOKS)][0])
        text = fitted(f"{rater}s", 90, SMALL, True)
        say(ax, 1, y, text, at="row", dx=6, size=SMALL, colour=colour, bold=True)
        placed = y


def _peak_and_end(ax: Axes, rows: pd.DataFrame, steps: list[str]) -> None:
    """Ring the peak and the end of the first line, and write their numbers."""
    if len(rows) < 2:
        return
    peak, end = rows.iloc[int(rows["score"].abs().argmax())], rows.iloc[-1]
    marks = [("peak and end", peak)] if peak["step"] == end["step"] else [("peak", peak), ("end", end)]
    for word, row in marks:
        x = steps.index(row["step"])
        ax.plot([x], [row["score"]], "o", mfc="none", mec=INK, ms=11, mew=1.2, zorder=4)
        above = row["score"] >= 0
        y = row["high"] if above else row["low"]
        text = f"{word} {row['score']:.1f}"
        say(ax, x, y, text, dy=8 if above else -12, size=SMALL, colour=INK, bold=True, align="center")


def _heading(emotion: Emotion, table: pd.DataFrame, keys: list[str]) -> Heading:
    sizes = []
    for rater, rows in table.groupby("rater", sort=False):
        low, high = rows["n"].min(), rows["n"].max()
        sizes.append(f"{count(low)}{'' if low == high else f' to {count(high)}'} {fitted(f'{rater}s', 90)}")
    subtitle = f"mean valence, -2 to 2 · n = {', '.join(sizes)} a step · bands: {level(emotion)}"
    notes = []
    if len(_differing(table)):
        notes.append("Dotted: customers and employees differ beyond chance.")
    if (table["n"] < THIN_N).any():
        notes.append(f"Faded: fewer than {THIN_N} answers.")
    notes.append("Only those who answered are counted.")
    return Heading(_finding(table, keys, emotion.raters[0]), subtitle, " ".join(notes))


def _finding(table: pd.DataFrame, keys: list[str], who: str) -> str:
    rows = table[table["rater"] == who]
    bad = [fitted(step, 110) for step in rows.loc[(rows["high"] < 0) & (rows["n"] >= THIN_N), "step"]]
    subject = f"{fitted(who, 90).capitalize()}s"
    if not keys and len(rows):
        return f"{subject} feel {rows['score'].iloc[0]:.1f} [{rows['low'].iloc[0]:.1f}, {rows['high'].iloc[0]:.1f}]"
    if bad:
        named = " and ".join(bad) if len(bad) < 3 else f"{', '.join(bad[:2])} and {len(bad) - 2} more steps"
        return f"{subject} feel bad at {named}"
    return f"How {subject.lower()} feel, by {fitted(', '.join(keys), 150)}"


@sentence.register
def say_emotion(emotion: Emotion) -> str:
    """Say the curve in one sentence."""
    keys = [key for key in emotion.keys if key != "rater"]
    table = emotion.table[emotion.table["score"].notna()]
    if table.empty:
        return "Emotion curve with nothing to draw: no answer lies within -2 to 2."
    parts = []
    for rater, rows in table.groupby("rater", sort=False):
        steps = ", ".join(f"{group_name(row, keys)} {figure(emotion, row)}" for row in rows.head(8).to_dict("records"))
        more = f" and {len(rows) - 8} more" if len(rows) > 8 else ""
        parts.append(f"{shown(rater)}s: {steps}{more}")
    by = f" by {shown(', '.join(keys))}" if keys else ""
    return f"Mean valence from -2 to 2{by}; {'; '.join(parts)}."
