"""Influence by stage: a heat map of effects, a forest for one stage, or the flow of customers to the end."""

from __future__ import annotations

import math
from typing import Any, Literal

import pandas as pd
from matplotlib.axes import Axes

from mapkit.errors import OptionError, listed, nearest, one_of
from mapkit.maps.influence import InfluenceByStage
from mapkit.plots.around import Mark, Section, draw_around
from mapkit.plots.influence.cells import Cell, Row, draw_cells
from mapkit.plots.influence.flow import draw_flow
from mapkit.plots.influence.wording import NOTES, definition, finding, points, stage_of_interest
from mapkit.plots.names import fitted, shown
from mapkit.plots.numbers import count, nice_ticks, percent
from mapkit.plots.page import Heading, nothing_to_draw
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.style import BAD, GOOD, LIGHT, OTHER
from mapkit.statistics.estimates import written

View = Literal["heat", "forest", "flow"]
_COLOURS = {"more": GOOD, "less": BAD}


@drawing.register
def draw_influence_by_stage(
    influence: InfluenceByStage,
    ax: Axes | None = None,
    *,
    view: View = "heat",
    to_stage: str | None = None,
    most: int = 12,
) -> Axes:
    """Draw effects by influencer and stage ("heat"), those at one stage ("forest"), or customers flowing ("flow").

    ``most`` influencers are drawn, those with most customers first, and those who are confounded always.
    """
    one_of(view, ("heat", "forest", "flow"), "view")
    if not influence.influencers:
        return nothing_to_draw(ax, influence.title, "nobody had met an influencer")
    if view == "flow":
        return draw_flow(influence, ax, most=most)
    drawn = _drawn(influence, most)
    if view == "heat":
        return _heat(influence, ax, drawn)
    return _forest(influence, ax, drawn, _stage(influence, to_stage))


def _drawn(influence: InfluenceByStage, most: int) -> list[tuple[str, str]]:
    """Return kind and name of the rows to draw."""
    table = influence.table
    together = list(dict.fromkeys(table.loc[table["kind"] == "all", "influencer"]))
    blamed = set(table.loc[table["verdict"] == "confounded", "influencer"])
    own = [name for k, name in enumerate(influence.influencers) if k < most or name in blamed]
    return [*(("all", name) for name in together), *(("influencer", name) for name in own)]


def _stage(influence: InfluenceByStage, to_stage: str | None) -> str:
    known = list(dict.fromkeys(influence.table.loc[~influence.table["whole"], "to_stage"]))
    if to_stage is not None and to_stage not in known:
        raise OptionError(f"to_stage={to_stage!r} is not drawn. There is {listed(known)}.{nearest(to_stage, known)}")
    return to_stage or stage_of_interest(influence)


def _heat(influence: InfluenceByStage, ax: Axes | None, drawn: list[tuple[str, str]]) -> Axes:
    table = influence.table
    steps = table[["from_stage", "to_stage", "whole"]].drop_duplicates()
    ordered = [*_in_order(influence, steps[~steps["whole"]]), *_in_order(influence, steps[steps["whole"]])]
    top = float(table.loc[table["verdict"].isin(list(_COLOURS)), "difference_within"].abs().max())
    found = {(r["kind"], r["influencer"], r["from_stage"], r["to_stage"]): r for r in table.to_dict("records")}
    rows, before = [], "all"
    for kind, name in drawn:
        cells = [_cell(found.get((kind, name, *step)), top) for step in ordered]
        trial = {
            r["evidence"] for r in table[(table["influencer"] == name) & (table["kind"] == kind)].to_dict("records")
        }
        rows.append(Row(shown(name), cells, "" if "association" in trial else " ◆", before != kind))
        before = kind
    columns = [(shown(one), f"→ {shown(other)}") for one, other in ordered]
    left = len(influence.influencers) - sum(kind == "influencer" for kind, _ in drawn)
    note = f"{NOTES['heat']}{f' Not drawn: {count(left)} whom fewer had met.' if left else ''}"
    return draw_cells(ax, Heading(finding(influence), definition(influence), note), columns, rows)


def _in_order(influence: InfluenceByStage, steps: pd.DataFrame) -> list[tuple[str, str]]:
    place = {name: k for k, name in enumerate(influence.stages)}
    pairs = zip(steps["from_stage"], steps["to_stage"], strict=True)
    return sorted(pairs, key=lambda pair: (place[pair[0]], place[pair[1]]))


def _cell(row: dict[Any, Any] | None, top: float) -> Cell | None:
    if row is None or row["difference_within"] != row["difference_within"]:
        return None
    n = f"of {count(row['customers_with'])}"
    if row["verdict"] == "confounded":
        n = f"by {fitted(row['confounded_by'], 66)}"
    text, change = points(row["difference_within"]), abs(row["difference_within"])
    if row["verdict"] in _COLOURS:
        return Cell(text, n, _COLOURS[row["verdict"]], math.sqrt(change / top) if top else 0.0, bold=True)
    thin, blamed = row["verdict"] == "too few", row["verdict"] == "confounded"
    return Cell(text, n, LIGHT, pale=thin, hatched=blamed)


def _blamed(influence: InfluenceByStage) -> str:
    rows = influence.table[influence.table["verdict"] == "confounded"]
    rows = rows[rows["kind"] == "influencer"]
    named = [f"{fitted(row.influencer, 80)} by {fitted(row.confounded_by, 90)}" for row in rows.itertuples()]
    return f" Explained: {', '.join(named[:4])}{' and more' if len(named) > 4 else ''}." if named else ""


def _forest(influence: InfluenceByStage, ax: Axes | None, drawn: list[tuple[str, str]], to_stage: str) -> Axes:
    table = influence.table[(influence.table["to_stage"] == to_stage) & ~influence.table["whole"]]
    found = {(row["kind"], row["influencer"]): row for row in table.to_dict("records")}
    rows = [found[key] for key in drawn if key in found and not math.isnan(found[key]["difference_within"])]
    if not rows:
        return nothing_to_draw(ax, influence.title, f"nobody had met an influencer before {shown(to_stage)}")
    ends = [abs(row[f"difference_within{end}"]) for row in rows for end in ("_low", "_high")]
    reach = max(min(max(ends), 2.2 * sorted(ends)[len(ends) // 2]), 0.01) * 1.05
    ticks = [0.0, *(sign * tick for tick in nice_ticks(reach, 2)[1:] for sign in (1, -1))]
    labels = [(tick, "0" if tick == 0 else points(tick).removesuffix(".0")) for tick in ticks]
    sections = [
        Section(title, [_mark(row) for row in rows if row["kind"] == kind], labels if kind == last else ())
        for kind, title, last in (("all", "Together", ""), ("influencer", "One by one", "influencer"))
        if any(row["kind"] == kind for row in rows)
    ]
    heading = Heading(
        finding(influence, to_stage),
        definition(influence),
        NOTES["forest"],
    )
    return draw_around(ax, heading, sections, span=(-reach, reach))


def _mark(row: dict[Any, Any]) -> Mark:
    at, low, high = (row[f"difference_within{end}"] for end in ("", "_low", "_high"))
    figure = f"{points(at)} [{points(low)}, {points(high)}]"
    remark = f"{percent(row['of_with'])} of {count(row['customers_with'])} vs {percent(row['of_without'])}"
    name = shown(row["influencer"]) + ("" if row["evidence"] == "association" else " ◆")
    if row["verdict"] == "confounded":
        name += f" ({fitted(row['confounded_by'], 60)})"
    return Mark(name, at, low, high, _COLOURS.get(row["verdict"], OTHER), figure, remark, row["verdict"] == "too few")


@sentence.register
def say_influence_by_stage(influence: InfluenceByStage) -> str:
    """Say what the influencers together do at each stage, and what is explained otherwise."""
    table = influence.table[(influence.table["kind"] == "all") & ~influence.table["whole"]]
    parts = [
        f"{shown(row['influencer'])}, {shown(row['from_stage'])} to {shown(row['to_stage'])}"
        f" {written(row['difference_within'], 'points')} ({row['verdict']})"
        for row in table.to_dict("records")
    ]
    return f"Influence by stage of {count(influence.customers)} customers: {'; '.join(parts)}.{_blamed(influence)}"
