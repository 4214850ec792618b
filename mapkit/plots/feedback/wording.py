"""How a score is said on a picture: its figure, its groups, and the finding that the intervals allow."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pandas as pd

from mapkit.experience.feedback import Csat, Nps, Scores
from mapkit.plots.names import fitted, shown
from mapkit.plots.numbers import count, counted, percent
from mapkit.plots.style import THIN_N
from mapkit.plots.wording import level

_NAME = 150.0
_SIZES = re.compile(r" \(n = [\d,]+\)")


def figure(scores: Scores, row: Any) -> str:
    """Return a row's score with its interval."""
    value, low, high = float(row["score"]), float(row["low"]), float(row["high"])
    if value != value:
        return "unknown"
    if isinstance(scores, Csat):
        return percent(value, low, high)
    digits = 0 if isinstance(scores, Nps) else 1 if high - low >= 0.5 else 2
    written = [f"{_no_minus_zero(end, digits):.{digits}f}" for end in (value, low, high)]
    return f"{written[0]} [{written[1]}, {written[2]}]"


def _no_minus_zero(value: float, digits: int) -> float:
    return round(value, digits) + 0.0


def group_name(row: Any, keys: Sequence[str]) -> str:
    """Return the name of a row's group; without keys there is one."""
    return " · ".join(shown(row[key]) for key in keys) or "all answers"


def blocks(table: pd.DataFrame, scores: Scores) -> list[tuple[str, list[tuple[str, dict[Any, Any]]]]]:
    """Return named rows under the name of their first key, where there are two keys or more."""
    records = table.to_dict("records")
    if len(scores.keys) < 2:
        return [("", [(group_name(row, scores.keys), row) for row in records])]
    first, rest = scores.keys[0], scores.keys[1:]
    heads = dict.fromkeys(row[first] for row in records)
    return [(shown(head), [(group_name(row, rest), row) for row in records if row[first] == head]) for head in heads]


def finding(scores: Scores) -> str:
    """Return what the intervals allow to be said: a change, the best and the worst, or only what was measured."""
    table = scores.table[scores.table["score"].notna()]
    if len(scores.keys) == 1 and len(table) == 2 and table["n"].min() >= THIN_N:
        one, other = table[scores.keys[0]]
        # Two groups are not picked from many, so the interval of their difference may speak.
        said, _, verdict = scores.say_change(one, other).partition(": ")
        if verdict.startswith("beyond"):
            return _SIZES.sub("", said.replace(str(one), fitted(one, 110)).replace(str(other), fitted(other, 110)))
        return f"{scores.name} by {fitted(scores.keys[0], _NAME)}: cannot tell the two apart"
    by = fitted(", ".join(scores.keys), _NAME)
    if not scores.keys and len(table):
        row = table.iloc[0]
        return f"{scores.name} {figure(scores, row)} of {counted(row['n'], 'answer')}"
    sure = table[table["n"] >= THIN_N]
    if len(sure) >= 2:
        best, worst = (sure.iloc[int(place)] for place in (sure["score"].argmax(), sure["score"].argmin()))
        if best["low"] > worst["high"]:
            ends = [f"{figure(scores, row)} ({_short(row, scores)})" for row in (best, worst)]
            return f"{scores.name} {' against '.join(ends)}"
    return f"{scores.name} by {by}"


def _short(row: Any, scores: Scores) -> str:
    return fitted(group_name(row, scores.keys), 120)


def subtitle(scores: Scores, definition: str) -> str:
    """Return the definition with its n and the level of the intervals."""
    return f"{definition} · n = {counted(scores.table['n'].sum(), 'answer')} · {level(scores)}"


def foot(scores: Scores, table: pd.DataFrame, *, more: int = 0) -> str:
    """Return the cautions at the foot of a page of rows."""
    notes = []
    rejected = scores.table["rejected"].sum()
    if rejected:
        notes.append(f"Rejected as outside the scale: {counted(rejected, 'answer')}.")
    if (table["n"] < THIN_N).any():
        notes.append(f"Faded: fewer than {THIN_N} answers.")
    if more:
        notes.append(f"{count(more)} more groups are in the table.")
    notes.append("Only those who answered are counted.")
    return " ".join(notes)
