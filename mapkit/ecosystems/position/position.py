"""Where each actor stands in the network: how many ties, how near, how often in between, how closed in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from mapkit.ecosystems.ecosystem import Ecosystem
from mapkit.ecosystems.position.adjacency import Adjacency, around, behind
from mapkit.ecosystems.position.cores import core_numbers
from mapkit.ecosystems.position.counting import count_ties
from mapkit.ecosystems.position.eigenvector import eigenvector
from mapkit.ecosystems.position.neighbourhoods import Neighbourhoods, neighbourhoods
from mapkit.ecosystems.position.pagerank import DAMPING, pagerank
from mapkit.ecosystems.position.parts import connected_parts
from mapkit.ecosystems.position.position_result import Position
from mapkit.ecosystems.position.ways import Ways, betweenness, closeness
from mapkit.errors import OptionError, one_of

Measure = Literal[
    "degree", "strength", "prestige", "influence", "eigenvector", "closeness", "betweenness", "core", "clustering",
    "constraint", "effective_size",
]  # fmt: skip
MEASURES: tuple[str, ...] = get_args(Measure)
Distance = Literal["hops", "inverse"]
EXACT_BELOW = 5_000
PIVOTS = 256
# What weighs ties. The others ask only who is tied to whom.
_WEIGHING = ("strength", "prestige", "influence", "eigenvector", "constraint", "effective_size")


def measure_position(
    ecosystem: Any,
    measures: Sequence[Measure] = MEASURES,  # type: ignore[assignment]
    *,
    weights: bool = True,
    distance: Distance = "hops",
    exact_below: int = EXACT_BELOW,
    pivots: int = PIVOTS,
    seed: int = 0,
) -> Position:
    """Return where each actor stands in the network, by up to eleven measures.

    ``table`` columns, a row an actor, in the ecosystem's order: ``actor``, ``name`` (what people call it; the id where
    nobody does), ``type``, and for each measure:

    - ``degree``: ties; a tie to oneself counts twice. With directions also ``in_degree``, ``out_degree``, in which
      a tie without one counts both ways
    - ``strength``, ``in_strength``, ``out_strength``: the same, weights added up
    - ``prestige``: PageRank along the ties, and ``influence``: PageRank against them. Both add up to 1
    - ``eigenvector``: whatever the direction, within each connected part, the squares adding up to 1 in each;
      comparable only within a part, whose number (1 the largest) is in ``part``
    - ``closeness``: how near those are who reach the actor, times the share of all who do (Wasserman and Faust)
    - ``betweenness``: the share, 0..1, of ordered pairs of others whose shortest ways pass the actor
    - ``core``: the largest k such that it is in a group with k neighbours each, whatever the direction
    - ``clustering``: the share of pairs of neighbours who are tied, whatever the direction; 0 with fewer than two
    - ``constraint`` (Burt; low where contacts do not know each other) and ``effective_size`` (contacts less their
      redundancy), from the weights in both directions; NaN without contacts
    - ``betweenness_se``, ``closeness_se``: standard errors, where pivots were sampled. That of betweenness is too small
      where few pivots tell most: of a very unequal network's 95% intervals 67% held, of its leading actors' 84%

    All are normalised as networkx does by default, and equal to it. Several ties between the same two add up; ties to
    oneself count for degree, strength, prestige, influence and eigenvector, and nowhere else.

    Parameters
    ----------
    ecosystem
        An :class:`Ecosystem`, or anything ``Ecosystem.of`` takes.
    measures
        Which, in the order wanted.
    weights
        False takes every tie as 1.
    distance
        For betweenness and closeness: "hops" counts ties, "inverse" takes a tie as 1 / weight long.
    exact_below
        With as many actors or more, betweenness and closeness are estimated from ``pivots`` actors drawn by ``seed``.

    Raises
    ------
    OptionError
        A measure is not known, or weights that a measure needs are missing or negative.

    Source: the methods' are named where they are computed; betweenness normalised as in Freeman (1979), Social
    Networks 1, 215-239.
    """
    given = Ecosystem.of(ecosystem)
    wanted = _checked(measures, distance, pivots)
    asked = _Asked(given, weights, distance, exact_below, pivots, seed)
    columns: dict[str, Any] = {}
    for measure in wanted:
        columns |= asked.columns(measure)
    table = pd.DataFrame({**named(given), **columns})
    sampled = asked.pivots if {"betweenness", "closeness"} & set(wanted) else None
    return Position(
        f"Position of {given.n:,} actors with {given.m:,} ties",
        table,
        tuple(_notes(asked, wanted)),
        tuple(wanted),
        given.n,
        given.m,
        None if sampled is None else len(sampled),
    )


def named(ecosystem: Ecosystem) -> dict[str, Any]:
    """Return the columns that tell who an actor is: ``actor``, ``name``, ``type``."""
    actors = ecosystem.actors
    nameless = "name" not in actors
    name = actors["actor"] if nameless else actors["name"].where(actors["name"].notna(), actors["actor"])
    kind = actors["type"] if "type" in actors else pd.Series(None, index=actors.index, dtype="str")
    return {"actor": actors["actor"], "name": name, "type": kind}


def _checked(measures: Sequence[str], distance: str, pivots: int) -> list[str]:
    wanted = [measures] if isinstance(measures, str) else list(dict.fromkeys(measures))
    if not wanted:
        raise OptionError("measures is empty. Name at least one, or leave it out for all.")
    for measure in wanted:
        one_of(measure, MEASURES, "measures")
    one_of(distance, get_args(Distance), "distance")
    if pivots < 2:
        raise OptionError(f"pivots={pivots} leaves no error to tell. Give at least 2, and better some hundred.")
    return wanted


class _Asked:
    """An ecosystem with the options of the question; what two measures share is made once."""

    def __init__(
        self, ecosystem: Ecosystem, weights: bool, distance: str, exact_below: int, pivots: int, seed: int
    ) -> None:
        self.ecosystem, self.links, self.weighted, self.distance = ecosystem, ecosystem.links, weights, distance
        self.pivots: np.ndarray | None = None
        if ecosystem.n >= max(exact_below, 1) and ecosystem.n > pivots:
            drawn = np.random.default_rng(seed).choice(ecosystem.n, pivots, replace=False)
            self.pivots = np.sort(drawn).astype(np.int32)

    def columns(self, measure: str) -> dict[str, Any]:
        """Return a measure's columns."""
        if measure in ("degree", "strength"):
            return count_ties(self.ecosystem, self.weights if measure == "strength" else None)
        if measure == "eigenvector":
            parts = connected_parts(self.links)
            return {"part": parts + 1, measure: eigenvector(self.around, parts)}
        if measure in ("betweenness", "closeness"):
            value, error = (betweenness if measure == "betweenness" else closeness)(self.ways)
            return {measure: value} if self.pivots is None else {measure: value, f"{measure}_se": error}
        if measure == "core":
            return {measure: core_numbers(self.who_is_around)}
        if measure in ("prestige", "influence"):
            return {measure: self._pagerank(against=measure == "influence")}
        around_whom = self.who_is_around if measure == "clustering" else self.around
        return {measure: getattr(self._neighbourhoods(around_whom), measure)}

    @cached_property
    def weights(self) -> np.ndarray:
        """The links' weights, known and not negative."""
        return self.ecosystem.weights_for("A measure that weighs ties") if self.weighted else self.ones

    @cached_property
    def ones(self) -> np.ndarray:
        """A 1 for every link."""
        return np.ones(self.links.links)

    @cached_property
    def around(self) -> Adjacency:
        """Neighbours, whatever the direction, by weight."""
        return around(self.links, self.weights)

    @cached_property
    def who_is_around(self) -> Adjacency:
        """Neighbours, whatever the direction, where weights do not matter and may be missing."""
        made = self.__dict__.get("around")
        return made if made is not None else around(self.links, self.ones)

    @cached_property
    def ways(self) -> Ways:
        """The ties as ways to each actor."""
        if self.distance == "hops":
            return Ways(behind(self.links, self.ones), None, self.pivots)
        rows = behind(self.links, self.ecosystem.weights_for("distance='inverse'") if self.weighted else self.ones)
        open_ways = rows.weights > 0  # a tie of no weight leads nowhere
        starts = np.concatenate([[0], np.cumsum(open_ways)])[rows.starts]
        rows = Adjacency(starts, rows.ends[open_ways], rows.weights[open_ways], rows.own)
        return Ways(rows, 1 / rows.weights, self.pivots)

    def _pagerank(self, *, against: bool) -> np.ndarray:
        links, weights = self.links, self.weights
        if against:
            return pagerank(links.out, weights, np.bincount(links.out.ends, weights, links.actors))
        return pagerank(links.into, weights[links.into.place], np.bincount(links.sources, weights, links.actors))

    def _neighbourhoods(self, rows: Adjacency) -> Neighbourhoods:
        if self._known is None or self._known[0] is not rows:
            self._known = (rows, neighbourhoods(rows))
        return self._known[1]

    _known: tuple[Adjacency, Neighbourhoods] | None = None


def _notes(asked: _Asked, wanted: list[str]) -> Iterator[str]:
    weighing = [measure for measure in wanted if measure in _WEIGHING]
    if weighing:
        yield f"{', '.join(weighing)}: " + ("by weight." if asked.weighted else "every tie counts 1.")
    if asked.ecosystem.is_directed:
        whatever = [m for m in wanted if m in ("eigenvector", "core", "clustering", "constraint", "effective_size")]
        if whatever:
            yield f"{', '.join(whatever)}: whatever the direction of a tie."
        if "closeness" in wanted:
            yield "closeness: from those who reach the actor, along the ties."
        if asked.ecosystem.ties.two_way.any():
            yield "A tie without a direction is walked both ways."
    if {"prestige", "influence"} & set(wanted):
        yield f"prestige is PageRank along the ties, influence PageRank against them; damping {DAMPING:g}."
    if {"betweenness", "closeness"} & set(wanted):
        ways = "ties counted" if asked.distance == "hops" else "a tie is 1 / weight long, parallel ties' weights added"
        how = (
            "exact" if asked.pivots is None else f"estimated from {len(asked.pivots):,} of {asked.ecosystem.n:,} actors"
        )
        yield f"Shortest ways: {ways}; {how}."
    if "eigenvector" in wanted:
        yield "eigenvector compares actors of one part only; the column part numbers the parts, the largest first."
    yield "Normalised as networkx does by default; several ties between the same two add up."
    isolates = int((np.diff(asked.links.out.starts) + np.diff(asked.links.into.starts) == 0).sum())
    if isolates:
        yield f"{isolates:,} actors have no ties; constraint and effective size are not known for them."
    negative = _negative_signs(asked.ecosystem)
    if negative:
        yield f"{negative:,} ties have a negative sign and count as the others; ecosystem.where() leaves ties out."


def _negative_signs(ecosystem: Ecosystem) -> int:
    if "sign" not in ecosystem.ties.more.column_names:
        return 0
    signs = pd.to_numeric(ecosystem.ties.more["sign"].to_pandas(), errors="coerce")
    return int((signs < 0).sum())
