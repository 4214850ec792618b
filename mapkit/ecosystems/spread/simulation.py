"""What is reached from given seeds: simulated run by run, with its error, by actor, type and wave."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from mapkit.ecosystems.ecosystem import Ecosystem
from mapkit.ecosystems.spread.cascades import cascade_runs, threshold_runs
from mapkit.ecosystems.spread.plan import OUTSIDE, target_weights
from mapkit.ecosystems.spread.rules import Chances, Flow, Model, Parallel, chances
from mapkit.ecosystems.spread.seeds_result import Seeds
from mapkit.errors import OptionError, listed, nearest
from mapkit.sequences.compiled import suited
from mapkit.statistics import Estimate, Result
from mapkit.statistics.intervals import wilson_interval

_MEMBERS = 4_000_000  # reached actors kept at a time
_Z = 1.959964


@dataclass(frozen=True, eq=False)
class Spread(Result):
    """What is reached from seeds in many runs.

    ``table`` columns, a row an actor, those reached most often first: ``actor``, ``name``, ``type``, ``seed``,
    ``runs``, ``reached`` (runs), ``of_runs`` with its Wilson interval (``_low``, ``_high``), ``mean_wave`` (where
    reached; seeds are wave 0). ``by_type``: ``type``, ``actors``, ``mean``, ``mean_low``, ``mean_high``, ``of_type``
    (mean / actors). ``by_wave``: ``wave``, ``mean`` (new in this wave), ``mean_low``, ``mean_high``, ``so_far``. Means
    are of actors; ``mean`` and ``se`` of the whole are in ``unit``, and count the seeds; nine runs in ten reach from
    ``run_low`` to ``run_high``.
    """

    by_type: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    by_wave: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    seeds: tuple[str, ...] = ()
    runs: int = 0
    mean: float = 0.0
    se: float = 0.0
    run_low: float = 0.0
    run_high: float = 0.0
    total: float = 0.0
    unit: str = "actors"

    def reached(self, kind: str | None = None) -> Estimate:
        """Return the mean reached with its 95% interval, of all or of one type; ``n`` is the number of runs.

        Raises
        ------
        OptionError
            There is no such type.
        """
        if kind is None:
            low, high = max(self.mean - _Z * self.se, 0.0), min(self.mean + _Z * self.se, self.total)
            begun = f"{len(self.seeds):,} seeds" if len(self.seeds) > 1 else self.seeds[0]
            return Estimate(f"spread from {begun}", self.mean, low, high, self.runs, self.unit)
        rows = self.by_type.set_index("type")
        if kind not in rows.index:
            raise OptionError(f"There is no type {kind!r}. There is {listed(rows.index)}.{nearest(kind, rows.index)}")
        row: Any = rows.loc[kind]
        ends = float(row["mean_low"]), float(row["mean_high"])
        return Estimate(f"{kind} reached", float(row["mean"]), *ends, self.runs, "actors")

    def chance(self, actor: str) -> Estimate:
        """Return the share of runs in which an actor is reached. Raises OptionError for one that is not there."""
        rows = self.table.set_index("actor")
        if actor not in rows.index:
            raise OptionError(f"There is no actor {actor!r}.{nearest(actor, rows.index)}")
        row: Any = rows.loc[actor]
        return Estimate.of_share(f"{actor} reached", int(row["reached"]), self.runs)


def simulate_spread(
    ecosystem: Any,
    seeds: Any,
    *,
    model: Model,
    probability: Any,
    runs: int = 1_000,
    targets: Any = None,
    parallel: Parallel = "keep",
    flow: Flow = "forward",
    seed: int = 0,
    progress: Callable[[float], None] | None = None,
) -> Spread:
    """Return what is reached from seeds: mean, standard error, and each actor's chance. See :class:`Spread`.

    Parameters
    ----------
    ecosystem, model, probability, targets, parallel, flow
        As for :func:`find_seeds`. ``targets`` decides what ``mean`` counts; table, types and waves are of all actors.
    seeds
        Actors by id, or what ``find_seeds`` returned.
    runs
        How often the spread is simulated. The standard error falls with its square root.
    seed
        Of the random numbers: the same seed gives the same answer.
    progress
        Called now and then with the share of the runs that is done. A run can be interrupted in between.

    Raises
    ------
    OptionError
        No seeds, an actor or a rule that is not known, or runs below 2.

    Source: Kempe, Kleinberg and Tardos (2003), KDD, 137-146.
    """
    if isinstance(runs, bool) or not isinstance(runs, int | np.integer) or runs < 2:
        raise OptionError(f"runs={runs!r}: a spread needs at least 2 runs to have a standard error. Use 1000.")
    known = Ecosystem.of(ecosystem)
    codes = _seed_codes(known, seeds)
    weights, unit, said = target_weights(known, targets)
    passing = chances(known, model, probability, parallel=parallel, flow=flow)
    kinds = np.array([OUTSIDE if kind is None else str(kind) for kind in known.types], dtype=object)
    names, of_kind = np.unique(kinds, return_inverse=True)
    counts = _Counts(weights, of_kind, len(names), known.n, int(runs))
    for members, waves, starts in _chunks(passing, codes, int(runs), seed):
        counts.add(members, waves, starts)
        if progress is not None:
            progress(counts.done / runs)
    notes = [f"{runs:,} runs from {len(codes):,} seeds: {listed(known.ids[codes], most=6)}.", said]
    return Spread(
        f"Spread from {len(codes):,} seeds" if len(codes) > 1 else f"Spread from {known.labels[codes[0]]}",
        _table(known, codes, counts),
        (*passing.notes, *notes, "Intervals are of the simulation; they do not cover a wrong model or probability."),
        counts.by_type(names),
        counts.by_wave(),
        tuple(known.ids[codes]),
        int(runs),
        float(counts.of_run.mean()),
        float(counts.of_run.std(ddof=1) / np.sqrt(runs)),
        float(np.quantile(counts.of_run, 0.05)),
        float(np.quantile(counts.of_run, 0.95)),
        float(weights.sum()),
        unit,
    )


def _seed_codes(known: Ecosystem, seeds: Any) -> np.ndarray:
    given = seeds.actors if isinstance(seeds, Seeds) else seeds
    named = [given] if isinstance(given, str) else list(given)
    if not named:
        raise OptionError("There are no seeds, so nothing spreads. Name at least one actor.")
    return known.codes(list(dict.fromkeys(str(each) for each in named)))


def _chunks(passing: Chances, seeds: np.ndarray, runs: int, seed: int) -> Iterator[tuple[np.ndarray, ...]]:
    """Yield runs, as many at a time as fit: the actors reached, their waves, and where each run begins."""
    rng, links = np.random.default_rng(seed), (passing.out.starts, passing.out.ends, passing.along_out)
    fit = int(np.clip(_MEMBERS // max(passing.actors, 1), 1, runs))
    work = fit * (passing.actors + passing.links)
    members, waves = (np.empty(fit * passing.actors, dtype=np.int32) for _ in range(2))
    pressures = (np.zeros(passing.actors, np.int32), np.zeros(passing.actors), np.zeros(passing.actors))
    for start in range(0, runs, fit):
        starts, seen = np.zeros(min(fit, runs - start) + 1, dtype=np.int64), np.zeros(passing.actors, dtype=np.int32)
        kept = (members, waves, starts, seen)
        if passing.model == "ic":
            _, filled = suited(cascade_runs, work)(rng, seeds, links, kept, 0, 0)
        else:
            pressures[0][:] = 0
            _, filled = suited(threshold_runs, work)(rng, seeds, links, kept, pressures, 0, 0)
        yield members[:filled], waves[:filled], starts


class _Counts:
    """Sums over runs, added a chunk at a time."""

    def __init__(self, weights: np.ndarray, of_kind: np.ndarray, kinds: int, actors: int, runs: int) -> None:
        self.weights, self.of_kind, self.kinds, self.done = weights, of_kind, kinds, 0
        self.sizes = np.bincount(of_kind, minlength=kinds)
        self.reached, self.waited = np.zeros(actors, dtype=np.int64), np.zeros(actors)
        self.of_run = np.zeros(runs)
        self.type_sums, self.wave_sums = np.zeros((2, kinds)), np.zeros((2, 0))

    def add(self, members: np.ndarray, waves: np.ndarray, starts: np.ndarray) -> None:
        here = len(starts) - 1
        run = np.repeat(np.arange(here), np.diff(starts))
        self.reached += np.bincount(members, minlength=len(self.reached))
        self.waited += np.bincount(members, weights=waves, minlength=len(self.reached))
        self.of_run[self.done : self.done + here] = np.bincount(run, weights=self.weights[members], minlength=here)
        self.type_sums += _sums(run, self.of_kind[members], here, self.kinds)
        most = int(waves.max(initial=0)) + 1
        if most > self.wave_sums.shape[1]:
            self.wave_sums = np.pad(self.wave_sums, ((0, 0), (0, most - self.wave_sums.shape[1])))
        self.wave_sums[:, :most] += _sums(run, waves, here, most)
        self.done += here

    def by_type(self, names: Iterable[str]) -> pd.DataFrame:
        mean, half = _means(self.type_sums, self.done)
        low, high = np.maximum(mean - half, 0), np.minimum(mean + half, self.sizes)
        columns = {"type": list(names), "actors": self.sizes, "mean": mean, "mean_low": low, "mean_high": high}
        return pd.DataFrame({**columns, "of_type": mean / np.maximum(self.sizes, 1)})

    def by_wave(self) -> pd.DataFrame:
        mean, half = _means(self.wave_sums, self.done)
        columns = {"wave": np.arange(len(mean)), "mean": mean, "mean_low": np.maximum(mean - half, 0)}
        return pd.DataFrame({**columns, "mean_high": mean + half, "so_far": np.cumsum(mean)})


def _sums(run: np.ndarray, of: np.ndarray, runs: int, groups: int) -> np.ndarray:
    """Return, for each group, the sum over runs of how many there are, and of its square."""
    keys = run * groups + of
    if runs * groups <= _MEMBERS:
        table = np.bincount(keys, minlength=runs * groups).reshape(runs, groups).astype(float)
        return np.array([table.sum(axis=0), (table**2).sum(axis=0)])
    pairs, counts = np.unique(keys, return_counts=True)
    return np.array([np.bincount(pairs % groups, weights=counts**power, minlength=groups) for power in (1.0, 2.0)])


def _means(sums: np.ndarray, runs: int) -> tuple[np.ndarray, np.ndarray]:
    mean = sums[0] / runs
    spread = np.maximum(sums[1] / runs - mean**2, 0) * runs / (runs - 1)
    return mean, _Z * np.sqrt(spread / runs)


def _table(known: Ecosystem, seeds: np.ndarray, counts: _Counts) -> pd.DataFrame:
    low, high = wilson_interval(counts.reached, np.full(known.n, counts.done))
    with np.errstate(invalid="ignore", divide="ignore"):
        waited = counts.waited / counts.reached
    table = pd.DataFrame(
        {
            "actor": known.ids,
            "name": known.labels,
            "type": known.types,
            "seed": np.isin(np.arange(known.n), seeds),
            "runs": counts.done,
            "reached": counts.reached,
            "of_runs": counts.reached / counts.done,
            "of_runs_low": low,
            "of_runs_high": high,
            "mean_wave": waited,
        }
    )
    return table.sort_values(["reached", "seed"], ascending=False, kind="stable", ignore_index=True)
