"""An observed number held against what is claimed: its interval, how far the claim lies beyond it, and the chance."""

from __future__ import annotations

import math
from dataclasses import dataclass

from mapkit.statistics import wilson_interval

_WIDTH = 4.0  # of the scale of emotion, -2 to 2


@dataclass(frozen=True)
class Answer:
    """What was observed for one cell.

    ``value``, ``low``, ``high`` are in the unit of the question, ``n`` is the denominator and ``hits`` how many of
    them (shares only). ``beyond`` is how far the claim, widened by its tolerance, lies outside the interval, on a
    scale from 0 to 1; ``p`` the two-sided chance of something as far from it. ``name`` stands for a value that is one.
    """

    value: float = math.nan
    low: float = math.nan
    high: float = math.nan
    n: int = 0
    hits: int | None = None
    beyond: float = 0.0
    p: float = math.nan
    name: str = ""


def of_share(hits: int, n: int, claimed: float | None, tolerance: float, confidence: float) -> Answer:
    """Return a share against a claimed one: Wilson's interval, exact binomial test of the nearer edge."""
    value, low, high = _wilson(hits, n, confidence)
    if claimed is None or n == 0:
        return Answer(value, low, high, n, hits)
    least, most = claimed - tolerance, claimed + tolerance
    beyond = max(0.0, low - most, least - high)
    p = 1.0 if least <= value <= most else _binomial(hits, n, min(max(least if value < least else most, 0.0), 1.0))
    return Answer(value, low, high, n, hits, beyond, p)


def of_happening(hits: int, n: int, confidence: float) -> Answer:
    """Return the share who do what the map says happens; only nobody at all speaks against it."""
    value, low, high = _wilson(hits, n, confidence)
    return Answer(value, low, high, n, hits, 1.0 if n and not hits else 0.0, 0.0 if n and not hits else 1.0)


def of_order(hits: int, n: int, tolerance: float, confidence: float, pairs: int = 1) -> Answer:
    """Return the share in the claimed order; a claimed order is contradicted when fewer than half follow it.

    ``pairs`` is how many neighbours of the order were looked at to find this one, the weakest (Bonferroni).
    """
    value, low, high = _wilson(hits, n, confidence)
    least = 0.5 - tolerance
    if n == 0 or value >= least:
        return Answer(value, low, high, n, hits, 0.0, 1.0 if n else math.nan)
    return Answer(value, low, high, n, hits, max(0.0, least - high), min(1.0, pairs * _binomial(hits, n, least)))


def of_median(
    found: tuple[float, float, float], n: int, sides: tuple[int, int], claimed: float, tolerance: float
) -> Answer:
    """Return a median (value, low, high) against a claimed duration, by the sign test.

    ``sides``: how many are shorter than the claim less its tolerance, and how many longer than the claim with it.
    """
    value, low, high = found
    if n == 0:
        return Answer()
    least, most = claimed * (1 - tolerance), claimed * (1 + tolerance)
    if least <= value <= most:
        return Answer(value, low, high, n, p=1.0)
    # The nearer edge of the claim lies above the whole interval, or below it: the part of the larger that is missing.
    beyond = max(0.0, 1 - high / least if least else 0.0, 1 - most / low if low else 0.0)
    on_its_side = sides[0] if value < least else sides[1]
    return Answer(value, low, high, n, None, beyond, _binomial(n - on_its_side, n, 0.5))


def of_mean(
    n: int, total: float, squares: float, claimed: float | None, *, tolerance: float, confidence: float
) -> Answer:
    """Return a mean valence (-2 to 2) against a claimed one: Student's interval and test."""
    from scipy.stats import t

    if n < 2:
        return Answer(total / n if n else math.nan, n=n)
    mean = total / n
    error = math.sqrt(max(squares - n * mean**2, 0.0) / (n - 1) / n)
    half = float(t.ppf(0.5 + confidence / 2, n - 1)) * error
    low, high = max(mean - half, -2.0), min(mean + half, 2.0)
    if claimed is None:
        return Answer(mean, low, high, n)
    gap = abs(mean - claimed) - tolerance
    if gap <= 0:
        return Answer(mean, low, high, n, p=1.0)
    p = 2 * float(t.sf(gap / error, n - 1)) if error else 0.0
    beyond = max(0.0, low - claimed - tolerance, claimed - tolerance - high) / _WIDTH
    return Answer(mean, low, high, n, None, beyond, p)


def of_name(counts: dict[str, int], n: int, claimed: str, tolerance: float, confidence: float) -> Answer:
    """Return the share with the claimed name against that of the most frequent one, as two shares of the same n."""
    top = max(counts, key=lambda name: (counts[name], name)) if counts else ""
    hits, most = counts.get(claimed, 0), counts.get(top, 0)
    value, low, high = _wilson(hits, n, confidence)
    if n == 0 or claimed == top:
        return Answer(value, low, high, n, hits, 0.0, 1.0 if n else math.nan, top)
    lag = (most - hits) / n
    error = math.sqrt(max((most + hits) / n - lag**2, 0.0) / n)
    score = (lag - tolerance) / error if error else math.inf
    if score <= 0:
        return Answer(value, low, high, n, hits, 0.0, 1.0, top)
    from mapkit.statistics.intervals import normal_quantile

    beyond = max(0.0, lag - normal_quantile(confidence) * error - tolerance)
    return Answer(value, low, high, n, hits, beyond, math.erfc(score / math.sqrt(2)), top)


def _wilson(hits: int, n: int, confidence: float) -> tuple[float, float, float]:
    low, high = wilson_interval(hits, n, confidence)
    return hits / n if n else math.nan, float(low), float(high)


def _binomial(hits: int, n: int, share: float) -> float:
    """Return the exact chance of so few or so many, doubled."""
    from scipy.stats import binom

    return min(1.0, 2 * float(min(binom.cdf(hits, n, share), binom.sf(hits - 1, n, share))))
