"""Which community each actor is in, what people would call it, and who joins the communities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mapkit.ecosystems import Ecosystem
from mapkit.errors import OptionError
from mapkit.plots.ecosystem.layout import size_of_weights, without_ties
from mapkit.plots.ecosystem.looks import column_of


@dataclass(frozen=True, eq=False)
class Groups:
    """Communities by size, the largest first: ``codes`` by actor, ``names`` by code (as the caller named them)."""

    codes: np.ndarray
    names: tuple[str, ...]
    given: bool

    @property
    def count(self) -> int:
        """How many communities there are."""
        return len(self.names)


def groups_of(ecosystem: Ecosystem, communities: Any, seed: int = 0) -> Groups:
    """Return the communities: those of a result or frame with columns actor and community, of a column, or found.

    Actors without a tie to anybody are in none. Raises OptionError for what cannot be read as communities.
    """
    alone = without_ties(ecosystem)
    if isinstance(communities, str):
        return _sorted(column_of(ecosystem, communities, "communities"), alone, given=True)
    if communities is None:
        return _sorted(_found(ecosystem, alone, seed), alone, given=False)
    table = communities if isinstance(communities, pd.DataFrame) else getattr(communities, "table", None)
    if table is None or not {"actor", "community"} <= set(table.columns):
        raise OptionError(
            "communities takes what find_communities returned, a frame with columns 'actor' and 'community', or the"
            f" name of a column of the actors; a {type(communities).__name__} is none of these."
        )
    own = table.drop_duplicates("actor").set_index("actor")["community"]
    return _sorted(own.reindex(ecosystem.ids).astype(object).to_numpy(dtype=object), alone, given=True)


def _found(ecosystem: Ecosystem, alone: np.ndarray, seed: int) -> np.ndarray:
    """Return communities found over the strength of ties; where no tie joins two actors there are none to find."""
    if alone.all():
        return np.zeros(ecosystem.n, dtype=object)
    from mapkit.ecosystems.communities import find_communities

    ties = ecosystem.ties
    known = ecosystem.where((ties.weights > 0) & (ties.sources != ties.targets))
    table = find_communities(known, seed=seed).table
    return table.set_index("actor")["community"].reindex(ecosystem.ids).astype(object).to_numpy(dtype=object)


def _sorted(values: np.ndarray, alone: np.ndarray, *, given: bool) -> Groups:
    text = pd.Series(values, dtype=object)
    text = text.where(text.notna(), "no community").map(_said)
    counts = text[~alone].value_counts(sort=False)
    order = sorted(counts.index, key=lambda name: (name == "no community", -counts[name], name))
    codes = text.map({name: k for k, name in enumerate(order)}).fillna(-1).to_numpy(dtype=np.int64)
    return Groups(np.where(alone, -1, codes), tuple(order), given)


def _said(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def joining(ecosystem: Ecosystem, groups: Groups) -> tuple[int, float] | None:
    """Return the actor with most of the strength of ties between communities, and its share of it; None without any.

    Every such tie has two ends, so the shares of all actors add up to 2.
    """
    ties = ecosystem.ties
    one, other = groups.codes[ties.sources], groups.codes[ties.targets]
    across = np.where((one >= 0) & (other >= 0) & (one != other), size_of_weights(ties.weights), 0.0)
    if not across.sum() > 0:
        return None
    own = np.bincount(ties.sources, weights=across, minlength=ecosystem.n)
    own = own + np.bincount(ties.targets, weights=across, minlength=ecosystem.n)
    first = int(np.argmax(own))
    return first, float(own[first] / across.sum())
