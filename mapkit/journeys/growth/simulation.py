"""How many customers a referral programme would bring, if its invites, acceptance and cycle stayed as they are."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mapkit.errors import OptionError
from mapkit.journeys.steps import microseconds
from mapkit.statistics import Estimate, Result
from mapkit.statistics.intervals import normal_quantile

_POINTS = 60
_DRAWS = 2_000
_MOST_CYCLES = 10_000
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Growth(Result):
    """Customers over time. ``table`` columns: ``seconds``, ``cycles``, ``customers``, ``low``, ``high``.

    ``low`` and ``high`` are NaN where every input was given as exact.
    """

    start: float = 0.0
    k: float = math.nan
    cycle_seconds: float = math.nan
    market: float | None = None
    confidence: float = 0.95

    @property
    def final(self) -> Estimate:
        """The customers at the end."""
        row = self.table.iloc[-1]
        return Estimate("customers at the end", row["customers"], row["low"], row["high"], int(self.start), "customers")


def simulate_growth(
    *,
    start: float,
    invites: float | Estimate,
    conversion: float | Estimate = 1.0,
    cycle: str | timedelta | Estimate,
    duration: str | timedelta,
    market: float | None = None,
    confidence: float = 0.95,
    seed: int = 2025,
) -> Growth:
    """Return N(t) = N0 (K^(t/ct + 1) - 1) / (K - 1), with K = invites x conversion and ct the cycle time.

    With K = 1 that is N0 (t/ct + 1). Every customer invites once, a cycle after coming, and all invite alike: it
    follows from the inputs, no forecast. With ``market``, invites land on people of whom some are customers already: in
    each cycle K x newcomers x (1 - N / market) come, and between two cycles the curve is straight.

    Parameters
    ----------
    start
        Customers at time 0, all of whom are about to invite.
    invites, conversion
        Invites per customer and the share accepted; a number, or an :class:`Estimate` such as ``referral.k()`` with
        ``conversion=1``.
    cycle
        From one customer to those they bring: "2d", or an Estimate in seconds such as ``referral.cycle()``.
    duration
        How far to look.
    market
        How many there are to win, customers included; None: no limit, which no market has.
    seed
        Of the draws from the intervals of the Estimates (log-normal and independent) that make the band.

    Source: Skok, "Lessons Learned - Viral Marketing" (2009).

    >>> growth = simulate_growth(start=10, invites=10, conversion=0.2, cycle="2d", duration="20d")
    >>> round(growth.final.value)
    20470
    """
    span, cycle_estimate = _seconds(duration, "duration"), _cycle(cycle)
    parts = (_estimate(invites, "invites"), _estimate(conversion, "conversion"), cycle_estimate)
    if not start > 0 or (market is not None and market < start):
        raise OptionError(f"start={start!r}, market={market!r}: start is above 0, and market at least start.")
    k, length = parts[0].value * parts[1].value, parts[2].value
    times = np.unique(np.r_[np.linspace(0, span, _POINTS + 1), np.arange(0, min(span / length, _POINTS) + 1) * length])
    times = times[times <= span * (1 + 1e-12)]
    customers = _curve(start, np.array([k]), np.array([length]), times, market)[0]
    low = high = np.full(len(times), math.nan)
    uncertain = any(part.high > part.low for part in parts)
    if uncertain:
        drawn = [_draws(part, confidence, np.random.default_rng([seed, n])) for n, part in enumerate(parts)]
        paths = _curve(start, drawn[0] * drawn[1], drawn[2], times, market)
        tail = (1 - confidence) / 2
        low, high = np.quantile(paths, [tail, 1 - tail], axis=0)
    table = pd.DataFrame({"seconds": times, "cycles": times / length, "customers": customers, "low": low, "high": high})
    notes = tuple(_notes(k, length, market, uncertain, seed))
    return Growth(
        f"Growth from {start:,.0f} customers at K = {k:.3g}", table, notes, start, k, length, market, confidence
    )


def _curve(start: float, k: Floats, cycle: Floats, times: Floats, market: float | None) -> Floats:
    """Return customers at each time (columns), for each K and cycle (rows)."""
    cycles = times[None, :] / cycle[:, None]
    if market is None:
        at_one = np.isclose(k, 1, rtol=0, atol=1e-9)
        safe = np.where(at_one, 2.0, k)[:, None]
        with np.errstate(over="ignore"):
            grown = (safe ** (cycles + 1) - 1) / (safe - 1)
        return start * np.where(at_one[:, None], cycles + 1, grown)
    most = math.ceil(cycles.max()) + 1
    if most > _MOST_CYCLES:
        raise OptionError(f"The duration has {most:,} cycles; at most {_MOST_CYCLES:,} are walked. Shorten it.")
    there, newcomers = np.full((len(k), most + 1), float(start)), np.full(len(k), float(start))
    for step in range(1, most + 1):
        before = there[:, step - 1]
        newcomers = np.minimum(k * newcomers * (1 - before / market), market - before)
        there[:, step] = before + newcomers
    grid = np.arange(most + 1)
    return np.array([np.interp(row, grid, levels) for row, levels in zip(cycles, there, strict=True)])


def _draws(part: Estimate, confidence: float, rng: np.random.Generator) -> Floats:
    """Return draws that have the estimate's interval: on the log scale, to each side its own spread."""
    if not part.high > part.low:
        return np.full(_DRAWS, part.value)
    z = normal_quantile(confidence)
    normal = rng.standard_normal(_DRAWS)
    low = max(part.low, part.value * 1e-6)
    spread = np.where(normal < 0, math.log(part.value / low), math.log(part.high / part.value)) / z
    return part.value * np.exp(spread * normal)


def _estimate(given: float | Estimate, option: str) -> Estimate:
    part = given if isinstance(given, Estimate) else Estimate(option, float(given), float(given), float(given))
    if not (part.value > 0 and math.isfinite(part.value)):
        raise OptionError(f"{option} is {part.value!r}, and a number above 0 is needed.")
    if option == "conversion" and part.value > 1:
        raise OptionError(f"conversion={part.value!r} is a share of invites, 0 to 1.")
    return part


def _cycle(given: str | timedelta | Estimate) -> Estimate:
    if not isinstance(given, Estimate):
        return _estimate(_seconds(given, "cycle"), "cycle")
    if given.unit != "seconds":
        raise OptionError(f"The cycle is in {given.unit!r}, and an Estimate in seconds is needed: referral.cycle().")
    return _estimate(given, "cycle")


def _seconds(given: str | timedelta, option: str) -> float:
    span = microseconds(given)
    if not span:
        raise OptionError(f"{option}={given!r} is no span of time. Write it as '20d'.")
    return span / 1_000_000


def _notes(k: float, cycle: float, market: float | None, uncertain: bool, seed: int) -> Iterator[str]:
    yield f"K = {k:.4g} new customers per customer, a cycle of {cycle / 86_400:.3g} days. Every customer invites once."
    if k < 1:
        yield f"K is below 1: each customer brings {k / (1 - k):.3g} others in all, and growth by referral alone ends."
    if market is None:
        yield "No limit of the market: above K = 1 no real growth goes on like this. Give market=... for a limit."
    else:
        yield f"A market of {market:,.0f}: invites that land on customers bring nobody."
    if uncertain:
        yield f"The band is made of {_DRAWS:,} draws from the intervals of the inputs, seed {seed}."
    yield "A consequence of the inputs, no forecast."
