"""Step matrix: the share of customers at each event at each step, as a table of tinted cells or as flows."""

from __future__ import annotations

from typing import Literal

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from mapkit.errors import one_of
from mapkit.journeys.paths import StepMatrix
from mapkit.plots.names import fitted, shown, width_of
from mapkit.plots.numbers import count, percent
from mapkit.plots.page import Heading, nothing_to_draw, open_page, points_high, points_wide, say
from mapkit.plots.paths.flows import draw_flows
from mapkit.plots.paths.step_layout import OTHERS, of_segment_or_all
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.style import BLUE, INK, LABEL, LIGHT, NOTE, PAPER, QUIET, SMALL
from mapkit.sequences import END
from mapkit.statistics import wilson_interval

_ROW, _HEAD, _NAMES = 21.0, 20.0, 120.0


@drawing.register
def draw_step_matrix(
    matrix: StepMatrix,
    ax: Axes | None = None,
    *,
    form: Literal["cells", "flows"] = "cells",
    most: int = 14,
    steps: int | None = None,
    segment: str | None = None,
) -> Axes:
    """Draw the first ``steps`` steps: "cells", a table with the share in each, or "flows", a Sankey diagram.

    ``most`` events have a row (in flows: at most 6 a place in each column), the rest are put together.
    """
    one_of(form, ("cells", "flows"), "form")
    if matrix.table.empty:
        return nothing_to_draw(ax, matrix.title, f"no {matrix.per} has a first step")
    heading = _heading(matrix, segment, form)
    if form == "flows":
        return draw_flows(matrix, ax, heading, steps=steps or 5, most=min(most, 6), segment=segment)
    wide = _wide(matrix, most, steps or 10, segment)
    ax = open_page(ax, heading, height=_HEAD + _ROW * len(wide))
    across, high = points_wide(ax), points_high(ax)
    ax.set_xlim(0, across)
    ax.set_ylim(high, 0)
    names = min(max(width_of(fitted(name, _NAMES)) for name in wide.index) + 10, _NAMES + 10)
    cell = (across - names) / max(len(wide.columns), 1)
    row = (high - _HEAD) / len(wide)
    for k, step in enumerate(wide.columns):
        said = f"step {step}" if cell > width_of("step 10", SMALL) else str(step)
        say(ax, names + (k + 0.5) * cell, _HEAD / 2, said, size=SMALL, colour=QUIET, align="center")
    for r, (event, shares) in enumerate(wide.iterrows()):
        y = _HEAD + r * row
        say(ax, 0, y + row / 2, fitted(_said(event), _NAMES), colour=QUIET if event in (END, OTHERS) else INK)
        for k, share in enumerate(shares):
            _cell(ax, (names + k * cell, y, cell, row), float(share), ended=event == END)
    return ax


def _cell(ax: Axes, box: tuple[float, float, float, float], share: float, *, ended: bool) -> None:
    x, y, wide, high = box
    if share == 0:
        ax.add_patch(Rectangle((x + 1, y + 1), wide - 2, high - 2, facecolor=LIGHT, alpha=0.35, lw=0))
        return
    colour, tint = (QUIET, 0.06 + 0.8 * share) if ended else (BLUE, 0.06 + 0.94 * min(share / 0.6, 1.0))
    ax.add_patch(Rectangle((x + 1, y + 1), wide - 2, high - 2, facecolor=colour, alpha=tint, lw=0))
    text = percent(share)
    size = NOTE if width_of(text, SMALL) > wide - 4 else SMALL
    say(ax, x + wide / 2, y + high / 2, text, size=size, colour=PAPER if tint > 0.65 else INK, align="center")


def _said(event: object) -> str:
    return {END: "ended before", OTHERS: "all other events"}.get(str(event)) or shown(event)


def _wide(matrix: StepMatrix, most: int, steps: int, segment: str | None) -> pd.DataFrame:
    """Return shares by event and step: the events that are largest anywhere, the rest together, the end last."""
    table = of_segment_or_all(matrix.table, segment)
    table = table[table["step"] <= steps]
    total = float(table.loc[table["step"] == 1, "customers"].sum())
    wide = table.pivot(index="event", columns="step", values="customers").fillna(0.0) / total
    inner = wide.drop(index=END, errors="ignore")
    ranked = inner.max(axis=1).sort_values(ascending=False, kind="stable").index
    kept = list(ranked if len(ranked) <= most else ranked[: most - 1])
    # In the order in which they matter: by the step at which each is largest, the largest first.
    kept.sort(key=lambda event: (inner.loc[event].to_numpy().argmax(), -inner.loc[event].max()))
    parts = [inner.loc[kept]]
    if len(ranked) > len(kept):
        parts.append(inner.drop(index=kept).sum().to_frame(OTHERS).T)
    if END in wide.index:
        parts.append(wide.loc[[END]])
    return pd.concat(parts)


def _heading(matrix: StepMatrix, segment: str | None, form: str) -> Heading:
    table = of_segment_or_all(matrix.table, segment)
    n = int(table.loc[table["step"] == 1, "customers"].sum())
    who = f" · {shown(segment)}" if segment is not None else ""
    since = f", step 1 is the first {fitted(matrix.after, 120)}" if matrix.after is not None else ""
    low, high = wilson_interval(n / 2, n, matrix.confidence)
    widest = f"{100 * float(high - low) / 2:.2g} points"
    subtitle = f"share of {matrix.per}s at each {matrix.of}{since}{who} · n = {count(n)} at every step"
    cells = "Steps count what was done, not time: one customer's step 5 may be months after another's."
    note = f"{cells} Every share is sure to {widest} either way or better ({matrix.confidence:.0%} interval)."
    return Heading(_finding(table, matrix, n), subtitle, note)


def _finding(table: pd.DataFrame, matrix: StepMatrix, n: int) -> str:
    step = 2 if matrix.after is not None and matrix.steps > 1 else 1
    rows = table[table["step"] == step].sort_values(["customers", "event"], ascending=[False, True])
    top = rows.iloc[0]
    low, high = wilson_interval(top["customers"], n, matrix.confidence)
    share = percent(top["customers"] / n, float(low), float(high))
    if step == 2:
        after = fitted(matrix.after, 120, LABEL, True)
        what = "nothing else" if top["event"] == END else fitted(top["event"], 120, LABEL, True)
        return f"Right after {after} comes {what} for {share} of {count(n)}"
    return f"{share} of {count(n)} {matrix.per}s begin with {fitted(top['event'], 150, LABEL, True)}"


@sentence.register
def say_step_matrix(matrix: StepMatrix) -> str:
    """Say the largest events of the first steps in one sentence."""
    if matrix.table.empty:
        return f"Step matrix with nothing to draw: no {matrix.per} has a first step."
    table = of_segment_or_all(matrix.table, None)
    n = int(table.loc[table["step"] == 1, "customers"].sum())
    parts = []
    for step, rows in table[table["step"] <= 5].groupby("step"):
        top = rows.sort_values("customers", ascending=False).head(3)
        events = ", ".join(f"{_said(e)} {percent(c / n)}" for e, c in zip(top["event"], top["customers"], strict=True))
        parts.append(f"step {step} {events}")
    return f"Step matrix of {count(n)} {matrix.per}s: {'; '.join(parts)}."
