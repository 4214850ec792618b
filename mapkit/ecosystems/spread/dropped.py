"""What a plan loses when one of its seeds falls away, and who would replace it best."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mapkit.ecosystems.ecosystem import Ecosystem
from mapkit.ecosystems.spread.cover import membership
from mapkit.ecosystems.spread.plan import Plan, make_plan
from mapkit.ecosystems.spread.reverse_sets import ReverseSets, affordable, draw_sets
from mapkit.ecosystems.spread.rules import chances
from mapkit.ecosystems.spread.scores import sole_coverers
from mapkit.ecosystems.spread.seeds_result import Seeds
from mapkit.errors import OptionError, nearest
from mapkit.statistics import Estimate, Result
from mapkit.statistics.intervals import wilson_interval

_MEMBERS = 2_000_000
_TAKEN = ("model", "probability", "targets", "parallel", "flow", "candidates", "forbidden", "costs", "budget")


@dataclass(frozen=True, eq=False)
class SeedsDropped(Result):
    """What each seed's absence costs.

    ``table`` columns, a row a seed, the greatest loss first: ``actor``, ``name``, ``type``; ``alone``: the spread from
    it alone; ``loss``: what only it reaches, with ``loss_low``, ``loss_high``; ``of_plan``: loss / spread of the whole
    plan; ``overlap``: the share of its own reach that the others have too; ``replacement``, ``replacement_name``: who
    of the others restores most, ``restores``: how much, and ``net_loss``. All in ``unit``; ``spread`` is the plan's.
    """

    spread: float = 0.0
    unit: str = "actors"
    sets: int = 0

    def loss(self, actor: str) -> Estimate:
        """Return what the plan loses without a seed. Raises OptionError for an actor that is no seed."""
        rows = self.table.set_index("actor")
        if actor not in rows.index:
            raise OptionError(f"{actor!r} is not among the seeds.{nearest(actor, rows.index)}")
        row: Any = rows.loc[actor]
        ends = float(row["loss_low"]), float(row["loss_high"])
        return Estimate(f"loss without {actor}", float(row["loss"]), *ends, self.sets, self.unit)


def rank_seeds_dropped(
    ecosystem: Any, seeds: Any, *, sets: int | None = None, seed: int = 0, **options: Any
) -> SeedsDropped:
    """Return what is lost when a seed falls away, greatest loss first, with the overlap of audiences taken out.

    Whom two seeds would both reach is lost with neither. See :class:`SeedsDropped` for the table.

    Parameters
    ----------
    ecosystem
        An ecosystem, or anything ``Ecosystem.of`` takes.
    seeds
        What ``find_seeds`` returned, whose model, probability, targets and candidates are then taken; or actors by id.
    sets, seed
        As for :func:`find_seeds`.
    **options
        ``model``, ``probability``, ``targets``, ``parallel``, ``flow``, ``candidates``, ``forbidden``, ``costs`` and
        ``budget`` as for :func:`find_seeds`, in place of those of the seeds. With a budget a replacement must fit it.

    Raises
    ------
    OptionError
        An option or an actor is not known, or there is no model or probability.
    """
    known = Ecosystem.of(ecosystem)
    chosen = _options(seeds, options)
    given = seeds.actors if isinstance(seeds, Seeds) else [seeds] if isinstance(seeds, str) else list(seeds)
    named = list(dict.fromkeys(given))
    if not named:
        raise OptionError("There are no seeds to drop. Name at least one actor.")
    passing = chances(
        known,
        chosen["model"],
        chosen["probability"],
        parallel=chosen.get("parallel", "keep"),
        flow=chosen.get("flow", "forward"),
    )
    plan = _plan(known, named, chosen)
    count = affordable(passing, plan.weights, _MEMBERS) if sets is None else int(sets)
    samples = [draw_sets(passing, plan.weights, count, [seed, stream]) for stream in (3, 4)]
    table, spread = _table(known, plan, samples)
    notes = (
        "A loss is what nobody else among the seeds reaches; losses do not add up to the spread, because of overlap.",
        f"Replacements are sought on {count:,} reverse-reachable sets; all numbers are from {count:,} others.",
    )
    return SeedsDropped(
        f"What the plan of {len(named):,} seeds loses without one of them",
        table,
        (*passing.notes, *plan.notes[:1], *notes),
        spread,
        plan.unit,
        count,
    )


def _options(seeds: Any, options: dict[str, Any]) -> dict[str, Any]:
    for name in options:
        if name not in _TAKEN:
            raise OptionError(f"rank_seeds_dropped has no option {name!r}.{nearest(name, _TAKEN)}")
    chosen = {**(seeds.options if isinstance(seeds, Seeds) else {}), **options}
    for name in ("model", "probability"):
        if name not in chosen:
            raise OptionError(
                f"rank_seeds_dropped needs {name}, as find_seeds does: give {name}=..., or give it what find_seeds"
                " returned."
            )
    return chosen


def _plan(known: Ecosystem, named: list[str], chosen: dict[str, Any]) -> Plan:
    forbidden = [name for name in chosen.get("forbidden", ()) if name not in set(named)]
    return make_plan(
        known,
        k=len(named) if chosen.get("budget") is None else None,
        budget=chosen.get("budget"),
        costs=chosen.get("costs", "cost"),
        targets=chosen.get("targets"),
        communities=None,
        forced=named,
        forbidden=forbidden,
        candidates=chosen.get("candidates"),
    )


def _table(known: Ecosystem, plan: Plan, samples: list[ReverseSets]) -> tuple[pd.DataFrame, float]:
    seeds, total, count = plan.forced, float(plan.weights.sum()), samples[1].count
    sole = [sole_coverers(each, known.n, seeds) for each in samples]
    within = [membership(each, known.n) for each in samples]
    lost = np.bincount(sole[1][sole[1] >= 0], minlength=len(seeds))
    alone = np.diff(within[1].starts)[seeds]
    covered = int((sole[1] != -1).sum())
    low, high = wilson_interval(lost, np.full(len(seeds), count))
    columns: dict[str, Any] = {
        "actor": known.ids[seeds],
        "name": known.labels[seeds],
        "type": known.types[seeds],
        "alone": alone / count * total,
        "loss": lost / count * total,
        "loss_low": low * total,
        "loss_high": high * total,
        "of_plan": lost / max(covered, 1),
        "overlap": 1 - lost / np.maximum(alone, 1),
    }
    best = [_replacement(plan, place, within[0].starts, within[0].sets, sole[0]) for place in range(len(seeds))]
    restored = [
        0 if code < 0 else int(_open(within[1].starts, within[1].sets, sole[1], code, place).sum())
        for place, code in enumerate(best)
    ]
    columns["replacement"] = [None if code < 0 else known.ids[code] for code in best]
    columns["replacement_name"] = [None if code < 0 else known.labels[code] for code in best]
    columns["restores"] = np.array(restored) / count * total
    table = pd.DataFrame(columns)
    table["net_loss"] = table["loss"] - table["restores"]
    return table.sort_values("loss", ascending=False, kind="stable", ignore_index=True), covered / count * total


def _replacement(plan: Plan, place: int, starts: np.ndarray, of: np.ndarray, sole: np.ndarray) -> int:
    """Return who covers most of what is open without one seed; -1 where nobody may or can."""
    open_ = (sole == -1) | (sole == place)
    running = np.concatenate([[0], np.cumsum(open_[of], dtype=np.int64)])
    gains = running[starts[1:]] - running[starts[:-1]]
    left = plan.allowed.copy()
    left[plan.forced] = False
    if np.isfinite(plan.limits.budget):
        others = plan.limits.costs[np.delete(plan.forced, place)].sum()
        left &= plan.limits.costs <= plan.limits.budget - others + 1e-9
    gains = np.where(left, gains, 0)
    best = int(np.argmax(gains))
    return best if gains[best] > 0 else -1


def _open(starts: np.ndarray, of: np.ndarray, sole: np.ndarray, code: int, place: int) -> np.ndarray:
    """Return which of an actor's sets are open without one seed."""
    own = sole[of[starts[code] : starts[code + 1]]]
    opened: np.ndarray = (own == -1) | (own == place)
    return opened
