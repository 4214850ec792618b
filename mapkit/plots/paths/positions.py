"""In which column, and how far down, each step of a path graph stands."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from mapkit.sequences import END, START

_MOST_COLUMNS = 6
_A_LINE = 5
_SWEEPS = 8
_MOST_STEPS = 200
_AT_AN_END = 0.02


def columns_of(moves: pd.DataFrame, steps: list[str]) -> np.ndarray:
    """Return each step's column, from 0: the start first, the end last, the others by level, evenly many in each."""
    inner = [k for k, step in enumerate(steps) if step not in (START, END)]
    columns = np.zeros(len(steps), dtype=np.int64)
    if inner:
        # Few steps are a line that is read from left to right; many are a block about as wide as a page.
        number = len(inner) if len(inner) <= _A_LINE else min(_MOST_COLUMNS, math.ceil(math.sqrt(len(inner) * 2.6)))
        first = int(START in steps)
        for rank, k in enumerate(np.argsort(_levels(moves, steps)[inner], kind="stable")):
            columns[inner[k]] = first + rank * number // len(inner)
    if END in steps:
        columns[steps.index(END)] = int(columns.max()) + 1
    return columns


def _levels(moves: pd.DataFrame, steps: list[str]) -> np.ndarray:
    """Return how far from the start each step stands, so that moves go up by one level as nearly as they can.

    All frequent steps take part, shown or not. Where walks begin and end counts little: a step in the middle of some
    walks is the first of others, and that must not draw it to the start.

    Source: the trophic levels of MacKay, Johnson and Sansom (2020), How directed is a directed network?, Royal Society
    Open Science 7, 201138.
    """
    frequent = moves.groupby("source")["count"].sum().sort_values(ascending=False, kind="stable").index[:_MOST_STEPS]
    place = {step: k for k, step in enumerate(dict.fromkeys([*steps, START, END, *frequent]))}
    counts = np.zeros((len(place), len(place)))
    for source, target, count in zip(moves["source"], moves["target"], moves["count"], strict=True):
        if source != target and source in place and target in place:
            counts[place[source], place[target]] += count * (_AT_AN_END if source == START or target == END else 1)
    into, out = counts.sum(axis=0), counts.sum(axis=1)
    levels: np.ndarray = np.linalg.lstsq(np.diag(into + out) - counts - counts.T, into - out, rcond=None)[0]
    # Rounded, so that levels that are equal are so on every machine.
    return np.round(levels - levels.min(), 6)[: len(steps)]


def rows_of(edges: pd.DataFrame, steps: list[str], columns: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return how far down each step stands, 0..1: near the steps it is tied to, evenly spread within its column.

    Source: the barycentre sweeps of Sugiyama, Tagawa and Toda (1981), IEEE Transactions on Systems, Man, and
    Cybernetics 11, 109-125.
    """
    place = {step: k for k, step in enumerate(steps)}
    ties = np.zeros((len(steps), len(steps)))
    for source, target, count in zip(edges["source"], edges["target"], edges["count"], strict=True):
        if source != target:
            ties[place[source], place[target]] += count
            ties[place[target], place[source]] += count
    rows = np.full(len(steps), 0.5)
    members = [np.flatnonzero(columns == column) for column in range(int(columns.max()) + 1)] if len(steps) else []
    for inside in members:
        _spread(rows, inside, np.argsort(-counts[inside], kind="stable"))
    for sweep in range(_SWEEPS):
        for inside in members if sweep % 2 == 0 else members[::-1]:
            pull = ties[inside]
            outside = np.where(columns[None, :] == columns[inside][:, None], 0.0, pull)
            total = outside.sum(axis=1)
            middle = np.where(total > 0, outside @ rows / np.where(total > 0, total, 1), rows[inside])
            _spread(rows, inside, np.argsort(middle, kind="stable"))
    # Every other column half a place lower: else long ties would run through the steps in their row.
    most = max((len(inside) for inside in members), default=1)
    return (rows * most + 0.5 * (columns % 2)) / (most + 0.5)


def _spread(rows: np.ndarray, inside: np.ndarray, order: np.ndarray) -> None:
    rows[inside[order]] = (np.arange(len(inside)) + 0.5) / len(inside)
