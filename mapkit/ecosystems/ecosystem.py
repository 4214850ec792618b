"""The ecosystem: typed actors and their ties, checked, numbered, and ready to be measured."""

from __future__ import annotations

import html
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from mapkit.ecosystems.links import Links, link
from mapkit.ecosystems.oddities import oddities
from mapkit.ecosystems.tie_columns import TieColumns, actor_ids, read_columns
from mapkit.errors import OptionError, nearest, one_of
from mapkit.loaders import read_actors, read_ties

if TYPE_CHECKING:
    from networkx import DiGraph, Graph, MultiDiGraph, MultiGraph

Parallel = Literal["keep", "merge"]


class Ecosystem:
    """Actors and their ties.

    An actor is known by its id, read as text: 1 and "1" are one actor. Two actors may share a label. What is odd about
    the ties - ends that no actors table has, ties of an actor to itself, several ties between the same two, weights
    that are negative or missing - is kept and counted in ``report``, never dropped or joined in silence.

    Parameters
    ----------
    actors
        An actors table, or anything ``read_actors`` takes. None: the actors are the ends of the ties.
    ties
        A ties table, or anything ``read_ties`` takes.
    directed
        Whether ties have a direction. None: as the column ``directed`` says for each, and yes where it says nothing.
    parallel
        "keep" leaves several ties between the same two as they are; "merge" adds their weights up, and says so.

    Raises
    ------
    TableError
        A column is missing, or an actor's id stands twice.
    """

    def __init__(self, actors: Any, ties: Any, *, directed: bool | None = None, parallel: Parallel = "keep") -> None:
        one_of(parallel, ("keep", "merge"), "parallel")
        known = None if actors is None else read_actors(actors).data.to_pyarrow()
        columns, ids, strangers = read_columns(read_ties(ties), actor_ids(known), directed)
        self._set(_frame(known, ids), ids, columns, 0 if known is None else strangers)
        if parallel == "merge":
            self._merge()

    @classmethod
    def of(cls, given: Any) -> Ecosystem:
        """Return an ecosystem: the one given, or one made of (actors, ties), a networkx graph, or ties alone.

        A result with a method ``ties`` is taken as its ties, so a table of transitions is an ecosystem of events.
        """
        if isinstance(given, Ecosystem):
            return given
        if isinstance(given, tuple) and len(given) == 2:
            return cls(*given)
        if hasattr(given, "adjacency") and hasattr(given, "is_directed"):
            return cls.from_networkx(given)
        return cls(None, given.ties() if callable(getattr(given, "ties", None)) else given)

    @classmethod
    def from_networkx(cls, graph: Graph) -> Ecosystem:
        """Return the ecosystem of a networkx graph: nodes by their text, nodes and edges with their attributes."""
        from mapkit.ecosystems.exchange import tables_of

        actors, ties = tables_of(graph)
        return cls(actors, ties, directed=graph.is_directed())

    def to_networkx(self) -> DiGraph | Graph | MultiDiGraph | MultiGraph:
        """Return a networkx graph: directed unless no tie is, a multigraph where two ties join the same two."""
        from mapkit.ecosystems.exchange import graph_of

        return graph_of(self)

    actors: pd.DataFrame
    """A row each, in the order of their codes: ``actor`` and every column of the actors table."""
    ties: TieColumns
    """The ties, in the order of their source."""

    @cached_property
    def report(self) -> pd.DataFrame:
        """What is odd about the ties: ``what``, ``count``, ``examples``, ``kept_as``."""
        return oddities(self.actors, self._ids, self.ties, self._strangers, self._merged)

    @property
    def n(self) -> int:
        """How many actors there are."""
        return len(self._ids)

    @property
    def m(self) -> int:
        """How many ties there are; one without a direction counts once."""
        return len(self.ties.sources)

    @property
    def is_directed(self) -> bool:
        """Whether any tie has a direction."""
        return self.m == 0 or not bool(self.ties.two_way.all())

    @cached_property
    def ids(self) -> np.ndarray:
        """The actors' ids, as text, by code."""
        return np.array(self._ids.to_pylist(), dtype=object)

    @property
    def types(self) -> np.ndarray:
        """The actors' types, by code; None where a type is not known."""
        return self._column("type")

    @property
    def labels(self) -> np.ndarray:
        """What people call the actors, by code: the name, or the id where there is none."""
        names = self._column("name")
        return np.where(pd.isna(names), self.ids, names)

    @cached_property
    def links(self) -> Links:
        """The ties in both directions, as compressed sparse rows."""
        return link(self.n, self.ties.sources, self.ties.targets, self.ties.weights, self.ties.two_way)

    def codes(self, actors: str | Iterable[str]) -> np.ndarray:
        """Return the codes of actors' ids. Raises OptionError, with the nearest id, for one that is not there."""
        wanted = [actors] if isinstance(actors, str) else list(actors)
        found = pc.index_in(pa.array(map(str, wanted), type=pa.large_string()), value_set=self._ids)
        for actor, code in zip(wanted, found, strict=True) if found.null_count else ():
            if not code.is_valid:
                raise OptionError(
                    f"There is no actor {actor!r} among the {self.n:,}.{nearest(str(actor), self.ids)}"
                    " Actors are named by their id, not by their label."
                )
        codes: np.ndarray = found.to_numpy(zero_copy_only=False).astype(np.int64)
        return codes

    def weights_for(self, measure: str) -> np.ndarray:
        """Return the links' weights for a measure that needs them known, finite and not negative.

        Raises
        ------
        OptionError
            Some are missing, infinite or negative; it says how many and what to do.
        """
        weights = self.links.weights
        missing, negative = int(np.isnan(weights).sum()), int((weights < 0).sum())
        if missing or negative:
            raise OptionError(
                f"{measure} needs weights that are known and not negative; {missing:,} links lack theirs and"
                f" {negative:,} are negative (see ecosystem.report). Give these ties a weight, or leave them out:"
                " ecosystem.where(ecosystem.ties.weights >= 0)."
            )
        endless = int(np.isinf(weights).sum())
        if endless:
            raise OptionError(f"{measure} needs finite weights; {endless:,} links have an infinite one. Mend them.")
        return weights

    def ties_frame(self) -> pd.DataFrame:
        """Return the ties as a pandas frame: source, target, weight, directed and every other column."""
        plain = {
            "source": self.ids[self.ties.sources],
            "target": self.ids[self.ties.targets],
            "weight": self.ties.weights,
            "directed": ~self.ties.two_way,
        }
        return pd.concat([pd.DataFrame(plain), self.ties.more.to_pandas()], axis=1)

    def where(self, ties: np.ndarray) -> Ecosystem:
        """Return the same actors with some of the ties: a mask, or numbers of rows."""
        return self._made(self.actors, self._ids, self.ties.chosen(np.asarray(ties)))

    def subset(
        self,
        *,
        types: Iterable[str] | None = None,
        tie_types: Iterable[str] | None = None,
        actors: Iterable[str] | None = None,
        start: Any = None,
        end: Any = None,
    ) -> Ecosystem:
        """Return the part with these actors, types of actors, types of ties, and ties begun from start to before end.

        A tie stays when both its ends stay. Ties without a time are left out where a time is asked for.

        Raises
        ------
        OptionError
            A type or an actor that is not there, or a column that the choice needs.
        """
        from mapkit.ecosystems.subsets import chosen_actors, chosen_ties

        keep = chosen_actors(self, types, actors)
        rows = chosen_ties(self, tie_types, start, end) & keep[self.ties.sources] & keep[self.ties.targets]
        return self.where(rows)._without_actors(keep)

    def snapshots(self, period: str = "month", *, cumulative: bool = True) -> dict[pd.Timestamp, Ecosystem]:
        """Return the ecosystem at the end of each period (hour, day, week, month, quarter, year).

        Every ecosystem has all actors. With ``cumulative`` it has the ties begun so far, else those of the period.
        Ties without a time are in none. Raises OptionError where the ties have no times.
        """
        from mapkit.ecosystems.subsets import periods_of

        began, known = periods_of(self, period)
        moments = sorted(set(began[known]))
        return {each: self.where(known & (began <= each if cumulative else began == each)) for each in moments}

    def simple(self) -> Ecosystem:
        """Return the same actors without self-ties and with one tie at most from one to another; weights add up."""
        made = self.where(self.ties.sources != self.ties.targets)
        made._merge()
        return made

    def _set(self, actors: pd.DataFrame, ids: pa.Array, ties: TieColumns, strangers: int) -> None:
        self.actors, self._ids, self.ties = actors, ids, ties
        self._strangers, self._merged = strangers, 0
        for name in ("links", "report"):  # they are those of the ties before
            self.__dict__.pop(name, None)

    def _made(self, actors: pd.DataFrame, ids: pa.Array, ties: TieColumns) -> Ecosystem:
        made = Ecosystem.__new__(Ecosystem)
        made._set(actors, ids, ties, 0)
        return made

    def _merge(self) -> None:
        from mapkit.ecosystems.subsets import merged

        before = self.m
        self._set(self.actors, self._ids, merged(self.ties, self.n), 0)
        self._merged = before - self.m

    def _without_actors(self, keep: np.ndarray) -> Ecosystem:
        if keep.all():
            return self
        codes = np.cumsum(keep, dtype=np.int32) - 1
        ties = self.ties
        renumbered = TieColumns(codes[ties.sources], codes[ties.targets], ties.weights, ties.two_way, ties.more)
        return self._made(self.actors[keep].reset_index(drop=True), self._ids.filter(pa.array(keep)), renumbered)

    def _column(self, name: str) -> np.ndarray:
        if name not in self.actors:
            return np.full(self.n, None, dtype=object)
        column = self.actors[name].astype(object)
        return column.where(column.notna(), None).to_numpy(dtype=object)

    def __repr__(self) -> str:
        kinds = pd.Series(self.types, dtype=object).value_counts()
        counted = ", ".join(f"{count:,} {kind}" for kind, count in kinds.items())
        return f"<ecosystem: {self.n:,} actors" + (f" ({counted})" if counted else "") + f", {self.m:,} ties>"

    def _repr_html_(self) -> str:
        table = self.report.to_html(index=False, escape=True, border=0) if len(self.report) else ""
        return f"<p><b>{html.escape(repr(self).strip('<>'))}</b></p>{table}"


def _frame(known: pa.Table | None, ids: pa.Array) -> pd.DataFrame:
    """Return a row for every id: those of the table, then those that only ties name."""
    frame = pd.DataFrame(index=range(len(ids))) if known is None else known.to_pandas()
    rows = frame if len(ids) == len(frame) else frame.reindex(range(len(ids)))
    # The ids' own memory, not a copy.
    return rows.assign(actor=pd.Series(pd.array(ids, dtype="str"), index=rows.index))
