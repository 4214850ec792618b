"""Whose customers pairs of actors share, against what chance would give lists of their sizes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mapkit.ecosystems.ecosystem import Ecosystem
from mapkit.errors import OptionError, TableError, listed, nearest
from mapkit.tables.beside import frame_of


@dataclass(frozen=True, eq=False)
class Audiences:
    """Who has which customers, as a sparse matrix of actors by customers, and how many customers there are."""

    members: Any
    population: int

    @property
    def sizes(self) -> np.ndarray:
        """How many customers each actor has."""
        sizes: np.ndarray = np.diff(self.members.indptr).astype(float)
        return sizes

    def shared(self, first: np.ndarray, second: np.ndarray) -> np.ndarray:
        """Return how many customers the two of each pair share."""
        if not len(first):
            return np.zeros(0)
        step = 20_000
        parts = [
            np.asarray(
                self.members[first[k : k + step]].multiply(self.members[second[k : k + step]]).sum(axis=1)
            ).ravel()
            for k in range(0, len(first), step)
        ]
        return np.concatenate(parts)

    def pairs(self, least: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the pairs (first < second) that share at least ``least`` customers."""
        counts = (self.members @ self.members.T).tocoo()
        first, second = counts.coords
        keep = (first < second) & (counts.data >= least)
        return first[keep], second[keep]


def read_audiences(ecosystem: Ecosystem, audiences: Any, population: int | None) -> Audiences | None:
    """Return the audiences given, or those of a column ``audience`` of the actors; None where nothing tells them.

    Raises
    ------
    TableError
        A frame lacks the columns actor and customer.
    OptionError
        An actor is not there, or the population is smaller than the customers that are named.
    """
    from scipy import sparse

    rows = _rows(ecosystem, audiences)
    if rows is None:
        return None
    rows = rows.dropna().astype(str).drop_duplicates()
    strangers = sorted(set(rows["actor"]) - set(ecosystem.ids))
    if strangers:
        raise OptionError(
            f"The audiences name {len(strangers):,} actors that are not there: {listed(strangers, most=5)}."
            f"{nearest(strangers[0], ecosystem.ids)}"
        )
    customers, names = pd.factorize(rows["customer"])
    if population is not None and population < len(names):
        raise OptionError(f"population={population:,} is smaller than the {len(names):,} customers that are named.")
    places = (ecosystem.codes(rows["actor"]), customers)
    members = sparse.csr_array((np.ones(len(rows)), places), shape=(ecosystem.n, len(names)))
    return Audiences(members, population or len(names))


def chance_of_audience(shared: np.ndarray, one: np.ndarray, other: np.ndarray, population: int) -> np.ndarray:
    """Return how likely lists of these sizes share as many or more by chance (hypergeometric)."""
    from scipy.stats import hypergeom

    p: np.ndarray = hypergeom.sf(shared - 1, population, one, other)
    return np.where(shared > 0, p, 1.0)


def _rows(ecosystem: Ecosystem, audiences: Any) -> pd.DataFrame | None:
    if isinstance(audiences, Mapping):
        return _exploded(audiences.keys(), audiences.values())
    if audiences is not None:
        frame = frame_of(audiences, "The audiences")
        for name in ("actor", "customer"):
            if name not in frame:
                raise TableError(f"The audiences have no column {name!r}. Give actor and customer, a row each.")
        return frame[["actor", "customer"]]
    if "audience" in ecosystem.actors:
        return _exploded(ecosystem.ids, ecosystem.actors["audience"])
    return None


def _exploded(actors: Iterable[Any], cells: Iterable[Any]) -> pd.DataFrame:
    lists = [_customers_in(cell) for cell in cells]
    return pd.DataFrame({"actor": list(actors), "customer": lists}).explode("customer", ignore_index=True)


def _customers_in(cell: Any) -> list[str]:
    if isinstance(cell, str):
        return [part.strip() for part in re.split(r"[|;]", cell) if part.strip()]
    return [str(each) for each in cell] if isinstance(cell, Iterable) else []
