"""Who should know whom: unlinked pairs that share neighbours or customers, beyond chance, with the reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from mapkit.ecosystems.ecosystem import Ecosystem
from mapkit.ecosystems.partners.audiences import Audiences, chance_of_audience, read_audiences
from mapkit.ecosystems.partners.complements import allowed_pairs, complement_table
from mapkit.ecosystems.partners.finding_result import Partners
from mapkit.ecosystems.partners.shared import expected_shared, facts_of, sharing_pairs, simple_neighbours
from mapkit.ecosystems.partners.telling import notes_on, told
from mapkit.errors import OptionError, one_of
from mapkit.statistics import adjust_p_values

CRITERIA = ("adamic_adar", "shared_audience", "complementary")


def find_partners(
    ecosystem: Any,
    *,
    types: Iterable[Any] | None = None,
    by: Sequence[str] = CRITERIA,
    audiences: Any = None,
    population: int | None = None,
    complements: Any = None,
    most: int = 20,
    least_shared: int = 2,
    hub: int = 1_000,
    significance: float = 0.05,
) -> Partners:
    """Return unlinked pairs of actors that have much in common: who should be introduced to whom, and why.

    Ties count without direction, type or weight, and ties that oppose (sign below 0) count as ties: whoever is already
    tied is no new pair. Pairs are found through what they share, so a pair that shares nothing is never looked at.

    ``table`` columns, a row a pair, the best first by the first of ``by``, ties of it broken by the next:

    - ``a``, ``b`` (ids), ``name_a``, ``name_b``, ``type_a``, ``type_b``
    - ``shared``: neighbours in common; ``expected``: how many chance would give actors of these degrees;
      ``ties_a``, ``ties_b``: the degrees; ``jaccard`` = shared / neighbours of either; ``adamic_adar``
    - ``p``: how likely chance gives as many or more; ``p_adjusted`` over all unlinked pairs of the types asked for
      (Benjamini-Hochberg); ``beyond_chance``: whether it is at most ``significance``
    - with audiences: ``audience_a``, ``audience_b``, ``shared_audience``, ``expected_audience``, ``p_audience`` and
      ``p_audience_adjusted``
    - ``complementary``: whether the table of complements has the two types; ``through``: a few shared neighbours (ids)
    - ``reason``: in words

    Parameters
    ----------
    ecosystem
        An ecosystem, or anything ``Ecosystem.of`` takes.
    types
        Types of which both must be, or pairs of types such as ("partner", "supplier"); None is all.
    by
        What ranks: any of "adamic_adar", "shared_audience", "complementary", in the order in which they count.
        "shared_audience" is passed over where nothing says who has which customers.
    audiences
        Who has which customers: a frame with ``actor`` and ``customer``, or {actor: customers}; None takes the actors'
        column ``audience`` where there is one. ``population``: how many customers there are; None: those named.
    complements
        Pairs of types that complete each other, or {pair: why}; None takes the house's table.
    least_shared
        Pairs that share fewer neighbours are left out, unless they share customers.
    hub
        Actors with more neighbours than this are not looked through: what everybody knows joins nobody.

    Raises
    ------
    OptionError
        A type or a criterion is not known.

    Source: Adamic and Adar (2003), Social Networks 25, 211-230; expected counts: the configuration model, Newman
    (2010), Networks; the tail is that of a Poisson, which errs towards chance.
    """
    criteria = _criteria(by)
    if most < 1 or least_shared < 1 or hub < 2:
        raise OptionError(f"most={most!r}, least_shared={least_shared!r} and hub={hub!r} must be at least 1, 1 and 2.")
    ecosystem = Ecosystem.of(ecosystem)
    adjacency = simple_neighbours(ecosystem.n, ecosystem.ties.sources, ecosystem.ties.targets)
    kinds, names, allowed = allowed_pairs(ecosystem.types, types)
    found = sharing_pairs(adjacency, allowed, kinds, hub=hub, least=least_shared, keep_below=significance)
    tested = _unlinked(adjacency, kinds, len(names), allowed)
    crowd = read_audiences(ecosystem, audiences, population)
    rows = _rows(found.first, found.second, (found.shared, found.adamic_adar, found.p), adjacency, tested)
    if crowd is not None:
        rows = _with_audiences(rows, crowd, adjacency, _allowing(kinds, allowed), hub, tested)
    reasons = complement_table(complements)
    rows["why"] = [reasons.get((names[kinds[a]], names[kinds[b]]), "") for a, b in zip(rows.a, rows.b, strict=True)]
    rows["complementary"] = rows["why"] != ""
    rows["beyond_chance"] = rows["p_adjusted"] <= significance
    best = _best(rows, criteria, most, crowd is not None)
    table = told(best, ecosystem, adjacency, crowd is not None)
    beyond = int((rows["p_adjusted"] <= significance).sum())
    return Partners(
        f"{beyond:,} unlinked pairs share more than chance would give",
        table,
        notes_on(found, tested, criteria, crowd, hub, least_shared, types is not None),
        beyond,
        tested,
        int(found.sharing),
        criteria,
        significance,
    )


def _criteria(by: Sequence[str]) -> tuple[str, ...]:
    wanted = (by,) if isinstance(by, str) else tuple(by)
    for name in wanted:
        one_of(name, CRITERIA, "by")
    if not wanted:
        raise OptionError(f"by is empty. Name what ranks, such as {CRITERIA[0]!r}.")
    return wanted


def _unlinked(adjacency: Any, kinds: np.ndarray, count: int, allowed: np.ndarray | None) -> int:
    """Return how many pairs without a tie there are among the types that may pair."""
    n = len(kinds)
    if allowed is None:
        return n * (n - 1) // 2 - int(adjacency.nnz) // 2
    sizes = np.bincount(kinds, minlength=count).astype(float)
    both = np.outer(sizes, sizes) - np.diag(sizes)
    links = adjacency.tocoo()
    ends = [kinds[each] for each in links.coords]
    return round(float(both[allowed].sum() - allowed[ends[0], ends[1]].sum()) / 2)


def _allowing(kinds: np.ndarray, allowed: np.ndarray | None) -> Callable[..., np.ndarray]:
    def may(first: np.ndarray, second: np.ndarray) -> np.ndarray:
        return np.ones(len(first), dtype=bool) if allowed is None else allowed[kinds[first], kinds[second]]

    return may


def _rows(
    first: np.ndarray, second: np.ndarray, facts: tuple[np.ndarray, ...], adjacency: Any, tested: int
) -> pd.DataFrame:
    shared, score, p = facts
    degrees = np.diff(adjacency.indptr).astype(float)
    ties_a, ties_b = degrees[first], degrees[second]
    rows = pd.DataFrame({"a": first.astype(np.int64), "b": second.astype(np.int64), "ties_a": ties_a, "ties_b": ties_b})
    return rows.assign(
        shared=shared,
        expected=expected_shared(degrees, first, second),
        jaccard=shared / np.maximum(ties_a + ties_b - shared, 1),
        adamic_adar=score,
        p=p,
        p_adjusted=_adjusted(p, tested),
    )


def _adjusted(p: np.ndarray, tested: int) -> np.ndarray:
    """Return p adjusted over ``tested`` pairs, of which those not given have larger p."""
    if not len(p):
        return np.empty(0)
    # p times tested over its rank: first over those that are there, then for the rest, who all stand behind them.
    adjusted: np.ndarray = np.minimum(adjust_p_values(p) * (tested / len(p)), 1.0)
    return adjusted


def _with_audiences(
    rows: pd.DataFrame, crowd: Audiences, adjacency: Any, may: Callable[..., np.ndarray], hub: int, tested: int
) -> pd.DataFrame:
    """Return the pairs with their audiences, and the unlinked pairs that share customers and too few neighbours."""
    n = adjacency.shape[0]
    first, second = crowd.pairs(1)
    new = may(first, second) & ~np.isin(first.astype(np.int64) * n + second, rows["a"].to_numpy() * n + rows["b"])
    first, second = first[new], second[new]
    apart = ~(np.asarray(adjacency[first, second]).ravel() > 0) if len(first) else np.zeros(0, dtype=bool)
    first, second = first[apart], second[apart]
    facts = facts_of(adjacency, first, second, hub)
    rows = pd.concat([rows, _rows(first, second, facts, adjacency, tested)], ignore_index=True)
    sizes, a, b = crowd.sizes, rows["a"].to_numpy(), rows["b"].to_numpy()
    common = crowd.shared(a, b)
    p = chance_of_audience(common, sizes[a], sizes[b], crowd.population)
    return rows.assign(
        audience_a=sizes[a],
        audience_b=sizes[b],
        shared_audience=common,
        expected_audience=sizes[a] * sizes[b] / max(crowd.population, 1),
        p_audience=p,
        p_audience_adjusted=_adjusted(p, tested),
    )


def _best(rows: pd.DataFrame, criteria: tuple[str, ...], most: int, has_audience: bool) -> pd.DataFrame:
    used = [name for name in criteria if name != "shared_audience" or has_audience]
    keys = [*used, *(name for name in ("adamic_adar", "shared") if name not in used)]
    ordered = rows.sort_values([*keys, "a", "b"], ascending=[*[False] * len(keys), True, True], kind="stable")
    return ordered.head(most).reset_index(drop=True)
