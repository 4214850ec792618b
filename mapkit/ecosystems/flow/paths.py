"""By which chain of ties influence gets from some actors to others, and how strong the chain is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from mapkit.ecosystems.ecosystem import Ecosystem
from mapkit.ecosystems.flow.bounded import Rounds
from mapkit.ecosystems.flow.paths_result import InfluencePaths, Trails
from mapkit.ecosystems.flow.search import Reached, costs_of, search_from
from mapkit.ecosystems.flow.several_best import best_ways
from mapkit.ecosystems.flow.strengths import DIRECTIONS, Direction, links_of, strengths_of
from mapkit.ecosystems.links import Links
from mapkit.errors import OptionError, one_of


def find_paths(
    ecosystem: Any,
    source: str | Iterable[str],
    target: str | Iterable[str] | None = None,
    *,
    strength: str = "weight",
    k: int = 1,
    max_steps: int | None = None,
    direction: Direction = "along",
    scale: str | None = None,
) -> InfluencePaths:
    """Return the strongest ways from some actors to others: the chain of ties with the largest product of strengths.

    A product of strengths says which chain is strongest and how it compares with others. It is no probability that
    anybody is convinced, and it takes no account of several chains working together.

    ``table`` columns, a row a target and rank, targets in the order given; without targets a row for every actor that
    is no source, the strongest first:

    - ``actor``, ``name``, ``type``: the target
    - ``rank``: 1 for the strongest way; with ``k`` above 1 the next ones, none of which visits an actor twice
    - ``source``: where the way starts; ``strength``: the product, NaN where there is no way; ``steps``: its ties
    - ``weakest``: the strength of its weakest tie
    - ``path``: the actors' ids joined by " > "; ``chain``: their names joined by arrows

    Parameters
    ----------
    ecosystem
        An ecosystem, or anything ``Ecosystem.of`` takes.
    source
        An actor, or several: then the way starts at the best of them and passes through no other.
    target
        An actor, several, or None for everybody.
    strength
        "weight", or another column of the ties with numbers from 0 to 1. A tie of strength 0 leads nowhere.
    k
        How many ways to each target.
    max_steps
        The most ties of a way; None for no limit.
    direction
        "along" the ties, "against" them, or "both". Ties without a direction are taken both ways always.
    scale
        "max" divides by the largest strength. Needed where some are above 1.

    Raises
    ------
    OptionError
        An actor is not known; a strength is missing, negative or above 1; an option cannot be used.

    Source: Dijkstra (1959), Numerische Mathematik 1, 269-271, on -log(strength); Yen (1971), Management Science 17,
    712-716.
    """
    one_of(direction, DIRECTIONS, "direction")
    _check_numbers(k, max_steps, everybody=target is None)
    ecosystem = Ecosystem.of(ecosystem)
    seeds = np.unique(ecosystem.codes(source))
    if not len(seeds):
        raise OptionError("There is no source. Name one actor or several.")
    links = links_of(ecosystem, strengths_of(ecosystem, strength, scale), direction)
    most = None if max_steps is None or max_steps >= ecosystem.n else max_steps
    if target is None:
        goals = np.setdiff1d(np.arange(ecosystem.n), seeds)
    else:
        goals = ecosystem.codes(list(dict.fromkeys([target] if isinstance(target, str) else target)))
    trails = _found(ecosystem, links, seeds, goals, k, most)
    table = _table(trails, goals, k)
    if target is None:
        table = table.sort_values(["strength", "steps"], ascending=[False, True], kind="stable", ignore_index=True)
    return InfluencePaths(
        title=_title(ecosystem, seeds, goals, table),
        table=table,
        notes=tuple(_notes(ecosystem, strength, scale, direction, max_steps, seeds, table, links)),
        trails=trails,
        sources=tuple(str(each) for each in ecosystem.ids[seeds]),
        direction=direction,
        max_steps=max_steps,
        of_actors=ecosystem.n,
    )


def _check_numbers(k: int, max_steps: int | None, *, everybody: bool) -> None:
    for name, value in (("k", k), ("max_steps", max_steps)):
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1):
            raise OptionError(f"{name}={value!r} cannot be used. Give a whole number from 1.")
    if everybody and k > 1:
        raise OptionError("Several ways are found to named targets only: give target=..., or leave k at 1.")


def _found(
    ecosystem: Ecosystem, links: Links, seeds: np.ndarray, goals: np.ndarray, k: int, most: int | None
) -> Trails:
    costs = costs_of(links)
    if k > 1:
        return Trails(
            ecosystem, links, {int(goal): best_ways(links, costs, seeds, int(goal), k, most) for goal in goals}
        )
    none = np.zeros(links.actors, dtype=bool)
    search: Reached | Rounds
    if most is None:
        goal = int(goals[0]) if len(goals) == 1 else -1
        search = search_from(links, costs, seeds, closed=none, shut=none, goal=goal)
    else:
        search = Rounds(links, costs, seeds, closed=none, shut=none, most=most)
    return Trails(ecosystem, links, search=search)


def _table(trails: Trails, goals: np.ndarray, k: int) -> pd.DataFrame:
    ecosystem = trails.ecosystem
    ids, names, types = ecosystem.ids, ecosystem.labels, ecosystem.types
    rows = []
    for goal in goals.tolist():
        ways = trails.ways.get(goal, [([], [])]) or [([], [])] if k > 1 else [trails.way(goal, 1)]
        for rank, (codes, links) in enumerate(ways, start=1):
            strengths = trails.links.tie_weights[trails.links.out.place[links]] if links else np.ones(0)
            rows.append(
                {
                    "actor": ids[goal],
                    "name": names[goal],
                    "type": types[goal],
                    "rank": rank,
                    "source": ids[codes[0]] if codes else None,
                    "strength": float(strengths.prod()) if codes else np.nan,
                    "steps": float(len(links)) if codes else np.nan,
                    "weakest": float(strengths.min()) if links else np.nan,
                    "path": " > ".join(str(ids[code]) for code in codes),
                    "chain": " → ".join(str(names[code]) for code in codes),
                }
            )
    columns = ["actor", "name", "type", "rank", "source", "strength", "steps", "weakest", "path", "chain"]
    return pd.DataFrame(rows, columns=columns).astype({"rank": "int64", "strength": float, "steps": float})


def _title(ecosystem: Ecosystem, seeds: np.ndarray, goals: np.ndarray, table: pd.DataFrame) -> str:
    start = str(ecosystem.labels[seeds[0]]) if len(seeds) == 1 else f"{len(seeds):,} actors"
    if len(goals) == 1:
        return f"Strongest ways from {start} to {ecosystem.labels[goals[0]]}"
    reached = int(table.loc[table["rank"] == 1, "strength"].notna().sum())
    return f"Strongest ways from {start}: {reached:,} of {len(goals):,} actors reached"


def _notes(
    ecosystem: Ecosystem,
    strength: str,
    scale: str | None,
    direction: Direction,
    max_steps: int | None,
    seeds: np.ndarray,
    table: pd.DataFrame,
    links: Links,
) -> list[str]:
    ways = {"along": "along their direction", "against": "against their direction", "both": "in both directions"}
    notes = [
        "The strength of a way is the product of its ties' strengths: a measure to compare chains by, not the"
        " probability that anybody is convinced.",
        f"Strengths from {strength!r}{', divided by the largest' if scale else ''}; ties taken {ways[direction]};"
        f" {'any number of steps' if max_steps is None else f'at most {max_steps:,} steps'}.",
    ]
    if len(seeds) > 1:
        notes.append(f"A way starts at the best of {len(seeds):,} sources and passes through no other of them.")
    if links.has_parallel:
        notes.append("Where several ties join the same two, the strongest one counts.")
    lost = int(table["strength"].isna().sum())
    if lost:
        notes.append(f"There is no way to {lost:,} of the targets: their strength is empty.")
    if "sign" in ecosystem.ties.more.column_names:
        notes.append("The column 'sign' does not count: a chain may run through ties against somebody.")
    return notes
