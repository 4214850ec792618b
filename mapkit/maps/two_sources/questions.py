"""What each cell of a map asks of the data: a question that a log or a survey can answer, or why none can."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from mapkit.errors import OptionError
from mapkit.journeys.steps import microseconds
from mapkit.maps.journey_map import JourneyMap, MapStep, Placed
from mapkit.maps.journey_map.parts import About
from mapkit.maps.two_sources.witnesses import Known, Witness

Kind = Literal["happens", "share", "order", "reach", "session", "median", "valence", "channel", "owner", "nothing"]
UNITS: dict[Kind, str] = {
    "happens": "share", "share": "share", "order": "share", "reach": "share", "session": "share",
    "median": "seconds", "valence": "valence", "channel": "share", "owner": "name", "nothing": "",
}  # fmt: skip

_PERCENT = re.compile(r"\s*(\d+(?:\.\d+)?)\s*%\s*")
_COUNTED_LANES = ("actions", "touchpoints")


class _Unmeasured(Exception):  # noqa: N818 - not an error: the way out with a reason
    """Why a cell cannot be measured."""


@dataclass(frozen=True)
class Question:
    """What one cell asks.

    ``claimed`` is a number in the unit of the kind (a duration in seconds), ``name`` what the claim names (a channel,
    an owner). ``steps`` are the witnesses asked about: of and to for reach, session and median. ``reason`` says why
    the kind is "nothing".
    """

    placed: Placed
    about: About
    kind: Kind
    steps: tuple[Witness, ...] = ()
    claimed: float | None = None
    name: str = ""
    within: str | None = None
    touchpoints: tuple[str, ...] = ()
    reason: str = ""

    @property
    def unit(self) -> str:
        """Share, seconds, valence or name."""
        return UNITS[self.kind]


def questions_of(map_: JourneyMap, known: Known) -> Iterator[Question]:
    """Yield the question of every cell, in the map's order."""
    for placed in map_.cells:
        about = placed.cell.is_about(placed.lane)
        try:
            yield _ask(_Place(map_, known, placed, about))
        except _Unmeasured as reason:
            yield Question(placed, about, "nothing", reason=str(reason))


@dataclass(frozen=True)
class _Place:
    """A cell with all that its question depends on."""

    map: JourneyMap
    known: Known
    placed: Placed
    about: About

    def step(self, name: str) -> Witness:
        """Return the witness of a step of the map, or of an event or touchpoint beside it."""
        steps = {each.id: each for each in self.map.steps}
        found = self.known.witness(steps.get(name, MapStep(name, name, (name,))))
        if not found:
            raise _Unmeasured(f"nothing in the log witnesses {name!r}")
        return found

    def here(self) -> Witness:
        """Return the witness of the cell's own touchpoint, step or stage, whichever is closest."""
        cell = self.placed.cell
        if cell.touchpoint is not None:
            found = self.known.of_touchpoints(cell.touchpoint, [cell.touchpoint])
            if found:
                return found
        if cell.step is not None:
            return self.step(cell.step)
        found = self.known.of_stage(self.map, cell.stage)
        if not found:
            raise _Unmeasured(f"nothing in the log witnesses the stage {cell.stage!r}")
        return found

    def question(self, kind: Kind, *steps: Witness, claimed: float | None = None, name: str = "") -> Question:
        return Question(self.placed, self.about, kind, steps, claimed, name, self.placed.cell.within)


def _ask(place: _Place) -> Question:
    by_lane = {"channel": _channel, "owner": _owner}
    if place.placed.lane in by_lane and _number(place) is None:
        return by_lane[place.placed.lane](place)
    return _BY_ABOUT[place.about](place)


def _content(place: _Place) -> Question:
    claimed = _share(place)
    if claimed is not None:
        return place.question("share", place.here(), claimed=claimed)
    cell = place.placed.cell
    if cell.claimed is not None:
        raise _Unmeasured(f"{cell.claimed!r} is not a number; write the share of customers, such as 0.6")
    if place.placed.lane not in _COUNTED_LANES:
        raise _Unmeasured("it claims nothing that can be counted")
    return place.question("happens", place.here())


def _sequence(place: _Place) -> Question:
    claimed = place.placed.cell.claimed
    if not isinstance(claimed, tuple):
        raise _Unmeasured("its order is not written as a list of steps")
    return place.question("order", *(place.step(name) for name in claimed))


def _rate(place: _Place) -> Question:
    claimed = _share(place)
    if claimed is None:
        raise _Unmeasured("its rate is not a number; write a share, such as 0.4")
    return place.question("reach", *_from_and_to(place), claimed=claimed)


def _timing(place: _Place) -> Question:
    claimed = place.placed.cell.claimed
    number = _share(place)
    if number is not None:
        return place.question("session", *_from_and_to(place), claimed=number)
    if claimed is None:
        raise _Unmeasured("it claims no share in the same session and no duration")
    try:
        span = microseconds(str(claimed)) or 0
    except OptionError:
        raise _Unmeasured(
            f"{claimed!r} is no duration; write 3d, 2h or 30min, or a share in the same session"
        ) from None
    return place.question("median", *_from_and_to(place), claimed=span / 1_000_000)


def _emotion(place: _Place) -> Question:
    cell, number = place.placed.cell, _number(place)
    if number is None or not -2 <= number <= 2:
        raise _Unmeasured("its emotion is not a number from -2 to 2")
    step = place.map.step(cell.step) if cell.step is not None else None
    named = (cell.touchpoint,) if cell.touchpoint is not None else place.known.touchpoints_of(step) if step else ()
    found = place.known.witness(step) if step else place.known.of_stage(place.map, cell.stage)
    return Question(place.placed, place.about, "valence", (found,) if found else (), number, touchpoints=named)


def _channel(place: _Place) -> Question:
    cell = place.placed.cell
    name = cell.claimed if isinstance(cell.claimed, str) else cell.says
    if not name:
        raise _Unmeasured("it names no channel")
    return place.question("channel", place.here(), name=name)


def _owner(place: _Place) -> Question:
    cell = place.placed.cell
    claimed = cell.claimed if isinstance(cell.claimed, str) else cell.owner or cell.says
    step = place.map.step(cell.step) if cell.step is not None else None
    named = (cell.touchpoint,) if cell.touchpoint is not None else place.known.touchpoints_of(step) if step else ()
    listed = tuple(name for name in named if name in place.known.inventory)
    if not claimed or not listed:
        raise _Unmeasured("the inventory has no touchpoint for it" if claimed else "it names no owner")
    found = place.known.witness(step) if step else Witness(cell.stage)
    return Question(place.placed, place.about, "owner", (found,) if found else (), None, claimed, None, listed)


def _from_and_to(place: _Place) -> tuple[Witness, Witness]:
    """Return the two steps of a rate or a timing: as the cell names them, else the step before and its own."""
    cell = place.placed.cell
    own = cell.step
    to = cell.to or own
    before = own if cell.of is None and cell.to not in (None, own) else cell.of or _before(place.map, own)
    if before is None or to is None:
        raise _Unmeasured("there is no step before it; name the two steps in 'of' and 'to'")
    return place.step(before), place.step(to)


def _before(map_: JourneyMap, step: str | None) -> str | None:
    ids = [each.id for each in map_.steps]
    place = ids.index(step) if step in ids else 0
    return ids[place - 1] if place else None


def _number(place: _Place) -> float | None:
    claimed = place.placed.cell.claimed
    if isinstance(claimed, int | float):
        return float(claimed)
    found = _PERCENT.fullmatch(claimed) if isinstance(claimed, str) else None
    return float(found[1]) / 100 if found else None


def _share(place: _Place) -> float | None:
    number = _number(place)
    if number is not None and not 0 <= number <= 1:
        raise _Unmeasured(f"{number:g} is no share from 0 to 1")
    return number


_BY_ABOUT: dict[About, Callable[[_Place], Question]] = {
    "content": _content,
    "sequence": _sequence,
    "rate": _rate,
    "timing": _timing,
    "emotion": _emotion,
}
