"""After the first purchase: repeat purchases, subscriptions, deliveries, refunds, reviews."""

from __future__ import annotations

import numpy as np

from . import clock
from .attempt import PURCHASE, Attempt
from .chance import Chance, draw
from .log import EventLog
from .people import People
from .planted import Floats, Ints, Planted
from .tally import Tally


def order_values(planted: Planted, rng: np.random.Generator, segment: Ints) -> Floats:
    """Draw values of orders in EUR, to the cent: log-normal around the segment's mean."""
    spread = planted["value_spread"]
    mean = planted.by_segment(planted["repeat"], "mean_value")[segment]
    values: Floats = np.round(mean * np.exp(rng.normal(-(spread**2) / 2, spread, len(segment))), 2)
    return np.maximum(values, 1.0)


def add_repeats(
    planted: Planted, chance: Chance, people: People, attempt: Attempt, log: EventLog, tally: Tally
) -> None:
    """Log repeat purchases by BG/NBD: each customer has a rate, and after each repeat may be gone for good.

    Source: Fader, Hardie and Lee (2005), "Counting your customers" the easy way, Marketing Science 24(2).
    """
    rng, buyers = chance.of("repeats"), attempt.bought
    segment = people.segment[buyers]
    shape, alpha, a, b = (planted.by_segment(planted["repeat"], name)[segment] for name in ("r", "alpha", "a", "b"))
    per_day, gone = rng.gamma(shape, 1 / alpha), rng.beta(a, b)
    now = attempt.times[buyers, PURCHASE]
    active = np.ones(len(buyers), bool)
    whom, when = [], []
    while active.any():
        # Never less than the minutes a reorder takes, so that the tap stays behind the purchase before it.
        wait = rng.exponential(1, len(buyers)) / np.maximum(per_day, 1e-9) * clock.DAY + 2 * clock.MINUTE
        now = now + np.minimum(wait, 2 * (clock.END - clock.START)).astype(np.int64)
        active &= now < clock.END
        whom.append(buyers[active])
        when.append(now[active])
        active &= rng.random(len(buyers)) >= gone
    who = np.concatenate(whom) if whom else np.zeros(0, np.int64)
    _log_repeats(planted, chance, people, who, np.concatenate(when) if when else who, log)
    tally.add_groups("repeat/first_purchases", planted.segments, segment, np.ones(len(buyers), bool))
    tally.add_groups("repeat/repeat_purchases", planted.segments, people.segment[who], np.ones(len(who), bool))
    repeated = np.unique(who)
    tally.add_groups("repeat/customers_who_repeat", planted.segments, people.segment[repeated], repeated >= 0)


def _log_repeats(planted: Planted, chance: Chance, people: People, who: Ints, when: Ints, log: EventLog) -> None:
    rng = chance.of("repeat_orders")
    in_store = rng.random(len(who)) < 0.2
    channel = draw(rng, planted.mix(planted["channels"]["return_mix"]), len(who))
    channel = np.where(in_store, planted.channels.index("store"), channel)
    tap = when - rng.integers(5 * clock.SECOND, clock.MINUTE, len(who))
    log.add("quick_reorder", who[~in_store], tap[~in_store], channel=channel[~in_store])
    log.add("store_visit", who[in_store], tap[in_store], channel=channel[in_store])
    log.add("cup_stamp", who[in_store], when[in_store] + 20 * clock.SECOND, channel=channel[in_store])
    log.add("purchase", who, when, channel=channel, value=order_values(planted, rng, people.segment[who]))


def add_first_orders(planted: Planted, chance: Chance, people: People, attempt: Attempt, log: EventLog) -> None:
    """Log the first purchase with its value, and payment details before it (and from some who then did not pay)."""
    rng, buyers = chance.of("first_orders"), attempt.bought
    times, channel = attempt.times[buyers, PURCHASE], attempt.channel[buyers, PURCHASE]
    began = np.flatnonzero(attempt.reached[:, PURCHASE - 1] & ~attempt.reached[:, PURCHASE])
    gave_up = began[rng.random(len(began)) < 0.3]
    paid_at = attempt.times[buyers, PURCHASE - 1] + ((times - attempt.times[buyers, PURCHASE - 1]) * 0.9).astype(
        np.int64
    )
    log.add("add_payment_info", buyers, paid_at, channel=channel)
    later = attempt.times[gave_up, PURCHASE - 1] + rng.integers(clock.MINUTE, 10 * clock.MINUTE, len(gave_up))
    log.add("add_payment_info", gave_up, later, channel=attempt.channel[gave_up, PURCHASE - 1])
    log.add("purchase", buyers, times, channel=channel, value=order_values(planted, rng, people.segment[buyers]))


def add_after_sales(planted: Planted, chance: Chance, log: EventLog) -> None:
    """Log deliveries (or parcel lockers), refunds (a negative value) and reviews of every purchase logged so far."""
    rng, part, rows = chance.of("after_sales"), planted["after_sales"], log.columns()
    bought = np.flatnonzero(rows["event"] == log.events.index("purchase"))
    who, when = rows["who"][bought].astype(np.int64), rows["time"][bought].astype(np.int64)
    value = rows["value"][bought].astype(np.float64)
    arrives = when + rng.integers(2 * clock.DAY, 4 * clock.DAY, len(who))
    locker = rng.random(len(who)) < part["locker"]
    log.add("order_delivered", who[~locker], arrives[~locker])
    log.add("locker_pickup", who[locker], arrives[locker])
    back = rng.random(len(who)) < part["refund"]
    log.add(
        "refund", who[back], (arrives + rng.integers(clock.DAY, 14 * clock.DAY, len(who)))[back], value=-value[back]
    )
    told = rng.random(len(who)) < part["review"]
    log.add("review", who[told], (arrives + rng.integers(clock.HOUR, 9 * clock.DAY, len(who)))[told])


def add_subscriptions(
    planted: Planted, chance: Chance, people: People, attempt: Attempt, log: EventLog, tally: Tally
) -> None:
    """Let some buyers subscribe; each period a subscription is renewed or, with the segment's churn, cancelled."""
    rng, part, buyers = chance.of("subscriptions"), planted["subscription"], attempt.bought
    chosen = rng.random(len(buyers)) < planted.by_segment(part, "share")[people.segment[buyers]]
    begins = attempt.times[buyers, PURCHASE] + rng.integers(5 * clock.MINUTE, 30 * clock.DAY, len(buyers))
    chosen &= begins < clock.END
    who, begins = buyers[chosen], begins[chosen]
    segment = people.segment[who]
    period = part["period_days"] * clock.DAY
    churn = planted.by_segment(part, "churn")[segment]
    ends = rng.geometric(np.maximum(churn, 1e-9), len(who))  # the period in which it is cancelled, from 1
    due = (clock.END - 1 - begins) // period
    renewals = np.minimum(ends - 1, due)
    log.add("subscribe", who, begins)
    cancelled = ends <= due
    log.add("cancel_subscription", who[cancelled], (begins + ends * period)[cancelled])
    whom = np.repeat(who, renewals)
    ordinal = np.arange(len(whom)) - np.repeat(np.cumsum(renewals) - renewals, renewals) + 1
    price = planted.by_segment(part, "price")[people.segment[whom]]
    log.add("renewal", whom, np.repeat(begins, renewals) + ordinal * period, value=price)
    for what, flags in (("subscribed", who >= 0), ("cancelled", cancelled)):
        tally.add_groups(f"subscription/{what}", planted.segments, segment, flags)
    tally.add_groups("subscription/renewals", planted.segments, people.segment[whom], whom >= 0)
