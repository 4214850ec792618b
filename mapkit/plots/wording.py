"""How a definition is said under a title: unit, order, window, n, and the level of the intervals."""

from __future__ import annotations

from typing import Any

from mapkit.journeys.results import Funnel
from mapkit.plots.numbers import count, duration, percent
from mapkit.statistics import Result

ORDERS = {"ordered": "in order", "strict": "in order, nothing between", "any": "in any order"}


def definition(funnel: Funnel) -> str:
    """Return a funnel's definition in one line, with its n."""
    entered = funnel.table.loc[funnel.table["step"] == funnel.steps[0], "customers"].sum()
    parts = [
        f"{funnel.unit}s, steps {ORDERS.get(funnel.order, funnel.order)}",
        window(funnel.window_seconds),
        f"n = {count(entered)}",
        level(funnel),
    ]
    if funnel.removed:
        parts.append(f"{count(funnel.removed)} removed by exclusions")
    return " · ".join(parts)


def quoted(row: Any, name: str) -> str:
    """Return a row's share with its interval: ``name`` with ``name_low`` and ``name_high``.

    >>> quoted({"of_first": 0.41, "of_first_low": 0.38, "of_first_high": 0.44}, "of_first")
    '41% [38, 44]'
    """
    return percent(float(row[name]), float(row[f"{name}_low"]), float(row[f"{name}_high"]))


def level(result: Result) -> str:
    """Return how wide a result's intervals are; results that do not say were made at the house's 95%."""
    return f"{100 * float(getattr(result, 'confidence', 0.95)):.3g}% intervals"


def window(seconds: float | None) -> str:
    """Return a window in words; None and NaN are no window.

    >>> window(14 * 86400), window(None)
    ('within 14 days', 'no window')
    """
    return "no window" if seconds is None or seconds != seconds else f"within {duration(seconds)}"
