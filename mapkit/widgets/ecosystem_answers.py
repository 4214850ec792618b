"""What Python answers to an ecosystem explorer: the strongest path, what a removal does, whom seeds reach."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from mapkit.ecosystems import Ecosystem
from mapkit.errors import MapkitError, OptionError
from mapkit.plots.numbers import count, counted, percent

Answer = dict[str, Any]
_RUNS = 400
_BASELINE, _BASELINE_OF_MANY, _MANY = 50, 20, 2_000
_QUANTITIES = {
    "parts": "connected parts",
    "largest_part": "in the largest part",
    "reachable_pairs": "pairs that reach each other",
    "mean_hops": "steps between them",
    "cut_off": "cut off",
}


def answered(question: Callable[[], Answer]) -> Answer:
    """Return an answer, or why there is none."""
    try:
        return question()
    except MapkitError as fault:
        return {"message": str(fault)}


def path_answer(part: Ecosystem, ends: Sequence[str]) -> Answer:
    """Return the strongest path from one actor to another: who is on it, tie by tie.

    Raises
    ------
    OptionError
        The two are one, one of them is not in the part shown, or the weights cannot be strengths.
    """
    from mapkit.ecosystems.flow import find_paths

    source, target = ends
    if source == target:
        raise OptionError("A path leads from one actor to another. Choose a second one.")
    usable, scale = passable(part)
    paths = find_paths(usable, source, target, scale=scale)
    steps = paths.path(target)
    if steps.empty:
        return {"title": "There is no path in the direction of the ties.", "actors": [], "rows": []}
    kinds = steps["tie_type"].fillna("")
    rows = [
        [f"{row['source_name']} → {row['target_name']}", f"{kind} {row['strength']:.2f}".strip()]
        for kind, row in zip(kinds, steps.to_dict("records"), strict=True)
    ]
    strength = float(steps["strength_so_far"].iloc[-1])
    scaled = ", the strongest tie taken as 1" if scale else ""
    return {
        "title": f"{counted(len(steps), 'step')}, strength {strength:.2g}{scaled}",
        "actors": [str(steps["source"].iloc[0]), *map(str, steps["target"])],
        "rows": rows,
    }


def passable(part: Ecosystem) -> tuple[Ecosystem, str | None]:
    """Return the ties that lead somewhere, those of a weight above 0, and how weights above 1 become strengths."""
    leads = part.ties.weights > 0
    usable = part if leads.all() else part.where(leads)
    return usable, "max" if float(usable.ties.weights.max(initial=0.0)) > 1 else None


def spread_answer(part: Ecosystem, seeds: Sequence[str], rule: dict[str, Any], seed: int) -> Answer:
    """Return how many the seeds reach, with the error, and whom most often.

    Raises
    ------
    OptionError
        A seed is not in the part shown, or the rule cannot be followed.
    """
    from mapkit.ecosystems.spread import simulate_spread

    spread = simulate_spread(part, list(seeds), **rule, runs=_RUNS, seed=seed)
    low, high = spread.mean - 1.96 * spread.se, spread.mean + 1.96 * spread.se
    chosen = set(seeds)
    said = "1 seed reaches" if len(seeds) == 1 else f"{count(len(seeds))} seeds reach"
    likely = spread.table[~spread.table["actor"].isin(chosen)].head(8)
    return {
        "title": f"{said} {spread.mean:,.1f} [{low:,.1f}, {high:,.1f}] of {count(part.n)}",
        "actors": list(seeds),
        "rows": [[str(row["name"]), percent(float(row["of_runs"]))] for row in likely.to_dict("records")],
        "note": f"{rule['model']}, {rule['probability']}, {_RUNS} runs. Shares: runs in which an actor is reached.",
    }


def found_seeds(part: Ecosystem, k: int, rule: dict[str, Any], seed: int) -> list[str]:
    """Return the seeds from which most is reached, in order. Raises OptionError where they cannot be found."""
    from mapkit.ecosystems.spread import find_seeds

    return list(find_seeds(part, k=min(k, part.n), **rule, seed=seed).actors)


def removal_answer(part: Ecosystem, removed: Sequence[str], seed: int) -> Answer:
    """Return what taking actors out does to the whole, and who is cut off from its largest part.

    Raises
    ------
    OptionError
        An actor is not in the part shown.
    """
    from mapkit.ecosystems.position import simulate_removal

    baseline = baseline_of(part)
    result = simulate_removal(part, list(removed), baseline=baseline, seed=seed)
    cut_off = [str(actor) for actor in result.cut_off["actor"]]
    rows = [
        [_QUANTITIES.get(row["quantity"], row["quantity"]), _change(row)] for row in result.table.to_dict("records")
    ]
    return {
        "title": f"{counted(len(cut_off), 'actor')} cut off" if cut_off else "Nobody is cut off",
        "cut_off": cut_off,
        "rows": rows,
        "note": f"Before → after among those who stay; in brackets the change when as many random actors of the same"
        f" types leave ({baseline} times).",
    }


def baseline_of(part: Ecosystem) -> int:
    """Return how many random removals one is compared with, so that a page is answered within seconds."""
    return _BASELINE if part.n < _MANY else _BASELINE_OF_MANY


def _change(row: dict[Any, Any]) -> str:
    """Return a quantity before and after, with what chance alone would change."""
    share = row["unit"] == "share"
    before, after = (percent(float(row[name])) if share else f"{row[name]:,.3g}" for name in ("before", "after"))
    low, high = float(row["chance_low"]), float(row["chance_high"])
    ends = (f"{100 * low:+.1f}, {100 * high:+.1f} points") if share else f"{low:+.2g}, {high:+.2g}"
    return f"{before} → {after} [{ends}]"
