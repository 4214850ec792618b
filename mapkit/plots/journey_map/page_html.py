"""A journey map as one page that needs nothing else: real tables with every word, readable aloud and on paper."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from mapkit.maps.journey_map import JourneyMap
from mapkit.maps.journey_map.check import MapCheck
from mapkit.maps.two_sources import ObservedMap
from mapkit.plots.journey_map.bands import Band, Span, bands_of
from mapkit.plots.journey_map.curve_svg import Panel, curve_svg
from mapkit.plots.journey_map.feelings import feelings_of
from mapkit.plots.journey_map.head import finding, heading_of
from mapkit.plots.journey_map.lanes import lane_names, title_of
from mapkit.plots.journey_map.page_style import STYLE
from mapkit.plots.journey_map.statements import (
    EVIDENCE,
    GRADES,
    STATES,
    Statement,
    evidence_counts,
    state_counts,
    statements_of,
)
from mapkit.plots.numbers import counted
from mapkit.plots.style import THIN_N, ramp

_COLUMNS = 6
# Nothing is fetched and nothing runs, whatever a map's texts hold.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def map_html(journey_map: JourneyMap, observed: ObservedMap | None = None, check: MapCheck | None = None) -> str:
    """Return the page; ``observed`` sets what the data shows beside the claims, ``check`` adds what a check found."""
    statements = statements_of(journey_map, observed, check)
    colours = ramp(len(journey_map.stages))
    bands = bands_of(journey_map, _COLUMNS)
    heading = heading_of(journey_map, observed, statements, "")
    title, said = text(journey_map.title), finding(statements)
    parts = [
        "<!doctype html>",
        f'<html><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{title}</title><style>{STYLE}</style></head><body><main>",
        f'<h1 dir="auto">{title}</h1><p class="finding">{text(said[:1].upper() + said[1:])}.</p>',
        f'<p class="quiet">{text(heading.subtitle)}</p>',
        _who(journey_map),
        _legend(statements),
        *(_band(k, bands, statements, journey_map, colours) for k in range(len(bands))),
        _elsewhere(journey_map, statements),
        _checked(check),
        _notes(observed),
        "</main></body></html>",
    ]
    return "\n".join(part for part in parts if part) + "\n"


def text(said: object) -> str:
    """Return any text as it may stand in a page: marked up as nothing, without characters that a page may not hold."""
    kept = (letter for letter in str(said) if letter == "\n" or unicodedata.category(letter) not in ("Cc", "Cs"))
    return html.escape("".join(kept), quote=True)


def _who(journey_map: JourneyMap) -> str:
    rows = []
    if journey_map.persona is not None:
        persona = journey_map.persona
        segment = f' <span class="quiet">segment {text(persona.segment)}</span>' if persona.segment else ""
        who = f"<br>{text(persona.who)}" if persona.who else ""
        rows.append(f'<dt>Persona</dt><dd dir="auto"><b>{text(persona.name)}</b>{segment}{who}</dd>')
    for name, said in (("Scenario", journey_map.scenario), ("About this map", journey_map.description)):
        if said:
            rows.append(f'<dt>{name}</dt><dd dir="auto">{text(said)}</dd>')
    return f'<dl class="who">{"".join(rows)}</dl>' if rows else ""


def _legend(statements: Sequence[Statement]) -> str:
    items = [
        f"<li>{_grade(grade)} {GRADES[grade]}: {counted(cells, 'cell')}</li>"
        for grade, cells in evidence_counts(statements).items()
    ]
    for state, cells in state_counts(statements).items():
        mark, word = STATES[state]
        items.append(f'<li class="{state}">{mark} {word}: {cells:,}</li>')
    return f'<ul class="legend" aria-label="What the cells rest on">{"".join(items)}</ul>'


def _band(
    k: int, bands: Sequence[Band], statements: Sequence[Statement], journey_map: JourneyMap, colours: Sequence[str]
) -> str:
    """Return one table: stages and steps above, the curve, and a row a lane."""
    band = bands[k]
    named = ", ".join(span.stage for span in band.spans)
    caption = f"Part {k + 1} of {len(bands)}: {named}" if len(bands) > 1 else named
    most = max(len(each.columns) for each in bands)
    stages = "".join(_stage(span, colours[span.place]) for span in band.spans)
    steps = "".join(f'<th scope="col" dir="auto">{text(column.name)}</th>' for column in band.columns)
    head = f'<tr><td rowspan="2"></td>{stages}</tr><tr class="steps">{steps}</tr>'
    rows = []
    if feelings := feelings_of(band, statements):
        curve = curve_svg(feelings, Panel(160, len(band.columns), 130))
        rows.append(
            f'<tr><th scope="row">emotion, curve</th><td class="curve" colspan="{len(band.columns)}">{curve}</td></tr>'
        )
    for lane in lane_names(journey_map, statements):
        rows += _lane(lane, band, [each for each in statements if each.lane == lane])
    group = f'<colgroup><col class="names"><col span="{len(band.columns)}"></colgroup>'
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{text(caption)}"><table style="--columns:'
        f'{len(band.columns)};--most:{most}"><caption dir="auto">{text(caption)}</caption>{group}<thead>{head}</thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _stage(span: Span, colour: str) -> str:
    more = " (continued)" if span.continued else ""
    return (
        f'<th scope="colgroup" class="stage" colspan="{span.columns}" style="border-color:{colour}" dir="auto">'
        f"{text(span.stage)}{more}</th>"
    )


def _lane(lane: str, band: Band, own: Sequence[Statement]) -> list[str]:
    """Return a lane's rows: one for whole stages where there is something to say, one for steps."""
    stages = [[each for each in own if each.stage == span.stage and each.step is None] for span in band.spans]
    steps = [
        [each for each in own if column.step and each.stage == column.stage and each.step == column.step.id]
        for column in band.columns
    ]
    whole = [_cells(cells, span.columns) for cells, span in zip(stages, band.spans, strict=True)]
    single = [_cells(cells, 1) for cells in steps]
    rows = [row for row, filled in ((whole, any(stages)), (single, any(steps) or not any(stages))) if filled]
    head = f'<th scope="row" rowspan="{len(rows)}" dir="auto">{text(title_of(lane))}</th>'
    return [f"<tr>{head if k == 0 else ''}{''.join(row)}</tr>" for k, row in enumerate(rows)]


def _cells(statements: Iterable[Statement], columns: int) -> str:
    span = f' colspan="{columns}"' if columns > 1 else ""
    return f"<td{span}>{''.join(_statement(each) for each in statements)}</td>"


def _statement(each: Statement) -> str:
    parts = [_grade(each.grade)] if each.grade else []
    if each.says:
        parts.append(f'<p dir="auto">{text(each.says)}</p>')
    if each.claimed:
        parts.append(f'<p class="quiet" dir="auto">○ claimed {text(each.claimed)}</p>')
    if each.observed:
        parts.append(_observed(each))
    if each.state:
        mark, word = STATES.get(each.state, ("", each.state))
        kind = f" on {text(each.kind)}" if each.kind and each.state == "disagree" else ""
        parts.append(f'<p class="verdict {text(each.state)}">{mark} {text(word)}{kind}</p>')
    if each.severity == each.severity:
        parts.append(f'<span class="badge pain">▲ severity {each.severity:.2g}</span>')
    if each.owner:
        parts.append(f'<span class="badge" dir="auto">owner {text(each.owner)}</span>')
    if each.source:
        parts.append(f'<p class="quiet" dir="auto">source: {text(each.source)}</p>')
    return f'<div class="cell {text(each.state)} grade-{each.grade}">{"".join(parts)}</div>'


def _observed(each: Statement) -> str:
    number, bracket, interval = each.observed.partition(" [")
    figures = [f"<b>{text(number)}</b>", f"[{text(interval)}" if bracket else "", each.n_said]
    few = ' class="quiet"' if each.n < THIN_N else ""
    said = " ".join(f'<span class="figure">{figure}</span>' for figure in figures if figure)
    return f"<p{few}>● observed {said}</p>"


def _grade(grade: str) -> str:
    return f'<abbr class="grade grade-{grade}" title="evidence: {GRADES[grade]}">{grade}</abbr>'


def _elsewhere(journey_map: JourneyMap, statements: Iterable[Statement]) -> str:
    stages = {stage.name for stage in journey_map.stages}
    found = [each for each in statements if each.stage not in stages]
    rows = "".join(f"<li>{_statement(each)}</li>" for each in found)
    return f'<h2>Observed in no stage of the map</h2><ul class="plain">{rows}</ul>' if found else ""


def _checked(check: MapCheck | None) -> str:
    if check is None:
        return ""
    head = "".join(f'<th scope="col">{text(name.replace("_", " "))}</th>' for name in check.table.columns)
    body = "".join(_row(row) for row in check.table.itertuples(index=False))
    table = f'<table class="check"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    found = table if body else "<p>Nothing to mend.</p>"
    return f'<h2>Check</h2><div class="scroll" role="region" tabindex="0" aria-label="Check">{found}</div>'


def _row(row: Iterable[Any]) -> str:
    values = ("" if pd.isna(value) else value for value in row)
    cells = "".join(f'<td dir="auto">{text(value)}</td>' for value in values)
    return f"<tr>{cells}</tr>"


def _notes(observed: ObservedMap | None) -> str:
    notes = [EVIDENCE]
    if observed is not None:
        notes += ["Figures that rest on fewer than 30 are grey.", "Association, not cause.", *observed.notes]
    return f"<footer><ul>{''.join(f'<li>{text(note)}</li>' for note in notes)}</ul></footer>"
