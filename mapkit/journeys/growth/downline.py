"""Who earns what in a multi-level downline: members, sales and commission by level, and who recoups the entry cost."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mapkit.errors import OptionError, TableError, nearest
from mapkit.journeys.growth.trees import Forest, forest_of
from mapkit.statistics import Comparable, Estimate, Result, wilson_interval
from mapkit.tables.beside import frame_of, numbers_of, times_of

_RECRUITS, _SALES = "the recruits frame", "the sales frame"
_LEVEL_OF_WARNING = 10
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Downline(Result):
    """Levels of a downline. See :func:`measure_downline` for the columns of ``table``.

    ``members`` has a row a person: ``member``, ``recruiter`` (empty at the top), ``level``, ``downline`` (people
    below), ``sales`` (own), ``retail_sales`` (to people outside; NaN without buyers), ``commission`` (earned on the
    levels below), ``income``, ``cost``, ``recouped``.
    """

    members: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    branching: float = math.nan
    retail: float = math.nan
    inside: float = math.nan
    fees: float = 0.0
    confidence: float = 0.95

    def never_recouped(self) -> Estimate:
        """Return the share of recruits whose income has not reached what they paid to join."""
        recruits = self.members[self.members["level"] > 0]
        hits = int((~recruits["recouped"].astype(bool)).sum())
        return Estimate.of_share("recruits who have not recouped", hits, len(recruits), self.confidence)

    @property
    def retail_share(self) -> float:
        """Money from people outside, of all money that came in: the rest is from members' purchases and entry costs."""
        total = self.retail + self.inside + self.fees
        return self.retail / total if total > 0 else math.nan

    def comparable(self) -> Comparable:
        """Return the share of recruits of each level who have not recouped."""
        rows = self.table[self.table["level"] > 0]
        return Comparable.of_shares(rows, ("level",), {"of_members": ("not_recouped", "members")})


def measure_downline(
    recruits: Any,
    sales: Any,
    *,
    rates: Sequence[float],
    cost: float | str = 0.0,
    margin: float = 1.0,
    of: str | None = None,
    confidence: float = 0.95,
) -> Downline:
    """Return one row a level of a downline: its members, their sales, and the commission that these pay upwards.

    ``table`` columns: ``level`` (0: who was recruited by nobody, or ``of``), ``members``, ``sales``, ``rate`` (that the
    top earns on the level's sales), ``top_commission`` = rate x sales, ``commission`` (earned by the level's members
    on those below them), ``income`` (of the level: margin x own sales + commission), ``cost``, ``not_recouped`` and
    ``of_members`` (the share of the level that has not recouped the cost) with ``_low`` and ``_high``, ``needed``
    (members the level would need if everybody recruited as many as recruiters did on average).

    "Never recoup" is as of the data: a member who joined yesterday has had no time. Levels are those of the tree, not
    ranks of a plan. Whose sale it is, is given by the seller; members' own purchases are sales too, so that a tree can
    look busy while no money comes from outside: give ``buyer`` to see it.

    Parameters
    ----------
    recruits
        A frame of ``recruiter``, ``recruit`` and, where known, ``time``; a recruit of several hangs under the first.
    sales
        A frame of ``seller``, ``value`` and, where known, ``buyer``: a sale to a member is inside the network.
    rates
        The commission on the sales of members 1, 2, ... levels below, as shares: (0.10, 0.05, 0.02).
    cost
        What a member paid to join: a number, or a column of ``recruits``.
    margin
        The share of their own sales that members keep.
    of
        A member: only their downline is measured.
    confidence
        Of every interval.

    Raises
    ------
    TableError
        A frame lacks a column, or a value is no number.
    OptionError
        Rates that are no shares, or a member who is not in the recruits.
    """
    if not rates or not all(0 <= rate <= 1 for rate in rates) or not 0 <= margin <= 1:
        raise OptionError(f"rates={tuple(rates)!r}, margin={margin!r} must be shares, such as rates=(0.10, 0.05).")
    given = frame_of(recruits, _RECRUITS, "recruiter", "recruit")
    for column in ("recruiter", "recruit"):
        if given[column].isna().any():
            row = int(given[column].isna().to_numpy().argmax()) + 1
            raise TableError(f"{_RECRUITS}: {column!r} is empty in row {row}. Leave out rows that name only one.")
    time = times_of(given, "time", _RECRUITS) if "time" in given.columns else None
    forest = forest_of(given["recruiter"], given["recruit"], time)
    members, money, outside = _members(forest, _sales(sales), _costs(given, forest, cost), rates, margin)
    if of is not None:
        members = _below(members, forest, of)
    table = _levels(members, rates, confidence)
    branching = _branching(members)
    table["needed"] = [max(branching, 0.0) ** level if branching == branching else math.nan for level in table["level"]]
    fees = float(members.loc[members["level"] > 0, "cost"].sum())
    retail = members["retail_sales"].sum(min_count=1)
    inside = members["sales"].sum() - retail
    result = Downline(
        f"Downline of {len(members):,} members on {len(table):,} levels",
        table,
        (),
        members.drop(columns="code"),
        branching=branching,
        retail=float(retail) if money else math.nan,
        inside=float(inside) if money else math.nan,
        fees=fees,
        confidence=confidence,
    )
    notes = tuple(_notes(result, forest, rates, margin, outside))
    return Downline(**{**result.__dict__, "notes": notes})


def _sales(sales: Any) -> pd.DataFrame:
    given = frame_of(sales, _SALES, "seller", "value")
    buyer = given["buyer"].astype("string").astype(object) if "buyer" in given.columns else None
    frame = pd.DataFrame({"seller": given["seller"].astype(str), "value": numbers_of(given, "value", _SALES)})
    return frame if buyer is None else frame.assign(buyer=buyer)


def _costs(given: pd.DataFrame, forest: Forest, cost: float | str) -> Floats:
    """Return what each member paid to join; those whom nobody recruited paid nothing that is known."""
    recruited = forest.edge >= 0
    if not isinstance(cost, str):
        if cost < 0:
            raise OptionError(f"cost={cost!r} is negative. It is what a member pays to join.")
        return np.where(recruited, float(cost), 0.0)
    if cost not in given.columns:
        raise OptionError(f"cost={cost!r} is no column of {_RECRUITS}.{nearest(cost, given.columns)}")
    paid = numbers_of(given, cost, _RECRUITS).to_numpy()
    return np.where(recruited, paid[forest.edge] if len(paid) else 0.0, 0.0)


def _members(
    forest: Forest, sales: pd.DataFrame, cost: Floats, rates: Sequence[float], margin: float
) -> tuple[pd.DataFrame, bool, float]:
    """Return a row a member, whether buyers are known, and the value of sales by people who are no members."""
    people = len(forest.names)
    code = pd.Series(np.arange(people), index=forest.names)
    seller = sales["seller"].map(code)
    known = seller.notna()
    places = seller[known].astype(np.int64)
    own: Floats = np.bincount(places, weights=sales.loc[known, "value"], minlength=people).astype(float)
    retail = np.full(people, math.nan)
    if "buyer" in sales:
        outside = known & ~sales["buyer"].isin(code.index)
        retail = np.bincount(seller[outside].astype(np.int64), weights=sales.loc[outside, "value"], minlength=people)
    commission = _commission(forest, own, rates)
    income = margin * (retail if "buyer" in sales else own) + commission
    hangs = forest.parent != np.arange(people)
    members = pd.DataFrame(
        {
            "code": np.arange(people),
            "member": forest.names,
            "recruiter": pd.Series(forest.names[forest.parent]).where(hangs),
            "level": forest.depth,
            "downline": forest.below - 1,
            "sales": own,
            "retail_sales": retail,
            "commission": commission,
            "income": income,
            "cost": cost,
            "recouped": income >= cost,
        }
    )
    return members, "buyer" in sales, float(sales.loc[~known, "value"].sum())


def _commission(forest: Forest, own: Floats, rates: Sequence[float]) -> Floats:
    """Return what each member earns on the sales of those 1, 2, ... levels below."""
    earned = np.zeros(len(own))
    above = np.arange(len(own))
    for level, rate in enumerate(rates, start=1):
        above = forest.parent[above]
        there = forest.depth >= level
        np.add.at(earned, above[there], rate * own[there])
    return earned


def _below(members: pd.DataFrame, forest: Forest, of: str) -> pd.DataFrame:
    at = np.flatnonzero(forest.names == str(of))
    if not len(at):
        raise OptionError(f"of={of!r} is not among the members.{nearest(str(of), map(str, forest.names[:5_000]))}")
    top = int(at[0])
    inside, above = np.zeros(len(members), dtype=bool), np.arange(len(members))
    for _ in range(int(forest.depth.max()) + 1):
        inside |= above == top
        above = forest.parent[above]
    kept = members[inside]
    return kept.assign(level=kept["level"] - int(forest.depth[top])).reset_index(drop=True)


def _levels(members: pd.DataFrame, rates: Sequence[float], confidence: float) -> pd.DataFrame:
    rows = members.assign(not_recouped=(~members["recouped"].astype(bool)).astype(int))
    table = rows.groupby("level", as_index=False).agg(
        members=("member", "size"),
        sales=("sales", "sum"),
        commission=("commission", "sum"),
        income=("income", "sum"),
        cost=("cost", "sum"),
        not_recouped=("not_recouped", "sum"),
    )
    paid = [0.0, *rates]
    table.insert(3, "rate", [paid[level] if level < len(paid) else 0.0 for level in table["level"]])
    table.insert(4, "top_commission", table["rate"] * table["sales"])
    low, high = wilson_interval(table["not_recouped"], table["members"], confidence)
    return table.assign(of_members=table["not_recouped"] / table["members"], of_members_low=low, of_members_high=high)


def _branching(members: pd.DataFrame) -> float:
    """Return how many recruits those have who have any."""
    recruits = members.loc[members["level"] > 0, "recruiter"]
    return len(recruits) / recruits.nunique() if len(recruits) else math.nan


def _notes(result: Downline, forest: Forest, rates: Sequence[float], margin: float, outside: float) -> Iterator[str]:
    said = ", ".join(f"{100 * rate:g}%" for rate in rates)
    yield f"Commission on the sales of the levels below: {said}. Members keep {100 * margin:g}% of their own sales."
    recruits = result.members[result.members["level"] > 0]
    if len(recruits):
        yield f"{result.never_recouped()} recruits have not recouped what they paid to join, so far."
    if result.branching == result.branching:
        needed = result.branching**_LEVEL_OF_WARNING
        yield (
            f"Recruiters have {result.branching:.2g} recruits on average. If everybody did the same, level"
            f" {_LEVEL_OF_WARNING} alone would need {needed:,.0f} people: most of such a tree is at its bottom."
        )
    share = result.retail_share
    if math.isnan(share):
        yield "Without buyers (sales with a column 'buyer') nobody can tell retail sales from members' own purchases."
    else:
        yield f"{share:.0%} of the money came from people outside; the rest from members' purchases and entry costs."
        if share < 0.5:
            yield "Warning: most of the money comes from recruits themselves. It lasts as long as recruiting does."
    for count, what in (
        (forest.self_edges, "people who recruited themselves are set apart"),
        (forest.later_parents, "recruits had a recruiter before: they stay with the first"),
        (forest.cut, "circles were opened at their earliest edge"),
    ):
        if count:
            yield f"{count:,} {what}."
    if outside:
        yield f"Sales of {outside:,.0f} are by people who are not in the recruits: not counted."
