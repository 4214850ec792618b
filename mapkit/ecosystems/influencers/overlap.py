"""How far audiences are the same people, and whom each further influencer adds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from mapkit.ecosystems.influencers.members import members_of
from mapkit.errors import OptionError, listed, nearest
from mapkit.statistics import Estimate, Result, wilson_interval

_MOST_FULL = 200


@dataclass(frozen=True, eq=False)
class AudienceOverlap(Result):
    """Audiences two by two, and in the order in which they add most. See :func:`measure_audience_overlap`."""

    order: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    people: int = 0
    confidence: float = 0.95

    def jaccard(self, a: str, b: str) -> Estimate:
        """Return the share of two audiences' people who are in both."""
        row = self._pair(a, b)
        either = int(row["audience_a"] + row["audience_b"] - row["shared"])
        return Estimate.of_share(f"overlap of {a} and {b}", int(row["shared"]), either, self.confidence)

    def of_all(self, count: int) -> Estimate:
        """Return the share of everybody reached by the first ``count`` of the order."""
        if not 1 <= count <= len(self.order):
            raise OptionError(f"count={count!r} is not among the {len(self.order):,} of the order.")
        reached = int(self.order["cumulative"].iloc[count - 1])
        return Estimate.of_share(f"people reached by the first {count}", reached, self.people, self.confidence)

    def _pair(self, a: str, b: str) -> pd.Series:
        known = list(self.order["actor"])
        for actor in (a, b):
            if actor not in known:
                raise OptionError(f"There is no audience of {actor!r} among {len(known):,}.{nearest(actor, known)}")
        rows = self.table[self.table["a"].isin([a, b]) & self.table["b"].isin([a, b])]
        if not len(rows):
            raise OptionError(f"{a!r} and {b!r} are not in the table: they are one actor, or share nobody.")
        return rows.iloc[0]


def measure_audience_overlap(
    audiences: Any,
    *,
    population: int | None = None,
    costs: Mapping[str, float] | None = None,
    confidence: float = 0.95,
) -> AudienceOverlap:
    """Return how far audiences overlap, two by two, and the order in which each adds most people not yet reached.

    ``table`` columns, a row for two audiences, those that overlap most first (of more than 200 audiences only those
    that share somebody):

    - ``a``, ``b``, ``audience_a``, ``audience_b``, ``shared`` (people), ``in_either``
    - ``jaccard``: shared / in either, with ``jaccard_low``, ``jaccard_high`` (Wilson)
    - ``lift``: shared / what chance would give, audience_a x audience_b / population
    - ``a_beyond_b``, ``b_beyond_a``: people of one who are not in the other

    ``order`` columns, a row an audience: ``place``, ``actor``, ``audience``, ``adds`` (people nobody before has),
    ``cumulative``, ``of_all`` (share of everybody in any audience), and with ``costs`` ``cost``, ``cost_per_added``.

    Parameters
    ----------
    audiences
        A frame with ``actor`` and ``member`` (ids of followers), or a mapping of actors to members. A person counts
        once. Of a sample of followers, shares are right and counts are those of the sample.
    population
        How many people there are; everybody in any audience unless given.
    costs
        What each costs. The order is then by people added per cost.

    Raises
    ------
    OptionError, TableError
        A column is missing, a cost is missing or not positive, or the population is smaller than the audiences.

    Source: Jaccard (1912), New Phytologist 11, 37-50; the order is the greedy one of Nemhauser, Wolsey and Fisher
    (1978), Mathematical Programming 14, 265-294: at least 63% of the best reach for any number of audiences.
    """
    members = members_of(audiences)
    people = int(members["member"].nunique())
    if population is not None and population < people:
        raise OptionError(f"population={population!r} is smaller than the {people:,} people in the audiences.")
    table = _pairs(members, population or people, confidence)
    order = _greedy(members, people, _costs(members, costs))
    notes = (
        f"{len(members):,} members of {order['actor'].nunique():,} audiences are {people:,} people.",
        f"Lift is against {population or people:,} people"
        + (" (everybody in any audience)." if population is None else "."),
        "The order takes at each place the audience that adds most people" + (" per cost." if costs else "."),
    )
    return AudienceOverlap("Audience overlap", table, notes, order, people, confidence)


def _pairs(members: pd.DataFrame, population: int, confidence: float) -> pd.DataFrame:
    from scipy.sparse import coo_array, triu

    actor, actors = pd.factorize(members["actor"], sort=True)
    member, _ = pd.factorize(members["member"])
    there = coo_array((np.ones(len(members), dtype=np.int64), (member, actor))).tocsr()
    both = (there.T @ there).tocoo()
    sizes = np.bincount(actor)
    if len(actors) <= _MOST_FULL:
        one, other = np.triu_indices(len(actors), 1)
        shared = np.asarray(both.toarray())[one, other]
    else:
        upper = triu(both, 1).tocoo()
        one, other, shared = upper.row, upper.col, upper.data
    either = sizes[one] + sizes[other] - shared
    low, high = wilson_interval(shared, either, confidence)
    table = pd.DataFrame(
        {
            "a": np.asarray(actors)[one],
            "b": np.asarray(actors)[other],
            "audience_a": sizes[one],
            "audience_b": sizes[other],
            "shared": shared,
            "in_either": either,
            "jaccard": shared / either,
            "jaccard_low": low,
            "jaccard_high": high,
            "lift": shared * float(population) / (sizes[one].astype(float) * sizes[other]),
            "a_beyond_b": sizes[one] - shared,
            "b_beyond_a": sizes[other] - shared,
        }
    )
    return table.sort_values(["jaccard", "a", "b"], ascending=[False, True, True], kind="stable", ignore_index=True)


def _costs(members: pd.DataFrame, costs: Mapping[str, float] | None) -> pd.Series | None:
    if costs is None:
        return None
    given = pd.Series({str(actor): float(cost) for actor, cost in dict(costs).items()}, dtype=float)
    actors = members["actor"].unique()
    lacking = [actor for actor in actors if not given.get(actor, np.nan) > 0]
    if lacking:
        raise OptionError(f"costs has no positive cost for {listed(lacking, most=5)}. Give each audience its cost.")
    return given


def _greedy(members: pd.DataFrame, people: int, costs: pd.Series | None) -> pd.DataFrame:
    actor, actors = pd.factorize(members["actor"], sort=True)
    member, _ = pd.factorize(members["member"])
    price = np.ones(len(actors)) if costs is None else costs.reindex(actors).to_numpy()
    sizes = np.bincount(actor, minlength=len(actors))
    left, free, rows = np.ones(len(actors), dtype=bool), np.ones(people, dtype=bool), []
    for _ in range(len(actors)):
        adds = np.bincount(actor, minlength=len(actors))
        best = int(np.argmax(np.where(left, adds / price, -1.0)))
        left[best] = False
        rows.append((best, int(adds[best])))
        free[member[actor == best]] = False
        keep = free[member]
        actor, member = actor[keep], member[keep]
    chosen, added = (np.array(each) for each in zip(*rows, strict=True))
    order = pd.DataFrame(
        {
            "place": np.arange(1, len(rows) + 1),
            "actor": np.asarray(actors)[chosen],
            "audience": sizes[chosen],
            "adds": added,
            "cumulative": added.cumsum(),
            "of_all": added.cumsum() / people,
        }
    )
    if costs is not None:
        spent = price[chosen]
        order = order.assign(cost=spent, cost_per_added=np.where(added > 0, spent / np.maximum(added, 1), np.nan))
    return order
