"""The first attempt of each customer: first_visit > view_item > add_to_cart > begin_checkout > purchase.

A customer attempts once. Later purchases use the reorder button or a store, which share no step with the
attempt except purchase itself, so an ordered funnel has one reading.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import clock
from .chance import Chance, draw
from .exposure import Exposure
from .people import People
from .planted import Flags, Floats, Ints, Planted, as_probability, keep_average
from .tally import Tally

VIEW, CART, CHECKOUT, PURCHASE = 1, 2, 3, 4


@dataclass(frozen=True, slots=True)
class Attempt:
    """times and channel: customers x five steps, `clock.NEVER` where a step was not reached.

    arm: 0 control, 1 treatment, -1 not in the experiment.
    """

    times: Ints
    channel: Ints
    arm: Ints

    @property
    def reached(self) -> Flags:
        """Which steps were reached within the year."""
        flags: Flags = self.times < clock.END
        return flags

    @property
    def bought(self) -> Ints:
        """The customers who bought within the year."""
        return np.flatnonzero(self.reached[:, PURCHASE])


def join_attempts(parts: list[Attempt]) -> Attempt:
    """Return the attempts of several groups, one after the other."""
    return Attempt(
        times=np.concatenate([part.times for part in parts]),
        channel=np.concatenate([part.channel for part in parts]),
        arm=np.concatenate([part.arm for part in parts]),
    )


def make_attempts(planted: Planted, chance: Chance, people: People, met: Exposure) -> Attempt:
    """Walk every customer through the steps, as far as the planted probabilities carry them."""
    size = len(people)
    times = np.full((size, 5), clock.NEVER)
    times[:, 0] = people.joined
    channel = np.repeat(people.channel[:, None], 5, axis=1)
    arm = np.full(size, -1)
    for step in range(1, 5):
        if step == PURCHASE:
            arm = _draw_arm(planted, chance, times[:, CHECKOUT])
        probability = _probability(planted, people, met, step, times[:, CHECKOUT], arm)
        rng = chance.of(f"step/{step}")
        goes_on = (rng.random(size) < as_probability(probability, planted.steps[step])) & (
            times[:, step - 1] < clock.NEVER
        )
        gap, new_session = _gaps(planted, rng, size)
        times[:, step] = np.where(goes_on, times[:, step - 1] + gap, clock.NEVER)
        returns_by = draw(rng, planted.mix(planted["channels"]["return_mix"]), size)
        changed = new_session & (rng.random(size) < 0.5)
        channel[:, step] = np.where(changed, returns_by, channel[:, step - 1])
    return Attempt(times=times, channel=channel, arm=arm)


def _probability(planted: Planted, people: People, met: Exposure, step: int, checkout: Ints, arm: Ints) -> Floats:
    base: Floats = planted.by_segment(planted["funnel"]["rates"], planted.steps[step])[people.segment]
    if step == VIEW:
        return base * planted.by_channel("browse")[people.channel]
    if step == CART:
        return base * _cart_factor(planted, people, met)
    if step == CHECKOUT:
        return base * _stand_factor(planted, people, met)
    return base * planted.by_channel("buy")[people.channel] * _purchase_factor(planted, people, met, checkout, arm)


def _cart_factor(planted: Planted, people: People, met: Exposure) -> Floats:
    quayside = planted["funnel"]["quayside_factor"]
    elsewhere = keep_average(quayside, planted["people"]["regions"]["quayside"])
    by_region = np.where(people.region == planted.regions.index("quayside"), quayside, elsewhere)
    return by_region * np.where(met.influencer >= 0, planted["influencers"]["cart_factor"], 1.0)


def _stand_factor(planted: Planted, people: People, met: Exposure) -> Floats:
    effect = planted["touchpoint_facts"]["decoy_effect"]
    others = keep_average(effect["checkout_factor"], effect["visited"])
    student = people.segment == planted.segments.index("students")
    return np.where(student, np.where(met.stand, effect["checkout_factor"], others), 1.0)


def _purchase_factor(planted: Planted, people: People, met: Exposure, checkout: Ints, arm: Ints) -> Floats:
    daily = planted["funnel"]["daily_drinker_factor"]
    factor = np.where(people.daily, daily, keep_average(daily, planted["people"]["daily_drinkers"]))
    factor = factor * np.where(in_incident(planted, checkout), planted["incident"]["purchase_factor"], 1.0)
    factor = factor * np.where(met.letter, planted["spring_letter"]["purchase_factor"], 1.0)
    return factor * np.where(arm == 1, planted["experiment"]["purchase_factor"], 1.0)


def in_incident(planted: Planted, checkout: Ints) -> Flags:
    """Which checkouts were begun while the payment provider was down."""
    part = planted["incident"]
    return (checkout >= clock.moment(part["start"])) & (checkout < clock.moment(part["end"]))


def _draw_arm(planted: Planted, chance: Chance, checkout: Ints) -> Ints:
    part = planted["experiment"]
    treated = chance.of("experiment").random(len(checkout)) < part["treatment_share"]
    taking_part = (checkout >= clock.moment(part["start"])) & (checkout < clock.moment(part["end"]))
    return np.where(taking_part, treated.astype(np.int64), -1)


def _gaps(planted: Planted, rng: np.random.Generator, size: int) -> tuple[Ints, Flags]:
    """Draw waiting times to the next step, and whether it is taken in a new session.

    An ordinary wait is at most 3 days, so four of them fit the window; a late one alone exceeds it.
    """
    part = planted["funnel"]
    minutes = np.minimum(rng.exponential(4, size), 25)
    minutes = np.where(rng.random(size) < part["tie_share"], 0, minutes)
    days = np.minimum(0.05 + rng.exponential(0.9, size), 3)
    late = rng.uniform(part["late_days"][0], part["late_days"][1], size)
    same = rng.random(size) < part["same_session_share"]
    is_late = rng.random(size) < part["late_share"]
    gap = np.where(is_late, late * clock.DAY, np.where(same, minutes * clock.MINUTE, days * clock.DAY))
    return gap.astype(np.int64), is_late | ~same


def count_attempts(planted: Planted, people: People, attempt: Attempt, tally: Tally) -> None:
    """Count the funnel, the incident and the experiment as they happened."""
    days = planted["funnel"]["window_days"]
    in_time = attempt.times - attempt.times[:, :1] <= days * clock.DAY
    for name, reached in (("no_window", attempt.reached), (f"window_{days}d", attempt.reached & in_time)):
        for step, flags in zip(planted.steps, reached.T, strict=True):
            tally.add(f"funnel/{name}/all/{step}", flags.sum())
            for segment, amount in _split(planted.segments, people.segment, flags):
                tally.add(f"funnel/{name}/by_segment/{segment}/{step}", amount)
            for channel, amount in _split(planted.channels, people.channel, flags):
                tally.add(f"funnel/{name}/by_first_channel/{channel}/{step}", amount)
    began, bought = attempt.reached[:, CHECKOUT], attempt.reached[:, PURCHASE]
    down = in_incident(planted, attempt.times[:, CHECKOUT])
    for name, flags in (("during", began & down), ("outside", began & ~down)):
        tally.add(f"incident/{name}/begin_checkout", flags.sum())
        tally.add(f"incident/{name}/purchase", (flags & bought).sum())
    for number, name in enumerate(("control", "treatment")):
        tally.add(f"experiment/{name}/customers", (began & (attempt.arm == number)).sum())
        tally.add(f"experiment/{name}/purchase", (bought & (attempt.arm == number)).sum())


def _split(names: list[str], group: Ints, flags: Flags) -> list[tuple[str, int]]:
    amounts = np.bincount(group[flags], minlength=len(names))
    return [(name, int(amount)) for name, amount in zip(names, amounts, strict=True)]
