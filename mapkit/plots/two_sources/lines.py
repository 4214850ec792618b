"""The lines of a two-source board: where a cell's claim and its observation stand on its scale, and what is written."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from mapkit.maps.two_sources import ObservedMap
from mapkit.plots.names import shown
from mapkit.plots.numbers import count, duration, percent

Place = Callable[[float], float]
_HEADS = {
    ("content", "share"): "Content: share of customers who take the step",
    ("sequence", "share"): "Sequence: share who kept to the claimed order, of those who did both",
    ("timing", "share"): "Timing: share who go on in the same session",
    ("timing", "seconds"): "Timing: median time from step to step",
    ("rate", "share"): "Rate: share who go on",
    ("emotion", "valence"): "Emotion: mean of the answers, −2 to 2",
}
_SPANS = (1, 60, 3_600, 86_400, 7 * 86_400, 30 * 86_400, 365 * 86_400)


@dataclass(frozen=True)
class Line:
    """One cell: places on a scale from 0 to 1 (NaN for none), and its words.

    ``half`` says that the claim is not a place but all above a half, as that of an order is.
    """

    name: str
    state: str
    grade: str
    claimed_at: float
    at: float
    low: float
    high: float
    claimed: str
    observed: str
    n: str
    half: bool = False


@dataclass(frozen=True)
class Part:
    """Lines under one head, with the ticks of their scale, the most wanted first; none where what is said is a name."""

    head: str
    lines: Sequence[Line]
    ticks: Sequence[tuple[float, str]]


def parts_of(observed: ObservedMap, rows: pd.DataFrame) -> list[Part]:
    """Return the rows grouped by kind; the kinds and the lines in them stay in the table's order, heaviest first."""
    rows = rows.assign(head=[_head(row) for row in rows.to_dict("records")])
    return [_part(observed, str(head), group) for head, group in rows.groupby("head", sort=False)]


def _head(row: dict[Any, Any]) -> str:
    if row["state"] == "unclaimed":
        return "Not on the map: share of customers who use it"
    if row["unit"] == "name":
        return "Owner: as the map and the inventory name them"
    if row["lane"] == "channel":
        return "Channel: share who come by the one the map names"
    return _HEADS.get((row["about"], row["unit"]), "Not measured")


def _part(observed: ObservedMap, head: str, group: pd.DataFrame) -> Part:
    place, ticks = _scale(group)
    lines = [_line(observed, row, place) for row in group.to_dict("records")]
    return Part(head, lines, ticks)


def _scale(group: pd.DataFrame) -> tuple[Place, list[tuple[float, str]]]:
    unit = str(group["unit"].iloc[0])
    if unit == "share":
        return (lambda value: value), [(0, "0%"), (1, "100%"), (0.5, "50%"), (0.25, ""), (0.75, "")]
    if unit == "valence":
        ticks = [((k + 2) / 4, f"{k:+d}".replace("-", "−") if k else "0") for k in (0, -2, 2, -1, 1)]
        return (lambda value: (value + 2) / 4), ticks
    if unit != "seconds":
        return (lambda _: math.nan), []
    known = [
        float(value) for value in group[["claimed", "observed", "low", "high"]].to_numpy().ravel() if value == value
    ]
    logs = [math.log(max(value, 1.0)) for value in known]
    least, most = min(logs) - 0.3, max(logs) + 0.3

    def place(value: float) -> float:
        return (math.log(max(value, 1.0)) - least) / (most - least) if value == value else math.nan

    return place, [(place(span), duration(span)) for span in _SPANS if 0 <= place(span) <= 1]


def _line(observed: ObservedMap, row: dict[Any, Any], place: Place) -> Line:
    n = "" if pd.isna(row["n"]) else count(float(row["n"]))
    claimed, at, low, high = (place(float(row[name])) for name in ("claimed", "observed", "low", "high"))
    words = _claim(row), _said(row), n
    half = row["about"] == "sequence" and row["state"] != "unclaimed"
    return Line(_name(observed, row), row["state"], row["grade"], claimed, at, low, high, *words, half)


def _name(observed: ObservedMap, row: dict[Any, Any]) -> str:
    own = str(row["step"]) if isinstance(row["step"], str) else str(row["stage"])
    if row["state"] == "unclaimed" or observed.map is None:
        return shown(own)
    cell = observed.map.cell(row["cell"]).cell
    if row["about"] == "sequence" and isinstance(cell.claimed, tuple):
        return " → ".join(map(shown, cell.claimed))
    if row["about"] in ("rate", "timing") and cell.of and (cell.to or cell.step):
        return f"{shown(cell.of)} → {shown(cell.to or cell.step)}"
    return shown(own)


def _claim(row: dict[Any, Any]) -> str:
    if row["about"] == "sequence":
        return "over 50%"
    if row["unit"] == "share" and row["claimed"] == row["claimed"]:
        return percent(row["claimed"])
    return "—" if row["state"] == "unclaimed" else shown(row["claimed_text"]) if row["claimed_text"] else "—"


def _said(row: dict[Any, Any]) -> str:
    value, low, high = (float(row[name]) for name in ("observed", "low", "high"))
    if value != value:
        return shown(row["observed_text"]) if row["observed_text"] else "not measured"
    if row["lane"] == "channel" and "; " in row["observed_text"]:
        return f"{percent(value)}, most {shown(row['observed_text'].split('; ')[0])}"
    if row["unit"] == "share":
        return percent(value, low, high)
    if row["unit"] == "valence":
        return f"{value:+.1f} [{low:+.1f}, {high:+.1f}]".replace("-", "−")
    return f"{duration(value)} [{duration(low)}, {duration(high)}]"
