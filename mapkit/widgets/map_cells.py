"""The fields of a cell as an editor's page writes them, read back into a cell."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, get_args

from mapkit.errors import OptionError, listed, nearest, one_of
from mapkit.maps.journey_map import Cell, Evidence, JourneyMap
from mapkit.maps.journey_map.parts import About, Claimed, EvidenceKind
from mapkit.widgets.map_text import plain

_ARROW = re.compile(r"\s*(?:>|→)\s*")


def changed_cell(cell: Cell, given: Mapping[str, Any], journey_map: JourneyMap) -> Cell:
    """Return the cell with these fields changed. Raises OptionError for what a cell cannot say."""
    for name in given:
        one_of(name, _READ, "field")
    return replace(cell, **{name: _READ[name](value, journey_map) for name, value in given.items()})


def claim_text(claimed: Claimed) -> str:
    """Return a claim as it is written in the editor; :func:`claim_of` reads it back.

    >>> claim_text(0.6), claim_text(("sign_up", "view_item")), claim_text(None)
    ('0.6', 'sign_up > view_item', '')
    """
    if isinstance(claimed, tuple):
        return " > ".join(claimed)
    return "" if claimed is None else repr(claimed) if isinstance(claimed, float) else str(claimed)


def claim_of(text: Any, journey_map: JourneyMap) -> Claimed:
    """Return the claim of a text: a number, steps in order between arrows, or the text itself; None when empty."""
    if isinstance(text, int | float) and not isinstance(text, bool):
        return _finite(float(text))
    written = plain(text)
    if not written:
        return None
    steps = tuple(_ARROW.split(written))
    known = [step.id for step in journey_map.steps]
    if len(steps) > 1 and all(steps):
        for step in steps:
            if step not in known:
                raise OptionError(
                    f"The claimed order names {step!r}, which is no step. The map has {listed(known)}."
                    f"{nearest(step, known)}"
                )
        return steps
    return _number(written)


def _number(text: str) -> float | str:
    try:
        return _finite(float(text))
    except ValueError:
        return text


def _finite(number: float) -> float:
    if not math.isfinite(number):
        raise OptionError(f"{number} is no number that a map can claim.")
    return number


def _text(given: Any, journey_map: JourneyMap) -> str:
    return plain(given)


def _optional(given: Any, journey_map: JourneyMap) -> str | None:
    return plain(given) or None


def _step(given: Any, journey_map: JourneyMap) -> str | None:
    name = plain(given)
    return journey_map.step(name).id if name else None


def _about(given: Any, journey_map: JourneyMap) -> str | None:
    if given in (None, ""):
        return None
    one_of(given, get_args(About), "about")
    return str(given)


def _severity(given: Any, journey_map: JourneyMap) -> float | None:
    if given in (None, ""):
        return None
    try:
        severity = float(given)
    except (TypeError, ValueError):
        severity = math.nan
    if not 0 <= severity <= 1:
        raise OptionError(f"The severity {given!r} is not a number from 0 to 1.")
    return severity


def _evidence(given: Any, journey_map: JourneyMap) -> tuple[Evidence, ...]:
    return tuple(each for each in map(_one_evidence, given) if each is not None)


def _one_evidence(given: Mapping[str, Any]) -> Evidence | None:
    """Return one piece of evidence; None where nothing is written."""
    kind, ref, n = given.get("kind") or None, plain(given.get("ref")), given.get("n")
    if kind is not None:
        one_of(kind, get_args(EvidenceKind), "kind of evidence")
    if n in (None, ""):
        n = None
    elif not str(n).strip().isdecimal():
        raise OptionError(f"How many stand behind the evidence is a whole number, not {n!r}.")
    if kind is None and n is not None:
        raise OptionError(f"Evidence with a number behind it (n = {n}) needs a kind.")
    return Evidence(kind, ref, None if n is None else int(n)) if kind or ref else None


_READ: dict[str, Callable[[Any, JourneyMap], Any]] = {
    "says": _text,
    "claimed": claim_of,
    "about": _about,
    "of": _step,
    "to": _step,
    "within": _optional,
    "touchpoint": _optional,
    "severity": _severity,
    "owner": _optional,
    "evidence": _evidence,
    "source": _text,
}
