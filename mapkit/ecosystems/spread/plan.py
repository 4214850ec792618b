"""What seeds are sought for and what limits them: targets, costs, budget, who must and who may not be among them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mapkit.ecosystems.spread.cover import Limits
from mapkit.errors import OptionError, TableError, listed, nearest

if TYPE_CHECKING:
    from mapkit.ecosystems.ecosystem import Ecosystem

OUTSIDE = "(no group)"


@dataclass(frozen=True, eq=False)
class Plan:
    """The search, with actors as codes. ``groups`` is each actor's group, as a place in ``group_names``, or None."""

    weights: np.ndarray
    unit: str
    allowed: np.ndarray
    forced: np.ndarray
    limits: Limits
    groups: np.ndarray | None = None
    group_names: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())


def target_weights(ecosystem: Ecosystem, targets: Any) -> tuple[np.ndarray, str, str]:
    """Return each actor's weight as a target, the unit that a spread is in, and a sentence for the notes.

    ``targets`` is None (everybody counts 1), types of actors, or a mapping of types or of actors to weights.

    Raises
    ------
    OptionError
        A type or an actor is not known, or a weight is negative or no number.
    """
    if targets is None:
        return np.ones(ecosystem.n), "actors", "Every actor counts as reached, seeds too."
    if isinstance(targets, pd.Series):
        targets = targets.to_dict()
    named = {targets: 1.0} if isinstance(targets, str) else targets
    named = dict(named) if isinstance(named, Mapping) else dict.fromkeys(named, 1.0)
    if not named:
        raise OptionError("targets is empty. Name types of actors, or give weights; None counts every actor.")
    weights = _weights(ecosystem, named)
    plain = set(named.values()) == {1.0}
    said = listed(named, most=6) if plain else listed((f"{name} x {value:g}" for name, value in named.items()), most=6)
    unit = "targets" if plain else "target weight"
    return weights, unit, f"What counts as reached: {said}."


def _weights(ecosystem: Ecosystem, named: Mapping[Any, Any]) -> np.ndarray:
    types = {str(kind) for kind in ecosystem.types if kind is not None}
    try:
        values = {str(name): float(value) for name, value in named.items()}
    except (TypeError, ValueError):
        raise OptionError(
            "The weights of the targets must be numbers: targets={'customer': 1, 'media': 0.5}."
        ) from None
    wrong = [name for name, value in values.items() if not 0 <= value < np.inf]
    if wrong:
        raise OptionError(f"The weight of target {wrong[0]!r} is {values[wrong[0]]}. Weights are 0 or more.")
    if all(name in types for name in values):
        return np.array([values.get(str(kind), 0.0) if kind is not None else 0.0 for kind in ecosystem.types])
    actors = set(ecosystem.ids)
    strange = [name for name in values if name not in actors]
    if strange:
        raise OptionError(
            f"Target {strange[0]!r} is neither a type nor the id of an actor. Types are {listed(sorted(types))}."
            f"{nearest(strange[0], [*types, *actors])} Name types only, or actors only."
        )
    weights = np.zeros(ecosystem.n)
    weights[ecosystem.codes(list(values))] = list(values.values())
    return weights


def make_plan(
    ecosystem: Ecosystem,
    *,
    k: int | None,
    budget: float | None,
    costs: Any,
    targets: Any,
    communities: Any,
    forced: Iterable[str],
    forbidden: Iterable[str],
    candidates: Any,
) -> Plan:
    """Return the search that the options describe.

    Raises
    ------
    OptionError
        Neither k nor budget, or they cannot be met; an actor is forced and forbidden; an actor or a type is not known.
    TableError
        A budget without costs.
    """
    if k is None and budget is None:
        raise OptionError("How many seeds? Give k=10, or budget=5000 with costs.")
    if k is not None and (isinstance(k, bool) or not isinstance(k, int | np.integer) or k < 1):
        raise OptionError(f"k={k!r} is no number of seeds. Use a whole number from 1 on.")
    weights, unit, said = target_weights(ecosystem, targets)
    must = ecosystem.codes(_distinct(forced, "forced"))
    allowed = _candidates(ecosystem, candidates)
    banned = ecosystem.codes(_distinct(forbidden, "forbidden"))
    both = np.intersect1d(must, banned)
    if len(both):
        raise OptionError(f"{ecosystem.ids[both[0]]!r} is both forced and forbidden. Take it from one of the two.")
    allowed[banned] = False
    price, notes = np.ones(ecosystem.n), [said]
    if budget is not None:
        price = _costs(ecosystem, costs)
        unpriced = allowed & np.isnan(price)
        if unpriced.any():
            notes.append(f"{int(unpriced.sum()):,} actors without a cost cannot be bought and are no candidates.")
        allowed &= ~np.isnan(price)
    limits = _limits(ecosystem, k, budget, price, allowed, must)
    groups, names = _groups(ecosystem, communities)
    candidate_count = _choosable(allowed, must)
    notes.append(f"{candidate_count:,} of {ecosystem.n:,} actors could be chosen.")
    if len(must):
        notes.append(f"Forced: {listed(ecosystem.ids[must], most=6)}.")
    if budget is not None:
        notes.append(f"Budget {budget:,.6g}" + (f", at most {k:,} seeds." if k is not None else "."))
    return Plan(weights, unit, allowed, must, limits, groups, names, tuple(notes))


def _distinct(names: Iterable[str], option: str) -> list[str]:
    given = [names] if isinstance(names, str) else list(names)
    twice = {name for name in given if given.count(name) > 1}
    if twice:
        raise OptionError(f"{option} names {sorted(twice)[0]!r} twice.")
    return given


def _candidates(ecosystem: Ecosystem, candidates: Any) -> np.ndarray:
    """Return who may be chosen: everybody, types, or actors by id."""
    if candidates is None:
        return np.ones(ecosystem.n, dtype=bool)
    named = [candidates] if isinstance(candidates, str) else list(candidates)
    types = {str(kind) for kind in ecosystem.types if kind is not None}
    if named and all(name in types for name in named):
        return np.array([kind is not None and str(kind) in named for kind in ecosystem.types], dtype=bool)
    mask = np.zeros(ecosystem.n, dtype=bool)
    if actors := [name for name in named if name not in types]:
        known = set(ecosystem.ids)
        strange = [name for name in actors if str(name) not in known]
        if strange:
            raise OptionError(
                f"Candidate {strange[0]!r} is neither a type nor the id of an actor. Types are {listed(sorted(types))}."
                f"{nearest(str(strange[0]), [*types, *known])}"
            )
    mask[ecosystem.codes(named)] = True
    return mask


def _costs(ecosystem: Ecosystem, costs: Any) -> np.ndarray:
    """Return each actor's cost; NaN where none is known."""
    if isinstance(costs, Mapping | pd.Series):
        given = {str(name): value for name, value in costs.items()}
        ecosystem.codes(list(given))
        column = pd.Series([given.get(actor, np.nan) for actor in ecosystem.ids])
    else:
        known = [str(name) for name in ecosystem.actors.columns]
        if costs not in known:
            raise TableError(
                f"A budget needs costs, and the actors have no column {costs!r}.{nearest(str(costs), known)} Give"
                " costs='name of a column', or a mapping of actors to costs."
            )
        column = ecosystem.actors[costs]
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    wrong = np.flatnonzero(numbers < 0)
    if len(wrong):
        raise OptionError(f"The cost of {ecosystem.ids[wrong[0]]!r} is {numbers[wrong[0]]:g}. Costs are 0 or more.")
    return numbers


def _limits(
    ecosystem: Ecosystem, k: int | None, budget: float | None, price: np.ndarray, allowed: np.ndarray, must: np.ndarray
) -> Limits:
    choosable = _choosable(allowed, must)
    if k is not None and k < len(must):
        raise OptionError(f"k={k} seeds, but {len(must)} are forced. Raise k, or force fewer.")
    if budget is None:
        assert k is not None
        if k > choosable:
            raise OptionError(f"k={k:,} seeds of {choosable:,} actors that may be chosen. Lower k, or allow more.")
        return Limits(np.ones(ecosystem.n), np.inf, int(k), True)
    if not 0 < budget < np.inf:
        raise OptionError(f"budget={budget!r} buys nothing. Use a positive number in the unit of the costs.")
    unpriced = must[np.isnan(price[must])]
    if len(unpriced):
        raise OptionError(f"{ecosystem.ids[unpriced[0]]!r} is forced and has no cost. Give it one.")
    spent = float(price[must].sum())
    if spent > budget + 1e-9:
        raise OptionError(f"The forced actors cost {spent:,.6g}, more than the budget of {budget:,.6g}.")
    if not len(must) and not (allowed & (price <= budget)).any():
        cheapest = float(np.nanmin(np.where(allowed, price, np.nan))) if allowed.any() else np.nan
        raise OptionError(f"Nobody can be bought for {budget:,.6g}: the cheapest candidate costs {cheapest:,.6g}.")
    return Limits(np.nan_to_num(price, nan=np.inf), float(budget), choosable if k is None else int(k), False)


def _choosable(allowed: np.ndarray, must: np.ndarray) -> int:
    return int(allowed.sum() + (~allowed[must]).sum())


def _groups(ecosystem: Ecosystem, communities: Any) -> tuple[np.ndarray | None, tuple[str, ...]]:
    """Return each actor's group: from a column of the actors, a mapping, or a result with actor and community."""
    if communities is None:
        return None, ()
    if isinstance(communities, str):
        if communities not in ecosystem.actors:
            known = [str(name) for name in ecosystem.actors.columns]
            raise OptionError(f"The actors have no column {communities!r}.{nearest(communities, known)}")
        column = ecosystem.actors[communities].astype(object)
        labels = [OUTSIDE if pd.isna(value) else str(value) for value in column]
    else:
        given = _mapping(communities)
        labels = [str(given[actor]) if actor in given else OUTSIDE for actor in ecosystem.ids]
    names = sorted(set(labels))
    place = {name: k for k, name in enumerate(names)}
    return np.array([place[label] for label in labels], dtype=np.int32), tuple(names)


def _mapping(communities: Any) -> dict[str, Any]:
    table = getattr(communities, "table", communities)
    if isinstance(table, pd.DataFrame):
        if not {"actor", "community"} <= set(table.columns):
            raise OptionError("communities needs the columns 'actor' and 'community', as find_communities gives them.")
        return dict(zip(table["actor"].astype(str), table["community"], strict=True))
    if isinstance(table, Mapping | pd.Series):
        return {str(actor): group for actor, group in table.items()}
    raise OptionError(
        "communities is a column of the actors, a mapping of actors to groups, or what find_communities gave."
    )
