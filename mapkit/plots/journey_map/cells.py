"""One cell of a drawn map: its text, claimed and observed one below the other, its badges, its evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.colors import to_hex, to_rgb

from mapkit.plots.journey_map.paragraphs import paragraph
from mapkit.plots.journey_map.sheet import Box, Line, Sheet
from mapkit.plots.journey_map.statements import NOT_CLAIMED, STATES, Statement
from mapkit.plots.names import fitted, width_of
from mapkit.plots.style import BAD, BAD_TEXT, BLUE, INK, LIGHT, MID, NOTE, PAPER, QUIET, SKY, THIN_N, ramp


def tint(colour: str, strength: float) -> str:
    """Return a colour thinned with paper: 0 is paper, 1 the colour."""
    red, green, blue = (1 - strength * (1 - part) for part in to_rgb(colour))
    return to_hex((red, green, blue))


LINE = 10.4  # points from baseline to baseline
PANEL = tint(LIGHT, 0.35)
GRADE_COLOURS = {"A": ramp(2)[-1], "B": BLUE, "C": SKY, "D": PAPER}
"""From dark to light as the evidence weakens, so that it is seen in grey as well; what is only asserted is hollow."""

STATE_COLOURS = {"disagree": BAD_TEXT, "agree": BLUE, "unmeasured": QUIET, "unclaimed": INK}
_PAD, _STRIPE, _BADGE, _GRADE = 5.0, 3.0, 13.0, 12.0
_TEXT_LINES = 5
_APART = 5.0
_STRONGEST = 0.75


_Said = tuple[str, str, bool]  # text, colour, bold


@dataclass(frozen=True)
class Card:
    """A statement laid out for a width: its lines and badges, and the height it needs."""

    statement: Statement
    text: list[str]
    figures: list[list[_Said]]
    badges: list[list[tuple[str, str, str]]]  # rows of (text, face, ink)
    wide: float

    @property
    def high(self) -> float:
        """The height in points."""
        lines = LINE * (len(self.text) + len(self.figures))
        return 2 * _PAD + max(lines + (2 if self.text and self.figures else 0), LINE) + _BADGE * len(self.badges)


def card(statement: Statement, wide: float) -> Card:
    """Return a statement laid out for a cell that is ``wide`` points."""
    room = wide - 2 * _PAD - _STRIPE
    first = room - (_GRADE if statement.grade else 0)
    text = paragraph(statement.says, first, most=_TEXT_LINES)
    return Card(statement, text, _figures(statement, room, first if not text else room), _badges(statement, room), wide)


def put(sheet: Sheet, card: Card, left: float, top: float, high: float) -> None:
    """Put a card on a sheet, as high as its row."""
    statement = card.statement
    face = tint(BAD, 0.12) if statement.state == "disagree" else PAPER
    sheet.boxes.append(Box(left, top, card.wide, high, face, LIGHT))
    if statement.grade:
        _grade(sheet, statement.grade, left, top, card.wide, high)
    x, y = left + _STRIPE + _PAD, top + _PAD + NOTE
    for line in card.text:
        sheet.lines.append(Line(x, y, line))
        y += LINE
    y += 2 if card.text and card.figures else 0
    for parts in card.figures:
        place = x
        for words, colour, bold in parts:
            sheet.lines.append(Line(place, y, words, colour, bold=bold))
            place += width_of(words, NOTE, bold) + _APART
        y += LINE
    y = max(y, top + _PAD + NOTE + LINE) - NOTE + 1
    for row in card.badges:
        place = x
        for text, badge, ink in row:
            wide = width_of(text, NOTE) + 8
            sheet.boxes.append(Box(place, y, wide, _BADGE - 2, badge, "none" if badge != PAPER else MID))
            sheet.lines.append(Line(place + 4, y + 8.4, text, ink))
            place += wide + 4
        y += _BADGE


def grade_mark(sheet: Sheet, grade: str, left: float, top: float) -> None:
    """Put the letter of a grade in its colour at a place; the mark is 11 points wide and high."""
    hollow = GRADE_COLOURS[grade] == PAPER
    sheet.boxes.append(Box(left, top, 11, 11, GRADE_COLOURS[grade], MID if hollow else "none"))
    ink = PAPER if grade in "AB" else INK
    sheet.lines.append(Line(left + 5.5, top + 8.5, grade, ink, bold=True, align="center"))


def _grade(sheet: Sheet, grade: str, left: float, top: float, wide: float, high: float) -> None:
    hollow = GRADE_COLOURS[grade] == PAPER
    sheet.boxes.append(Box(left, top, _STRIPE, high, LIGHT if hollow else GRADE_COLOURS[grade]))
    grade_mark(sheet, grade, left + wide - 13, top + 2)


def _figures(statement: Statement, room: float, first: float) -> list[list[_Said]]:
    """Return the lines of claim, observation and verdict; what rests on few is grey."""
    lines: list[list[_Said]] = []
    if statement.claimed:
        wrapped = paragraph(f"○ claimed {statement.claimed}", first, most=3)
        lines += [[(line, QUIET, False)] for line in wrapped]
    parts: list[_Said] = []
    if statement.observed:
        thin = statement.n == statement.n and statement.n < THIN_N
        number, bracket, interval = statement.observed.partition(" [")
        parts.append((f"● {number}", QUIET if thin else INK, not thin))
        parts += [(f"[{interval}", QUIET, False)] if bracket else []
        parts += [(statement.n_said, QUIET, False)] if statement.n_said else []
    lines += _flowed(parts, room if lines or statement.says else first)
    if statement.state and statement.lane != NOT_CLAIMED:
        mark, word = STATES.get(statement.state, ("", statement.state))
        said = f"{mark} {word}"
        if statement.kind and statement.state == "disagree":
            said += f" on {statement.kind}"
        colour, bold = STATE_COLOURS.get(statement.state, QUIET), statement.state == "disagree"
        lines += [[(line, colour, bold)] for line in paragraph(said, room, most=2, bold=bold)]
    return lines


def _flowed(parts: Sequence[_Said], room: float) -> list[list[_Said]]:
    """Return figures in as few lines as hold them; none is broken."""
    lines: list[list[_Said]] = []
    used = 0.0
    for text, colour, bold in parts:
        short = fitted(text, room, NOTE, bold)
        wide = width_of(short, NOTE, bold)
        if not lines or used + _APART + wide > room:
            lines.append([])
            used = -_APART
        lines[-1].append((short, colour, bold))
        used += _APART + wide
    return lines


def _badges(statement: Statement, room: float) -> list[list[tuple[str, str, str]]]:
    badges: list[tuple[str, str, str]] = []
    if statement.severity == statement.severity:
        severity = min(max(statement.severity, 0.0), 1.0)
        badges.append((f"▲ severity {statement.severity:.2g}", tint(BAD, 0.15 + (_STRONGEST - 0.15) * severity), INK))
    if statement.owner:
        badges.append((statement.owner, PAPER, INK))
    rows: list[list[tuple[str, str, str]]] = []
    used = room
    for text, face, ink in badges:
        short = fitted(text, room - 8, NOTE)
        wide = width_of(short, NOTE) + 12
        if not rows or used + wide - 4 > room:
            rows.append([])
            used = 0.0
        rows[-1].append((short, face, ink))
        used += wide
    return rows
