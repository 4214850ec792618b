"""The look of a journey map's page, on a screen and on paper, in the colours of the pictures."""

from __future__ import annotations

from mapkit.plots.journey_map.cells import GRADE_COLOURS, PANEL, STATE_COLOURS, tint
from mapkit.plots.style import BAD, INK, LIGHT, MID, PAPER, QUIET

_GRADES = "".join(
    f".grade.grade-{grade}{{background:{colour};color:{PAPER if grade in 'AB' else INK}}}"
    f".cell.grade-{grade}{{border-left-color:{LIGHT if colour == PAPER else colour}}}"
    for grade, colour in GRADE_COLOURS.items()
)
_STATES = "".join(f".legend .{state},.verdict.{state}{{color:{ink}}}" for state, ink in STATE_COLOURS.items())

STYLE = f"""
:root{{color-scheme:light}}
body{{margin:0;background:{PAPER};color:{INK};font:15px/1.45 "DejaVu Sans",Verdana,"Noto Sans",system-ui,sans-serif}}
main{{max-width:86rem;margin:0 auto;padding:1.2rem}}
h1{{font-size:1.5rem;margin:0}} h2{{font-size:1.1rem}}
.finding{{font-size:1.1rem;font-weight:bold;margin:.3rem 0}}
.quiet,footer{{color:{QUIET}}} footer{{font-size:.85rem}}
.who{{display:grid;grid-template-columns:max-content 1fr;gap:.3rem 1rem;background:{PANEL};padding:.7rem 1rem}}
.who dt{{color:{QUIET}}} .who dd{{margin:0;overflow-wrap:anywhere}}
.legend{{display:flex;flex-wrap:wrap;gap:.3rem 1.2rem;padding:0;list-style:none}}
.plain{{list-style:none;padding:0;max-width:30rem}}
.scroll{{overflow-x:auto;margin:1.2rem 0}} .scroll:focus-visible{{outline:3px solid {INK}}}
table{{border-collapse:collapse;table-layout:fixed;width:calc(7.5rem + (100% - 7.5rem)*var(--columns)/var(--most))}}
table{{min-width:calc(7.5rem + var(--columns)*10rem);max-width:calc(7.5rem + var(--columns)*17rem)}}
.figure{{white-space:nowrap}}
table.check{{table-layout:auto;width:100%;min-width:0;max-width:none}}
caption{{text-align:start;color:{QUIET};padding-bottom:.3rem}}
col.names{{width:7.5rem}}
th,td{{border:1px solid {LIGHT};padding:.35rem;vertical-align:top;text-align:start;overflow-wrap:anywhere}}
tbody th{{position:sticky;left:0;background:{PAPER}}}
.stage{{border-top:10px solid;font-size:1.05rem}} .steps th{{background:{LIGHT}}}
.curve{{padding:0}} .curve svg{{display:block;width:100%;height:auto}}
.cell{{border-left:4px solid transparent;padding:.25rem .45rem;margin-bottom:.3rem;display:flow-root}}
.cell p{{margin:.1rem 0;white-space:pre-line}} .cell.disagree{{background:{tint(BAD, 0.12)}}}
.verdict.disagree{{font-weight:bold}}
.grade{{float:right;border:1px solid {MID};padding:0 .35em;margin-left:.3em;font-weight:bold;text-decoration:none}}
.legend .grade{{float:none}}
.badge{{display:inline-block;border:1px solid {MID};border-radius:.7em;padding:0 .6em;margin:.15rem .2rem 0 0}}
.badge.pain{{background:{tint(BAD, 0.3)};border-color:transparent}}
{_GRADES}{_STATES}
@media print{{
@page{{size:A4 landscape;margin:10mm}}
body{{font-size:9px;-webkit-print-color-adjust:exact;print-color-adjust:exact}}
main{{max-width:none;padding:0}} .scroll{{overflow:visible}} table{{min-width:0}} tbody th{{position:static}}
tr,.cell{{break-inside:avoid}} thead{{display:table-header-group}}
}}
"""
