"""Queues with one line and many agents: how many wait, how long, and how many give up.

Calls come at random, handling times are exponential, whoever waits is taken in turn. ``load`` is in erlangs: calls an
hour x hours of handling. Every function takes arrays, element by element.

Source: Erlang (1917), for waiting without end (Erlang C); Palm (1957), and Garnett, Mandelbaum and Reiman (2002),
Manufacturing & Service Operations Management 4, 208-227, for callers whose patience ends (Erlang A).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike, NDArray

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Queue:
    """What callers and agents meet: shares 0..1 of all calls, seconds, and the share of paid time agents are busy."""

    waiting: Numbers
    answered_within: Numbers
    mean_wait_seconds: Numbers
    occupancy: Numbers
    abandoning: Numbers


def waiting_share(load: ArrayLike, agents: ArrayLike) -> Numbers:
    """Return the share of calls that have to wait (Erlang C); 1 where the agents are no more than the load.

    >>> round(float(waiting_share(10, 11)), 4)
    0.6821
    """
    from scipy.stats import poisson

    a, n = np.broadcast_arrays(np.asarray(load, float), np.asarray(agents, float))
    enough = n > a
    # Erlang B as a ratio of Poisson probabilities: nothing overflows, and with n > a the divisor is half or more.
    held = np.where(enough, n, np.floor(a) + 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        blocked = np.where(a > 0, poisson.pmf(held, a) / poisson.cdf(held, a), 0.0)
        waiting = blocked / (1 - a / held * (1 - blocked))
    return np.where(enough, waiting, 1.0)


def patient_queue(load: ArrayLike, agents: ArrayLike, handle_seconds: float, within_seconds: float) -> Queue:
    """Return what is met where callers wait until they are answered; without enough agents the line has no end."""
    a, n = np.broadcast_arrays(np.asarray(load, float), np.asarray(agents, float))
    waiting, spare = waiting_share(a, n), n - a
    with np.errstate(divide="ignore", invalid="ignore"):
        late = waiting * np.exp(-np.maximum(spare, 0) * within_seconds / handle_seconds)
        mean = np.where(spare > 0, waiting * handle_seconds / spare, np.inf)
        busy = np.minimum(a / n, 1.0)
    return Queue(waiting, np.where(spare > 0, 1 - late, 0.0), mean, busy, np.zeros(a.shape))


def impatient_queue(
    load: float, agents: int, handle_seconds: float, within_seconds: float, patience_seconds: float
) -> Queue:
    """Return what is met where a caller gives up after an exponential time of this mean; one load and one staff.

    ``answered_within`` is of all calls: who gave up is not answered.
    """
    from scipy.special import betainc

    if load <= 0 or agents <= 0:
        return Queue(*(np.array(np.nan) for _ in fields(Queue)))
    serve, leave = agents / handle_seconds, 1 / patience_seconds
    arrive = load / handle_seconds
    # A line longer than this has less than a rounding error's chance.
    longest = int(max((arrive - serve) / leave, 0) + 12 * np.sqrt(max(arrive, serve) / leave) + 60)
    steps = np.arange(1, agents + longest + 1)
    out = np.minimum(steps, agents) / handle_seconds + np.maximum(steps - agents, 0) * leave
    logs = np.concatenate([[0.0], np.cumsum(np.log(arrive) - np.log(out))])
    chance = np.exp(logs - logs.max())
    chance /= chance.sum()
    line = chance[agents:]
    ahead = np.arange(len(line))
    # With j ahead, the wait is a sum of exponentials whose rates are equally spaced: -log of a beta variable.
    ratio, edge = serve / leave, np.exp(-within_seconds * leave)
    answered = ratio / (ratio + ahead + 1)
    in_time = (line * answered * (1 - betainc(ratio + 1, ahead + 1, edge))).sum()
    gone = float((line * (1 - answered)).sum())
    mean = float((line * ahead).sum()) / arrive
    return Queue(
        np.array(line.sum()),
        np.array(chance[:agents].sum() + in_time),
        np.array(mean),
        np.array(load * (1 - gone) / agents),
        np.array(gone),
    )


def agents_needed(load: ArrayLike, handle_seconds: float, within_seconds: float, service_level: float) -> Numbers:
    """Return the fewest agents that answer this share of calls in time (Erlang C); 0 where nobody calls."""
    a = np.asarray(load, float)
    low = np.floor(a)
    high = low + 2
    while (short := _short(a, high, handle_seconds, within_seconds, service_level)).any():
        high = np.where(short, low + 2 * (high - low), high)
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2)
        short = _short(a, middle, handle_seconds, within_seconds, service_level)
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    return np.where(a > 0, high, 0.0)


def _short(a: Numbers, n: Numbers, handle: float, within: float, level: float) -> NDArray[np.bool_]:
    return patient_queue(a, n, handle, within).answered_within < level


def impatient_agents_needed(
    load: float, handle_seconds: float, within_seconds: float, service_level: float, patience_seconds: float
) -> int:
    """Return the fewest agents that answer this share of all calls in time, where callers give up; 0 without calls."""
    if load <= 0:
        return 0
    # Impatience shortens the line and loses its callers, so fewer or more than Erlang C's may be needed.
    low, high = 0, int(agents_needed(load, handle_seconds, within_seconds, service_level))
    asked = handle_seconds, within_seconds, patience_seconds
    while float(impatient_queue(load, high, *asked).answered_within) < service_level:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        enough = float(impatient_queue(load, middle, *asked).answered_within) >= service_level
        low, high = (low, middle) if enough else (middle, high)
    return high


def joined(queues: Sequence[Queue]) -> Queue:
    """Return many queues as one, with an element each."""
    return Queue(*(np.array([float(getattr(each, part.name)) for each in queues]) for part in fields(Queue)))
