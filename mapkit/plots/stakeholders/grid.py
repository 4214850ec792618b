"""The power-interest grid: every stakeholder a dot, shapes by type, names where they can be read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke

from mapkit.ecosystems.stakeholders import Stakeholders
from mapkit.ecosystems.stakeholders.classes import NOT_SCORED
from mapkit.errors import OptionError, listed, nearest, one_of
from mapkit.plots.names import fitted, shown, width_of
from mapkit.plots.numbers import count, percent
from mapkit.plots.page import Heading, nothing_to_draw, open_page, points_wide, say
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.stakeholders.labels import place_labels
from mapkit.plots.stakeholders.salience import draw_salience
from mapkit.plots.style import (
    INK,
    LABEL,
    LIGHT,
    MARKERS,
    MID,
    MOST_SERIES,
    NOTE,
    OTHER,
    PAPER,
    QUIET,
    SERIES,
    SMALL,
)

_TOP, _BOTTOM, _LEFT, _LEGEND = 30.0, 410.0, 26.0, 15.0
_AXIS = _BOTTOM + 62
_ALL_NAMED, _SOME_NAMED = 30, 14
_PALE = 0.55
_POOLED = "other types"
_PLACES = {"manage closely": (1, 0), "keep satisfied": (0, 0), "keep informed": (1, 1), "monitor": (0, 1)}


@drawing.register
def draw_stakeholders(
    grid: Stakeholders,
    ax: Axes | None = None,
    *,
    view: Literal["grid", "salience"] = "grid",
    name: Sequence[str] | None = None,
) -> Axes:
    """Draw power upwards and interest to the right, or the classes of salience as rows.

    ``name`` are the ids of the actors to name; None names all of up to thirty, else those to manage most closely.
    """
    one_of(view, ("grid", "salience"), "view")
    if view == "salience":
        return draw_salience(grid, ax)
    scored = grid.table[grid.table["quadrant"] != NOT_SCORED].reset_index(drop=True)
    if scored.empty:
        return nothing_to_draw(ax, grid.title, "nobody has both power and interest scored")
    looks = _looks(scored)
    lines = _legend_lines(looks, scored)
    ax = open_page(ax, _heading(grid, scored, name), height=_AXIS + _LEGEND * len(lines))
    wide = points_wide(ax)
    ax.set_xlim(0, wide)
    ax.set_ylim(_AXIS + _LEGEND * len(lines), 0)
    _ground(ax, grid, wide, _is_whole(scored))
    x, y = _spread(_across(scored["interest"], wide), _up(scored["power"]))
    chosen = _named(scored, name)
    for k, row in enumerate(scored.to_dict("records")):
        colour, marker = looks[_type(row["type"], looks)]
        faded = len(scored) > _ALL_NAMED and k not in chosen
        edge = PAPER if faded else INK
        size = 4.6 if faded else 6.4
        ax.plot([x[k]], [y[k]], marker, color=colour, ms=size, mew=0.6, mec=edge, alpha=_PALE if faded else 1, zorder=3)
    texts = [fitted(scored.loc[k, "name"], 110, NOTE) for k in chosen]
    rest = np.array([(x[k], y[k]) for k in range(len(scored)) if k not in set(chosen)]).reshape(-1, 2)
    wanted = [(text, width_of(text, NOTE) + 2, x[k], y[k]) for text, k in zip(texts, chosen, strict=True)]
    for label in place_labels(wanted, rest, (_LEFT, _TOP, wide, _BOTTOM)):
        if label.is_far:
            ends = (
                [label.dot[0], min(max(label.dot[0], label.x), label.x + width_of(label.text, NOTE))],
                [label.dot[1], label.y],
            )
            ax.plot(*ends, color=MID, lw=0.6, zorder=3.5)
        written = say(ax, label.x, label.y, label.text, size=NOTE, colour=INK)
        written.set_path_effects([withStroke(linewidth=2.4, foreground=PAPER)])
        written.set_zorder(5)
    _legend(ax, lines, looks)
    return ax


def _across(scores: pd.Series, wide: float) -> np.ndarray:
    found: np.ndarray = _LEFT + (scores.to_numpy(float) + 0.5) / 11 * (wide - _LEFT)
    return found


def _up(scores: pd.Series) -> np.ndarray:
    found: np.ndarray = _BOTTOM - (scores.to_numpy(float) + 0.5) / 11 * (_BOTTOM - _TOP)
    return found


def _spread(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return places in which dots of one score lie beside each other, as the seeds of a sunflower do."""
    x, y = x.copy(), y.copy()
    places = pd.DataFrame({"x": x.round(), "y": y.round()}).groupby(["x", "y"], sort=False)
    for rows in places.indices.values():
        if len(rows) > 1:
            turn = np.arange(len(rows)) * np.pi * (3 - np.sqrt(5))
            far = min(5.0, 15 / np.sqrt(len(rows))) * np.sqrt(np.arange(len(rows)) + 0.4)
            x[rows], y[rows] = x[rows] + far * np.cos(turn), y[rows] + far * np.sin(turn)
    return x, y


def _is_whole(scored: pd.DataFrame) -> bool:
    scores = scored[["power", "interest"]].to_numpy(float)
    return bool((scores == np.round(scores)).all())


def _ground(ax: Axes, grid: Stakeholders, wide: float, whole: bool) -> None:
    """Draw the quadrants with their names, the band in which a threshold moves, and the axes."""
    # Among whole numbers the line runs between the last low score and the first high one.
    at = pd.Series([grid.high - (0.5 if whole and grid.high == round(grid.high) else 0.0)])
    x, y = float(_across(at, wide)[0]), float(_up(at)[0])
    across, up = 2 * grid.margin / 11 * (wide - _LEFT), 2 * grid.margin / 11 * (_BOTTOM - _TOP)
    whole_plane = Rectangle((_LEFT, _TOP), wide - _LEFT, _BOTTOM - _TOP, facecolor="none", edgecolor=MID, lw=0.8)
    ax.add_patch(whole_plane)
    for place, size in (((x - across / 2, _TOP), (across, _BOTTOM - _TOP)), ((_LEFT, y - up / 2), (wide - _LEFT, up))):
        band = Rectangle(place, *size, facecolor=LIGHT, alpha=0.6, lw=0, zorder=0)
        band.set_clip_path(whole_plane)
        ax.add_patch(band)
    ax.plot([x, x], [_TOP, _BOTTOM], color=INK, lw=1, zorder=1.5)
    ax.plot([_LEFT, wide], [y, y], color=INK, lw=1, zorder=1.5)
    for score in range(11):
        each = pd.Series([float(score)])
        say(ax, float(_across(each, wide)[0]), _BOTTOM + 8, str(score), size=NOTE, colour=QUIET, align="center")
        say(ax, _LEFT - 4, float(_up(each)[0]), str(score), size=NOTE, colour=QUIET, align="right")
    say(ax, (_LEFT + wide) / 2, _BOTTOM + 24, "interest →", size=SMALL, colour=QUIET, align="center")
    say(
        ax, 5, (_TOP + _BOTTOM) / 2, "power →", size=SMALL, colour=QUIET, align="center", vertical="center"
    ).set_rotation(90)
    for row in grid.quadrants.to_dict("records"):
        right, low = _PLACES[row["quadrant"]]
        numbers = f"{count(row['actors'])}, {count(row['fewest'])} to {count(row['most'])}"
        edge, side = (wide, "right") if right else (_LEFT, "left")
        line = _BOTTOM + 24 if low else 8.0
        say(ax, edge, line, str(row["quadrant"]).capitalize(), size=LABEL, bold=True, align=side)
        say(ax, edge, line + 13, numbers, size=NOTE, colour=QUIET, align=side)


def _looks(scored: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """Return colour and marker of each type, the most frequent first; beyond eight the rest is grey."""
    sizes = scored["type"].map(shown).value_counts()
    names = list(sizes.index)
    kept = names if len(names) <= MOST_SERIES else names[: MOST_SERIES - 1]
    looks = {name: (SERIES[k], MARKERS[k]) for k, name in enumerate(kept)}
    return looks if len(kept) == len(names) else {**looks, _POOLED: (OTHER, MARKERS[-1])}


def _type(name: object, looks: dict[str, tuple[str, str]]) -> str:
    return shown(name) if shown(name) in looks else _POOLED


def _named(scored: pd.DataFrame, wanted: Sequence[str] | None) -> list[int]:
    if wanted is None:
        return list(range(len(scored) if len(scored) <= _ALL_NAMED else _SOME_NAMED))
    known = {actor: k for k, actor in enumerate(scored["actor"])}
    for actor in [wanted] if isinstance(wanted, str) else wanted:
        if actor not in known:
            raise OptionError(f"There is no scored actor {actor!r}.{nearest(actor, known)} There is {listed(known)}.")
    return [known[actor] for actor in ([wanted] if isinstance(wanted, str) else wanted)]


def _legend_lines(looks: dict[str, tuple[str, str]], scored: pd.DataFrame) -> list[list[tuple[str, str]]]:
    """Return the legend's entries (look, text) in lines as wide as a page."""
    sizes = scored["type"].map(lambda each: _type(each, looks)).value_counts()
    lines: list[list[tuple[str, str]]] = [[]]
    used = 0.0
    for name in looks:
        text = f"{fitted(name.replace('_', ' '), 110, SMALL)} {count(sizes.get(name, 0))}"
        need = width_of(text, SMALL) + 26
        if used + need > 500 and lines[-1]:
            lines.append([])
            used = 0.0
        lines[-1].append((name, text))
        used += need
    return lines


def _legend(ax: Axes, lines: list[list[tuple[str, str]]], looks: dict[str, tuple[str, str]]) -> None:
    for k, line in enumerate(lines):
        x, y = _LEFT, _AXIS + _LEGEND * (k + 0.5)
        for name, text in line:
            colour, marker = looks[name]
            ax.plot([x + 3], [y], marker, color=colour, ms=6, mew=0.6, mec=INK)
            say(ax, x + 11, y, text, size=SMALL, colour=QUIET)
            x += width_of(text, SMALL) + 26


def _heading(grid: Stakeholders, scored: pd.DataFrame, name: Sequence[str] | None) -> Heading:
    close = grid.share("manage closely")
    title = f"{count(len(grid.actors('manage closely')))} of {count(close.n)} stakeholders to manage closely"
    title += f" ({percent(close.low)} to {percent(close.high)} as thresholds move)"
    subtitle = f"power and interest of 0 to 10, high from {grid.high:g} · n = {count(len(scored))} scored"
    missing = len(grid.table) - len(scored)
    subtitle += f", {count(missing)} not scored" if missing else ""
    near = int((scored["near"] != "").sum())
    note = f"Grey band: thresholds moved by up to {grid.margin:g}; {count(near)} in it would change quadrant. "
    note += "At each quadrant: its actors, and the fewest and most as thresholds move. Scores are opinions."
    if len(scored) > _ALL_NAMED or name is not None:
        whom = "those asked for" if name is not None else "those highest in power and interest"
        note += f" Named: {whom}, where a name has room."
    return Heading(title, subtitle, note)


@sentence.register
def say_stakeholders(grid: Stakeholders) -> str:
    """Say how many stand in each quadrant and who is to be managed closely, in one sentence."""
    parts = [f"{row['actors']} to {row['quadrant']}" for row in grid.quadrants.to_dict("records")]
    top = grid.table.loc[grid.table["quadrant"] == "manage closely", "name"].head(8)
    said = f"; highest {', '.join(map(shown, top))}" if len(top) else ""
    scored = f"{len(grid.table)} stakeholders: {', '.join(parts)}, {len(grid.not_scored)} not scored"
    return f"Power-interest grid of {scored}{said}."
