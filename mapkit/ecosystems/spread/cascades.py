"""How something spreads from seeds, wave by wave, in run after run: plain loops, written for numba.

Each loop fills ``members`` with the actors that a run reaches, one run after another, and ``waves`` with the wave in
which each was reached; ``starts_of`` says where a run begins. It stops before a run that might not fit, and returns how
many runs are done and how much of ``members`` is filled. ``seen`` holds the last run that reached an actor.
"""

from __future__ import annotations

from typing import Any


def cascade_runs(rng: Any, seeds: Any, links: Any, kept: Any, done: int, filled: int) -> tuple[int, int]:
    """Run independent cascades: an actor that is reached tries each of its links once."""
    starts, ends, chances = links
    members, waves, starts_of, seen = kept
    while done < starts_of.shape[0] - 1 and filled + seen.shape[0] <= members.shape[0]:
        at = filled
        for k in range(seeds.shape[0]):
            seen[seeds[k]] = done + 1
            members[filled], waves[filled] = seeds[k], 0
            filled += 1
        while at < filled:
            actor = members[at]
            for place in range(starts[actor], starts[actor + 1]):
                other = ends[place]
                if seen[other] != done + 1 and rng.random() < chances[place]:
                    seen[other] = done + 1
                    members[filled], waves[filled] = other, waves[at] + 1
                    filled += 1
            at += 1
        done += 1
        starts_of[done] = filled
    return done, filled


def threshold_runs(
    rng: Any, seeds: Any, links: Any, kept: Any, pressures: Any, done: int, filled: int
) -> tuple[int, int]:
    """Run linear thresholds: an actor is reached when its reached neighbours' chances add up to its own threshold.

    ``pressures`` is (the last run that touched an actor, the sum so far, the threshold of this run).
    """
    starts, ends, chances = links
    members, waves, starts_of, seen = kept
    touched, pressure, threshold = pressures
    while done < starts_of.shape[0] - 1 and filled + seen.shape[0] <= members.shape[0]:
        at = filled
        for k in range(seeds.shape[0]):
            seen[seeds[k]] = done + 1
            members[filled], waves[filled] = seeds[k], 0
            filled += 1
        while at < filled:
            actor = members[at]
            for place in range(starts[actor], starts[actor + 1]):
                other = ends[place]
                if seen[other] == done + 1:
                    continue
                if touched[other] != done + 1:
                    touched[other] = done + 1
                    pressure[other], threshold[other] = 0.0, 1.0 - rng.random()
                pressure[other] += chances[place]
                # Chances that add up to 1 reach everybody, also when the last bit of their sum is lost.
                if pressure[other] >= threshold[other] - 1e-12:
                    seen[other] = done + 1
                    members[filled], waves[filled] = other, waves[at] + 1
                    filled += 1
            at += 1
        done += 1
        starts_of[done] = filled
    return done, filled
