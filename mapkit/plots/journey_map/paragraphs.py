"""Sentences from a map broken into lines that fit a cell, in any script."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from mapkit.plots.names import shown, width_of
from mapkit.plots.style import NOTE

_MOST_LETTERS = 1_200  # more than any cell has room for
_ELLIPSIS = "…"
_BREAKS_AFTER = "_/-"


def paragraph(text: str, points: float, *, most: int, size: float = NOTE, bold: bool = False) -> list[str]:
    """Return a text in at most ``most`` lines that are ``points`` wide; a text that was cut ends in an ellipsis.

    Chinese, Japanese and Korean break between letters, other scripts between words, and only words that are too long
    for a line within themselves.
    """
    space = width_of("n n", size, bold) - width_of("nn", size, bold)
    lines: list[str] = []
    line, used = "", 0.0
    tokens = _tokens(text[:_MOST_LETTERS], points, size, bold)
    for token, apart in tokens:
        wide = width_of(token, size, bold)
        gap = space if line and apart else 0.0
        if line and used + gap + wide > points:
            if len(lines) == most - 1:
                return [*lines, _cut(line, points, size, bold)]
            lines.append(line)
            line, used, gap = "", 0.0, 0.0
        line, used = f"{line}{' ' if gap else ''}{token}", used + gap + wide
    if len(text) > _MOST_LETTERS:
        line = _cut(line, points, size, bold)
    return [*lines, line] if line else lines


def _cut(line: str, points: float, size: float, bold: bool) -> str:
    while line and width_of(line + _ELLIPSIS, size, bold) > points:
        line = line[:-1].rstrip()
    return line + _ELLIPSIS


def _tokens(text: str, points: float, size: float, bold: bool) -> Iterator[tuple[str, bool]]:
    """Yield what may not be broken, each with whether a space stands before it."""
    for word in text.split():
        if not any(letter.isprintable() for letter in word):
            continue
        apart = True
        for piece in _pieces(shown(word)):
            for part in _broken(piece, points, size, bold):
                yield part, apart
                apart = False


@lru_cache(maxsize=8192)
def _pieces(word: str) -> tuple[str, ...]:
    """Return a word's parts between which a line may end."""
    pieces: list[str] = []
    before = ""
    for letter in word:
        closing = unicodedata.category(letter) in ("Pe", "Pf", "Po", "Lm", "Mn")
        opened = bool(before) and unicodedata.category(before) in ("Ps", "Pi")
        breaks = _stands_alone(letter) or (bool(before) and (_stands_alone(before) or before in _BREAKS_AFTER))
        if pieces and (closing or opened or not breaks):
            pieces[-1] += letter
        else:
            pieces.append(letter)
        before = letter
    return tuple(pieces)


def _stands_alone(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in ("W", "F")


def _broken(piece: str, points: float, size: float, bold: bool) -> Iterator[str]:
    while len(piece) > 1 and width_of(piece, size, bold) > points:
        fewest, most = 1, min(len(piece), 400)
        while most - fewest > 1:
            middle = (fewest + most) // 2
            fewest, most = (middle, most) if width_of(piece[:middle], size, bold) <= points else (fewest, middle)
        yield piece[:fewest]
        piece = piece[fewest:]
    yield piece
