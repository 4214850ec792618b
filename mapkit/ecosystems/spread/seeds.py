"""Whom to begin with so that most is reached: seeds by reverse-reachable sets, checked against rules of thumb."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mapkit.ecosystems.ecosystem import Ecosystem
from mapkit.ecosystems.spread.bounds import coverable_within, least_spread, most_spread
from mapkit.ecosystems.spread.contestants import contestants
from mapkit.ecosystems.spread.cover import membership
from mapkit.ecosystems.spread.plan import Plan, make_plan
from mapkit.ecosystems.spread.reverse_sets import ReverseSets, affordable, draw_sets
from mapkit.ecosystems.spread.rules import Chances, Flow, Model, Parallel, chances
from mapkit.ecosystems.spread.scores import NEARLY, covered_by, first_coverers, replay
from mapkit.ecosystems.spread.seeds_result import Seeds
from mapkit.errors import OptionError
from mapkit.statistics.intervals import wilson_interval

if TYPE_CHECKING:
    from collections.abc import Mapping

# Members of sets in each of the two samples, unless the number of sets is given: about 0.2 s.
_MEMBERS = 2_000_000


def find_seeds(
    ecosystem: Any,
    *,
    model: Model,
    probability: Any,
    k: int | None = None,
    budget: float | None = None,
    costs: str | Mapping[str, float] | pd.Series = "cost",
    targets: Any = None,
    communities: Any = None,
    forced: Iterable[str] = (),
    forbidden: Iterable[str] = (),
    candidates: Any = None,
    parallel: Parallel = "keep",
    flow: Flow = "forward",
    sets: int | None = None,
    confidence: float = 0.99,
    seed: int = 0,
) -> Seeds:
    """Return the seeds from which most is reached, never fewer than by the rules of thumb they are compared with.

    Greedy seeds are chosen on one sample of reverse-reachable sets; they, and the seeds by degree, degree discount and
    PageRank on reversed ties, are judged on a second sample, and the best are kept. See :class:`Seeds` for the table.

    Parameters
    ----------
    ecosystem
        An ecosystem, or anything ``Ecosystem.of`` takes. A tie carries influence from its source to its target, and
        both ways without a direction.
    model
        "ic", independent cascade: who is reached tries each tie once. "lt", linear threshold: an actor is reached when
        the probabilities of the ties from those who are add up to its own threshold, drawn evenly between 0 and 1.
    probability
        "weighted_cascade" (1 / the number of ties into the target), "uniform:0.05", "column" (the ties' column
        ``probability``, or "column:name"), or what ``fit_spread`` returned. Weights are never taken for probabilities.
    k, budget, costs
        How many seeds, or what they may cost together, or both; ``costs`` is a column of the actors or a mapping, in
        the unit of the budget. Without a budget costs play no part.
    targets
        Who counts when reached: types, or a mapping of types or of actors to weights. None: everybody counts 1.
    communities
        A column of the actors, a mapping of actors to groups, or what ``find_communities`` returned. Each group is then
        worth the square root of its size times its number reached, so that many groups are better than much of one.
    forced, forbidden, candidates
        Actors that must be seeds, that must not be, and the types or actors to choose from (None: everybody).
    parallel
        Several ties between the same two: "keep" gives each its own chance, "merge" makes them one (with a column of
        probabilities, the highest).
    flow
        "reversed" where ties point the other way, as in "follows" or "asks for advice".
    sets
        Reverse-reachable sets in each of the two samples; None takes as many as cost about 0.2 s each.
    confidence
        With which ``lower_bound`` and ``upper_bound`` hold together.

    Raises
    ------
    OptionError
        The rule, an actor or a type is not known, or the limits cannot be met.
    TableError
        A budget without costs.

    Source: Borgs and others (2014), SODA, 946-957; Tang, Tang, Xiao and Yuan (2018), SIGMOD, 991-1005 (OPIM-C).
    """
    if sets is not None and sets < 1:
        raise OptionError(f"sets={sets!r} is no sample. Use at least 1,000, or None.")
    if not 0 < confidence < 1:
        raise OptionError(f"confidence={confidence!r} is not a share. Use a number between 0 and 1, such as 0.99.")
    known = Ecosystem.of(ecosystem)
    if known.n == 0:
        raise OptionError("The ecosystem has no actors, so there is nobody to begin with.")
    plan = make_plan(
        known,
        k=k,
        budget=budget,
        costs=costs,
        targets=targets,
        communities=communities,
        forced=forced,
        forbidden=forbidden,
        candidates=candidates,
    )
    passing = chances(known, model, probability, parallel=parallel, flow=flow)
    count = affordable(passing, plan.weights, _MEMBERS) if sets is None else int(sets)
    chosen_on = draw_sets(passing, plan.weights, count, [seed, 1])
    judged_on = draw_sets(passing, plan.weights, count, [seed, 2])
    options = {"model": model, "probability": probability, "targets": targets, "parallel": parallel, "flow": flow}
    options |= {"costs": costs, "budget": budget, "candidates": candidates, "forbidden": tuple(_listed(forbidden))}
    return _judged(known, passing, plan, chosen_on, judged_on, confidence, options)


def _listed(names: Iterable[str]) -> list[str]:
    return [names] if isinstance(names, str) else list(names)


def _judged(
    known: Ecosystem,
    passing: Chances,
    plan: Plan,
    chosen_on: ReverseSets,
    judged_on: ReverseSets,
    confidence: float,
    options: dict[str, Any],
) -> Seeds:
    within = membership(chosen_on, known.n)
    ways, coverable = contestants(passing, plan, chosen_on, within)
    covered = covered_by(judged_on, known.n, list(ways.values()))
    total, count = float(plan.weights.sum()), judged_on.count
    scores = _scores(plan, judged_on, covered)
    best = int(np.argmax(scores))
    risk = (1 - confidence) / 2
    ordered = list(ways.values())[best]
    ties, left = replay(chosen_on, within, ordered, plan.allowed, plan.limits.costs)
    hits = int(covered[best].sum())
    share = hits / count
    most = coverable if coverable is not None else _coverable(plan, chosen_on, ordered, left)
    upper = most_spread(most, chosen_on.count, total, risk) if plan.groups is None else float("nan")
    # Each way was a candidate for the best, so each has its share of the risk.
    lower = least_spread(hits, count, total, risk / len(ways))
    return Seeds(
        f"Seeds from which most {plan.unit} are reached" if plan.groups is None else "Seeds that reach many groups",
        _table(known, plan, judged_on, ordered, ties),
        (*passing.notes, *plan.notes, *_notes(plan, list(ways), best, count, confidence)),
        _compared(plan, ways, covered, scores, best),
        _group_table(plan, judged_on, covered[best]),
        plan.unit,
        share * total,
        total * float(np.sqrt(share * (1 - share) / count)),
        lower,
        upper,
        confidence,
        total,
        count,
        options,
    )


def _coverable(plan: Plan, sets: ReverseSets, ordered: np.ndarray, left: np.ndarray) -> float:
    """Return the most sets that any permitted seeds can cover: those covered, and what a whole budget could add."""
    gains = np.where(plan.allowed, left, 0)
    gains[ordered] = 0
    covered = int((first_coverers(sets, len(gains), ordered) < len(ordered)).sum())
    spent = float(plan.limits.costs[plan.forced].sum())
    return coverable_within(
        gains, plan.limits.costs, covered, plan.limits.budget - spent, plan.limits.most - len(plan.forced)
    )


def _scores(plan: Plan, sets: ReverseSets, covered: np.ndarray) -> np.ndarray:
    """Return what each way is worth on a sample: sets covered, or with groups the sum of their concave rewards."""
    if plan.groups is None:
        totals: np.ndarray = covered.sum(axis=1) * plan.weights.sum() / sets.count
        return totals
    of, sizes = plan.groups[sets.roots], _sizes(plan)
    reached = [np.bincount(of[row], minlength=len(sizes)) * plan.weights.sum() / sets.count for row in covered]
    return np.array([np.sqrt(sizes * row).sum() for row in reached])


def _sizes(plan: Plan) -> np.ndarray:
    assert plan.groups is not None
    return np.bincount(plan.groups, weights=plan.weights, minlength=len(plan.group_names))


def _table(known: Ecosystem, plan: Plan, sets: ReverseSets, ordered: np.ndarray, ties: np.ndarray) -> pd.DataFrame:
    total, seeds = plan.weights.sum(), len(ordered)
    first = np.bincount(first_coverers(sets, known.n, ordered), minlength=seeds + 1)[:seeds]
    share = first / sets.count
    priced = np.isfinite(plan.limits.budget)
    return pd.DataFrame(
        {
            "place": np.arange(1, seeds + 1),
            "actor": known.ids[ordered],
            "name": known.labels[ordered],
            "type": known.types[ordered],
            "forced": np.isin(ordered, plan.forced),
            "marginal": share * total,
            "marginal_se": total * np.sqrt(share * (1 - share) / sets.count),
            "so_far": np.cumsum(share) * total,
            "cost": plan.limits.costs[ordered] if priced else np.full(seeds, np.nan),
            "tied": pd.array(ties if plan.groups is None else [None] * seeds, dtype="Int64"),
        }
    )


def _compared(
    plan: Plan, ways: dict[str, np.ndarray], covered: np.ndarray, scores: np.ndarray, best: int
) -> pd.DataFrame:
    total, count, top = plan.weights.sum(), covered.shape[1], scores[best]
    share = covered.mean(axis=1)
    apart = [(covered[best].astype(np.int8) - row).std() * total / np.sqrt(count) for row in covered]
    priced = np.isfinite(plan.limits.budget)
    table = pd.DataFrame(
        {
            "way": list(ways),
            "seeds": [len(codes) for codes in ways.values()],
            "cost": [float(plan.limits.costs[codes].sum()) if priced else np.nan for codes in ways.values()],
            "spread": share * total,
            "spread_se": total * np.sqrt(share * (1 - share) / count),
            "difference_se": apart,
            "score": scores,
            "of_best": scores / top if top > 0 else np.ones(len(ways)),
        }
    )
    table["tied"] = table["of_best"] >= NEARLY
    table["kept"] = np.arange(len(ways)) == best
    return table.sort_values("score", ascending=False, kind="stable", ignore_index=True)


def _group_table(plan: Plan, sets: ReverseSets, covered: np.ndarray) -> pd.DataFrame:
    if plan.groups is None:
        return pd.DataFrame(columns=["group", "size", "reached", "of_group", "of_group_low", "of_group_high"])
    of, sizes = plan.groups[sets.roots], _sizes(plan)
    asked = np.bincount(of, minlength=len(sizes))
    hits = np.bincount(of[covered], minlength=len(sizes))
    low, high = wilson_interval(hits, asked)
    share = hits / np.maximum(asked, 1)
    columns = {"group": plan.group_names, "size": sizes, "reached": share * sizes, "of_group": share}
    return pd.DataFrame({**columns, "of_group_low": low, "of_group_high": high})


def _notes(plan: Plan, ways: list[str], best: int, count: int, confidence: float) -> list[str]:
    notes = [
        f"Chosen on {count:,} reverse-reachable sets and judged on {count:,} others; {ways[best]} did best of"
        f" {len(ways)} ways and is kept.",
        "A seed's marginal is what it adds to those before it; the order is that of choosing.",
    ]
    if plan.groups is None:
        notes.append(
            f"The bounds hold together with {100 * confidence:.4g}% confidence, under the model and its probabilities."
        )
    else:
        notes.append(
            "Each group is worth the square root of its size times its number reached; the lower bound is of the whole"
            " spread, and no upper bound is known for this aim."
        )
    return notes
