"""The same funnel under many definitions: how much of the answer is the definition."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mapkit.journeys.question import Asked, Order, Unit, ask
from mapkit.journeys.results import Funnel, FunnelSpread
from mapkit.journeys.steps import Step
from mapkit.sequences import Chains, walk_chains
from mapkit.statistics import wilson_interval

if TYPE_CHECKING:
    import ibis.expr.types as ir

_ORDERS: tuple[Order, ...] = ("ordered", "strict", "any")
_WINDOWS: tuple[str | None, ...] = (None, "7d", "1d")
_CANNOT_TELL = "cannot tell which step is weakest"


def measure_funnel_spread(
    events: Any,
    steps: Sequence[str | Step],
    *,
    orders: Sequence[Order] = _ORDERS,
    windows: Sequence[str | timedelta | None] = _WINDOWS,
    units: Sequence[Unit] | None = None,
    confidence: float = 0.95,
) -> FunnelSpread:
    """Return the funnel's end-to-end conversion under each combination of order, window, unit and counting.

    ``counting`` is "any" (every step-1 event may open a chain and the best counts) or "first" (only the first does);
    steps in any order have no first. ``units`` defaults to customers, and sessions too where the log has them. Which
    step is weakest is asked of every definition, and ``survives`` gives the share of definitions that agree.
    """
    base = ask(events, steps)
    both: tuple[Unit, ...] = ("customer", "session")
    units = units or (both if "session" in base.events.columns else both[:1])
    rows = [row for unit, order in product(units, orders) for row in _rows(base, order, unit, windows, confidence)]
    table = pd.DataFrame(rows)
    low, high = wilson_interval(table["converted"], table["entered"], confidence)
    table.insert(6, "of_first", table["converted"] / table["entered"].replace(0, np.nan))
    table.insert(7, "of_first_low", low)
    table.insert(8, "of_first_high", high)
    names = tuple(step.name for step in base.steps)
    weakest = table["weakest"].map(
        lambda step: f"{step} is the weakest step" if isinstance(step, str) else _CANNOT_TELL
    )
    survives = {str(said): float(share) for said, share in weakest.value_counts(normalize=True).items()}
    least, most = table["of_first"].min(), table["of_first"].max()
    return FunnelSpread(
        title=f"From {names[0]} to {names[-1]}: {least:.1%} to {most:.1%} in {len(table)} definitions",
        table=table,
        notes=(
            *base.decided,
            *(() if table["converted"].any() else base.check_names()),
            *(f"{said}: {share:.0%} of definitions" for said, share in survives.items()),
        ),
        steps=names,
        survives=survives,
        confidence=confidence,
    )


def _rows(
    base: Asked, order: Order, unit: Unit, windows: Sequence[str | timedelta | None], confidence: float
) -> Iterator[dict[str, Any]]:
    for window in windows:
        asked = ask(base.events, base.steps, order=order, unit=unit, window=window)
        seconds = np.nan if asked.window is None else asked.window / 1_000_000
        for counting in ("any",) if order == "any" or unit == "event" else ("any", "first"):
            counts = _counts(asked, counting)
            yield {
                "order": order,
                "window_seconds": seconds,
                "unit": unit,
                "counting": counting,
                "entered": counts[0],
                "converted": counts[-1],
                "weakest": _weakest(asked, counts, confidence),
            }


def _counts(asked: Asked, counting: str) -> list[int]:
    chains = walk_chains(asked.events, asked.question(per_entry=counting == "first"))
    units = _first_entries(chains) if counting == "first" else chains.units
    reached = [(units.reached >= k).ifelse(1, 0).sum().name(f"n_{k}") for k in range(1, len(asked.steps) + 1)]
    return [int(count) for count in units.aggregate(reached).to_pandas().fillna(0).iloc[0]]


def _first_entries(chains: Chains) -> ir.Table:
    units = chains.units
    first = units.group_by("unit").agg(time_1=units.time_1.min())
    # Entries at the very same moment share their chain's reach or better it: the best of them is the first's.
    return units.semi_join(first, ["unit", "time_1"]).group_by("unit").agg(reached=lambda t: t.reached.max())


def _weakest(asked: Asked, counts: list[int], confidence: float) -> str | None:
    names = tuple(step.name for step in asked.steps)
    table = pd.DataFrame({"step": names, "customers": counts})
    return Funnel("", table, steps=names, confidence=confidence).weakest_step().step
