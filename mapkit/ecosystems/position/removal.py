"""What becomes of the network when actors leave it: before, after, and against random actors of the same types."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mapkit.ecosystems.ecosystem import Ecosystem
from mapkit.ecosystems.position.adjacency import Adjacency, behind
from mapkit.ecosystems.position.parts import connected_parts
from mapkit.ecosystems.position.position import EXACT_BELOW, PIVOTS, named
from mapkit.ecosystems.position.removal_result import QUANTITIES, Removal
from mapkit.ecosystems.position.resampled import bare
from mapkit.ecosystems.position.span import hops_from, spans
from mapkit.ecosystems.position.ways import Ways, betweenness
from mapkit.errors import OptionError, listed, nearest

_OURS = "own"
_UNITS = {"parts": "", "largest_part": "share", "reachable_pairs": "share", "mean_hops": "hops", "cut_off": ""}


def simulate_removal(
    ecosystem: Any,
    actors: str | Iterable[str],
    *,
    anchor: str | None = _OURS,
    baseline: int = 200,
    exact_below: int = EXACT_BELOW,
    confidence: float = 0.95,
    seed: int = 0,
) -> Removal:
    """Return what the network is before and after actors leave it, together, with all their ties.

    It tells what hangs on them as things stand; it does not foresee the ties that others would make in their place.

    ``table`` columns, a row a quantity: ``quantity``, ``unit``, ``of`` (denominator), ``before``, ``after``,
    ``change``; and for ``baseline`` removals of as many other actors of the same types, drawn at random (the same ones
    where a type has too few others): ``chance`` (mean change), ``chance_low``, ``chance_high`` (the middle of the
    changes), ``baseline``. Before and after, only those who stay are counted. The quantities: ``parts`` (connected,
    whatever the direction), ``largest_part`` (share of actors in it), ``reachable_pairs`` (share of ordered pairs of
    which the first reaches the second along the ties), ``mean_hops`` (between those), ``cut_off`` (actors who hung
    together with the anchor and no longer do).

    ``cut_off``: ``actor``, ``name``, ``type`` and ``part`` of those cut off, with the ``size`` of the part they are
    left in. ``shifts``: ``actor``, ``name``, ``type``, ``betweenness_before``, ``betweenness_after``, ``change`` of
    those who stay, the largest gain first: who would carry what the removed carried. Both are shares of the ordered
    pairs of others before the removal.

    Parameters
    ----------
    ecosystem
        An :class:`Ecosystem`, or anything ``Ecosystem.of`` takes.
    actors
        An id, or several, who leave together.
    anchor
        The type of actors to whom others hang. None takes the largest part; so does "own" where nobody has that type,
        and a type of which nobody stays.
    baseline
        How many random removals to compare with; 0 for none.
    exact_below
        With as many actors or more, pairs, hops and betweenness are estimated from 256 actors drawn by ``seed``.

    Raises
    ------
    OptionError
        An actor or a type is not there, or nobody would stay.

    Source: Albert, Jeong and Barabasi (2000), Nature 406, 378-382; Borgatti (2006), Computational and Mathematical
    Organization Theory 12, 21-34.
    """
    given = Ecosystem.of(ecosystem)
    gone = np.unique(given.codes(actors))
    if not len(gone) or len(gone) == given.n:
        raise OptionError(
            f"{len(gone):,} of {given.n:,} actors are to leave. Name at least one, and leave at least one."
        )
    rng = np.random.default_rng(seed)
    sources = np.arange(given.n) if given.n < exact_below else np.sort(rng.choice(given.n, PIVOTS, replace=False))
    network = _Network(bare(given), sources, _anchors(given, anchor, gone))
    before, after = network.compared(gone)
    chance = np.array([np.subtract(*network.compared(each)[::-1]) for each in _alike(given, gone, baseline, rng)])
    table = _table(before, after, chance, given.n - len(gone), confidence)
    names = tuple(given.ids[gone])
    return Removal(
        f"{_said(names)} leaving {given.n:,} actors with {given.m:,} ties",
        table,
        tuple(_notes(given, network, gone, anchor, baseline)),
        _cut_off(given, network, gone),
        _shifts(given, network, gone),
        names,
        tuple(str(label) for label in given.labels[gone]),
        str(anchor) if len(network.anchors) else "",
        given.n,
        baseline,
        confidence,
    )


class _Network:
    """The network as it is: what all removals are compared with is worked out once.

    ``sources`` are the actors from whom its ways are walked, ``anchors`` those to whom others hang (none: the largest
    part).
    """

    def __init__(self, ecosystem: Ecosystem, sources: np.ndarray, anchors: np.ndarray) -> None:
        self.ecosystem, self.sources, self.anchors = ecosystem, sources, anchors
        self.parts = connected_parts(ecosystem.links)
        self.rows = _rows(ecosystem)
        self.ahead = self.rows.turned()
        self.reached, self.far, _ = spans(self.rows, sources)

    def without(self, gone: np.ndarray) -> _After:
        """Return the same actors without the ties of some."""
        ties = self.ecosystem.ties
        leaving = np.zeros(self.ecosystem.n, dtype=bool)
        leaving[gone] = True
        now = self.ecosystem.where(~(leaving[ties.sources] | leaving[ties.targets]))
        return _After(now, connected_parts(now.links), ~leaving)

    def cut_off(self, after: _After) -> np.ndarray:
        """Return who hung together with the anchor and no longer does."""
        anchors = self.anchors[after.stays[self.anchors]]
        if len(anchors):
            hung, hangs = np.isin(self.parts, self.parts[anchors]), np.isin(after.parts, after.parts[anchors])
        else:
            hung, hangs = self.parts == 0, after.parts == np.bincount(after.parts[after.stays]).argmax()
        return np.flatnonzero(after.stays & hung & ~hangs)

    def compared(self, gone: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the quantities before and after, for those who stay."""
        after = self.without(gone)
        stays = after.stays[self.sources]
        reached, far, _ = spans(_rows(after.ecosystem), self.sources[stays])
        others = int(stays.sum()) * (int(after.stays.sum()) - 1)
        was = [*_sizes(self.parts[after.stays]), *_ways(*self._among_others(gone, stays), others), 0.0]
        now = [*_sizes(after.parts[after.stays]), *_ways(int(reached.sum()), int(far.sum()), others)]
        return np.array(was), np.array([*now, len(self.cut_off(after))])

    def _among_others(self, gone: np.ndarray, stays: np.ndarray) -> tuple[int, int]:
        """Return how many of those who stay are reached from such sources, and the sum of hops, as things are."""
        count, hops = int(self.reached[stays].sum()), int(self.far[stays].sum())
        for each in gone:
            to_it = hops_from(self.ahead, int(each))[self.sources[stays]]
            count -= int((to_it >= 0).sum())
            hops -= int(to_it[to_it >= 0].sum())
        return count, hops


@dataclass(frozen=True, eq=False)
class _After:
    """All actors without the ties of those who left; ``stays`` marks the others."""

    ecosystem: Ecosystem
    parts: np.ndarray
    stays: np.ndarray


def _rows(ecosystem: Ecosystem) -> Adjacency:
    return behind(ecosystem.links, np.ones(ecosystem.links.links))


def _sizes(parts: np.ndarray) -> tuple[float, float]:
    """Return how many parts there are, and the share of actors in the largest."""
    counts = np.bincount(parts)
    return float((counts > 0).sum()), float(counts.max() / len(parts))


def _ways(reached: int, far: int, pairs: int) -> tuple[float, float]:
    """Return the share of pairs of which one reaches the other, and the mean hops between those."""
    return reached / pairs if pairs else np.nan, far / reached if reached else np.nan


def _anchors(ecosystem: Ecosystem, anchor: str | None, gone: np.ndarray) -> np.ndarray:
    if anchor is None:
        return np.empty(0, dtype=np.int64)
    known = sorted({str(kind) for kind in ecosystem.types if kind is not None})
    if anchor not in (*known, _OURS):
        raise OptionError(
            f"anchor={anchor!r} is no type of actor here. There is {listed(known)}.{nearest(str(anchor), known)}"
            " anchor=None takes the largest part."
        )
    return np.setdiff1d(np.flatnonzero(ecosystem.types == anchor), gone)


def _alike(ecosystem: Ecosystem, gone: np.ndarray, times: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Yield random actors, as many of each type as leave: others, where there are enough others of the type."""
    types = pd.Series(ecosystem.types, dtype=object).fillna("").to_numpy(str)
    wanted = pd.Series(types[gone]).value_counts(sort=False)
    pools = {kind: np.flatnonzero(types == kind) for kind in wanted.index}
    others = {kind: np.setdiff1d(pool, gone) for kind, pool in pools.items()}
    pools = {kind: others[kind] if len(others[kind]) >= count else pools[kind] for kind, count in wanted.items()}
    for _ in range(times):
        drawn = [rng.choice(pools[kind], count, replace=False) for kind, count in wanted.items()]
        yield np.sort(np.concatenate(drawn))


def _table(before: np.ndarray, after: np.ndarray, chance: np.ndarray, stay: int, confidence: float) -> pd.DataFrame:
    rows = []
    for k, name in enumerate(QUANTITIES):
        changes = chance[:, k][np.isfinite(chance[:, k])] if len(chance) else np.empty(0)
        low, high = (
            np.quantile(changes, [(1 - confidence) / 2, (1 + confidence) / 2]) if len(changes) else (np.nan,) * 2
        )
        of = stay * (stay - 1) if name in ("reachable_pairs", "mean_hops") else stay
        row = {"quantity": name, "unit": _UNITS[name], "of": of, "before": before[k], "after": after[k]}
        row |= {"change": after[k] - before[k], "chance": changes.mean() if len(changes) else np.nan}
        rows.append(row | {"chance_low": low, "chance_high": high, "baseline": len(chance)})
    return pd.DataFrame(rows)


def _cut_off(ecosystem: Ecosystem, network: _Network, gone: np.ndarray) -> pd.DataFrame:
    after = network.without(gone)
    cut, parts = network.cut_off(after), after.parts
    table = pd.DataFrame({**named(ecosystem), "part": parts + 1}).iloc[cut]
    sizes = np.bincount(parts, minlength=1)
    return table.assign(size=sizes[parts[cut]]).sort_values("part", kind="stable").reset_index(drop=True)


def _shifts(ecosystem: Ecosystem, network: _Network, gone: np.ndarray) -> pd.DataFrame:
    n = ecosystem.n
    pivots = None if len(network.sources) == n else network.sources.astype(np.int32)
    columns: dict[str, Any] = {}
    for name, now in (("before", network.ecosystem), ("after", network.without(gone).ecosystem)):
        columns[f"betweenness_{name}"] = betweenness(Ways(_rows(now), None, pivots))[0]
    table = pd.DataFrame({**named(ecosystem), **columns}).drop(index=list(gone))
    table["change"] = table["betweenness_after"] - table["betweenness_before"]
    return table.sort_values("change", ascending=False, kind="stable").reset_index(drop=True)


def _said(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{len(names):,} actors"


def _notes(
    ecosystem: Ecosystem, network: _Network, gone: np.ndarray, anchor: str | None, baseline: int
) -> Iterator[str]:
    stay = ecosystem.n - len(gone)
    yield f"Only the {stay:,} actors who stay are counted, before and after; ways may pass those who leave before."
    if len(network.anchors):
        yield f"Cut off: no longer connected with an actor of type {anchor}, whatever the direction of ties."
    else:
        yield "Cut off: no longer connected with the largest part, whatever the direction of ties."
    if len(network.sources) < ecosystem.n:
        yield f"Pairs, hops and betweenness are estimated from {len(network.sources):,} actors drawn at random."
    if baseline:
        yield f"Chance: {baseline:,} removals of as many other actors of the same types, drawn at random."
    yield "Nobody makes new ties in this simulation; people would."
