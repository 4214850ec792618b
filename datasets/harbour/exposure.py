"""What customers met before their first visit: banners, a letter, the campus stand, influencers' posts.

Who sees a banner or the letter depends on whether they drink coffee daily, and daily drinkers buy more: both
look as if they worked, and neither does. Influencers' posts reach a random part of the visitors and do work,
save for one whose audience fills its baskets anyway.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import clock
from .chance import Chance
from .ids import influencer_number
from .log import EventLog
from .people import People
from .planted import Flags, Ints, Planted
from .tally import Tally


@dataclass(frozen=True, slots=True)
class Exposure:
    """Per customer: flags, and the number of the influencer met (-1 for none)."""

    banner: Flags
    letter: Flags
    in_spring: Flags  # first visit while the spring letter went out
    stand: Flags
    in_campaign: Flags  # first visit during the influencer campaign
    influencer: Ints  # by chance
    audience: Flags  # of the confounded influencer
    seen_at: Ints  # when the influencer's post was seen


def draw_exposure(planted: Planted, chance: Chance, people: People) -> Exposure:
    """Draw who met what, independently of everything the customers do later."""
    size = len(people)
    return Exposure(
        banner=_by_habit(chance, "banner", people, planted["channels"]["display_views"]),
        letter=_by_habit(chance, "letter", people, planted["spring_letter"])
        & _between(people.joined, planted["spring_letter"]),
        in_spring=_between(people.joined, planted["spring_letter"]),
        stand=_at_stand(planted, chance, people),
        in_campaign=_between(people.joined, planted["influencers"]),
        influencer=_met_by_chance(planted, chance, people),
        audience=_in_audience(planted, chance, people),
        seen_at=people.joined - chance.of("seen").integers(clock.HOUR, 2 * clock.DAY, size),
    )


def _between(times: Ints, part: dict[str, object]) -> Flags:
    inside: Flags = (times >= clock.moment(part["start"])) & (times < clock.moment(part["end"]))
    return inside


def _by_habit(chance: Chance, question: str, people: People, part: dict[str, float]) -> Flags:
    share = np.where(people.daily, part["daily"], part["ordinary"])
    return chance.of(question).random(len(people)) < share


def _at_stand(planted: Planted, chance: Chance, people: People) -> Flags:
    effect = planted["touchpoint_facts"]["decoy_effect"]
    student = people.segment == planted.segments.index("students")
    return chance.of("stand").random(len(people)) < np.where(student, effect["visited"], effect["visited_by_others"])


def _met_by_chance(planted: Planted, chance: Chance, people: People) -> Ints:
    part, rng = planted["influencers"], chance.of("influencers")
    confounded = influencer_number(part["confounded"])
    hired = np.array([number for number in range(part["hired"]) if number != confounded])
    whom = hired[rng.integers(0, len(hired), len(people))]
    met = (rng.random(len(people)) < part["exposed_share"]) & _between(people.joined, part)
    return np.where(met, whom, -1)


def _in_audience(planted: Planted, chance: Chance, people: People) -> Flags:
    part = planted["influencers"]
    quayside = people.region == planted.regions.index("quayside")
    met = chance.of("audience").random(len(people)) < part["confounded_share"]
    return met & quayside & _between(people.joined, part)


def log_exposure(planted: Planted, chance: Chance, people: People, met: Exposure, log: EventLog) -> None:
    """Write what the shop's own systems saw of it; influencers' posts go to exposures.csv instead."""
    rng, size = chance.of("exposure_times"), len(people)
    before = np.maximum(people.joined - rng.integers(clock.HOUR, 3 * clock.DAY, size), clock.START)
    seen = np.flatnonzero(met.banner)
    log.add("ad_view", seen, before[seen], channel=planted.channels.index("display"))
    read = np.flatnonzero(met.letter)
    moments = people.joined[read] - rng.integers(clock.MINUTE, clock.DAY, len(read))
    log.add("newsletter_open", read, moments, channel=planted.channels.index("email"), campaign="spring_letter")
    stood = np.flatnonzero(met.stand)
    walk = rng.integers(10 * clock.MINUTE, 3 * clock.HOUR, len(stood))
    moments = np.maximum(people.joined[stood] - walk, clock.START)
    log.add("stand_visit", stood, moments, channel=planted.channels.index("store"))


def count_exposure(planted: Planted, people: People, met: Exposure, reached: Flags, tally: Tally) -> None:
    """Count what a comparison of exposed and unexposed first visitors must find. reached: customers x steps."""
    habit = np.where(people.daily, 0, 1)
    everybody = np.ones(len(people), bool)
    for name, exposed, eligible in (("display", met.banner, everybody), ("spring_letter", met.letter, met.in_spring)):
        for label, flags in (("exposed", exposed & eligible), ("unexposed", ~exposed & eligible)):
            for what, column in (("first_visit", 0), ("purchase", 4)):
                tally.add_groups(f"{name}/{label}/{what}", ["daily", "ordinary"], habit, flags & reached[:, column])
    quayside = people.region == planted.regions.index("quayside")
    groups = {
        "randomised/exposed": met.influencer >= 0,
        "randomised/unexposed": met.influencer < 0,
        "confounded/exposed": met.audience,
        "confounded/unexposed_quayside": ~met.audience & quayside,
        "confounded/unexposed_elsewhere": ~met.audience & ~quayside,
    }
    for name, flags in groups.items():
        for what, column in (("view_item", 1), ("add_to_cart", 2)):
            tally.add(f"influencers/{name}/{what}", (flags & met.in_campaign & reached[:, column]).sum())
