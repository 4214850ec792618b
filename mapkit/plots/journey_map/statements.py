"""What a map's picture says of each cell: the claim, what was observed, and what both rest on."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from mapkit.errors import OptionError, nearest
from mapkit.maps.journey_map import JourneyMap, Placed
from mapkit.maps.journey_map.check import MapCheck
from mapkit.maps.journey_map.grades import GRADES as MEANINGS
from mapkit.maps.journey_map.grades import grade_of
from mapkit.maps.two_sources import ObservedMap
from mapkit.plots.numbers import count, duration_interval, percent

GRADES = {"A": "experiment", "B": "observed", "C": "reported", "D": "asserted"}
"""What each grade of evidence means, in the one word that a legend has room for."""

EVIDENCE = f"Evidence: {', '.join(f'{grade} {meaning}' for grade, meaning in MEANINGS.items())}."
"""What the grades mean, in full."""

STATES = {
    "disagree": ("✗", "disagrees"),
    "agree": ("✓", "agrees"),
    "unmeasured": ("–", "unmeasured"),
    "unclaimed": ("+", "not on the map"),
}
"""The states of a cell in the two-source map, each with its mark and its word."""

NOT_CLAIMED = "not on the map"


@dataclass(frozen=True)
class Statement:
    """One cell as it is shown. ``step`` is None for a whole stage; texts are empty and numbers NaN where unknown."""

    key: str
    lane: str
    stage: str
    step: str | None = None
    says: str = ""
    claimed: str = ""
    observed: str = ""
    n: float = math.nan
    state: str = ""
    kind: str = ""
    grade: str = ""
    severity: float = math.nan
    owner: str = ""
    source: str = ""
    valence: Valence | None = None

    @property
    def n_said(self) -> str:
        """The denominator in words; empty where there is none."""
        return f"n = {count(self.n)}" if self.n == self.n and self.n > 0 else ""


@dataclass(frozen=True)
class Valence:
    """An emotion from -2 to 2: claimed, and observed as a mean with its interval."""

    claimed: float = math.nan
    observed: float = math.nan
    low: float = math.nan
    high: float = math.nan
    n: float = math.nan


def statements_of(
    journey_map: JourneyMap, observed: ObservedMap | None = None, check: MapCheck | None = None
) -> list[Statement]:
    """Return every cell of the map, each with what was observed there, and then what was observed and is on no cell.

    ``check`` knows what the research notes are that cells cite; without it a bare reference is no evidence. Raises
    OptionError where ``observed`` is of another map.
    """
    checked = {} if check is None else dict(zip(check.grades["cell"], check.grades["grade"], strict=True))
    rows = {} if observed is None else {str(row["cell"]): row for row in observed.table.to_dict("records")}
    names = {step.id: step.name or step.id for step in journey_map.steps}
    own = [
        _of_cell(placed, rows.pop(placed.key, {}), checked.get(placed.key, "D"), names) for placed in journey_map.cells
    ]
    if strays := [key for key, row in rows.items() if row["state"] != "unclaimed"]:
        cells = [placed.key for placed in journey_map.cells]
        raise OptionError(
            f"observed is of another map: it has the cell {strays[0]!r}, which this map does not have."
            f"{nearest(strays[0], cells)} Give the map that observe_map was given: observed.map."
        )
    return [*own, *_touchpoints(journey_map), *(_of_row(row, names) for row in rows.values())]


def emotion(number: float, low: float = math.nan, high: float = math.nan) -> str:
    """Return a valence with its sign, and its interval when there is one.

    >>> emotion(-0.77, -0.92, -0.61), emotion(0)
    ('−0.8 [−0.9, −0.6]', '0.0')
    """
    if math.isnan(number):
        return ""
    ends = "" if math.isnan(low) or math.isnan(high) else f" [{_signed(low)}, {_signed(high)}]"
    return _signed(number) + ends


def evidence_counts(statements: Iterable[Statement]) -> dict[str, int]:
    """Return how many cells of the map have each grade."""
    grades = [each.grade for each in statements if each.state != "unclaimed"]
    return {grade: grades.count(grade) for grade in GRADES}


def state_counts(statements: Iterable[Statement]) -> dict[str, int]:
    """Return how many statements are in each state, leaving out the states that none is in."""
    states = [each.state for each in statements]
    return {state: states.count(state) for state in STATES if state in states}


def _of_cell(placed: Placed, row: Mapping[Any, Any], checked: str, names: Mapping[str, str]) -> Statement:
    lane, cell = placed.lane, placed.cell
    about = str(_known(row, "about") or cell.is_about(lane))
    owner = cell.owner or ""
    says = cell.says or (cell.touchpoint or "") or (owner if lane == "owner" else "")
    return Statement(
        placed.key,
        lane,
        cell.stage,
        cell.step,
        says,
        _claim(cell.claimed, about, names),
        _observed(row),
        _number(row, "n"),
        str(_known(row, "state") or ""),
        str(_known(row, "kind") or ""),
        min(str(_known(row, "grade") or "D"), checked, grade_of(cell.evidence)),
        math.nan if cell.severity is None else float(cell.severity),
        "" if owner == says else owner,
        cell.source,
        _valence(cell.claimed, row) if about == "emotion" else None,
    )


def _of_row(row: Mapping[Any, Any], names: Mapping[str, str]) -> Statement:
    """Return what was observed and no cell claims; its row's step is its name, which the map may not have."""
    what, key = _known(row, "step"), str(row["cell"])
    return Statement(
        key,
        NOT_CLAIMED,
        str(_known(row, "stage") or ""),
        what if what in names else None,
        names.get(str(what), str(what or key)),
        observed=_observed(row),
        n=_number(row, "n"),
        state=str(_known(row, "state") or "unclaimed"),
        grade=str(_known(row, "grade") or ""),
    )


def _touchpoints(journey_map: JourneyMap) -> list[Statement]:
    """Return the touchpoints that steps name and no cell of the touchpoints lane stands for."""
    said = {(placed.cell.stage, placed.cell.step) for placed in journey_map.cells if placed.lane == "touchpoints"}
    return [
        Statement(
            f"touchpoints/{stage.name}/{step.id}", "touchpoints", stage.name, step.id, ", ".join(step.touchpoints)
        )
        for stage in journey_map.stages
        for step in stage.steps
        if step.touchpoints and (stage.name, step.id) not in said
    ]


def _claim(claimed: Any, about: str, names: Mapping[str, str]) -> str:
    if isinstance(claimed, tuple):
        return " → ".join(names.get(step, step) for step in claimed)
    if claimed is None or isinstance(claimed, str):
        return claimed or ""
    number = float(claimed)
    if about == "emotion":
        return emotion(number)
    return percent(number) if 0 <= number <= 1 else f"{number:,.3g}"


def _observed(row: Mapping[Any, Any]) -> str:
    value, low, high = (_number(row, name) for name in ("observed", "low", "high"))
    unit = _known(row, "unit")
    if math.isnan(value) or unit == "name":
        return str(_known(row, "observed_text") or "")
    if unit == "valence":
        return emotion(value, low, high)
    return duration_interval(value, low, high) if unit == "seconds" else percent(value, low, high)


def _valence(claimed: Any, row: Mapping[Any, Any]) -> Valence:
    said = float(claimed) if isinstance(claimed, (int, float)) else math.nan
    return Valence(said, *(_number(row, name) for name in ("observed", "low", "high", "n")))


def _known(row: Mapping[Any, Any], name: str) -> Any:
    value = row.get(name)
    return None if value is None or pd.isna(value) else value


def _number(row: Mapping[Any, Any], name: str) -> float:
    value = _known(row, name)
    return math.nan if value is None else float(value)


def _signed(number: float) -> str:
    rounded = round(number, 1) + 0.0
    return f"{rounded:+.1f}".replace("-", "−") if rounded else "0.0"
