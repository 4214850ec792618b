"""The strongest ways, each a chain of actors from left to right with the strength of every tie."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from mapkit.ecosystems.flow import InfluencePaths
from mapkit.plots.names import fitted, shown, wrapped
from mapkit.plots.numbers import count
from mapkit.plots.page import Heading, nothing_to_draw, open_page, points_wide, say
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.style import BLUE, LEADING, LIGHT, MARKERS, MID, NOTE, PAPER, QUIET, SERIES, SMALL

_CHIP, _LINE, _BETWEEN, _PAD = 38.0, 44.0, 8.0, 4.0
_TIE, _FIGURES, _SIGN, _HEAD = 46.0, 40.0, 10.0, 14.0
_WIDEST = 130.0
_PER_LINE, _MOST_LINES = 4, 3


@dataclass(frozen=True)
class _Chip:
    name: str
    kind: str
    x: float
    line: int
    wide: float


@drawing.register
def draw_influence_paths(paths: InfluencePaths, ax: Axes | None = None, *, most: int = 8) -> Axes:
    """Draw the ``most`` strongest ways: chips for actors, lines as wide as ties are strong, the product at the end."""
    table = paths.table[paths.table["steps"] > 0]
    if len(table) > most:
        table = table.sort_values("strength", ascending=False, kind="stable").head(max(most, 1))
    if table.empty:
        return nothing_to_draw(ax, paths.title, "there is no way along these ties")
    steps = [paths.path(row["actor"], int(row["rank"])) for row in table.to_dict("records")]
    kinds = _kinds(paths)
    chains = [_chain(each, kinds) for each in steps]
    across_line = min(max(map(len, chains)), _PER_LINE)
    lines = [_lines(len(chain)) for chain in chains]
    ax = open_page(ax, _heading(paths, table), height=_HEAD + sum(_LINE * n + _BETWEEN for n in lines))
    across = points_wide(ax)
    ax.set_xlim(0, across)
    ax.set_ylim(_HEAD + sum(_LINE * n + _BETWEEN for n in lines), 0)
    say(ax, across, 5, "product", size=NOTE, colour=QUIET, align="right")
    shapes = _shapes(chains)
    wide = min((across - _FIGURES - (across_line - 1) * _TIE) / across_line, _WIDEST)
    y = _HEAD
    for row, chain, each, n in zip(table.to_dict("records"), chains, steps, lines, strict=True):
        chips = _placed(chain, wide)
        _row(ax, chips, each, y, shapes)
        say(ax, across, y + _LINE * (n - 0.5), _number(row["strength"]), size=SMALL, bold=True, align="right")
        y += _LINE * n + _BETWEEN
        ax.plot([0, across], [y - _BETWEEN / 2] * 2, color=LIGHT, lw=0.8, zorder=0)
    return ax


def _kinds(paths: InfluencePaths) -> dict[str, str]:
    ecosystem = paths.trails.ecosystem
    return {str(a): "" if kind is None else str(kind) for a, kind in zip(ecosystem.ids, ecosystem.types, strict=True)}


def _chain(steps: pd.DataFrame, kinds: dict[str, str]) -> list[tuple[str, str]]:
    """Return the name and type of each actor of a way."""
    ids = [steps["source"].iloc[0], *steps["target"]]
    names = [steps["source_name"].iloc[0], *steps["target_name"]]
    return [(name, kinds[actor]) for actor, name in zip(ids, names, strict=True)]


def _lines(actors: int) -> int:
    """Return how many lines a way takes: four actors on the first, three on each that follows, after the tie to it."""
    return min(1 + max(math.ceil((actors - _PER_LINE) / (_PER_LINE - 1)), 0), _MOST_LINES)


def _placed(chain: list[tuple[str, str]], wide: float) -> list[_Chip]:
    """Return the chips in lines; a chain that is longer than its lines loses its middle."""
    room = _PER_LINE + (_MOST_LINES - 1) * (_PER_LINE - 1)
    if len(chain) > room:
        chain = [*chain[: room - 2], (f"{len(chain) - room + 1} more", ""), chain[-1]]
    chips = []
    for k, (name, kind) in enumerate(chain):
        line = 0 if k < _PER_LINE else 1 + (k - _PER_LINE) // (_PER_LINE - 1)
        place = k if line == 0 else (k - _PER_LINE) % (_PER_LINE - 1)
        chips.append(_Chip(name, kind, place * (wide + _TIE) + (_TIE if line else 0), line, wide))
    return chips


def _shapes(chains: list[list[tuple[str, str]]]) -> dict[str, tuple[str, str]]:
    """Return a marker and a colour for each type, those met first first."""
    met = list(dict.fromkeys(kind for chain in chains for _, kind in chain if kind))
    return {kind: (MARKERS[k % len(MARKERS)], SERIES[k % len(SERIES)]) for k, kind in enumerate(met)}


def _row(ax: Axes, chips: list[_Chip], steps: pd.DataFrame, y: float, shapes: dict[str, tuple[str, str]]) -> None:
    whole = len(chips) == len(steps) + 1
    for k, chip in enumerate(chips):
        middle = y + _LINE * chip.line + _LINE / 2
        if k:
            known = whole or k < len(chips) - 2
            tie: dict[Any, Any] | None = steps.iloc[k - 1].to_dict() if known else None
            _tie(ax, chip.x - _TIE, middle, tie)
        _chip(ax, chip, middle, shapes)


def _chip(ax: Axes, chip: _Chip, middle: float, shapes: dict[str, tuple[str, str]]) -> None:
    marker, colour = shapes.get(chip.kind, ("o", MID))
    box: dict[str, Any] = {"boxstyle": "round,pad=0,rounding_size=5", "facecolor": PAPER, "edgecolor": colour}
    ax.add_patch(FancyBboxPatch((chip.x + 1, middle - _CHIP / 2), chip.wide - 2, _CHIP, lw=1.1, zorder=2, **box))
    left, room = chip.x + _PAD + 1, chip.wide - 2 * _PAD - 2
    names = wrapped(chip.name, room, NOTE, most=2)
    lines = len(names) + bool(chip.kind)
    for k, line in enumerate(names):
        say(ax, left, middle + (k - (lines - 1) / 2) * NOTE * LEADING, line, size=NOTE)
    if chip.kind:
        low = middle + (lines - 1) / 2 * NOTE * LEADING
        ax.plot([left + 3.5], [low], marker, color=colour, ms=5.5, mew=0, zorder=3)
        say(ax, left + _SIGN, low, fitted(chip.kind, room - _SIGN, NOTE), size=NOTE, colour=QUIET)


def _tie(ax: Axes, x: float, y: float, tie: dict[Any, Any] | None) -> None:
    strength = 0.0 if tie is None else float(tie["strength"])
    arrow: dict[str, Any] = {"arrowstyle": "-|>,head_width=.22,head_length=.4", "shrinkA": 0, "shrinkB": 0}
    arrow |= {"color": MID if tie is None else BLUE, "lw": 0.7 + 3.3 * strength, "mutation_scale": 10}
    ax.annotate("", (x + _TIE, y), (x + 1, y), zorder=1, annotation_clip=False, arrowprops=arrow)
    if tie is not None:
        say(ax, x + _TIE / 2 - 2, y - 9, _number(strength), size=NOTE, bold=True, align="center")
        kind = "" if tie["tie_type"] is None else fitted(str(tie["tie_type"]).replace("_", " "), _TIE, NOTE)
        say(ax, x + _TIE / 2 - 1, y + 10, kind, size=NOTE, colour=QUIET, align="center")


def _number(strength: float) -> str:
    """Return a strength with two digits: 0.65, 0.097, <0.001."""
    return "<0.001" if 0 < strength < 0.001 else f"{strength:#.2g}" if strength < 0.0995 else f"{strength:.2f}"


def _heading(paths: InfluencePaths, table: pd.DataFrame) -> Heading:
    title = _finding(paths, table.iloc[0])
    reached = paths.reached()
    taken = {"along": "along the ties", "against": "against the ties", "both": "in both directions"}[paths.direction]
    limit = "" if paths.max_steps is None else f" · at most {paths.max_steps} steps"
    subtitle = f"product of the strengths, {taken}{limit} · n = {count(paths.of_actors)} actors"
    if reached.n > 1:
        subtitle += f" · a way to {count(round(reached.value * reached.n))} of {count(reached.n)} targets"
    hidden = int((paths.table["steps"] > 0).sum()) - len(table)
    note = "Lines: as wide as strong. The product compares chains; it is no probability that anybody is convinced."
    note += f" Not drawn: {count(hidden)} weaker ways." if hidden else ""
    return Heading(title, subtitle, note)


def _finding(paths: InfluencePaths, first: pd.Series) -> str:
    between = paths.through().head(1)
    if paths.reached().n > 1 and len(between):
        row = between.iloc[0]
        return f"{fitted(row['name'], 170)} is on {count(row['ways'])} of {count(row['all_ways'])} strongest ways"
    start = paths.path(first["actor"], int(first["rank"]))["source_name"].iloc[0]
    steps = int(first["steps"])
    taken = "is direct" if steps == 1 else f"takes {steps} ties"
    return (
        f"{fitted(start, 150)} to {fitted(first['name'], 150)}: the strongest way {taken}, {_number(first['strength'])}"
    )


@sentence.register
def say_influence_paths(paths: InfluencePaths) -> str:
    """Say the strongest ways and their products in one sentence."""
    rows = paths.table[paths.table["steps"] > 0].head(5)
    if rows.empty:
        return f"{shown(paths.title)}: there is no way along these ties."
    parts = "; ".join(f"{shown(row['chain'])} ({_number(row['strength'])})" for row in rows.to_dict("records"))
    return f"Chains of ties with the product of their strengths: {parts}."
