"""Who stands between whom: the five roles of a broker, counted, and held against groups dealt at random."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mapkit.ecosystems.communities.brokerage_counts import ROLES, chances, plain_rows, role_counts, shuffled_counts
from mapkit.ecosystems.communities.communities_result import Communities
from mapkit.ecosystems.communities.grouping import groups_of, numbered
from mapkit.ecosystems.ecosystem import Ecosystem
from mapkit.ecosystems.links import Rows
from mapkit.errors import OptionError, nearest, one_of
from mapkit.statistics import Estimate, Result, adjust_p_values


@dataclass(frozen=True, eq=False, kw_only=True)
class Brokerage(Result):
    """Who brokers in which role. See :func:`measure_brokerage` for the columns of ``table`` and ``roles``."""

    roles: pd.DataFrame
    by: str
    permutations: int

    @property
    def ways(self) -> int:
        """How many open ways of two steps there are."""
        return int(self.table["total"].sum())

    def top(self, role: str = "total", k: int = 10) -> pd.DataFrame:
        """Return the ``k`` rows of ``table`` with most of a role."""
        one_of(role, ("total", *ROLES), "role")
        return self.table.sort_values(role, ascending=False, kind="stable").head(k).reset_index(drop=True)

    def share(self, actor: str, role: str = "total") -> Estimate:
        """Return the share of all open ways, or of those of one role, that lead through an actor."""
        one_of(role, ("total", *ROLES), "role")
        count, every = int(self._row(actor)[role]), int(self.table[role].sum())
        kind = "" if role == "total" else f"{role} "
        return Estimate(f"{kind}ways through {actor}", count / every if every else float("nan"), n=every)

    def times_expected(self, actor: str, role: str) -> Estimate:
        """Return an actor's ways of one role, divided by those expected with the groups dealt at random.

        The interval is where the quotient would lie if chance added or took 1.96 of its standard deviations.
        """
        one_of(role, ROLES, "role")
        self._row(actor)
        row = self.roles[(self.roles["actor"] == actor) & (self.roles["role"] == role)].iloc[0]
        if not row["expected"] > 0:
            return Estimate(f"{role} ways through {actor}, times expected", float("nan"), n=0, unit="times")
        value, wide = row["ways"] / row["expected"], 1.96 * row["sd"] / row["expected"]
        name = f"{role} ways through {actor}, times expected"
        return Estimate(name, value, max(value - wide, 0.0), value + wide, int(row["ways"]), "times")

    def _row(self, actor: str) -> pd.Series:
        rows = self.table[self.table["actor"] == actor]
        if rows.empty:
            raise OptionError(f"There is no actor {actor!r}.{nearest(str(actor), self.table['actor'])}")
        return rows.iloc[0]


def measure_brokerage(
    ecosystem: Any,
    by: str | Communities | Mapping[Any, Any] = "type",
    *,
    permutations: int = 1000,
    seed: int = 0,
) -> Brokerage:
    """Return how often each actor stands between two others that are not tied, by the groups of the three.

    A way a → b → c is open when no tie leads from a to c; b brokers it. The role of b:

    - ``coordinator``: all three are of one group
    - ``itinerant``: a and c are of one group, b of another (also called consultant)
    - ``gatekeeper``: b and c are of one group, a comes from another
    - ``representative``: a and b are of one group, c is of another
    - ``liaison``: all three are of different groups

    ``table`` columns, a row an actor: ``actor``, ``name``, ``type``, ``group``, ``total`` and one count a role.
    ``roles`` has a row for each actor and role: ``actor``, ``name``, ``role``, ``ways``, ``expected`` when the groups
    are dealt at random among the actors, ``sd`` (over the permutations), ``z``, ``p`` (two-sided, of the permutations)
    and ``p_adjusted`` (Benjamini-Hochberg over all actors with an open way).

    Parameters
    ----------
    ecosystem
        An ecosystem, or anything ``Ecosystem.of`` takes. A tie without a direction leads both ways, so an undirected
        way counts twice: once from each end. Weights do not count.
    by
        "type", another column of the actors, communities, or a mapping from actors to groups.
    permutations, seed
        How often the groups are dealt anew, and the seed of the dealing. With many actors a p can only be small enough
        to hold for all of them when the deals are many. Each takes about half a second
        with a million ties.

    Raises
    ------
    OptionError
        There is no such column, nobody has a group, or ``permutations`` is no number.

    Source: Gould and Fernandez (1989), Sociological Methodology 19, 89-126; the test here is by permutation.
    """
    if isinstance(permutations, bool) or not isinstance(permutations, int | np.integer) or permutations < 1:
        raise OptionError(f"permutations={permutations!r} cannot be used. Give a whole number from 1.")
    ecosystem = Ecosystem.of(ecosystem)
    values, name = groups_of(ecosystem, by)
    groups = numbered(values)
    rows = plain_rows(ecosystem.links)
    counts = role_counts(rows, groups)
    table = pd.DataFrame(
        {
            "actor": ecosystem.ids,
            "name": ecosystem.labels,
            "type": ecosystem.types,
            "group": values,
            "total": counts.sum(axis=1),
        }
        | {role: counts[:, k] for k, role in enumerate(ROLES)}
    )
    roles = _roles(ecosystem, rows, groups, counts, int(permutations), seed)
    return Brokerage(
        title=f"Who stands between whom, by {name}",
        table=table,
        notes=tuple(_notes(ecosystem, groups, name, int(permutations), seed)),
        roles=roles,
        by=name,
        permutations=int(permutations),
    )


def _roles(
    ecosystem: Ecosystem, rows: Rows, groups: np.ndarray, counts: np.ndarray, times: int, seed: int
) -> pd.DataFrame:
    expected = counts.sum(axis=1, keepdims=True) * chances(groups)
    squares, further = np.zeros(counts.shape), np.zeros(counts.shape, dtype=np.int64)
    gap = np.abs(counts - expected)
    for dealt in shuffled_counts(rows, groups, times=times, seed=seed):
        away = np.abs(dealt - expected)
        squares += away**2
        further += away >= gap - 1e-9
    sd = np.sqrt(squares / times)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(sd > 0, (counts - expected) / sd, np.nan)
    brokers = np.repeat(counts.sum(axis=1) > 0, len(ROLES))
    p = np.where(brokers, ((1 + further) / (1 + times)).ravel(), np.nan)
    adjusted = np.full(len(p), np.nan)
    if brokers.any():
        adjusted[brokers] = adjust_p_values(p[brokers])
    return pd.DataFrame(
        {
            "actor": np.repeat(ecosystem.ids, len(ROLES)),
            "name": np.repeat(ecosystem.labels, len(ROLES)),
            "role": np.tile(np.array(ROLES, dtype=object), ecosystem.n),
            "ways": counts.ravel(),
            "expected": expected.ravel(),
            "sd": sd.ravel(),
            "z": z.ravel(),
            "p": p,
            "p_adjusted": adjusted,
        }
    )


def _notes(ecosystem: Ecosystem, groups: np.ndarray, name: str, times: int, seed: int) -> list[str]:
    notes = [
        "A way a to b to c counts for b when no tie leads from a to c. Weights and several ties between the same two do"
        " not count, nor do ties of an actor to itself.",
        f"Expected: {name} dealt at random among the actors, each group as large as it is; spread and p from {times:,}"
        f" such deals, seed {seed}.",
    ]
    if ecosystem.ties.two_way.any():
        notes.append("A tie without a direction leads both ways, so a way of two such ties counts once from each end.")
    unknown = int((groups < 0).sum())
    if unknown:
        notes.append(f"Ways in which one of {unknown:,} actors without a {name} takes part are not counted.")
    return notes
