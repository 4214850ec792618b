"""How the numbers of growth are written: each unit in its own way, with its interval."""

from __future__ import annotations

import math

from mapkit.plots.numbers import count, percent

_NAMES = {
    "new_customers": "new customers",
    "cac": "cost per new customer",
    "activated": "share activated",
    "retained": "share seen again",
    "k": "K, invited per customer",
    "arpu": "revenue per customer",
    "paying": "share paying",
}


def figure(value: float, low: float, high: float, unit: str) -> tuple[str, str]:
    """Return a number, and its interval in brackets (or nothing), with digits that the interval supports.

    >>> figure(0.4131, 0.38, 0.44, "share"), figure(8.5776, 7.73, 9.51, "EUR")
    (('41%', '[38, 44]'), ('8.6', '[7.7, 9.5]'))
    """
    if math.isnan(value):
        return "–", ""
    if unit == "share":
        said, _, interval = percent(value, low, high).partition(" ")
        return said, interval
    if math.isnan(low) or math.isnan(high):
        return _number(value, _decimals(value, 0.01 * abs(value))), ""
    if math.isinf(high):
        decimals = _decimals(value, value - low)
        return _number(value, decimals), f"[{_number(low, decimals)}, no end]"
    decimals = 0 if unit == "customers" else _decimals(value, high - low)
    return _number(value, decimals), f"[{_number(low, decimals)}, {_number(high, decimals)}]"


def change(difference: float, unit: str, width: float) -> str:
    """Return a difference with its sign; shares in points.

    >>> change(-0.0291, "share", 0.05), change(442, "customers", 264)
    ('−2.9 points', '+442')
    """
    sign = "+" if difference > 0 else "−" if difference < 0 else "±"
    if unit == "share":
        return f"{sign}{abs(100 * difference):.1f} points"
    decimals = 0 if unit == "customers" else _decimals(difference, width / 10)
    return f"{sign}{_number(abs(difference), decimals)}"


def metric_name(metric: str) -> str:
    """Return what a reader calls a metric."""
    return _NAMES.get(metric, metric.replace("_", " "))


def _decimals(value: float, width: float) -> int:
    """Return the decimals that an interval of this width supports, with at most three significant digits."""
    if not width > 0:
        width = max(abs(value), 1e-9) * 0.01
    wanted = max(0, math.ceil(math.log10(5 / width) - 1e-9))
    most = max(0, 2 - math.floor(math.log10(abs(value)))) if value else wanted
    return min(wanted, most, 6)


def _number(value: float, decimals: int) -> str:
    if abs(value) >= 1_000_000:
        return count(value)
    return f"{value:,.{decimals}f}"
