"""A laid-out map as SVG whose texts are texts: searched, copied and read aloud, small, and written at once."""

from __future__ import annotations

import html
from collections.abc import Iterator

from mapkit.plots.journey_map.curve_svg import Panel, curve_svg
from mapkit.plots.journey_map.feelings import HEIGHT
from mapkit.plots.journey_map.lanes import NAMES
from mapkit.plots.journey_map.layout import Layout
from mapkit.plots.journey_map.sheet import Box, Line
from mapkit.plots.names import families, wrapped
from mapkit.plots.page import NOTE_LINES, Heading
from mapkit.plots.style import INK, LEADING, MARGIN, NOTE, PAPER, QUIET, SMALL, TITLE

# Verdana's letters are as wide as those of DejaVu Sans, which few machines have.
_ANYWHERE = "Verdana,'Noto Sans',sans-serif"
_ANCHORS = {"left": "start", "center": "middle", "right": "end"}


def sheet_svg(layout: Layout, heading: Heading, said: str) -> str:
    """Return a whole picture; ``said`` is its alternative text."""
    above, head = _head(heading, layout.wide)
    below, foot = _foot(heading, layout.wide)
    wide, high = layout.wide + 2 * MARGIN, MARGIN + above + layout.height + below + MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:g}pt" height="{high:.1f}pt" '
        f'viewBox="0 0 {wide:g} {high:.1f}" role="img" font-family="\'DejaVu Sans\',{_ANYWHERE}">',
        f"<title>{html.escape(said)}</title>",
        f'<rect width="{wide:g}" height="{high:.1f}" fill="{PAPER}"/>',
        f'<g transform="translate({MARGIN:g} {MARGIN:g})">{"".join(map(_line, head))}</g>',
        f'<g transform="translate({MARGIN:g} {MARGIN + above:.1f})">',
        *map(_box, layout.sheet.boxes),
        *map(_line, layout.sheet.lines),
        *_curves(layout),
        f'</g><g transform="translate({MARGIN:g} {MARGIN + above + layout.height:.1f})">',
        *map(_line, foot),
        "</g></svg>",
    ]
    return "\n".join(parts) + "\n"


def _head(heading: Heading, wide: float) -> tuple[float, list[Line]]:
    """Return the height of title and subtitle, and their lines."""
    down, lines = 0.0, []
    for text, size, colour, bold in ((heading.title, TITLE, INK, True), (heading.subtitle, SMALL, QUIET, False)):
        for line in wrapped(text, wide, size, bold):
            down += size * LEADING
            lines.append(Line(0, down - 3, line, colour, size, bold))
        down += 2
    return down + 8, lines


def _foot(heading: Heading, wide: float) -> tuple[float, list[Line]]:
    texts = wrapped(heading.note, wide, NOTE, most=NOTE_LINES)
    lines = [Line(0, 4 + NOTE * LEADING * (k + 1), text, QUIET) for k, text in enumerate(texts)]
    return 4 + NOTE * LEADING * len(lines), lines


def _box(box: Box) -> str:
    edge = "" if box.edge == "none" else f' stroke="{box.edge}" stroke-width=".8"'
    place = f'x="{box.left:.1f}" y="{box.top:.1f}"'
    if not box.high:
        return f'<path d="M{box.left:.1f} {box.top:.1f}h{box.wide:.1f}"{edge}/>'
    return f'<rect {place} width="{box.wide:.1f}" height="{box.high:.1f}" fill="{box.face}"{edge}/>'


def _line(line: Line) -> str:
    anchor = "" if line.align == "left" else f' text-anchor="{_ANCHORS[line.align]}"'
    weight = ' font-weight="bold"' if line.bold else ""
    others = families(line.text)
    family = "" if len(others) == 1 else f' font-family="{_quoted(others)},{_ANYWHERE}"'
    look = f'font-size="{line.size:g}" fill="{line.colour}"{weight}{anchor}{family}'
    # The anchor is the left edge in every script: a text written from right to left begins at its right end.
    return f'<text x="{line.x:.1f}" y="{line.y:.1f}" {look} direction="ltr">{html.escape(line.text)}</text>'


def _quoted(names: tuple[str, ...]) -> str:
    return ",".join(f"'{name}'" for name in names)


def _curves(layout: Layout) -> Iterator[str]:
    for curve in layout.curves:
        panel = Panel(layout.column, curve.columns, HEIGHT)
        place = f'x="{NAMES:g}" y="{curve.top:.1f}" width="{panel.x(panel.columns):g}" height="{HEIGHT:g}"'
        yield curve_svg(curve.feelings, panel, place)
