"""Parts of an ecosystem: by type, by tie, by time, and with parallel ties merged."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from mapkit.ecosystems.tie_columns import TieColumns
from mapkit.errors import OptionError, listed, nearest, one_of

if TYPE_CHECKING:
    from mapkit.ecosystems.ecosystem import Ecosystem

_PERIODS = {"hour": "h", "day": "D", "week": "W", "month": "M", "quarter": "Q", "year": "Y"}


def chosen_actors(ecosystem: Ecosystem, types: Iterable[str] | None, actors: Iterable[str] | None) -> np.ndarray:
    """Return a mask of the actors wanted."""
    keep = np.ones(ecosystem.n, dtype=bool)
    if types is not None:
        keep &= _among(ecosystem.types, types, "type of actors")
    if actors is not None:
        named = np.zeros(ecosystem.n, dtype=bool)
        named[ecosystem.codes(actors)] = True
        keep &= named
    return keep


def chosen_ties(ecosystem: Ecosystem, types: Iterable[str] | None, start: Any, end: Any) -> np.ndarray:
    """Return a mask of the ties wanted."""
    keep = np.ones(ecosystem.m, dtype=bool)
    if types is not None:
        keep &= _among(_column(ecosystem, "type", "a choice of types of ties"), types, "type of ties")
    if start is not None or end is not None:
        times = _times(ecosystem)
        keep &= times.notna().to_numpy()
        keep &= (times >= _moment(start)).to_numpy() if start is not None else True
        keep &= (times < _moment(end)).to_numpy() if end is not None else True
    return keep


def periods_of(ecosystem: Ecosystem, period: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the first moment of the period in which each tie began, and which ties have a time."""
    one_of(period, tuple(_PERIODS), "period")
    times = _times(ecosystem)
    began = times.dt.to_period(_PERIODS[period]).dt.start_time
    return began.to_numpy(dtype=object), times.notna().to_numpy()


def merged(ties: TieColumns, actors: int) -> TieColumns:
    """Return one tie for each pair, with the sum of the weights and the other facts of the pair's first tie."""
    flip = ties.two_way & (ties.sources > ties.targets)
    sources = np.where(flip, ties.targets, ties.sources)
    targets = np.where(flip, ties.sources, ties.targets)
    pairs = (sources.astype(np.int64) * max(actors, 1) + targets) * 2 + ties.two_way
    _, first, owner = np.unique(pairs, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    weights = np.bincount(owner, weights=ties.weights, minlength=len(first))[order] if len(first) else ties.weights
    rows = first[order]
    return TieColumns(sources[rows], targets[rows], weights, ties.two_way[rows], ties.more.take(pa.array(rows)))


def _among(values: np.ndarray, wanted: Iterable[str], what: str) -> np.ndarray:
    names = [wanted] if isinstance(wanted, str) else list(wanted)
    known = sorted({str(value) for value in values if value is not None})
    for name in names:
        if name not in known:
            raise OptionError(f"There is no {what} {name!r}. There is {listed(known)}.{nearest(str(name), known)}")
    return np.isin(pd.Series(values, dtype=object).fillna("").to_numpy(str), names)


def _column(ecosystem: Ecosystem, name: str, for_what: str) -> np.ndarray:
    if name not in ecosystem.ties.more.column_names:
        raise OptionError(f"The ties have no column {name!r}, which {for_what} needs.")
    values = ecosystem.ties.more[name].to_pandas().astype(object)
    return values.where(values.notna(), None).to_numpy(dtype=object)


def _times(ecosystem: Ecosystem) -> pd.Series:
    return pd.Series(pd.to_datetime(_column(ecosystem, "time", "a choice by time")))


def _moment(given: Any) -> pd.Timestamp:
    moment = pd.Timestamp(given)
    return moment.tz_convert("UTC").tz_localize(None) if moment.tzinfo is not None else moment
