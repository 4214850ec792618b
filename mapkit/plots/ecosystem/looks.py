"""Which colour, shape and size an actor has: its type, its community or a column of its own, and one measure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mapkit.ecosystems import Ecosystem
from mapkit.errors import OptionError, listed, nearest
from mapkit.plots.ecosystem.layout import size_of_weights
from mapkit.plots.style import MARKERS, MOST_SERIES, OTHER, SERIES

OTHERS = "others"
_UNKNOWN = "not known"


@dataclass(frozen=True, eq=False)
class Kinds:
    """Actors sorted into at most eight kinds: ``codes`` by actor, ``names`` by code, the most frequent first."""

    what: str
    codes: np.ndarray
    names: tuple[str, ...]
    counts: tuple[int, ...]

    @property
    def colours(self) -> tuple[str, ...]:
        """A colour a kind; what is lumped together, or not known, is grey."""
        return tuple(OTHER if name in (OTHERS, _UNKNOWN) else SERIES[k] for k, name in enumerate(self.names))

    @property
    def markers(self) -> tuple[str, ...]:
        """A shape a kind."""
        return MARKERS[: len(self.names)]


def kinds_of(values: np.ndarray, what: str) -> Kinds:
    """Return at most eight kinds: the seven most frequent and all others where there are more."""
    text = pd.Series(values, dtype=object)
    text = text.where(text.notna(), _UNKNOWN).astype(str)
    counted = text.value_counts(sort=False)
    order = sorted(counted.index, key=lambda name: (name == _UNKNOWN, -counted[name], name))
    if len(order) > MOST_SERIES:
        kept = order[: MOST_SERIES - 1]
        text = text.where(text.isin(kept), OTHERS)
        counted, order = text.value_counts(sort=False), [*kept, OTHERS]
    codes = text.map({name: k for k, name in enumerate(order)}).to_numpy(dtype=np.int64)
    return Kinds(what, codes, tuple(order), tuple(int(counted[name]) for name in order))


def column_of(ecosystem: Ecosystem, name: str, option: str, also: tuple[str, ...] = ()) -> np.ndarray:
    """Return a column of the actors. Raises OptionError, with what there is, for one that is not there."""
    if name == "type":
        return ecosystem.types
    if name not in ecosystem.actors:
        known = [*also, *(str(each) for each in ecosystem.actors.columns if each not in ("actor", "row"))]
        raise OptionError(
            f"{option}={name!r} is no column of the actors. There is {listed(known)}.{nearest(name, known)}"
        )
    values = ecosystem.actors[name].astype(object)
    return values.where(values.notna(), None).to_numpy(dtype=object)


def strength(ecosystem: Ecosystem) -> np.ndarray:
    """Return the weights of each actor's ties to others added up, whichever their direction and sign."""
    ties = ecosystem.ties
    weights = np.where(ties.sources == ties.targets, 0.0, size_of_weights(ties.weights))
    out = np.bincount(ties.sources, weights=weights, minlength=ecosystem.n)
    return np.asarray(out + np.bincount(ties.targets, weights=weights, minlength=ecosystem.n))


def measured(ecosystem: Ecosystem, size: Any) -> tuple[str, np.ndarray]:
    """Return the name and, by actor, the values of what the size of the marks shows.

    ``size`` is "strength", a measure of ``measure_position``, a numeric column of the actors, or a result whose table
    has a column ``actor`` and a measure after it. Unknown values are 0.
    """
    if not isinstance(size, str):
        return _of_result(ecosystem, size)
    if size == "strength":
        return size, strength(ecosystem)
    if size in ecosystem.actors:
        values = pd.to_numeric(ecosystem.actors[size], errors="coerce").to_numpy(dtype=np.float64)
        if np.isnan(values).all():
            raise OptionError(f"size={size!r} is a column without numbers. Choose a column of numbers, or a measure.")
        return size, _sized(values)
    from mapkit.ecosystems.position import measure_position

    position = measure_position(ecosystem, measures=(size,))  # type: ignore[arg-type]
    return size, _by_actor(ecosystem, position.table, size)


def _of_result(ecosystem: Ecosystem, given: Any) -> tuple[str, np.ndarray]:
    table = given if isinstance(given, pd.DataFrame) else getattr(given, "table", None)
    numbers = [] if table is None else [name for name in table.select_dtypes("number").columns if name != "row"]
    if table is None or "actor" not in table or not numbers:
        raise OptionError(
            f"size takes 'strength', a measure, a column of the actors, or a result with a column 'actor' and a number;"
            f" a {type(given).__name__} is none of these. Give it what measure_position returned."
        )
    return str(numbers[0]), _by_actor(ecosystem, table, numbers[0])


def _by_actor(ecosystem: Ecosystem, table: pd.DataFrame, name: str) -> np.ndarray:
    known = table.drop_duplicates("actor").set_index("actor")[name]
    return _sized(known.reindex(ecosystem.ids).to_numpy(dtype=np.float64))


def _sized(values: np.ndarray) -> np.ndarray:
    """Return values as sizes: never negative, and 0 where they are not known."""
    return np.maximum(np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0), 0.0)


def radii_of(values: np.ndarray, wide: float, high: float) -> np.ndarray:
    """Return radii in points whose areas follow the values, from a smallest that can still be seen."""
    spacing = np.sqrt(0.6 * wide * high / max(len(values), 1))
    largest, smallest = float(np.clip(0.5 * spacing, 2.2, 12.0)), float(np.clip(0.15 * spacing, 0.9, 3.6))
    top = float(values.max(initial=0.0))
    share = values / top if top > 0 else np.full(len(values), 0.25)
    return np.asarray(np.sqrt(smallest**2 + (largest**2 - smallest**2) * share))
