r"""Names from data, made harmless and made to fit: any script, any length, any mark-up.

A name is never parsed. ``$``, ``<`` and ``\`` are drawn as they stand, control and direction characters are taken out,
and a character that no installed font can draw becomes a square.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import pandas as pd
from matplotlib import font_manager
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from mapkit.plots.style import LABEL

FAMILY = "DejaVu Sans"  # ships with matplotlib, so a picture is the same on every machine
_SQUARE = "\u25a1"
_JOINERS = "\u200c\u200d"
_LONGEST = 240
_LONGEST_SENTENCE = 2_000
_ON_A_SCREEN = 1.03  # letters set on a screen's pixels run wider than their outlines by up to this much
# Fonts with the scripts that DejaVu lacks, asked for only when a name needs one.
_FALLBACKS = (
    "Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans SC", "Source Han Sans SC", "PingFang SC", "Hiragino Sans",
    "Microsoft YaHei", "Yu Gothic", "Malgun Gothic", "Apple SD Gothic Neo", "WenQuanYi Zen Hei", "SimHei",
    "Noto Sans Devanagari", "Noto Sans Bengali", "Noto Sans Tamil", "Noto Sans Thai", "Nirmala UI", "Leelawadee UI",
    "Noto Emoji", "Segoe UI Emoji", "Segoe UI Symbol", "Symbola", "Arial Unicode MS",
)  # fmt: skip


def shown(name: object) -> str:
    r"""Return a name as it may be drawn: one line, no control characters, nothing that a font cannot draw.

    >>> shown("check\nout\t$x$"), shown(None), shown("  ")
    ('check out $x$', '(none)', '(empty)')
    """
    if name is None or name is pd.NA or name is pd.NaT or name != name:
        return "(none)"
    text = str(name)
    if len(text) > _LONGEST:
        text = f"{text[: _LONGEST // 2]}…{text[-_LONGEST // 2 :]}"
    return _cleaned(text) or "(empty)"


@lru_cache(maxsize=4096)
def _cleaned(text: str) -> str:
    kept, marks = [], 0
    for letter in unicodedata.normalize("NFC", text):
        kind = unicodedata.category(letter)
        # Piled-up combining marks would be drawn over the neighbouring lines.
        marks = marks + 1 if kind in ("Mn", "Me") else 0
        if kind in ("Cc", "Zl", "Zp", "Zs"):
            kept.append(" ")
        elif (kind == "Cf" and letter not in _JOINERS) or "\ufe00" <= letter <= "\ufe0f" or marks > 2:
            continue
        else:
            kept.append(letter if kind not in ("Cs", "Cn", "Co") and _font_for(letter) else _SQUARE)
    return " ".join("".join(kept).split())


@lru_cache(maxsize=4096)
def _font_for(letter: str) -> str | None:
    """Return the family that can draw a character, or None."""
    if letter in _JOINERS or ord(letter) in _characters(FAMILY):
        return FAMILY
    installed = {font.name for font in font_manager.fontManager.ttflist}
    return next((name for name in _FALLBACKS if name in installed and ord(letter) in _characters(name)), None)


@lru_cache(maxsize=len(_FALLBACKS) + 1)
def _characters(family: str) -> frozenset[int]:
    path = font_manager.findfont(FontProperties(family=family), fallback_to_default=False)
    return frozenset(font_manager.get_font(path).get_charmap())


@lru_cache(maxsize=4096)
def families(text: str) -> tuple[str, ...]:
    """Return the font families a text is set in: the house's own first."""
    needed = (_font_for(letter) for letter in text if letter != " ")
    return (FAMILY, *sorted({name for name in needed if name} - {FAMILY}))


@lru_cache(maxsize=8192)
def width_of(text: str, size: float = LABEL, bold: bool = False) -> float:
    """Return the width of one line of text in points."""
    font = FontProperties(family=list(families(text)), size=size, weight="bold" if bold else "normal")
    return _ON_A_SCREEN * float(text_to_path.get_text_width_height_descent(text, font, False)[0])


def fitted(name: object, points: float, size: float = LABEL, bold: bool = False) -> str:
    """Return a name that is at most ``points`` wide, with an ellipsis in its middle when it had to be cut.

    Names that differ usually differ at their beginning or their end, so both are kept.
    """
    text = shown(name)
    if width_of(text, size, bold) <= points + 0.01:  # a column as wide as its widest name holds that name
        return text
    fewest, most = 0, len(text)
    while most - fewest > 1:
        middle = (fewest + most) // 2
        fewest, most = (middle, most) if width_of(_cut(text, middle), size, bold) <= points else (fewest, middle)
    return _cut(text, fewest)


def _cut(text: str, letters: int) -> str:
    head = (letters + 1) // 2
    tail = letters - head
    return f"{text[:head].rstrip()}…{text[len(text) - tail :].lstrip() if tail else ''}"


def wrapped(text: str, points: float, size: float, bold: bool = False, most: int = 3) -> list[str]:
    """Return sentences broken into at most ``most`` lines that are ``points`` wide; the last line is cut to fit."""
    lines: list[str] = []
    # A long name loses its middle; a long sentence would lose its meaning with it.
    words = (shown(text) if len(text) <= _LONGEST else _cleaned(text[:_LONGEST_SENTENCE])).split()
    while words and len(lines) < most - 1:
        taken = 1
        while taken < len(words) and width_of(" ".join(words[: taken + 1]), size, bold) <= points:
            taken += 1
        lines.append(fitted(" ".join(words[:taken]), points, size, bold))
        words = words[taken:]
    return [*lines, fitted(" ".join(words), points, size, bold)] if words else lines
