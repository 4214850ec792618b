"""Attribution from a list of paths: how often each sequence of channels ended in a conversion, and how often not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from mapkit.errors import OptionError, TableError
from mapkit.journeys.attribution.answer import Wanted, answer
from mapkit.journeys.attribution.credits import MODELS
from mapkit.journeys.attribution.result import Attribution
from mapkit.journeys.attribution.tally import Kept, Tally
from mapkit.sequences import Journeys
from mapkit.sequences.touches import GROUPS
from mapkit.tables.beside import frame_of

_ARROW = ">"
# So many paths of a group are looked at together, so that memory stays flat.
_AT_ONCE = 200_000


def measure_attribution_paths(
    paths: Any,
    *,
    models: Sequence[str] = MODELS,
    markov_order: int = 1,
    half_life: float = 1.0,
    direct: Sequence[str] = ("direct",),
    spend: Any = None,
    confidence: float = 0.95,
    seed: int = 2025,
) -> Attribution:
    """Return what each model gives each channel, from counted paths. Association, not cause.

    A channel that follows itself keeps its repeats: "a > a > b" has three touches. Paths without conversions matter to
    the Markov model alone (and to ``exposure``, where every journey is taken for a customer of its own).

    Parameters
    ----------
    paths
        A frame with the columns path ("a > b > c", or a list of names), conversions (a whole number), and, where
        known, value (of those conversions together) and nulls (how often the path ended in nothing).
    half_life
        For time_decay, in touches: paths have no times, so a touch weighs half as much as one ``half_life`` touches
        later.
    seed
        Deals the journeys into the 64 groups of which one is left out at a time for the intervals.

    Other parameters are those of :func:`measure_attribution`.

    Raises
    ------
    TableError
        A column is missing, or a count is not a whole number from 0.
    OptionError
        An unknown model or option.

    >>> paths = pd.DataFrame({"path": ["C1 > C2 > C3", "C1", "C2 > C3"], "conversions": [1, 0, 0], "nulls": [0, 1, 1]})
    >>> found = measure_attribution_paths(paths, models=["markov"])
    >>> found.table[["channel", "share", "removal_effect"]].round(3).values.tolist()
    [['C1', 0.2, 0.5], ['C2', 0.4, 1.0], ['C3', 0.4, 1.0]]
    """
    wanted = Wanted.of(models, markov_order, confidence, spend)
    if not half_life > 0:
        raise OptionError(f"half_life={half_life!r} is not above 0. It is a number of touches, such as 1.")
    frame = _checked(paths)
    channels = tuple(dict.fromkeys(name for path in frame["path"] for name in path))
    kept = Kept(channels, ("",), wanted.rules, markov_order, frozenset(direct), float(half_life))
    tally = Tally(kept)
    for journeys in _dealt(frame, channels, seed):
        tally.add(journeys)
    valued = "value" in frame_of(paths, "paths").columns
    return answer(
        tally,
        wanted,
        _listed(frame),
        title=f"Attribution of {int(tally.outcomes[:, :, 0].sum()):,} conversions, from {len(frame):,} paths",
        notes=_notes(wanted, half_life, seed),
        valued=valued,
        by=None,
        definition={"models": wanted.models, "markov_order": markov_order, "half_life": half_life},
    )


def _checked(paths: Any) -> pd.DataFrame:
    """Return path (a tuple of names), conversions, value, nulls."""
    frame = frame_of(paths, "paths", "path", "conversions")
    out = pd.DataFrame({"path": [_names(path, place) for place, path in enumerate(frame["path"])]}, dtype=object)
    for column in ("conversions", "nulls"):
        out[column] = _counts(frame, column)
    worth = pd.to_numeric(frame["value"], errors="coerce") if "value" in frame.columns else pd.Series(0.0, frame.index)
    if worth.isna().any() or np.isinf(worth).any():
        place = int(np.flatnonzero((worth.isna() | np.isinf(worth)).to_numpy())[0])
        raise TableError(f"paths, row {place}: value is {frame['value'].iloc[place]!r}, and a number is needed.")
    out["value"] = worth.to_numpy(float)
    lost = out[(out["conversions"] == 0) & (out["value"] != 0)]
    if len(lost):
        raise TableError(f"paths, row {lost.index[0]}: it has a value and no conversion that could be worth it.")
    return out


def _names(path: Any, place: int) -> tuple[str, ...]:
    if isinstance(path, str):
        names = [part.strip() for part in path.split(_ARROW)] if path.strip() else []
    elif isinstance(path, (list, tuple, np.ndarray)):
        names = [str(part) for part in path]
    elif path is None or pd.isna(path):
        names = []
    else:
        raise TableError(f"paths, row {place}: {path!r} is no path. Write 'a > b > c', or a list of names.")
    if any(not name for name in names):
        raise TableError(f"paths, row {place}: {path!r} has a touch without a name.")
    return tuple(names)


def _counts(frame: pd.DataFrame, column: str) -> np.ndarray:
    if column not in frame.columns:
        return np.zeros(len(frame), dtype=np.int64)
    counts = pd.to_numeric(frame[column], errors="coerce").to_numpy(float)
    wrong = np.flatnonzero(~(counts >= 0) | (counts != np.floor(counts)) | np.isinf(counts))
    if len(wrong):
        raise TableError(
            f"paths, row {wrong[0]}: {column} is {frame[column].iloc[wrong[0]]!r}, and a whole number from 0 is needed."
        )
    return counts.astype(np.int64)


def _dealt(frame: pd.DataFrame, channels: tuple[str, ...], seed: int) -> Iterator[Journeys]:
    """Yield the journeys, dealt into groups: every single one falls into any group with the same chance."""
    random = np.random.default_rng(seed)
    dealt = [random.multinomial(frame[column].to_numpy(), [1 / GROUPS] * GROUPS) for column in ("conversions", "nulls")]
    conversions = frame["conversions"].to_numpy()
    each = np.divide(frame["value"].to_numpy(), conversions, out=np.zeros(len(frame)), where=conversions > 0)
    code = {name: number for number, name in enumerate(channels)}
    lengths = np.array([len(path) for path in frame["path"]], dtype=np.int64)
    codes = np.array([code[name] for path in frame["path"] for name in path], dtype=np.int32)
    starts = np.cumsum(lengths) - lengths
    # A path without touches can be lost, not attributed: nothing says that anybody was there.
    dealt[1][lengths == 0] = 0
    paths, groups = np.nonzero(dealt[0] + dealt[1])
    for first in range(0, len(paths), _AT_ONCE):
        path, group = paths[first : first + _AT_ONCE], groups[first : first + _AT_ONCE]
        offsets = np.concatenate([[0], np.cumsum(lengths[path])])
        place = np.arange(offsets[-1]) - np.repeat(offsets[:-1], lengths[path])
        done, lost = dealt[0][path, group].astype(float), dealt[1][path, group].astype(float)
        yield Journeys(
            codes[np.repeat(starts[path], lengths[path]) + place],
            (np.repeat(lengths[path], lengths[path]) - 1 - place).astype(float),
            offsets, done, done * each[path], lost, group.astype(np.int64),
            np.zeros(len(path), dtype=np.int64), np.ones(len(path), dtype=bool),
        )  # fmt: skip


def _listed(frame: pd.DataFrame) -> pd.DataFrame:
    named = frame.assign(path=[" > ".join(path) for path in frame["path"]], segment="")
    summed = named.groupby(["segment", "path"], as_index=False, sort=False)[["conversions", "value", "nulls"]].sum()
    order = (summed["conversions"] + summed["nulls"]).sort_values(ascending=False, kind="stable").index
    return summed.loc[order].reset_index(drop=True)


def _notes(wanted: Wanted, half_life: float, seed: int) -> list[str]:
    notes = [f"Journeys are dealt at random into groups for the intervals (seed {seed})."]
    if "time_decay" in wanted.models:
        notes.append(f"Time decay goes by touches, for paths have no times: half as much every {half_life:g} touches.")
    return notes
