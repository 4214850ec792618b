"""The two maps together: whom to engage, by audience, by position in the ecosystem, and by what happens at a stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from mapkit.ecosystems import Ecosystem
from mapkit.errors import OptionError, listed, nearest
from mapkit.maps.influence.by_stage_result import InfluenceByStage
from mapkit.maps.influence.right_choice import PARTS, chosen, parts_of, reason, top_shares
from mapkit.maps.influence.right_notes import EVEN, notes_of, plurals
from mapkit.maps.influence.right_parts import audience_of, position_of, stage_for, stage_of, targets_within
from mapkit.maps.influence.right_result import RightInfluencers
from mapkit.tables.beside import frame_of, texts_of

_TARGETS = ("customer", "decision_maker")


def find_right_influencers(
    ecosystem: Any,
    ranking: Any = None,
    influence: InfluenceByStage | None = None,
    *,
    stage: str | None = None,
    types: Sequence[str] = ("kol",),
    targets: Sequence[str] | None = None,
    steps: int = 3,
    audiences: Any = None,
    weights: Mapping[str, float] | None = None,
    most: int = 5,
    budget: float | None = None,
    draws: int = 200,
    seed: int = 0,
) -> RightInfluencers:
    """Return whom to engage: influencers by audience, position and effect, without paying twice for the same people.

    ``table`` columns, a row an influencer, those chosen first, then by score:

    - ``actor``, ``name``; ``choice`` (from 1; empty for those not taken), ``score`` (0..1: weighted mean of the three
      parts; empty where the ranking gives none), ``score_low``, ``score_high``, ``top_share``: share of draws among the
      first ``most``
    - ``audience`` (the ranking's score), and the ranking's own columns that were given; ``position``: mean of
      ``access`` (``targets_reached`` as a share of the most) and of the percentiles, among the candidates, of
      ``influence`` (PageRank on reversed ties) and ``betweenness``
    - ``effect`` at the stage (difference within strata, overlap removed, with ``_low``, ``_high``), ``expected`` (drawn
      towards the mean of all, the more the less is known) with its ``spread``, ``stage_part`` (0..1), ``verdict``,
      ``evidence``, ``confounded_by``, ``customers_with``, ``customers_alone``
    - of those taken: ``overlap`` (share of the targets that one taken before reaches), ``new_targets``,
      ``audience_overlap`` and ``new_audience`` (with ``audiences``), ``worth``: the score without what overlaps
    - ``cost``; ``reason``: why, in one sentence

    Parameters
    ----------
    ecosystem, ranking, influence
        The ecosystem; what ``rank_influencers`` returned (or a frame with actor and score); what
        ``measure_influence_by_stage`` returned, where actors and influencers have the same ids. The last two may lack.
    stage
        The stage to be reached; None takes the one where all influencers together do most.
    types, targets
        The types of actors to choose from, and those to be reached; None takes customers and decision makers.
    steps
        How many ties away a target may be, along the ties.
    audiences
        A frame with ``actor`` and ``member``, so that nobody is paid twice for the same audience either.
    weights
        Of "audience", "position" and "stage"; even where None. What was not given leaves its weight to the others.
    most, budget
        How many to take, and what they may cost together (the actors' column ``cost``).
    draws, seed
        How many draws of weights (Dirichlet with total 30) and effects the intervals rest on.

    Raises
    ------
    OptionError, TableError
        No actor of these types, an unknown stage, a weight that cannot be one, a budget without costs.
    """
    world = Ecosystem.of(ecosystem)
    if steps < 1 or most < 1 or draws < 1:
        raise OptionError(f"steps={steps!r}, most={most!r}, draws={draws!r}: each is a whole number from 1.")
    given = _weights(weights)
    codes = _candidates(world, types)
    actors = [str(each) for each in world.ids[codes]]
    aims = _targets(world, targets)
    reached = targets_within(world, codes, aims, steps)
    goal = stage_for(influence, stage)
    table = pd.concat(
        [
            pd.DataFrame({"actor": actors, "name": world.labels[codes]}),
            audience_of(ranking, actors).drop(columns="actor"),
            position_of(world, codes, reached),
            stage_of(influence, goal, actors).drop(columns="actor"),
        ],
        axis=1,
    )
    parts = parts_of(table, given, ranking is not None)
    table["score"] = parts.sum(axis=1)
    low, high, share = top_shares(table, given, ranking is not None, most, draws, seed)
    table = table.assign(score_low=low, score_high=high, top_share=share, cost=_costs(world, codes, budget))
    prices = None if budget is None else table["cost"].to_numpy(float)
    members = None if audiences is None else _members(audiences, actors)
    limit = float("inf") if budget is None else float(budget)
    # Position is a mean of three, of which access is one.
    own = np.where(table["position"] > 0, parts[:, 1] * table["access"] / (3 * table["position"]), 0.0)
    taken = chosen(parts, own, reached, members, prices, most, limit)
    kinds = pd.Series(world.types, dtype=object).fillna("").astype(str)
    total = int(kinds.isin(aims).sum())
    named = plurals(aims)
    covered = len(set(np.concatenate([reached[k] for k in taken["at"]]).tolist())) if len(taken) else 0
    return RightInfluencers(
        f"Whom to engage: {len(taken)} of {len(actors)} influencers",
        _finished(table, taken, f"{named} within {steps} steps", total, goal, budget),
        notes_of(ranking, influence, goal, given, steps, aims, audiences, budget, draws, seed),
        goal,
        named,
        total,
        covered,
        dict(zip(EVEN, (float(each) for each in given), strict=True)),
    )


def _weights(given: Mapping[str, float] | None) -> np.ndarray:
    asked = dict(EVEN if given is None else given)
    for name, value in asked.items():
        if name not in EVEN:
            raise OptionError(f"weights has {name!r}. The parts are {listed(EVEN)}.{nearest(name, EVEN)}")
        if not (isinstance(value, int | float) and 0 <= value < float("inf")):
            raise OptionError(f"weights[{name!r}]={value!r} is no weight. Give a number that is not negative.")
    values = np.array([float(asked.get(name, 0.0)) for name in EVEN])
    if values.sum() <= 0:
        raise OptionError("All weights are 0, so nothing would count. Give one of them a part.")
    return np.asarray(values / values.sum())


def _candidates(world: Ecosystem, types: Sequence[str]) -> np.ndarray:
    wanted = [types] if isinstance(types, str) else list(types)
    kinds = pd.Series(world.types, dtype=object).fillna("").astype(str)
    codes = np.flatnonzero(kinds.isin(wanted))
    if not len(codes):
        known = sorted(set(kinds) - {""})
        raise OptionError(
            f"No actor is of type {listed(wanted)}. There is {listed(known)}. Say whom to choose: types=[...]"
        )
    return codes


def _targets(world: Ecosystem, targets: Sequence[str] | None) -> list[str]:
    known = sorted({str(each) for each in world.types if each is not None})
    if targets is None:
        return [each for each in _TARGETS if each in known]
    wanted = [targets] if isinstance(targets, str) else list(targets)
    for name in wanted:
        if name not in known:
            raise OptionError(f"targets has {name!r}. Types here are {listed(known)}.{nearest(name, known)}")
    return wanted


def _members(audiences: Any, actors: Sequence[str]) -> list[np.ndarray]:
    """Return the audience of each actor, as numbers of members."""
    frame = frame_of(audiences, "the frame of audiences", "actor", "member")
    known = frame[frame["member"].notna()]
    numbers = pd.Series(pd.factorize(texts_of(known["member"]))[0])
    by = numbers.groupby(known["actor"].astype(str).to_numpy()).unique()
    return [np.asarray(by.get(actor, np.array([], dtype=np.int64))) for actor in actors]


def _costs(world: Ecosystem, codes: np.ndarray, budget: float | None) -> np.ndarray:
    if "cost" in world.actors.columns:
        return pd.to_numeric(world.actors["cost"], errors="coerce").to_numpy(float)[codes]
    if budget is not None:
        raise OptionError("A budget needs what each influencer costs: the actors have no column 'cost'.")
    return np.full(len(codes), np.nan)


def _finished(
    table: pd.DataFrame, taken: pd.DataFrame, people: str, total: int, goal: str | None, budget: float | None
) -> pd.DataFrame:
    for name in map(str, taken.columns[1:]):
        table[name] = taken.set_index("at")[name].reindex(range(len(table))).to_numpy(float)
    left = None if budget is None else float(budget) - float(table.loc[table["choice"].notna(), "cost"].sum())
    table["reason"] = [reason(row, people, total, goal, left) for row in table.to_dict("records")]
    table["choice"] = table["choice"].astype("Int64")
    first = ["actor", "name", "choice", "score", "score_low", "score_high", "top_share", *PARTS]
    table = table[[*first, *(name for name in map(str, table) if name not in first)]]
    keys = ["choice", "score", "actor"]
    return table.sort_values(keys, ascending=[True, False, True], na_position="last", ignore_index=True)
