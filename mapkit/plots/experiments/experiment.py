"""Experiment: every arm against control, with its interval, the shares beside, and whether it can be told."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from mapkit.journeys.experiments import Experiment
from mapkit.plots.experiments.spans import open_span, signed, ticks_between
from mapkit.plots.names import fitted, shown, width_of
from mapkit.plots.numbers import count, percent
from mapkit.plots.page import Heading, nothing_to_draw, say
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.rows import COLUMN_GAP, name_column, whisker
from mapkit.plots.style import (
    BAD,
    BAD_TEXT,
    FADED,
    GOOD,
    INK,
    LABEL,
    LIGHT,
    MID,
    NOTE,
    QUIET,
    SMALL,
    THIN_N,
    readable,
)
from mapkit.plots.wording import level

_ROW, _HEAD, _SEGMENT, _SCALE = 32.0, 24.0, 22.0, 22.0
_LOOKS = {"higher": (GOOD, readable(GOOD)), "lower": (BAD, BAD_TEXT)}


@drawing.register
def draw_experiment(experiment: Experiment, ax: Axes | None = None) -> Axes:
    """Draw a row an arm: its share or mean, and its difference from control as a dot with whiskers about 0."""
    rows = experiment.table
    if not (rows["customers"] > 0).any():
        return nothing_to_draw(ax, experiment.title, "nobody is in any arm")
    written = {k: (_level(row, experiment), _effect(row, experiment)) for k, row in rows.iterrows()}
    levels = max(width_of(first, SMALL) for first, _ in written.values())
    effects = max(width_of(line, SMALL, True) for _, effect in written.values() for line in effect.split("\n"))
    figures = max(effects, width_of("against control (lift)", SMALL)) + COLUMN_GAP
    below = [width_of(f"n = {count(n)}", NOTE) for n in rows["customers"]]
    names = name_column(max(*(width_of(shown(arm)) for arm in rows["arm"]), *below), figures + levels + COLUMN_GAP)
    low, high = _span(rows)
    segments = list(dict.fromkeys(rows["segment"])) if "segment" in rows else [None]
    height = _HEAD + len(rows) * _ROW + (len(segments) * _SEGMENT if segments != [None] else 0) + _SCALE
    head = Heading(_finding(experiment), _definition(experiment), _note(experiment))
    taken = names + levels + 2 * COLUMN_GAP
    ax = open_span(ax, head, height=height, names=taken, figures=figures, span=(low, high))
    _heads(ax, names, high)
    _scale(ax, experiment, (low, high), height - _SCALE)
    y = _HEAD
    for segment in segments:
        if segment is not None:
            say(ax, 0, y + _SEGMENT / 2, fitted(segment, 300, LABEL, bold=True), at="row", bold=True)
            y += _SEGMENT
        for k, row in (rows if segment is None else rows[rows["segment"] == segment]).iterrows():
            _row(ax, row, y + _ROW / 2, names, written[k], high)
            y += _ROW
    return ax


def _row(ax: Axes, row: Any, y: float, names: float, written: tuple[str, str], high: float) -> None:
    thin = row["customers"] < THIN_N
    colour, dark = _LOOKS.get(row["verdict"], (MID, INK))
    say(ax, 0, y, fitted(row["arm"], names - COLUMN_GAP), at="row", dy=5, colour=QUIET if thin else INK)
    say(ax, 0, y, f"n = {count(row['customers'])}", at="row", dy=-8, size=NOTE, colour=QUIET)
    say(ax, 0, y, written[0], at="row", dx=names, size=SMALL, colour=QUIET if thin else INK)
    if row["verdict"] == "control":
        ax.plot([0], [y], "D", color=INK, markersize=6, zorder=4, mew=0)
        say(ax, 0, y, "control", dx=9, size=SMALL, colour=QUIET)
        return
    if row["difference"] == row["difference"]:
        alpha = FADED if thin else 1.0
        if row["difference_low"] == row["difference_low"]:
            whisker(ax, row["difference_low"], row["difference_high"], y, colour=colour, alpha=alpha)
        ax.plot([row["difference"]], [y], "o", color=colour, markersize=7, alpha=alpha, zorder=4, mew=0)
    first, _, rest = written[1].partition("\n")
    say(ax, high, y, first, dx=COLUMN_GAP, dy=5, size=SMALL, colour=dark, bold=True)
    say(ax, high, y, rest, dx=COLUMN_GAP, dy=-8, size=NOTE, colour=QUIET)


def _heads(ax: Axes, names: float, high: float) -> None:
    y = _HEAD / 2 - 2
    for x, place, dx, text in ((0.0, "row", names, "observed"), (high, "data", COLUMN_GAP, "against control (lift)")):
        say(ax, x, y, text, at="row" if place == "row" else "data", dx=dx, size=SMALL, colour=QUIET)


def _scale(ax: Axes, experiment: Experiment, span: tuple[float, float], y: float) -> None:
    size = 100 if experiment.kind == "share" else 1
    for tick in ticks_between(*span):
        ax.plot([tick, tick], [_HEAD, y], color=MID if tick == 0 else LIGHT, lw=1, zorder=0)
        text = "0" if tick == 0 else f"{tick * size:+,.6g}".replace("-", "−")
        say(ax, tick, y, text, dy=-9, size=NOTE, colour=QUIET, align="center")


def _span(rows: pd.DataFrame) -> tuple[float, float]:
    ends = rows[["difference", "difference_low", "difference_high"]].to_numpy(float)
    ends = ends[ends == ends]
    low, high = min([0.0, *ends]), max([0.0, *ends])
    room = (high - low) * 0.06 or 0.01
    return low - room, high + room


def _level(row: Any, experiment: Experiment) -> str:
    if experiment.kind == "share":
        return percent(row["of_customers"], row["of_customers_low"], row["of_customers_high"])
    low, high = row["mean_low"], row["mean_high"]
    interval = f" [{_number(low)}, {_number(high)}]" if low == low else ""
    return f"{_number(row['mean'])}{interval}"


def _effect(row: Any, experiment: Experiment) -> str:
    if row["verdict"] == "control":
        return ""
    scale = 100 if experiment.kind == "share" else 1
    text = signed(row["difference"], row["difference_low"], row["difference_high"], scale=scale)
    lift = ""
    if row["lift"] == row["lift"]:
        lift = f"lift {signed(row['lift'], row['lift_low'], row['lift_high'], scale=100, unit='%')}"
    return f"{text}\n{lift}"


def _finding(experiment: Experiment) -> str:
    what = fitted(experiment.outcome, 150)
    if experiment.problems:
        return "Not to be trusted: the arms are not of the sizes that were planned"
    rows = experiment.table[experiment.table["verdict"] != "control"]
    if "segment" in rows:
        return (
            f"{what} by arm and segment: {int(rows['verdict'].isin(['higher', 'lower']).sum())} of {len(rows)} differ"
        )
    sure = rows[rows["verdict"].isin(["higher", "lower"])]
    if len(sure):
        row = sure.iloc[int(sure["difference"].abs().to_numpy().argmax())]
        return f"{fitted(row['arm'], 130)}: {_said(row, experiment)} {what} than control"
    if len(rows) == 1:
        row = rows.iloc[0]
        text = _effect(row, experiment).partition("\n")[0]
        return f"Cannot tell: {fitted(row['arm'], 130)} is {text} {_unit(experiment)} against control"
    return f"Cannot tell: no arm differs from control in {what} beyond chance"


def _said(row: Any, experiment: Experiment) -> str:
    sign = 1 if row["difference"] > 0 else -1
    ends = sorted([sign * row["difference_low"], sign * row["difference_high"]])
    scale = 100 if experiment.kind == "share" else 1
    text = signed(abs(row["difference"]), *ends, scale=scale).replace("+", "")
    return f"{text} {_unit(experiment)} {'more' if sign > 0 else 'less'}"


def _definition(experiment: Experiment) -> str:
    seconds = experiment.within_seconds
    within = "" if seconds is None else f" within {seconds / 86400:.3g} days of the assignment"
    what = "share with" if experiment.kind == "share" else "mean of"
    n = count(experiment.table["customers"].sum())
    unit = _unit(experiment)
    return f"{what} {fitted(experiment.outcome, 150)}{within}; difference in {unit} · n = {n} · {level(experiment)}"


def _note(experiment: Experiment) -> str:
    if experiment.problems:
        return experiment.problems[0]
    tested = experiment.table["p_adjusted"].dropna()
    smallest = tested.min() if len(tested) else float("nan")
    p = "p < .001" if smallest < 0.001 else f"p = {smallest:.2g}"
    said = f"Adjusted over {len(tested)} comparisons; smallest {p}. " if len(tested) > 1 else f"{p}. "
    said = said if len(tested) else ""
    return f"{said}Grey: cannot be told from chance. One look, at a size fixed beforehand."


def _unit(experiment: Experiment) -> str:
    return "points" if experiment.kind == "share" else fitted(experiment.unit, 120)


def _number(number: float) -> str:
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:,.3g}"


@sentence.register
def say_experiment(experiment: Experiment) -> str:
    """Say an experiment in one sentence: its finding, then every arm."""
    parts = []
    for row in experiment.table.to_dict("records"):
        where = f"{shown(row['segment'])} " if "segment" in row else ""
        effect = _effect(row, experiment).partition("\n")[0]
        against = f", {effect} against control" if effect else ""
        parts.append(f"{where}{shown(row['arm'])} {_level(row, experiment)} of {count(row['customers'])}{against}")
    return f"Experiment: {_finding(experiment)}; {'; '.join(parts)}."
