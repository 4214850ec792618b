"""How numbers are written on pictures: thousands separated, three significant digits, units a person would say."""

from __future__ import annotations

import math

_UNITS = (
    (1.0, 60.0, "s"),
    (60.0, 3600.0, "min"),
    (3600.0, 48.0 * 3600, "h"),
    (86400.0, 100.0 * 86400, "days"),
    (86400.0 * 30.4375, 730.0 * 86400, "months"),
    (86400.0 * 365.25, math.inf, "years"),
)


def count(number: float) -> str:
    """Return a count, exact below a million.

    >>> count(3120), count(1_234_567)
    ('3,120', '1.23 million')
    """
    if math.isnan(number):
        return "unknown"
    if abs(number) < 1_000_000:
        return f"{round(number):,}"
    scale, word = (1e9, "billion") if abs(number) >= 1e9 else (1e6, "million")
    return f"{number / scale:,.3g} {word}"


def counted(number: float, unit: str) -> str:
    """Return a count with its noun, in the plural unless it is one.

    >>> counted(1, "session"), counted(0, "customer")
    ('1 session', '0 customers')
    """
    return f"{count(number)} {unit}{'' if number == 1 else 's'}"


def percent(share: float, low: float = math.nan, high: float = math.nan) -> str:
    """Return a share (0..1) as percent, with the interval in brackets when there is one.

    The interval decides the decimals: a digit that it does not support is not printed.

    >>> percent(0.4131, 0.38, 0.44), percent(0.12345, 0.1202, 0.1271), percent(0.5)
    ('41% [38, 44]', '12.3% [12.0, 12.7]', '50%')
    """
    if math.isnan(share):
        return "unknown"
    if math.isnan(low) or math.isnan(high):
        return f"{_points(share, 0 if share in (0, 1) or 0.1 <= share <= 0.9 else 1)}%"
    width = max(100 * (high - low), 1e-4)
    decimals = max(0, math.ceil(math.log10(5 / width) - 1e-9))
    return f"{_points(share, decimals)}% [{_points(low, decimals)}, {_points(high, decimals)}]"


def _points(share: float, decimals: int) -> str:
    value = 100 * share
    decimals = min(decimals, 1 if value >= 10 else 2 if value >= 1 else 4)
    smallest = 10.0**-decimals
    # Nearly none is not none, and nearly all is not all.
    if 0 < value < smallest / 2:
        return f"<{smallest:.{decimals}f}"
    if 100 - smallest / 2 <= value < 100:
        return f">{100 - smallest:.{decimals}f}"
    return f"{value:.{0 if value in (0, 100) else decimals}f}"


def duration(seconds: float) -> str:
    """Return a time span in the unit a person would say.

    >>> duration(45), duration(7 * 86400), duration(9000), duration(181440)
    ('45 s', '7 days', '2.5 h', '2.1 days')
    """
    if math.isnan(seconds):
        return "unknown"
    if math.isinf(seconds):
        return "no limit"
    size, name = unit_of_time(seconds)
    number = seconds / size
    written = f"{number:.1f}" if number < 10 and round(number, 1) != round(number) else f"{number:,.0f}"
    return f"{written} {name[:-1] if written == '1' and name.endswith('s') and len(name) > 1 else name}"


def duration_interval(seconds: float, low: float, high: float) -> str:
    """Return a time span with its interval in the same unit; an end that was not reached is said so.

    >>> duration_interval(190080, 169200, 216000), duration_interval(7200, 3600, math.nan)
    ('2.2 days [2.0, 2.5]', '2 h [1.0, not reached]')
    """
    size, _ = unit_of_time(seconds)
    decimals = 1 if seconds / size < 10 else 0
    ends = [f"{end / size:.{decimals}f}" if math.isfinite(end) else "not reached" for end in (low, high)]
    return f"{duration(seconds)} [{ends[0]}, {ends[1]}]"


def unit_of_time(seconds: float) -> tuple[float, str]:
    """Return the seconds in, and the name of, the unit in which a span of this length is said.

    >>> unit_of_time(7200)
    (3600.0, 'h')
    """
    return next((size, name) for size, most, name in _UNITS if abs(seconds) < most)


def nice_ticks(top: float, most: int = 5, steps: tuple[float, ...] = (1, 2, 2.5, 5, 10)) -> list[float]:
    """Return at most ``most`` + 1 evenly spaced round numbers from 0 that reach at least to the last one below ``top``.

    >>> nice_ticks(0.43)
    [0.0, 0.1, 0.2, 0.3, 0.4]
    """
    if not top > 0:
        return [0.0]
    power = 10.0 ** math.floor(math.log10(top / most))
    step = next((factor * power for factor in steps if top / (factor * power) <= most * (1 + 1e-9)), steps[-1] * power)
    return [round(k * step, 12) for k in range(math.floor(top / step + 1e-9) + 1)]
